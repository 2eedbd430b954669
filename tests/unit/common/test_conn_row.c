/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_conn_row.c - connections told one by one, and those that are let go:
 * bpf/common/conn_row.h and conn_limit.h as they are.
 */
#include "unit.h"
#include "books/connections.h"

/* A connection since 1,000 ns. */
static struct conn conn_since_1000(unsigned int role)
{
	struct conn c = {0};

	conn_start(&c, role, 1000);
	return c;
}

static uint64_t sum_of(const struct conn_sums *sums)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < CONN_STATES; i++)
		sum += sums->ns[i];
	return sum;
}

/* Has a request read and answered; it is ready at `at`. */
static void serve(struct conn *c, uint64_t at)
{
	struct conn_moment read = {.called = at + 200, .begun = at + 250};
	struct conn_moment write = {.called = at + 1000};

	c->ready_at = at;
	conn_read(c, &read);
	conn_write(c, &write);
}

static void the_hand_is_charged_until_the_reading(void **state)
{
	struct conn c = conn_since_1000(ROLE_SERVER);
	struct conn_sums sums;

	(void)state;
	serve(&c, 2000);
	c.ready_at = 5000; /* what is ready and unread has not been charged yet */
	assert_int_equal(conn_sums_until(&c, 6000, &sums), 6000);
	assert_int_equal(sums.ns[CONN_IDLE], 1000 + 2000);
	assert_int_equal(sums.ns[CONN_READY], 250 + 1000);
	assert_int_equal(sums.ns[CONN_SERVICE], 750);
	assert_int_equal(sum_of(&sums), 6000 - 1000);
	assert_int_equal(c.state, CONN_READY);
	assert_int_equal(sums.reads, 1);
	assert_int_equal(sums.writes, 1);
	assert_int_equal(sums.exchanges, 1);
}

static void what_came_after_the_reading_ends_it_later(void **state)
{
	struct conn c = conn_since_1000(ROLE_SERVER);
	struct conn_sums sums;

	(void)state;
	serve(&c, 2000);
	assert_int_equal(conn_sums_until(&c, 2100, &sums), 3000);
	assert_int_equal(sum_of(&sums), 3000 - 1000);
}

/* Whenever it is read, the times between two readings add up to what is between them. */
static void readings_follow_each_other(void **state)
{
	struct conn c = conn_since_1000(ROLE_SERVER);
	struct conn_sums then = {0}, now, between;
	uint64_t from = c.born, reads = 0;

	(void)state;
	for (uint64_t i = 1; i < 200; i++) {
		uint64_t at = 1000 + i * 1700 + i * i % 911;
		struct conn copy;
		uint64_t to;

		if (i % 3)
			serve(&c, at - 1200);
		else
			c.ready_at = at - 5;
		copy = c;
		to = conn_sums_until(&copy, at, &now);
		between = now;
		conn_sums_subtract(&between, &then);
		assert_int_equal(sum_of(&between), to - from);
		assert_true(to >= at);
		reads += between.reads;
		then = now;
		from = to;
	}
	assert_int_equal(reads, c.reads);
}

static void a_bucket_is_a_quarter_of_an_octave(void **state)
{
	uint32_t last = 0;

	(void)state;
	assert_int_equal(conn_bucket(0), 0);
	assert_int_equal(conn_bucket(UINT64_MAX), CONN_BUCKETS - 1);
	assert_int_equal(connection_took(CONN_BUCKETS), 0);
	for (uint64_t ns = 1; ns < 1ULL << 37; ns += 1 + ns / 7) {
		uint32_t bucket = conn_bucket(ns);

		assert_true(bucket >= last && bucket < CONN_BUCKETS);
		assert_true(connection_took(bucket) >= ns);
		assert_true(connection_took(bucket) <= ns + ns / 4 || bucket == 0);
		assert_int_equal(conn_bucket(connection_took(bucket)), bucket);
		/* What is longer than all counts in the last one. */
		if (bucket != CONN_BUCKETS - 1)
			assert_int_equal(conn_bucket(connection_took(bucket) + 1), bucket + 1);
		last = bucket;
	}
	assert_int_equal(last, CONN_BUCKETS - 1);
}

static void percentiles_are_of_what_came_since(void **state)
{
	__u32 took[CONN_BUCKETS] = {0}, then[CONN_BUCKETS] = {0}, p50, p99;

	(void)state;
	conn_percentiles(took, then, &p50, &p99);
	assert_int_equal(p50, CONN_BUCKETS);
	assert_int_equal(p99, CONN_BUCKETS);
	took[3] = 1;
	conn_percentiles(took, then, &p50, &p99);
	assert_int_equal(p50, 3);
	assert_int_equal(p99, 3);
	took[3] = 50;
	took[7] = 49;
	took[90] = 1;
	conn_percentiles(took, then, &p50, &p99);
	assert_int_equal(p50, 3);
	assert_int_equal(p99, 7);
	then[3] = 1;
	conn_percentiles(took, then, &p50, &p99);
	assert_int_equal(p50, 7);
	assert_int_equal(p99, 90);
	memcpy(then, took, sizeof(then));
	conn_percentiles(took, then, &p50, &p99);
	assert_int_equal(p50, CONN_BUCKETS);
}

static void who_is_unused_goes_before_who_is_amid(void **state)
{
	struct conn idle = conn_since_1000(ROLE_SERVER), ready = idle, served = idle;
	struct conn asked = conn_since_1000(ROLE_CLIENT);
	struct conn_moment read = {.called = 2000, .begun = 2000}, write = {.called = 2000};

	(void)state;
	ready.ready_at = 1500;
	conn_read(&served, &read);
	conn_write(&asked, &write);
	assert_int_equal(conn_group(&idle), CONN_UNUSED);
	assert_int_equal(conn_group(&ready), CONN_AMID);
	assert_int_equal(conn_group(&served), CONN_AMID);
	assert_int_equal(conn_group(&asked), CONN_AMID);
	/* What is ready and unread will be read, and counted. */
	assert_false(conn_is_amid(&idle));
	assert_false(conn_is_amid(&ready));
	assert_true(conn_is_amid(&served));
	assert_true(conn_is_amid(&asked));
}

/* Connections of all ages: the oldest go, as many as are to, and none that is amid before them. */
static void the_oldest_go_and_no_more_than_that(void **state)
{
	enum { COUNT = 300 };
	static struct conn c[COUNT];
	const uint64_t at = 1ULL << 40;

	(void)state;
	for (uint64_t count = 0; count <= COUNT; count += 25) {
		uint32_t ages[CONN_GROUPS][BUCKETS] = {{0}};
		uint64_t gone = 0, youngest_gone = UINT64_MAX, oldest_left = 0;
		struct conn_quota q;

		for (size_t i = 0; i < COUNT; i++) {
			conn_start(&c[i], ROLE_SERVER, at - (1000 + i * 977));
			c[i].state = i % 10 ? CONN_IDLE : CONN_SERVICE;
			ages[conn_group(&c[i])][hist_bucket(at - c[i].since)]++;
		}
		q = connections_quota(&ages[0][0], count);
		for (size_t i = 0; i < COUNT; i++) {
			bool goes = conn_goes(&q, &c[i], at);
			uint64_t bucket = hist_bucket(at - c[i].since);

			gone += goes;
			if (c[i].state != CONN_IDLE) {
				assert_true(!goes || count > COUNT - COUNT / 10);
				continue;
			}
			if (goes && bucket < youngest_gone)
				youngest_gone = bucket;
			if (!goes && bucket > oldest_left)
				oldest_left = bucket;
		}
		assert_int_equal(gone, count);
		assert_true(!gone || youngest_gone >= oldest_left);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_hand_is_charged_until_the_reading),
		cmocka_unit_test(what_came_after_the_reading_ends_it_later),
		cmocka_unit_test(readings_follow_each_other),
		cmocka_unit_test(a_bucket_is_a_quarter_of_an_octave),
		cmocka_unit_test(percentiles_are_of_what_came_since),
		cmocka_unit_test(who_is_unused_goes_before_who_is_amid),
		cmocka_unit_test(the_oldest_go_and_no_more_than_that),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
