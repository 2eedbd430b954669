/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * exposition.c - see exposition.h.
 *
 * What goes in: numbers, and times in ns. What comes out: lines of text. Times are written as
 * seconds to the last ns, and the bounds of histograms are those of our buckets, so nothing is
 * rounded and nothing estimated.
 */
#include <inttypes.h>
#include <string.h>

#include "base/fmt.h"
#include "sinks/exposition.h"

enum {
	/* Bounds of histograms: 2^13 ns (8 us) and its doubles up to 2^34 ns (17 s), less 1 ns. */
	BOUND_FIRST = 13,
	BOUND_LAST = 34,
	BOUNDS = BOUND_LAST - BOUND_FIRST + 1,
};

_Static_assert(BOUNDS + 3 <= SERIES_OF_TIMES, "a service has room for its histograms");

/* Writes a text between quotes. */
static void put_quoted(FILE *out, const char *text)
{
	putc('"', out);
	for (; *text; text++) {
		if (*text == '\n') {
			fputs("\\n", out);
			continue;
		}
		if (*text == '"' || *text == '\\')
			putc('\\', out);
		putc(*text, out);
	}
	putc('"', out);
}

/* Writes a time (ns) as seconds, without zeros at the end. */
static void put_seconds(FILE *out, uint64_t ns)
{
	char text[32];
	int length = snprintf(text, sizeof(text), "%" PRIu64 ".%09" PRIu64,
			      (uint64_t)(ns / NSEC_PER_SEC), (uint64_t)(ns % NSEC_PER_SEC));

	while (text[length - 1] == '0' && text[length - 2] != '.')
		length--;
	fwrite(text, 1, (size_t)length, out);
}

/* Writes what a metric is, before its first sample. */
static void put_head(struct exposition *e)
{
	static const char *const types[] = {"counter", "gauge", "histogram"};
	const struct metric *m = e->metric;
	/* In the older form the name of a counter is that of its samples. */
	const char *end =
		e->dialect == DIALECT_PROMETHEUS && m->type == METRIC_COUNTER ? "_total" : "";

	if (e->has_head)
		return;
	e->has_head = true;
	fprintf(e->out, "# HELP %s%s %s\n", m->name, end, m->help);
	fprintf(e->out, "# TYPE %s%s %s\n", m->name, end, types[m->type]);
	if (m->unit && e->dialect == DIALECT_OPENMETRICS)
		fprintf(e->out, "# UNIT %s %s\n", m->name, m->unit);
}

/* Writes the name of a sample with its labels; `bound`: the one of a histogram, or NULL. */
static void put_name(struct exposition *e, const char *end, labels l, const char *bound)
{
	char sign = '{';

	fprintf(e->out, "%s%s", e->metric->name, end);
	e->series += e->service != NULL;
	if (e->service) {
		char name[4 * SERVICE_NAME_LEN + 1];

		fmt_escaped(name, e->service, strlen(e->service), true);
		fputs("{service=", e->out);
		put_quoted(e->out, name);
		sign = ',';
	}
	for (size_t i = 0; l[i]; i += 2, sign = ',') {
		fprintf(e->out, "%c%s=", sign, l[i]);
		put_quoted(e->out, l[i + 1]);
	}
	if (bound)
		fprintf(e->out, "%cle=\"%s\"", sign, bound);
	fputs(e->service || l[0] || bound ? "} " : " ", e->out);
}

/* Begins a sample: what comes before its number. */
static void begin_sample(struct exposition *e, labels l)
{
	put_head(e);
	put_name(e, e->metric->type == METRIC_COUNTER ? "_total" : "", l, NULL);
}

/* Writes a sample that is a number. */
void exposition_number(struct exposition *e, uint64_t number, labels l)
{
	begin_sample(e, l);
	fprintf(e->out, "%" PRIu64 "\n", number);
}

/* Writes a sample that is a time (ns). */
void exposition_seconds(struct exposition *e, uint64_t ns, labels l)
{
	begin_sample(e, l);
	put_seconds(e->out, ns);
	putc('\n', e->out);
}

/* Writes how many of a histogram's times were within a bound. */
static void put_bucket(struct exposition *e, const char *bound, uint64_t count, labels l)
{
	put_name(e, "_bucket", l, bound);
	fprintf(e->out, "%" PRIu64 "\n", count);
}

/* Writes a histogram of times. */
void exposition_times(struct exposition *e, const struct service_times *t, bool has_sum, labels l)
{
	uint64_t count = service_times_count(t);
	char bound[32];

	put_head(e);
	for (unsigned int i = BOUND_FIRST; i <= BOUND_LAST; i++) {
		uint64_t ns = (1ULL << i) - 1;

		snprintf(bound, sizeof(bound), "%" PRIu64 ".%09" PRIu64,
			 (uint64_t)(ns / NSEC_PER_SEC), (uint64_t)(ns % NSEC_PER_SEC));
		put_bucket(e, bound, service_times_until(t, ns), l);
	}
	put_bucket(e, "+Inf", count, l);
	if (has_sum) {
		put_name(e, "_sum", l, NULL);
		put_seconds(e->out, t->ns);
		putc('\n', e->out);
	}
	/* OpenMetrics has both or none; the older form must have the number. */
	if (has_sum || e->dialect == DIALECT_PROMETHEUS) {
		put_name(e, "_count", l, NULL);
		fprintf(e->out, "%" PRIu64 "\n", count);
	}
}
