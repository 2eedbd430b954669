/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * export.h - the command `export`: metrics for Prometheus, until stopped.
 */
#ifndef IOPHASE_EXPORT_H
#define IOPHASE_EXPORT_H

struct options;

/* Fills in what is meant where nothing is said. */
void export_complete(struct options *o);

#endif
