/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * sink.c - the table of sinks. A further kind of output is a further row.
 */
#include "sinks/sink.h"

const struct sink *const sinks[] = {
	&sink_text,
	&sink_csv,
	NULL,
};
