/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * process_cells.c - see process_cells.h.
 *
 * What goes in: a process of a report. What comes out: a cell, empty for what it has nothing of.
 */
#include <stdio.h>
#include <string.h>

#include "sinks/process_cells.h"
#include "sinks/share_bar.h"

enum {
	NUMBER_LEN = 24, /* of a number, with two brackets */
};

static const struct report_task *task_of(const void *row)
{
	return ((const struct process_row *)row)->task;
}

/* A text of one line as a cell that is at most so wide: of one that is too long, the begin. */
struct cell cell_clip(const char *text, unsigned int width)
{
	size_t length = strlen(text);
	struct cell c = {""};

	for (;;) {
		if (length + 2 <= sizeof(c.s))
			snprintf(c.s, sizeof(c.s), "%.*s%s", (int)length, text,
				 text[length] ? "+" : "");
		if (!length || (*c.s && fmt_width(c.s) <= width))
			return c;
		/* A character of UTF-8 goes as a whole. */
		do
			length--;
		while (length && ((unsigned char)text[length] & 0xc0) == 0x80);
	}
}

/* A text of anybody's making, of `size` bytes at most, as such a cell. */
static struct cell cell_safe(const void *row, const char *text, size_t size, unsigned int width)
{
	char safe[4 * PORTS_LEN + 1];

	fmt_escaped(safe, text, strnlen(text, size), ((const struct process_row *)row)->utf8);
	return cell_clip(safe, width);
}

/* Of those that ended, which are one row for a name, how many they were. */
struct cell process_pid(const void *row, enum room room)
{
	const struct process_row *process = row;
	char number[NUMBER_LEN];

	if (process->ended)
		snprintf(number, sizeof(number), "(%.20s)", fmt_count(process->ended, room).s);
	else
		snprintf(number, sizeof(number), "%d", process->task->pid);
	return cell_of(number);
}

struct cell process_user(const void *row, enum room room)
{
	static const unsigned int width[] = {[ROOM_FULL] = 20, [ROOM_SHORT] = 12, [ROOM_TIGHT] = 8};

	return cell_safe(row, task_of(row)->whose.user, USER_LEN, width[room]);
}

struct cell process_name(const void *row, enum room room)
{
	static const unsigned int width[] = {
		[ROOM_FULL] = 40, [ROOM_SHORT] = 20, [ROOM_TIGHT] = 15};
	bool utf8 = ((const struct process_row *)row)->utf8;

	return cell_clip(fmt_comm(task_of(row)->comm, utf8).s, width[room]);
}

/* The id of its container, as the engines print it. */
struct cell process_container(const void *row, enum room room)
{
	(void)room;
	return cell_safe(row, task_of(row)->where.container, WHERE_SHORT_LEN, WHERE_SHORT_LEN);
}

/* Its ports; ? where they are not known, although it was asked. */
struct cell process_ports(const void *row, enum room room)
{
	static const unsigned int width[] = {
		[ROOM_FULL] = 40, [ROOM_SHORT] = 24, [ROOM_TIGHT] = 13};
	const struct whose *whose = &task_of(row)->whose;
	char text[PORTS_LEN + 1];

	snprintf(text, sizeof(text), "%.*s", PORTS_LEN, whose->ports);
	if (!*text)
		return cell_of(*whose->user ? "?" : "");
	if (!strcmp(text, PORTS_NONE))
		return cell_of("");
	ports_cut(text, width[room]);
	return cell_safe(row, text, sizeof(text), width[room]);
}

struct cell process_model(const void *row, enum room room)
{
	(void)room;
	return cell_of(task_of(row)->model.model->name);
}

/* Its shape, and how many there are of what makes it, if that is more than one. */
struct cell process_shape(const void *row, enum room room)
{
	const struct shape_decision *d = &task_of(row)->shape;
	char text[80];

	if (!d->shape)
		return cell_of("");
	snprintf(text, sizeof(text), "%s %s", d->shape->name, fmt_count(d->count, room).s);
	return cell_of(d->count > 1 ? text : d->shape->name);
}

/* So many in the time that the process was there, by second; nothing for none. */
static struct cell rate_cell(const void *row, uint64_t count, enum room room)
{
	return cell_of(count ? fmt_rate(count, task_of(row)->lived, room).s : "");
}

struct cell process_reads(const void *row, enum room room)
{
	return rate_cell(row, line_reads(task_of(row)), room);
}

struct cell process_requests(const void *row, enum room room)
{
	return rate_cell(row, task_of(row)->exchanges.answered, room);
}

struct cell process_p99(const void *row, enum room room)
{
	const struct exchanges *e = &task_of(row)->exchanges;

	return cell_of(e->answered ? fmt_duration(e->response.p99, room).s : "");
}

/* The time on a CPU, of one. */
struct cell process_cpu(const void *row, enum room room)
{
	const struct report_task *t = task_of(row);
	uint64_t ns = report_task_on_cpu(t);

	return cell_of(ns ? fmt_percent(ns, t->lived, room).s : "");
}

/* Where the time of its threads went. */
struct cell process_time(const void *row, enum room room)
{
	static const unsigned int cells[] = {[ROOM_FULL] = 20, [ROOM_SHORT] = 12, [ROOM_TIGHT] = 8};
	uint64_t part[PHASES];

	for (unsigned int p = 0; p < PHASES; p++)
		part[p] = line_time(task_of(row), (enum phase)p);
	return share_bar(part, cells[room], ((const struct process_row *)row)->utf8);
}
