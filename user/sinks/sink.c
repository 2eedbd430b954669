/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * sink.c - the table of sinks. A further kind of output is a further row.
 */
#include <string.h>

#include "sinks/sink.h"

const struct sink *const sinks[] = {
	&sink_text,
	&sink_ps,
	&sink_csv,
	&sink_csv_processes,
	&sink_csv_connections,
	&sink_csv_exchanges,
	&sink_csv_findings,
	&sink_json,
	&sink_html,
	&sink_perfetto,
	&sink_openmetrics,
	NULL,
};

/* The sink whose name has this length and these bytes, or NULL. */
const struct sink *sink_find(const char *name, size_t length)
{
	const struct sink *const *sink = sinks;

	while (*sink && (strlen((*sink)->name) != length || memcmp((*sink)->name, name, length)))
		sink++;
	return *sink;
}
