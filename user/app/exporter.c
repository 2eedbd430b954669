/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * exporter.c - see exporter.h.
 *
 * What goes in: reports. What comes out: metrics, when a client asks for them: a report is made
 * then, so that they are as of now.
 */
#include <stdio.h>
#include <stdlib.h>

#include "app/exporter.h"
#include "app/http.h"
#include "base/fmt.h"
#include "base/log.h"
#include "base/text_memory.h"
#include "sinks/metrics.h"

/* Writes the metrics as they are now; of `context`, a struct exporter. */
static void render(void *context, enum dialect dialect, char **text, size_t *size)
{
	struct exporter *e = context;
	FILE *out;

	e->refresh(e->context);
	out = memory_open(text, size);
	metrics_write(out, dialect, &e->services, &e->own);
	memory_close(out);
}

/* Listens as the options say. */
int exporter_open(struct exporter *e, const struct options *o, exporter_refresh *refresh,
		  void *context)
{
	const struct http_setup setup = {o->listen, o->web_config, render, e};

	*e = (struct exporter){.refresh = refresh, .context = context};
	e->series_max = o->series_max;
	e->services.room = service_room_of(o->series_max);
	return http_open(&e->http, &setup);
}

/* Measuring has begun: clients are answered. */
int exporter_begin(struct exporter *e, struct loop *loop)
{
	char *address = http_address(e->http);

	log_warn("metrics at %s", address);
	free(address);
	return loop_serve(loop, http_fd(e->http));
}

/* Does what clients want. */
void exporter_step(struct exporter *e)
{
	http_step(e->http);
}

/* Says once that not all services are told apart. */
static void say_refused(struct exporter *e)
{
	if (e->said || !(e->services.refused + e->services.overflowed))
		return;
	e->said = true;
	log_warn("--max-series %s has no room for further services: they are summed in %s; "
		 "iophase_services_refused_total says how many",
		 fmt_count(e->series_max, ROOM_FULL).s, SERVICE_OTHERS);
}

/* Adds a report. */
void exporter_take(struct exporter *e, const struct report *r)
{
	e->own = r->own;
	services_add(&e->services, r);
	say_refused(e);
}

/* Ends it. */
void exporter_close(struct exporter *e)
{
	http_close(e->http);
	services_clear(&e->services);
	e->http = NULL;
}
