/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_metrics.c - a service has no more time series than there is room for, and all are counted.
 */
#include "unit.h"
#include "books/ops.h"
#include "judge/rule.h"
#include "sinks/metrics.h"

enum {
	FINDINGS = 3,
};

/* Fills in a service that has all that one may have, with so many calls. */
static void fill(struct service *s, struct service_call *call, size_t calls)
{
	static struct service_finding finding[FINDINGS];

	*s = (struct service){.name = "web", .call = call, .calls = calls, .finding = finding};
	s->findings = FINDINGS;
	for (size_t i = 0; i < FINDINGS; i++)
		finding[i].rule = rule_at(i);
	for (size_t i = 0; i < calls; i++) {
		call[i] = (struct service_call){.name = ops[OP_READ + i].name, .has_ended = true};
		call[i].bytes = 1;
		for (unsigned int o = 0; o < OUTCOMES; o++)
			call[i].outcome[o] = 1;
	}
	for (size_t i = 0; i < MODELS_MAX; i++)
		s->reads[i] = 1;
	for (unsigned int i = 0; i < SERVICE_TIMES; i++)
		s->time[i].zeros = 1;
	for (unsigned int side = 0; side < SIDES; side++) {
		s->exchanges[side] = 1;
		for (unsigned int state = 0; state < CONN_STATES; state++)
			s->seen[side][state] = true;
	}
	s->dropped = 1;
}

/* How many lines of metrics such a service has, which is how many are said. */
static size_t series_with(size_t calls, enum dialect dialect)
{
	struct service_call call[8];
	struct service s, *list[] = {&s};
	struct services all = {.service = list, .count = 1};
	const struct own_cost own = {0};
	char *text = NULL, said[64];
	size_t size, series = 0;
	FILE *out = open_memstream(&text, &size);

	fill(&s, call, calls);
	metrics_write(out, dialect, &all, &own);
	fclose(out);
	for (const char *at = text; (at = strstr(at, "{service=")); at++)
		series++;
	snprintf(said, sizeof(said), "\niophase_series %zu\n", series);
	assert_non_null(strstr(text, said));
	free(text);
	return series;
}

static void there_is_room_for_all_that_a_service_may_have(void **state)
{
	(void)state;
	for (enum dialect d = DIALECT_OPENMETRICS; d <= DIALECT_PROMETHEUS; d++) {
		size_t none = series_with(0, d);

		assert_uint_in_range(none, SERIES_OF_REST - 20,
				     SERIES_OF_REST + FINDINGS * SERIES_OF_FINDING);
		for (size_t calls = 1; calls <= 8; calls++)
			assert_int_equal(series_with(calls, d), none + calls * SERIES_OF_CALL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_is_room_for_all_that_a_service_may_have),
	};

	return cmocka_run_group_tests_name("metrics", tests, NULL, NULL);
}
