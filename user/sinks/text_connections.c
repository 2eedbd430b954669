/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * text_connections.c - see text_connections.h.
 *
 * What goes in: the connections of a report. What comes out: a table of those that matter most.
 * What is the same of all of them is said above it, so that there is room for the rest.
 */
#include <stdlib.h>
#include <string.h>

#include "base/fmt_address.h"
#include "base/xalloc.h"
#include "sinks/grid.h"
#include "sinks/text_connections.h"

/* A row of the table. */
struct shown {
	const struct report *report;
	const struct connection *connection;
	bool utf8;
};

/* The row of a cell. */
static const struct conn_row *row_of(const void *row)
{
	return &((const struct shown *)row)->connection->row;
}

/* A number as a cell, or nothing for 0. */
static struct cell count_cell(uint64_t n, enum room room)
{
	return cell_of(n ? fmt_count(n, room).s : "");
}

/* A number that is a name. */
static struct cell number_cell(long long n)
{
	struct cell c;

	snprintf(c.s, sizeof(c.s), "%lld", n);
	return c;
}

static struct cell address_cell(const void *row, const struct conn_address *a)
{
	return cell_of(fmt_address(row_of(row)->family, a, ((const struct shown *)row)->utf8).s);
}

#define CELL(function, value)                                                                      \
	static struct cell function(const void *row, enum room room)                               \
	{                                                                                          \
		const struct conn_row *r = row_of(row);                                            \
                                                                                                   \
		(void)room, (void)r;                                                               \
		return (value);                                                                    \
	}

/* A duration (ns), or nothing for 0. */
static struct cell duration_cell(uint64_t ns, enum room room)
{
	return cell_of(ns ? fmt_duration(ns, room).s : "");
}

/* Bytes, or nothing for 0. */
static struct cell bytes_cell(uint64_t bytes, enum room room)
{
	return cell_of(bytes ? fmt_bytes(bytes, room).s : "");
}

/* How its latest read got the data. */
static struct cell model_cell(const void *row, enum room room)
{
	const struct model *model = model_of_read(row_of(row)->way);

	(void)room;
	return cell_of(model ? model->name : "");
}

/* What its clients waited for, or it for its upstream. */
CELL(response_cell, duration_cell(connection_value(r, KEY_RESPONSE), room))
CELL(blocked_cell, duration_cell(r->sums.ns[CONN_BLOCKED], room))
CELL(queueing_cell, duration_cell(r->sums.ns[CONN_READY], room))
CELL(remote_cell, address_cell(row, &r->remote))
CELL(local_cell, address_cell(row, &r->local))
CELL(kind_cell, cell_of(connection_kind(r)))
CELL(role_cell, cell_of(connection_role(r)))
CELL(state_cell, cell_of(connection_state(r)))
CELL(pid_cell, number_cell(r->tgid))
CELL(thread_cell, r->tid ? number_cell(r->tid) : cell_of(""))
CELL(fd_cell, number_cell(r->fd))
CELL(reads_cell, count_cell(r->sums.reads, room))
CELL(writes_cell, count_cell(r->sums.writes, room))
CELL(exchanges_cell, count_cell(r->sums.exchanges, room))
CELL(in_cell, bytes_cell(r->sums.bytes_in, room))
CELL(out_cell, bytes_cell(r->sums.bytes_out, room))
CELL(p50_cell, duration_cell(connection_took(r->p50), room))
CELL(p99_cell, duration_cell(connection_took(r->p99), room))

static const struct grid_column columns[] = {
	{"remote", remote_cell, NULL, 0, true},
	{"local", local_cell, "local ", 7, true},
	{"kind", kind_cell, "", 8, true},
	{"role", role_cell, "", 1, true},
	{"pid", pid_cell, "pid ", 2, false},
	{"model", model_cell, "", 6, true},
	{"state", state_cell, NULL, 0, true},
	{"fd", fd_cell, NULL, 3, false},
	{"thread", thread_cell, "thread ", 10, false},
	{"reads", reads_cell, NULL, 0, false},
	{"writes", writes_cell, NULL, 9, false},
	{"in", in_cell, NULL, 4, false},
	{"out", out_cell, NULL, 5, false},
	{"answers", exchanges_cell, NULL, 0, false},
	{"waited", response_cell, NULL, 0, false},
	{"queueing", queueing_cell, NULL, 11, false},
	{"blocked", blocked_cell, NULL, 0, false},
	{"p50", p50_cell, NULL, 0, false},
	{"p99", p99_cell, NULL, 0, false},
};

_Static_assert(ARRAY_SIZE(columns) <= GRID_COLUMNS_MAX, "a grid has room for every column");

/* Writes how many there are, their order, and what all that are shown have in common. */
static void write_title(FILE *out, const struct report *r, const struct grid *g,
			const struct style *style)
{
	static const char *const first[CONNECTION_KEYS] = {
		[KEY_RESPONSE] = "those waited for longest first",
		[KEY_QUEUEING] = "the most queueing first",
		[KEY_SERVICE] = "the most service first",
		[KEY_BLOCKED] = "those blocked longest first",
		[KEY_BYTES] = "the most bytes first",
		[KEY_READS] = "the most reads first",
	};
	struct line l = {.out = out, .columns = style_columns(style), .indent = 4};
	const char *gap = ": ";

	fprintf(out, "%sConnections%s", style->colour ? "\033[1m" : "",
		style->colour ? "\033[0m" : "");
	l.column = (unsigned int)strlen("Connections");
	line_add(&l, "   ", "%s open,", fmt_count(r->connections.all, ROOM_FULL).s);
	line_add_words(&l, " ", first[r->connections.key]);
	for (size_t i = 0; i < g->columns; i++) {
		if (!g->is_common[i])
			continue;
		if (*gap == ':')
			line_add(&l, "; ", "%s", g->rows > 1 ? "all" : "it is");
		line_add(&l, *gap == ':' ? " " : ", ", "%s%s", g->column[i].common,
			 g->column[i].cell(g->row[0], g->room).s);
		gap = ", ";
	}
	line_end(&l);
}

/* Names the columns that there is no room for. */
static void write_left_out(FILE *out, const struct grid *g, const struct style *style)
{
	struct line l = {.out = out, .columns = style_columns(style), .indent = 4};

	for (size_t i = 0; i < g->columns; i++)
		if (g->no_room_for[i])
			line_add(&l, l.column ? ", " : "", "%s%s", l.column ? "" : "  No room for ",
				 g->column[i].header);
	if (l.column)
		line_add(&l, "; ", "csv-connections has it.");
	line_end(&l);
}

/* Writes a row for each of the connections that matter most. */
void text_connections(FILE *out, const struct report *r, const struct style *style)
{
	size_t count = r->connections.count < r->connections_shown ? r->connections.count
								   : r->connections_shown;
	struct shown *shown = xcalloc(count, sizeof(*shown));
	const void **rows = xcalloc(count, sizeof(*rows));
	struct grid grid = {
		.column = columns, .columns = ARRAY_SIZE(columns), .row = rows, .rows = count};

	for (size_t i = 0; i < count; i++) {
		shown[i] = (struct shown){r, &r->connections.connection[i], style->utf8};
		rows[i] = &shown[i];
	}
	if (count) {
		grid_fit(&grid, style_columns(style));
		write_title(out, r, &grid, style);
		grid_write(out, &grid, style->colour);
		write_left_out(out, &grid, style);
		putc('\n', out);
	} else if (r->connections_shown && r->has_exchanges) {
		fputs("Connections   none that is open.\n\n", out);
	}
	free(shown);
	free(rows);
}
