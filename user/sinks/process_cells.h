/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * process_cells.h - what lists of processes say of each: a cell for a column of a grid.
 */
#ifndef IOPHASE_PROCESS_CELLS_H
#define IOPHASE_PROCESS_CELLS_H

#include "judge/lines.h"
#include "judge/report.h"
#include "sinks/grid.h"

/* A row: what the cells are made of. */
struct process_row {
	const struct report_task *task;
	uint64_t ended; /* so many that ended are summed in it; 0: it lives */
	bool utf8;
};

/* A text of one line as a cell that is at most so wide: of one that is too long, the begin. */
struct cell cell_clip(const char *text, unsigned int width);

/* The cells of a row, a struct process_row. */
struct cell process_pid(const void *row, enum room room);
struct cell process_user(const void *row, enum room room);
struct cell process_name(const void *row, enum room room);
struct cell process_container(const void *row, enum room room);
struct cell process_ports(const void *row, enum room room);
struct cell process_model(const void *row, enum room room);
struct cell process_shape(const void *row, enum room room);
struct cell process_reads(const void *row, enum room room);
struct cell process_requests(const void *row, enum room room);
struct cell process_p99(const void *row, enum room room);
struct cell process_cpu(const void *row, enum room room);
struct cell process_time(const void *row, enum room room);

#endif
