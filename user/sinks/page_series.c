/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * page_series.c - the part of page_data.h that is about time.
 *
 * What goes in: a history. What comes out: for all processes together, for each track and for the
 * others their cells, each as a row of numbers, and how many answers took how long.
 */
#include <inttypes.h>
#include <string.h>

#include "json/values.h"
#include "sinks/page_data.h"

enum {
	COARSE = 4, /* buckets that the page takes for one: a quarter of an octave */
	GROUPS = OCTAVES * STEPS / COARSE,
};

/* The columns of a row. */
enum series_column {
	IO_WAIT,
	IO_RUNQ,
	IO_CPU,
	IO_COPY,
	APP_WAIT,
	APP_RUNQ,
	APP_CPU,
	APP_COPY,
	CALLS,
	ANSWERED,
	RESPONSE_P50,
	RESPONSE_P90,
	RESPONSE_P99,
	RESPONSE_MAX,
	BACKLOG,
	WAKEUP,
	RUNQ,
	DISPATCH,
	READ,
	SERVICE,
	ASKED,
	ASKED_TIME,
	UPSTREAM_P50,
	UPSTREAM_P99,
	UPSTREAM_MAX,
	SERIES_COLUMNS,
};

static const char *const names[SERIES_COLUMNS] = {
	[IO_WAIT] = "io_wait_ns",
	[IO_RUNQ] = "io_runq_ns",
	[IO_CPU] = "io_cpu_ns",
	[IO_COPY] = "io_copy_ns",
	[APP_WAIT] = "app_wait_ns",
	[APP_RUNQ] = "app_runq_ns",
	[APP_CPU] = "app_cpu_ns",
	[APP_COPY] = "app_copy_ns",
	[CALLS] = "io_calls",
	[ANSWERED] = "answered",
	[RESPONSE_P50] = "response_p50_ns",
	[RESPONSE_P90] = "response_p90_ns",
	[RESPONSE_P99] = "response_p99_ns",
	[RESPONSE_MAX] = "response_max_ns",
	[BACKLOG] = "backlog_ns",
	[WAKEUP] = "wakeup_ns",
	[RUNQ] = "runq_ns",
	[DISPATCH] = "dispatch_ns",
	[READ] = "read_ns",
	[SERVICE] = "service_ns",
	[ASKED] = "asked",
	[ASKED_TIME] = "asked_ns",
	[UPSTREAM_P50] = "upstream_p50_ns",
	[UPSTREAM_P99] = "upstream_p99_ns",
	[UPSTREAM_MAX] = "upstream_max_ns",
};

/* The numbers of a cell. */
static void numbers_of(const struct history_cell *c, uint64_t to[SERIES_COLUMNS])
{
	const struct percentiles response = history_percentiles(&c->response);
	const struct percentiles upstream = history_percentiles(&c->upstream);

	for (unsigned int p = 0; p < PHASES; p++) {
		to[IO_WAIT + p] = c->budget.io[p];
		to[APP_WAIT + p] = c->budget.app[p];
	}
	to[CALLS] = c->io_calls;
	to[ANSWERED] = c->response.count;
	to[RESPONSE_P50] = response.p50;
	to[RESPONSE_P90] = response.p90;
	to[RESPONSE_P99] = response.p99;
	to[RESPONSE_MAX] = response.max;
	for (unsigned int i = 0; i < QUEUE_CAUSES; i++)
		to[BACKLOG + i] = c->part[i];
	to[SERVICE] = c->service_ns;
	to[ASKED] = c->upstream.count;
	to[ASKED_TIME] = c->asked_ns;
	to[UPSTREAM_P50] = upstream.p50;
	to[UPSTREAM_P99] = upstream.p99;
	to[UPSTREAM_MAX] = upstream.max;
}

_Static_assert(IO_WAIT + (int)PHASE_COPY == (int)IO_COPY && (int)PHASE_RUNQ == 1 &&
		       (int)PHASE_CPU == 2 && APP_WAIT + (int)PHASE_COPY == (int)APP_COPY,
	       "phases stand in their order");
_Static_assert(BACKLOG + (int)QUEUE_READ == (int)READ &&
		       BACKLOG + (int)QUEUE_CAUSES == (int)SERVICE,
	       "causes stand in their order");

/* Writes how many answers took how long, by group; those of 0 ns are in the first one. */
static void put_groups(FILE *out, const struct history_times *t)
{
	uint64_t counted = hist_count(&t->hist);
	uint64_t zeros = t->count > counted ? t->count - counted : 0;
	const char *before = "";

	for (unsigned int g = 0; g < GROUPS; g++) {
		const struct octave *o = t->hist.octave[g * COARSE / STEPS];
		uint64_t sum = g ? 0 : zeros;

		for (unsigned int i = 0; o && i < COARSE; i++)
			sum += o->step[(g * COARSE + i) % STEPS];
		if (!sum)
			continue;
		fprintf(out, "%s[%u,%" PRIu64 "]", before, g, sum);
		before = ",";
	}
}

/* Writes a cell; null if there was nobody in its time. */
static void put_cell(FILE *out, const struct history_cell *c)
{
	uint64_t number[SERIES_COLUMNS];

	if (!c->reports) {
		fputs("null", out);
		return;
	}
	numbers_of(c, number);
	fputs("{\"row\":[", out);
	for (unsigned int i = 0; i < SERIES_COLUMNS; i++)
		fprintf(out, "%s%" PRIu64, i ? "," : "", number[i]);
	fputs("],\"groups\":[", out);
	put_groups(out, &c->response);
	fputs("]}", out);
}

/* Writes the cell that is the sum of those of all tracks: of a slot, or of the whole time (-1). */
static void put_sum(FILE *out, const struct history *h, int slot)
{
	struct history_cell sum = {0};

	for (size_t i = 0; i < HISTORY_TRACKS; i++) {
		const struct history_track *t = h->track[i];

		if (t && t->used)
			history_join(&sum, slot < 0 ? &t->whole : &t->cell[slot]);
	}
	put_cell(out, &sum);
	history_cell_clear(&sum);
}

/* Writes a track; NULL: the sum of all. */
static void put_track(FILE *out, const struct history *h, const struct history_track *t)
{
	fputs("{", out);
	if (t && t->pid) {
		fprintf(out, "\"pid\":%d,\"since\":%zu,\"comm\":", t->pid, t->since);
		page_json(out, json_bytes(t->comm, strnlen(t->comm, COMM_LEN)));
	} else {
		fprintf(out, "\"sum\":\"%s\"", t ? "others" : "all");
	}
	fputs(",\"whole\":", out);
	if (t)
		put_cell(out, &t->whole);
	else
		put_sum(out, h, -1);
	fputs(",\"cells\":[", out);
	for (size_t i = 0; i < h->slots; i++) {
		fputs(i ? ",\n" : "\n", out);
		if (t)
			put_cell(out, &t->cell[i]);
		else
			put_sum(out, h, (int)i);
	}
	fputs("]}", out);
}

/* Writes the times of the slots: ns since the first began, and ms since 1970 at the end of each. */
static void put_slots(FILE *out, const struct history *h)
{
	fprintf(out, "\"each\":%" PRIu64 ",\"moved\":%" PRIu64 ",\"slots\":[", h->each, h->moved);
	for (size_t i = 0; i < h->slots; i++) {
		const struct history_slot *s = &h->slot[i];

		fprintf(out, "%s[%" PRIu64 ",%" PRIu64 ",%" PRId64 "]", i ? "," : "",
			s->from - h->slot[0].from, s->to - h->slot[0].from,
			(int64_t)s->utc.tv_sec * 1000 + s->utc.tv_nsec / (long)NSEC_PER_MSEC);
	}
	fputs("],\n\"columns\":[", out);
	for (unsigned int i = 0; i < SERIES_COLUMNS; i++)
		fprintf(out, "%s\"%s\"", i ? "," : "", names[i]);
	fputs("],\n\"group_from_ns\":[", out);
	for (unsigned int g = 0; g <= GROUPS; g++)
		fprintf(out, "%s%" PRIu64, g ? "," : "",
			g ? hist_bucket_upper(g * COARSE - 1) + 1 : 0);
	fputs("],\n", out);
}

/* Writes what came of it over time: the sum first, if there are several tracks. */
void page_data_series(FILE *out, const struct history *h)
{
	unsigned int used = 0;
	const char *before = "";

	for (size_t i = 0; i < HISTORY_TRACKS; i++)
		used += h->track[i] && h->track[i]->used;
	fputs("\"series\":{", out);
	put_slots(out, h);
	fputs("\"tracks\":[", out);
	if (used > 1) {
		put_track(out, h, NULL);
		before = ",\n";
	}
	for (size_t i = 0; i < HISTORY_TRACKS; i++) {
		if (!h->track[i] || !h->track[i]->used)
			continue;
		fputs(before, out);
		put_track(out, h, h->track[i]);
		before = ",\n";
	}
	fputs("]}", out);
}
