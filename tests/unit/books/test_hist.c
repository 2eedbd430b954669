/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_hist.c - buckets: the kernel half's way in against the user half's way out; percentiles.
 */
#include "unit.h"
#include "common/hist.h"
#include "books/hist.h"

/* Counts one duration (ns) as the kernel half does. */
static void count(struct hist *h, uint64_t ns)
{
	unsigned int bucket = hist_bucket(ns);
	struct octave o = {0};

	o.step[bucket % STEPS] = 1;
	hist_add_octave(h, bucket / STEPS, &o);
}

static void every_bucket_ends_where_the_next_begins(void **state)
{
	(void)state;
	assert_int_equal(hist_bucket(0), 0);
	for (unsigned int b = 0; b + 1 < BUCKETS; b++) {
		uint64_t upper = hist_bucket_upper(b);

		assert_int_equal(hist_bucket(upper), b);
		assert_int_equal(hist_bucket(upper + 1), b + 1);
	}
}

static void a_bucket_is_at_most_a_sixteenth_wide(void **state)
{
	(void)state;
	for (unsigned int b = 1; b < BUCKETS; b++) {
		uint64_t lower = hist_bucket_upper(b - 1) + 1, upper = hist_bucket_upper(b);

		assert_true(upper - lower < lower / 16 + 1);
		assert_true((upper - lower) * 16 <= lower);
	}
}

static void what_is_too_long_counts_in_the_last_bucket(void **state)
{
	(void)state;
	assert_int_equal(hist_bucket_upper(BUCKETS - 1), (1ULL << 47) - 1);
	assert_int_equal(hist_bucket((1ULL << 47) - 1), BUCKETS - 1);
	assert_int_equal(hist_bucket(1ULL << 47), BUCKETS - 1);
	assert_int_equal(hist_bucket(UINT64_MAX), BUCKETS - 1);
}

static void log2_of_every_bit(void **state)
{
	(void)state;
	assert_int_equal(hist_log2(0), 0);
	for (unsigned int i = 0; i < 64; i++) {
		assert_int_equal(hist_log2(1ULL << i), i);
		assert_int_equal(hist_log2((1ULL << i) | ((1ULL << i) - 1)), i);
	}
}

static void an_empty_histogram(void **state)
{
	struct hist h = {0};

	(void)state;
	assert_int_equal(hist_count(&h), 0);
	assert_int_equal(hist_upper(&h), 0);
	assert_int_equal(hist_percentile(&h, 0, 0.5), 0);
	assert_int_equal(hist_percentile(&h, 3, 0.99), 0);
	hist_clear(&h);
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void percentiles_are_those_of_the_sorted_durations(void **state)
{
	static const double fraction[] = {0, 0.01, 0.07, 0.25, 0.5, 0.9, 0.99, 1};
	uint64_t ns[400];

	(void)state;
	srand(42);
	for (int n = 1; n <= 400; n += 7) {
		struct hist h = {0};
		uint64_t zeros = (uint64_t)(rand() % n);

		for (int i = 0; i < n; i++) {
			/* Spread over all octaves. */
			ns[i] = (uint64_t)i < zeros ? 0 : 1 + ((uint64_t)rand() >> rand() % 31);
			if ((uint64_t)i >= zeros)
				count(&h, ns[i]);
		}
		qsort(ns, (size_t)n, sizeof(*ns), compare);
		assert_int_equal(hist_count(&h) + zeros, n);
		for (size_t f = 0; f < ARRAY_SIZE(fraction); f++) {
			/* In hundredths, so that the place is exact. */
			int percent = (int)(fraction[f] * 100 + 0.5);
			int place = (percent * n + 99) / 100;
			uint64_t exact = ns[place ? place - 1 : 0];

			assert_int_equal(hist_percentile(&h, zeros, fraction[f]),
					 hist_bucket_upper(hist_bucket(exact)));
		}
		hist_clear(&h);
	}
}

static void zeros_come_first(void **state)
{
	struct hist h = {0};

	(void)state;
	count(&h, 10);
	assert_int_equal(hist_percentile(&h, 1, 0.5), 0);
	assert_int_equal(hist_percentile(&h, 1, 0.51), 10);
	assert_int_equal(hist_percentile(&h, 99, 0.99), 0);
	assert_int_equal(hist_percentile(&h, 98, 0.99), 10);
	hist_clear(&h);
}

static void add_and_subtract(void **state)
{
	struct hist a = {0}, b = {0};
	const struct octave nothing = {0};

	(void)state;
	count(&a, 5);
	count(&a, 5000);
	hist_add(&b, &a);
	count(&b, 5000);
	count(&b, 7000000);
	assert_int_equal(hist_count(&b), 4);
	hist_subtract(&b, &a);
	assert_int_equal(hist_count(&b), 2);
	assert_int_equal(hist_percentile(&b, 0, 0.5), hist_bucket_upper(hist_bucket(5000)));
	assert_int_equal(hist_upper(&b), hist_bucket_upper(hist_bucket(7000000)));
	/* What cannot be: more taken off than there is. */
	hist_subtract(&a, &b);
	hist_subtract(&a, &b);
	assert_int_equal(hist_count(&a), 1);
	hist_add_octave(&a, 9, &nothing);
	assert_null(a.octave[9]);
	hist_clear(&a);
	hist_clear(&b);
	assert_int_equal(hist_count(&b), 0);
}

static void those_within_two_times_are_counted_to_the_bucket(void **state)
{
	struct octave o = {.step = {[3] = 1, [4] = 2, [7] = 4, [8] = 8}};
	struct hist h = {0};

	(void)state;
	/* From 32 ns on in steps of two. */
	hist_add_octave(&h, 2, &o);
	assert_int_equal(hist_within(&h, 40, 47), 2 + 4);
	assert_int_equal(hist_within(&h, 41, 46), 2 + 4);
	assert_int_equal(hist_within(&h, 39, 48), 1 + 2 + 4 + 8);
	assert_int_equal(hist_within(&h, 1000, 2000), 0);
	hist_clear(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_bucket_ends_where_the_next_begins),
		cmocka_unit_test(a_bucket_is_at_most_a_sixteenth_wide),
		cmocka_unit_test(what_is_too_long_counts_in_the_last_bucket),
		cmocka_unit_test(log2_of_every_bit),
		cmocka_unit_test(an_empty_histogram),
		cmocka_unit_test(percentiles_are_those_of_the_sorted_durations),
		cmocka_unit_test(zeros_come_first),
		cmocka_unit_test(add_and_subtract),
		cmocka_unit_test(those_within_two_times_are_counted_to_the_bucket),
	};

	return cmocka_run_group_tests_name("hist", tests, NULL, NULL);
}
