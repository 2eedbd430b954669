/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * metrics.h - the table of metrics: what is told to Prometheus, a row each.
 */
#ifndef IOPHASE_METRICS_H
#define IOPHASE_METRICS_H

#include "sinks/exposition.h"

/* The last one has no name. */
extern const struct metric metrics[];

/* Writes them all. */
void metrics_write(FILE *out, enum dialect dialect, const struct services *all,
		   const struct own_cost *own);

#endif
