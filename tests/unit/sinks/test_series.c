/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_series.c - there are so many time series and no more, and none that was there goes.
 */
#include "unit.h"
#include "sinks/exposition.h"
#include "sinks/series.h"

/* The hash of a number. */
static uint64_t hash_of(unsigned int i)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", i);
	return series_hash(SERIES_SEED, text);
}

static void who_was_there_stays_and_the_limit_holds(void **state)
{
	struct series_set set = {.most = 5000};

	(void)state;
	for (unsigned int i = 0; i < 5000; i++)
		assert_true(series_admit(&set, hash_of(i), 1));
	assert_false(set.refused);
	assert_false(series_admit(&set, hash_of(5000), 1));
	assert_true(set.refused);
	for (unsigned int i = 0; i < 5000; i++)
		assert_true(series_admit(&set, hash_of(i), 1));
	assert_int_equal(set.series, 5000);
	series_clear(&set);
}

static void a_histogram_is_all_there_or_not_at_all(void **state)
{
	struct series_set set = {.most = 30};

	(void)state;
	assert_true(series_admit(&set, hash_of(1), 25));
	assert_false(series_admit(&set, hash_of(2), 25));
	assert_true(series_admit(&set, hash_of(3), 5));
	assert_true(series_admit(&set, hash_of(1), 25));
	assert_int_equal(set.series, 30);
	series_clear(&set);
}

static void without_a_limit_there_is_room_for_all(void **state)
{
	struct series_set set = {0};

	(void)state;
	for (unsigned int i = 0; i < 20000; i++)
		assert_true(series_admit(&set, hash_of(i), 1));
	assert_int_equal(set.series, 20000);
	series_clear(&set);
}

static void the_end_of_a_text_counts(void **state)
{
	uint64_t a = series_hash(series_hash(SERIES_SEED, "ab"), "c");
	uint64_t b = series_hash(series_hash(SERIES_SEED, "a"), "bc");

	(void)state;
	assert_true(a != b);
	assert_true(series_hash(SERIES_SEED, "") != SERIES_SEED);
}

/* Writes two samples of a service where there is room for one series. */
static char *two_samples_of(const char *service)
{
	static const struct metric metric = {.name = "iophase_things", .help = "Things."};
	struct series_set set = {.most = 1};
	char *text = NULL;
	size_t size;
	struct exposition e = {.out = open_memstream(&text, &size), .series = &set};

	e.metric = &metric;
	e.service = service;
	exposition_number(&e, 1, (labels){"kind", "one", NULL});
	exposition_number(&e, 2, (labels){"kind", "two", NULL});
	fclose(e.out);
	series_clear(&set);
	return text;
}

/* What has no room of its own is added to them: without room it would be nowhere. */
static void the_others_always_have_room(void **state)
{
	char *others = two_samples_of(SERVICE_OTHERS), *one = two_samples_of("one");

	(void)state;
	assert_non_null(strstr(others, "kind=\"one\""));
	assert_non_null(strstr(others, "kind=\"two\""));
	assert_non_null(strstr(one, "kind=\"one\""));
	assert_null(strstr(one, "kind=\"two\""));
	free(others);
	free(one);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_was_there_stays_and_the_limit_holds),
		cmocka_unit_test(a_histogram_is_all_there_or_not_at_all),
		cmocka_unit_test(without_a_limit_there_is_room_for_all),
		cmocka_unit_test(the_end_of_a_text_counts),
		cmocka_unit_test(the_others_always_have_room),
	};

	return cmocka_run_group_tests_name("series", tests, NULL, NULL);
}
