/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_way.c - the rules that name the model of one read: bpf/common/way.h as it is.
 */
#include <signal.h>

#include "unit.h"
#include "common/bounded.h"
#include "common/clock.h"
#include "common/way.h"

/* The way for the given evidence. */
static unsigned int way(int slept, int registration, int mux_way, int nonblocking)
{
	const struct evidence e = {.slept = (uint8_t)slept,
				   .registration = (uint8_t)registration,
				   .mux_way = (uint8_t)mux_way,
				   .nonblocking = (uint8_t)nonblocking};

	return way_of(&e);
}

static void who_slept_is_blocking_whatever_else(void **state)
{
	(void)state;
	assert_int_equal(way(1, WAY_NONE, WAY_NONE, 0), WAY_BLOCKING);
	assert_int_equal(way(1, WAY_EPOLL_ET, WAY_EPOLL_LT, 1), WAY_BLOCKING);
	assert_int_equal(way(0, WAY_EPOLL_ET, WAY_EPOLL_LT, 1), WAY_EPOLL_ET);
}

static void a_registration_decides_before_the_latest_mux(void **state)
{
	(void)state;
	assert_int_equal(way(0, WAY_EPOLL_LT, WAY_POLL, 1), WAY_EPOLL_LT);
	assert_int_equal(way(0, WAY_EPOLL_ET, WAY_NONE, 0), WAY_EPOLL_ET);
	assert_int_equal(way(0, WAY_NONE, WAY_POLL, 1), WAY_POLL);
}

static void the_latest_mux_decides_before_the_flags(void **state)
{
	(void)state;
	assert_int_equal(way(0, WAY_NONE, WAY_SELECT, 1), WAY_SELECT);
	assert_int_equal(way(0, WAY_NONE, WAY_POLL, 0), WAY_POLL);
	assert_int_equal(way(0, WAY_NONE, WAY_EPOLL_LT, 0), WAY_EPOLL_LT);
}

static void a_call_on_its_one_descriptor_multiplexes_nothing(void **state)
{
	struct evidence e = {.alone = WAY_POLL_ONE, .mux_way = WAY_SELECT, .nonblocking = 1};

	(void)state;
	assert_int_equal(way_of(&e), WAY_POLL_ONE);
	/* Whatever an epoll set of somebody else's says of it. */
	e.registration = e.handed = WAY_EPOLL_LT;
	assert_int_equal(way_of(&e), WAY_POLL_ONE);
	/* Nor does a peek at it. */
	e.alone = WAY_BLOCKING;
	assert_int_equal(way_of(&e), WAY_BLOCKING);
	e.alone = WAY_NONE;
	assert_int_equal(way_of(&e), WAY_EPOLL_LT);
	e.slept = 1;
	assert_int_equal(way_of(&e), WAY_BLOCKING);
}

static void the_flags_decide_the_rest(void **state)
{
	(void)state;
	assert_int_equal(way(0, WAY_NONE, WAY_NONE, 1), WAY_NONBLOCKING);
	assert_int_equal(way(0, WAY_NONE, WAY_NONE, 0), WAY_BLOCKING);
}

static void a_file_handed_over_is_still_read_in_epolls_way(void **state)
{
	struct evidence e = {.handed = WAY_EPOLL_LT, .mux_way = WAY_POLL, .nonblocking = 1};

	(void)state;
	assert_int_equal(way_of(&e), WAY_EPOLL_LT);
	e.nonblocking = 0;
	e.mux_way = WAY_NONE;
	assert_int_equal(way_of(&e), WAY_EPOLL_LT);
	/* It is watched again, in another way. */
	e.registration = WAY_EPOLL_ET;
	assert_int_equal(way_of(&e), WAY_EPOLL_ET);
	e.slept = 1;
	assert_int_equal(way_of(&e), WAY_BLOCKING);
}

static void posix_aio_comes_before_all(void **state)
{
	const struct evidence e = {.aio = 1,
				   .slept = 1,
				   .signalled = 1,
				   .registration = WAY_EPOLL_ET,
				   .mux_way = WAY_POLL,
				   .nonblocking = 1};

	(void)state;
	assert_int_equal(way_of(&e), WAY_POSIX_AIO);
}

static void a_signal_decides_unless_the_thread_slept(void **state)
{
	struct evidence e = {.signalled = 1,
			     .registration = WAY_EPOLL_ET,
			     .mux_way = WAY_POLL,
			     .nonblocking = 1};

	(void)state;
	assert_int_equal(way_of(&e), WAY_SIGNAL);
	e.slept = 1;
	assert_int_equal(way_of(&e), WAY_BLOCKING);
	e.slept = e.signalled = 0;
	assert_int_equal(way_of(&e), WAY_EPOLL_ET);
}

static void a_signal_drives_until_the_thread_sleeps_elsewhere(void **state)
{
	static struct thread t;

	(void)state;
	t.ns[OP_APP][PHASE_WAIT] = t.signal_wait = 100;
	assert_false(signal_drives(&t));
	signal_answered(&t, false);
	assert_int_equal(t.signalled, SIGNALLED_NOT);
	t.signalled = SIGNALLED_NOW;
	/* The first read after it, whatever came between. */
	t.ns[OP_APP][PHASE_WAIT] = 101;
	assert_true(signal_drives(&t));
	t.ns[OP_APP][PHASE_WAIT] = 100;
	signal_answered(&t, false);
	/* Further ones only as long as it has not slept. */
	assert_true(signal_drives(&t));
	t.ns[OP_APP][PHASE_WAIT] = 101;
	assert_false(signal_drives(&t));
	t.signalled = SIGNALLED_NOW;
	signal_answered(&t, true);
	assert_false(signal_drives(&t));
}

static void what_an_adopted_thread_slept_before_was_not_after_its_signal(void **state)
{
	static struct thread t;

	(void)state;
	clock_start(&t, 1, 1, 1000, OP_UNKNOWN, PHASE_UNKNOWN);
	t.seed.op = OP_APP;
	t.seed.phase = PHASE_WAIT;
	t.seed.valid = 1;
	clock_wake(&t, 1050, false);
	clock_switch_in(&t, 1051);
	signal_taken(&t);
	/* Its first call comes after the signal, and tells nothing new. */
	clock_learn_op(&t, OP_APP);
	assert_int_equal(t.ns[OP_APP][PHASE_WAIT], 50);
	assert_true(signal_drives(&t));
	signal_answered(&t, false);
	assert_true(signal_drives(&t));
	clock_switch_out(&t, 1060, 0);
	clock_wake(&t, 1061, false);
	assert_false(signal_drives(&t));
}

static void a_thread_that_no_event_has_shown_yet_is_on_a_cpu_when_a_signal_comes(void **state)
{
	static struct thread t;

	(void)state;
	clock_start(&t, 1, 1, 1000, OP_UNKNOWN, PHASE_UNKNOWN);
	signal_taken(&t);
	assert_int_equal(t.op, OP_APP);
	assert_int_equal(t.phase, PHASE_CPU);
	assert_int_equal(t.signalled, SIGNALLED_NOW);
}

static void io_signals_are_sigio_and_those_of_f_setsig(void **state)
{
	(void)state;
	assert_true(signal_is_io(SIGIO, SI_USER));
	assert_true(signal_is_io(SIGIO, SI_KERNEL));
	assert_true(signal_is_io(SIGIO, POLL_IN));
	for (int code = POLL_IN; code <= POLL_HUP; code++) {
		assert_true(signal_is_io((unsigned int)SIGRTMIN, code));
		assert_true(signal_is_io(64, code));
		assert_true(signal_is_io(SIGUSR1, code));
		/* CLD_EXITED, SEGV_MAPERR ... */
		assert_false(signal_is_io(SIGCHLD, code));
		assert_false(signal_is_io(SIGSEGV, code));
		assert_false(signal_is_io(SIGTRAP, code));
		assert_false(signal_is_io(SIGSYS, code));
	}
	assert_true(signal_is_io(SIGCHLD, SI_SIGIO));
	assert_false(signal_is_io((unsigned int)SIGRTMIN, POLL_HUP + 1));
	assert_false(signal_is_io((unsigned int)SIGRTMIN, SI_USER));
	assert_false(signal_is_io((unsigned int)SIGRTMIN, SI_QUEUE));
	assert_false(signal_is_io((unsigned int)SIGRTMIN, SI_ASYNCIO));
	assert_false(signal_is_io(SIGALRM, SI_KERNEL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_slept_is_blocking_whatever_else),
		cmocka_unit_test(a_registration_decides_before_the_latest_mux),
		cmocka_unit_test(a_file_handed_over_is_still_read_in_epolls_way),
		cmocka_unit_test(the_latest_mux_decides_before_the_flags),
		cmocka_unit_test(a_call_on_its_one_descriptor_multiplexes_nothing),
		cmocka_unit_test(the_flags_decide_the_rest),
		cmocka_unit_test(posix_aio_comes_before_all),
		cmocka_unit_test(a_signal_decides_unless_the_thread_slept),
		cmocka_unit_test(a_signal_drives_until_the_thread_sleeps_elsewhere),
		cmocka_unit_test(what_an_adopted_thread_slept_before_was_not_after_its_signal),
		cmocka_unit_test(
			a_thread_that_no_event_has_shown_yet_is_on_a_cpu_when_a_signal_comes),
		cmocka_unit_test(io_signals_are_sigio_and_those_of_f_setsig),
	};

	return cmocka_run_group_tests_name("way", tests, NULL, NULL);
}
