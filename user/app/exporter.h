/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * exporter.h - a run whose reports are added up by service, and told to whoever asks over HTTP.
 */
#ifndef IOPHASE_EXPORTER_H
#define IOPHASE_EXPORTER_H

#include "app/loop.h"
#include "app/options.h"
#include "judge/services.h"

struct http;

/* Has a report made of the time since the last one, and given to exporter_take(). */
typedef void exporter_refresh(void *context);

struct exporter {
	struct http *http; /* NULL: there is none */
	struct services services;
	uint64_t series_max;
	bool said; /* that there is no room for a service */
	exporter_refresh *refresh;
	void *context;
	struct own_cost own; /* as of the latest report */
};

/* Listens as the options say; 0, or -errno after one line. */
int exporter_open(struct exporter *e, const struct options *o, exporter_refresh *refresh,
		  void *context);

/* Measuring has begun: clients are answered, when the loop says so; 0 or -errno. */
int exporter_begin(struct exporter *e, struct loop *loop);

/* Does what clients want. */
void exporter_step(struct exporter *e);

/* Adds a report. */
void exporter_take(struct exporter *e, const struct report *r);

/* A zeroed one is none. */
void exporter_close(struct exporter *e);

#endif
