/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_pulse.c - which threads did nothing between two snapshots.
 */
#include "unit.h"
#include "books/pulse.h"

static const struct books no_books;

/* Books of a thread that has lived for 1000 ns, so many of them asleep outside of I/O calls. */
static struct thread thread(__u32 pid, __u32 tid, uint64_t asleep)
{
	struct thread t = {.state = THREAD_LIVE, .tgid = pid, .tid = tid, .born = 7, .since = 1007};

	t.ns[OP_APP][PHASE_WAIT] = asleep;
	t.ns[OP_APP][PHASE_CPU] = 1000 - asleep;
	t.comm[0] = 'x';
	return t;
}

/* Lets a thread live on for 50 ns in a call and a phase. */
static void live_on(struct thread *t, __u32 op, __u32 phase)
{
	t->since += 50;
	t->ns[op][phase] += 50;
}

/* How many of two threads did nothing while the first lived on in a call and a phase. */
static size_t quiet_after(__u32 op, __u32 phase)
{
	struct thread a = thread(1, 1, 600), b = thread(1, 2, 1000);
	const struct thread *const both[] = {&a, &b};
	struct pulse_list then = {0}, now = {0}, quiet = {0};
	size_t count;

	pulses_fill(&then, &no_books, both, 2);
	live_on(&a, op, phase);
	live_on(&b, OP_APP, PHASE_WAIT);
	pulses_fill(&now, &no_books, both, 2);
	pulses_quiet(&quiet, &then, &now);
	count = quiet.count;
	assert_true(pulses_have(&quiet, 1, 2));
	assert_int_equal(pulses_have(&quiet, 1, 1), count == 2);
	assert_int_equal(quiet.pulse[count - 1].tid, 2);
	assert_int_equal(quiet.pulse[0].comm[0], 'x');
	pulses_clear(&then);
	pulses_clear(&now);
	pulses_clear(&quiet);
	return count;
}

static void only_sleep_outside_of_calls_is_nothing(void **state)
{
	(void)state;
	assert_int_equal(quiet_after(OP_APP, PHASE_WAIT), 2);
	assert_int_equal(quiet_after(OP_APP, PHASE_CPU), 1);
	assert_int_equal(quiet_after(OP_APP, PHASE_RUNQ), 1);
	assert_int_equal(quiet_after(OP_READ, PHASE_WAIT), 1);
	assert_int_equal(quiet_after(OP_EPOLL_WAIT, PHASE_WAIT), 1);
}

static void who_was_not_there_at_both_ends_did_something(void **state)
{
	struct thread a = thread(1, 1, 1000), b = thread(2, 2, 1000), c = thread(3, 3, 1000);
	const struct thread *const before[] = {&a, &b}, *const after[] = {&b, &c};
	struct pulse_list then = {0}, now = {0}, quiet = {0};

	(void)state;
	pulses_fill(&then, &no_books, before, 2);
	/* Another one under the same number. */
	b.born++;
	b.since++;
	pulses_fill(&now, &no_books, after, 2);
	pulses_quiet(&quiet, &then, &now);
	assert_int_equal(quiet.count, 0);
	pulses_clear(&quiet);
	pulses_clear(&now);
	b.born--;
	b.since--;
	c.state = THREAD_DEAD;
	pulses_fill(&now, &no_books, after, 2);
	assert_int_equal(now.count, 1);
	pulses_quiet(&quiet, &then, &now);
	assert_int_equal(quiet.count, 1);
	assert_false(pulses_have(&quiet, 1, 1));
	assert_false(pulses_have(&quiet, 3, 3));
	pulses_clear(&then);
	pulses_clear(&now);
	pulses_clear(&quiet);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_sleep_outside_of_calls_is_nothing),
		cmocka_unit_test(who_was_not_there_at_both_ends_did_something),
	};

	return cmocka_run_group_tests_name("pulse", tests, NULL, NULL);
}
