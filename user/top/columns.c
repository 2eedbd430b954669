/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * columns.c - see columns.h. A further column is a further row of the table.
 *
 * What goes in: rows. What comes out: cells, numbers to sort by, and the widths of columns.
 */
#include <stdio.h>
#include <string.h>

#include "sinks/share_bar.h"
#include "top/columns.h"

static const struct report_task *task_of(const void *row)
{
	return ((const struct process_row *)row)->task;
}

/* So many in the time that the process was there, by second. */
static double rate(const struct report_task *t, uint64_t count)
{
	return t->lived ? (double)count * NSEC_PER_SEC / (double)t->lived : 0;
}

/* That as a cell, nothing for none. */
static struct cell rate_cell(const struct report_task *t, uint64_t count, enum room room)
{
	return cell_of(count ? fmt_rate(count, t->lived, room).s : "");
}

/* A duration (ns) of something of which there were so many; nothing where there was none. */
static struct cell duration_cell(uint64_t count, uint64_t ns, enum room room)
{
	return cell_of(count ? fmt_duration(ns, room).s : "");
}

/* Bytes that calls of a class have moved, as far as they are counted. */
static uint64_t bytes_of(const struct report_task *t, enum op_class class)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < t->calls; i++)
		if (t->call[i].op_class == class && t->call[i].is_counted)
			bytes += t->call[i].bytes;
	return bytes;
}

/* Bytes by second. */
static struct cell bytes_cell(const struct report_task *t, uint64_t bytes, enum room room)
{
	return cell_of(bytes ? fmt_bytes((uint64_t)rate(t, bytes), room).s : "");
}

/* Of a thread its own number. */
static struct cell pid_cell(const void *row, enum room room)
{
	char number[24];

	if (!task_of(row)->is_thread)
		return process_pid(row, room);
	snprintf(number, sizeof(number), "%d", task_of(row)->tid);
	return cell_of(number);
}

/* Threads stand below their process. */
static struct cell name_cell(const void *row, enum room room)
{
	struct cell name = process_name(row, room);
	char text[CELL_MAX + 2];

	if (!task_of(row)->is_thread)
		return name;
	snprintf(text, sizeof(text), "- %s", name.s);
	return cell_clip(text, CELL_WIDTH_MAX - 3);
}

/* How many threads it has at the end. */
static struct cell threads_cell(const void *row, enum room room)
{
	const struct report_task *t = task_of(row);

	return cell_of(t->is_thread ? "" : fmt_count(t->threads, room).s);
}

/* The worst finding, and how many there are beside it. */
static struct cell findings_cell(const void *row, enum room room)
{
	const struct top_row *r = row;
	char text[80];

	(void)room;
	if (!r->worst)
		return cell_of("");
	if (r->findings > 1)
		snprintf(text, sizeof(text), "+%zu %s", r->findings - 1, r->worst->rule->id);
	return cell_of(r->findings > 1 ? text : r->worst->rule->id);
}

#define CELL(function, value)                                                                      \
	static struct cell function(const void *row, enum room room)                               \
	{                                                                                          \
		const struct report_task *t = task_of(row);                                        \
		const struct exchanges *e = &t->exchanges;                                         \
                                                                                                   \
		(void)room, (void)t, (void)e;                                                      \
		return (value);                                                                    \
	}

#define NUMBER(function, value)                                                                    \
	static double function(const struct top_row *row)                                          \
	{                                                                                          \
		const struct report_task *t = row->process.task;                                   \
		const struct exchanges *e = &t->exchanges;                                         \
                                                                                                   \
		(void)t, (void)e;                                                                  \
		return (double)(value);                                                            \
	}

/* A time (ns) of something of which there were so many; before 0 where there was none. */
#define TIME_OF(count, ns) ((count) ? (double)(ns) : -1)

CELL(p50_cell, duration_cell(e->answered, e->response.p50, room))
CELL(max_cell, duration_cell(e->answered, e->response.max, room))
CELL(queueing_cell, duration_cell(e->answered, e->queueing.p99, room))
CELL(service_cell, duration_cell(e->answered, e->service.p99, room))
CELL(asked_cell, rate_cell(t, e->asked, room))
CELL(upstream_cell, duration_cell(e->asked, e->upstream.p99, room))
CELL(in_cell, bytes_cell(t, bytes_of(t, CLASS_READ), room))
CELL(out_cell, bytes_cell(t, bytes_of(t, CLASS_WRITE), room))
CELL(calls_cell, rate_cell(t, t->io_calls, room))
CELL(runq_cell,
     cell_of(line_time(t, PHASE_RUNQ) ? fmt_percent(line_time(t, PHASE_RUNQ), t->lived, room).s
				      : ""))

NUMBER(pid_number, t->is_thread ? t->tid : t->pid)
NUMBER(threads_number, t->threads)
NUMBER(reads_number, rate(t, line_reads(t)))
NUMBER(requests_number, rate(t, e->answered))
NUMBER(p50_number, TIME_OF(e->answered, e->response.p50))
NUMBER(p99_number, TIME_OF(e->answered, e->response.p99))
NUMBER(max_number, TIME_OF(e->answered, e->response.max))
NUMBER(queueing_number, TIME_OF(e->answered, e->queueing.p99))
NUMBER(service_number, TIME_OF(e->answered, e->service.p99))
NUMBER(asked_number, rate(t, e->asked))
NUMBER(upstream_number, TIME_OF(e->asked, e->upstream.p99))
NUMBER(in_number, rate(t, bytes_of(t, CLASS_READ)))
NUMBER(out_number, rate(t, bytes_of(t, CLASS_WRITE)))
NUMBER(calls_number, rate(t, t->io_calls))
NUMBER(cpu_number, rate(t, report_task_on_cpu(t)))
NUMBER(runq_number, rate(t, line_time(t, PHASE_RUNQ)))
NUMBER(findings_number, (row->worst ? row->worst->rule->severity : 0) * 1e6 + (double)row->findings)

/* clang-format off */
const struct top_column top_columns[] = {
	{"pid", "PID", "its pid; of a thread its tid; (N): so many that ended",
	 7, 7, 0, true, false, true, false, pid_cell, pid_number},
	{"user", "USER", "whose it is",
	 8, 12, 9, true, true, true, false, process_user, NULL},
	{"name", "NAME", "its name, and below it those of its threads (t)",
	 12, 25, 0, true, true, true, false, name_cell, NULL},
	{"container", "CONTAINER", "the container that it is in",
	 12, 12, 14, true, true, true, false, process_container, NULL},
	{"ports", "PORTS", "where it waits for clients",
	 9, 24, 8, true, true, true, false, process_ports, NULL},
	{"model", "MODEL", "the I/O model of its reads",
	 11, 11, 4, true, true, true, false, process_model, NULL},
	{"shape", "SHAPE", "how it spreads connections over threads or processes",
	 20, 26, 12, true, true, true, false, process_shape, NULL},
	{"threads", "THR", "threads that it has",
	 5, 5, 16, true, false, false, false, threads_cell, threads_number},
	{"calls", "CALLS/s", "I/O calls that ended, by second, as far as they are counted",
	 7, 9, 20, false, false, false, false, calls_cell, calls_number},
	{"reads", "READS/s", "reads that have a model, by second",
	 7, 9, 10, true, false, false, false, process_reads, reads_number},
	{"requests", "REQ/s", "requests that it answered, by second",
	 7, 9, 0, true, false, false, false, process_requests, requests_number},
	{"p50", "P50", "half of the responses took at most so long",
	 7, 8, 11, true, false, false, false, p50_cell, p50_number},
	{"p99", "P99", "99 of 100 responses took at most so long",
	 7, 8, 0, true, false, false, false, process_p99, p99_number},
	{"max", "MAX", "the slowest response",
	 7, 8, 17, true, false, false, false, max_cell, max_number},
	{"queueing", "QUEUE", "p99 of the queueing: ready, and nobody has begun to read it",
	 7, 8, 13, true, false, false, false, queueing_cell, queueing_number},
	{"service", "SERVICE", "p99 of the service: from the read to the answer",
	 7, 8, 18, true, false, false, false, service_cell, service_number},
	{"asked", "ASKED/s", "answers that it had from upstreams, by second",
	 7, 9, 19, true, false, false, false, asked_cell, asked_number},
	{"upstream", "UP-P99", "p99 of the answers of its upstreams",
	 7, 8, 19, true, false, false, false, upstream_cell, upstream_number},
	{"in", "IN/s", "bytes that it read, by second, as far as they are counted",
	 8, 9, 21, true, false, false, false, in_cell, in_number},
	{"out", "OUT/s", "bytes that it wrote, likewise",
	 8, 9, 21, true, false, false, false, out_cell, out_number},
	{"cpu", "CPU", "time on a CPU, of one",
	 6, 7, 3, true, false, false, false, process_cpu, cpu_number},
	{"runq", "RUNQ", "time in the run queue, of one thread",
	 6, 7, 15, true, false, false, false, runq_cell, runq_number},
	{"time", "TIME", "where the time of its threads went",
	 10, 24, 2, true, true, false, true, process_time, cpu_number},
	{"findings", "FINDINGS", "the worst finding, and how many more; Enter says what it means",
	 13, 40, 1, true, true, false, false, findings_cell, findings_number},
	{NULL, NULL, NULL, 0, 0, 0, false, false, false, false, NULL, NULL},
};
/* clang-format on */

_Static_assert(ARRAY_SIZE(top_columns) == TOP_COLUMNS + 1, "as many as there are");
_Static_assert(TOP_COLUMNS <= 32, "a set of them has room for all");

/* Their names; held against the table by its unit test. */
const struct word top_column_words[] = {
	{"pid", 0},	  {"user", 1},	 {"name", 2},	   {"container", 3}, {"ports", 4},
	{"model", 5},	  {"shape", 6},	 {"threads", 7},   {"calls", 8},     {"reads", 9},
	{"requests", 10}, {"p50", 11},	 {"p99", 12},	   {"max", 13},	     {"queueing", 14},
	{"service", 15},  {"asked", 16}, {"upstream", 17}, {"in", 18},	     {"out", 19},
	{"cpu", 20},	  {"runq", 21},	 {"time", 22},	   {"findings", 23}, {NULL, 0},
};

/* The columns that are shown if nobody has chosen. */
uint32_t top_columns_usual(void)
{
	uint32_t set = 0;

	for (unsigned int i = 0; i < TOP_COLUMNS; i++)
		set |= (uint32_t)top_columns[i].shown << i;
	return set;
}

/* The columns of the screen that they take. */
static unsigned int width_of(const unsigned int width[TOP_COLUMNS])
{
	unsigned int sum = 0;

	for (unsigned int i = 0; i < TOP_COLUMNS; i++)
		sum += width[i] ? width[i] + (sum ? 1 : 0) : 0;
	return sum;
}

/* Leaves out the most expendable one that is there, of equal ones the last; false if none is. */
static bool drop(unsigned int width[TOP_COLUMNS])
{
	int victim = -1;

	for (int i = 0; i < TOP_COLUMNS; i++)
		if (width[i] && top_columns[i].expendable &&
		    (victim < 0 || top_columns[i].expendable >= top_columns[victim].expendable))
			victim = i;
	if (victim >= 0)
		width[victim] = 0;
	return victim >= 0;
}

/* How wide the columns of a set are. */
void top_columns_fit(uint32_t set, unsigned int columns, unsigned int width[TOP_COLUMNS])
{
	unsigned int left;

	for (unsigned int i = 0; i < TOP_COLUMNS; i++)
		width[i] = set & UINT32_C(1) << i ? top_columns[i].width : 0;
	while (width_of(width) > columns && drop(width))
		;
	left = less(columns, width_of(width));
	/* What is left goes to all that can use it, one by one. */
	for (bool given = true; given && left;) {
		given = false;
		for (unsigned int i = 0; i < TOP_COLUMNS && left; i++) {
			if (!width[i] || width[i] >= top_columns[i].most)
				continue;
			width[i]++;
			left--;
			given = true;
		}
	}
}

/* The cell of a row, as long as fits. */
struct cell top_cell(const struct top_column *column, const struct top_row *row, unsigned int width)
{
	struct cell c = {""};

	if (column->is_bar) {
		uint64_t part[PHASES];

		for (unsigned int p = 0; p < PHASES; p++)
			part[p] = line_time(row->process.task, (enum phase)p);
		return share_bar(part, width, row->process.utf8);
	}
	for (enum room room = ROOM_FULL; room <= ROOM_TIGHT; room++) {
		c = column->cell(row, room);
		if (fmt_width(c.s) <= width)
			return c;
	}
	return cell_clip(c.s, width);
}
