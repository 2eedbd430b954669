/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * sink_openmetrics.c - what services came to since the attach, as OpenMetrics text: for the
 * textfile collector of node_exporter, and whoever reads that.
 *
 * What goes in: reports. What comes out: after each one the whole text anew, which takes the place
 * of the one before.
 */
#include <stdlib.h>

#include "base/xalloc.h"
#include "sinks/metrics.h"
#include "sinks/sink.h"

static void openmetrics_open(struct sink_job *job)
{
	struct services *services = xcalloc(1, sizeof(*services));

	if (job->style.series_max)
		services->room = service_room_of(job->style.series_max);
	job->state = services;
}

static void openmetrics_report(struct sink_job *job, const struct report *r)
{
	struct services *services = job->state;

	services_add(services, r);
	metrics_write(job->out, DIALECT_OPENMETRICS, services, &r->own);
}

static void openmetrics_close(struct sink_job *job)
{
	struct services *services = job->state;

	if (!services)
		return;
	services_clear(services);
	free(services);
}

const struct sink sink_openmetrics = {
	.name = "openmetrics",
	.help = "OpenMetrics: sums since the attach, anew at each report",
	.counts_connections = true,
	.replaces = true,
	.sums_up = true,
	.is_metrics = true,
	.open = openmetrics_open,
	.report = openmetrics_report,
	.close = openmetrics_close,
};
