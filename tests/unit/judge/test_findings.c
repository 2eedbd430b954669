/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_findings.c - quantities of made-up processes, and what is found in them and in families.
 */
#include <errno.h>

#include "made_findings.h"
#include "sinks/sink.h"

/* A loop that was told `ready` times in a second, and made so many reads. */
static void expect_loop(uint64_t ready, uint64_t reads, const char *id)
{
	struct window w;
	struct task_sums *t = only_process(&w);

	end(t, "epoll_wait", OUT_OK, ready, OUT_TIMEOUT, 0);
	end(t, "recvfrom", OUT_OK, reads, OUT_AGAIN, 0);
	task_time(t, OP_EPOLL_WAIT)->ns[PHASE_CPU] = NSEC_PER_SEC;
	expect_only(&w, id);
}

static void a_loop_spins_that_does_nothing_of_what_it_is_told(void **state)
{
	(void)state;
	expect_loop(1000, 100, "loop-spins");
	expect_loop(1000, 106, "");
	expect_loop(999, 0, "");
}

static void who_sleeps_before_it_is_told_does_not_spin(void **state)
{
	struct window w;
	struct task_sums *t = only_process(&w);
	struct octave o = {.step = {[15] = 501}};

	(void)state;
	end(t, "epoll_wait", OUT_OK, 1000, OUT_TIMEOUT, 0);
	hist_add_octave(&task_call(t, OP_EPOLL_WAIT)->wait, 0, &o);
	task_call(t, OP_EPOLL_WAIT)->wait_max = 15;
	expect_only(&w, "");
}

static void errors_of_accept_are_told_apart(void **state)
{
	struct window w;
	struct task_sums *t = only_process(&w);
	const struct finding *f;
	struct report *r;

	(void)state;
	end(t, "accept4", OUT_ERROR, 30, OUT_OK, 1);
	errors_count(&task_call(t, OP_ACCEPT4)->errors, EMFILE, 10);
	errors_count(&task_call(t, OP_ACCEPT4)->errors, ECONNABORTED, 9);
	r = report_of(&w);
	f = found(r, "accept-full");
	assert_non_null(f);
	assert_string_equal(f->sentence, "10 accepts failed, most of all with EMFILE: connections "
					 "stay in the backlog.");
	assert_int_equal(findings_worst(&r->findings), SEVERITY_PROBLEM);
	report_free(r);

	t = only_process(&w);
	end(t, "accept4", OUT_ERROR, 30, OUT_OK, 1);
	errors_count(&task_call(t, OP_ACCEPT4)->errors, EMFILE, 9);
	errors_count(&task_call(t, OP_ACCEPT4)->errors, ECONNABORTED, 21);
	expect_only(&w, "");
}

static void time_without_a_cpu_is_held_against_time_awake(void **state)
{
	struct window w;
	struct task_sums *t = only_process(&w);

	(void)state;
	task_time(t, OP_APP)->ns[PHASE_RUNQ] = 60 * NSEC_PER_MSEC;
	task_time(t, OP_READ)->ns[PHASE_RUNQ] = 40 * NSEC_PER_MSEC;
	task_time(t, OP_APP)->ns[PHASE_CPU] = 300 * NSEC_PER_MSEC;
	expect_only(&w, "run-queue");
	t = only_process(&w);
	task_time(t, OP_APP)->ns[PHASE_RUNQ] = 100 * NSEC_PER_MSEC;
	task_time(t, OP_APP)->ns[PHASE_CPU] = 302 * NSEC_PER_MSEC;
	expect_only(&w, "");
}

/* A thread that sleeps in reads for so long (ms) of a second. */
static void expect_loop_asleep(uint64_t told, uint64_t connections, uint64_t ms, const char *id)
{
	const struct sleep_marks then = {.told = 5, .connections = 1, .mux = 9};
	struct sleep_marks now = then;
	struct window w;

	only_process(&w);
	now.told += told;
	now.connections = connections;
	now.mux++;
	now.asleep[SLEEP_READ] = ms * NSEC_PER_MSEC;
	loop_sleep_note(&w.loops, 7, &then, &now, NSEC_PER_SEC);
	expect_only(&w, id);
}

static void only_an_event_loop_must_not_sleep_in_reads(void **state)
{
	(void)state;
	expect_loop_asleep(1, 2, 50, "blocking-in-loop");
	expect_loop_asleep(1, 2, 49, "");
	/* A helper that was told of nothing, or serves one connection, may. */
	expect_loop_asleep(0, 2, 500, "");
	expect_loop_asleep(1, 1, 500, "");
}

static void turns_of_loops_are_measured(void **state)
{
	struct report_task t = {
		.model = {.model = models},
		.loops = {.ready = 1000,
			  .events = 2000,
			  .full = 500,
			  .scans = 4,
			  .scanned = 600,
			  .turns = 3},
	};
	struct measures m;

	(void)state;
	measure_task(&m, &t);
	assert_int_equal(m.value[Q_EVENTS_PER_WAIT], 200);
	assert_int_equal(m.value[Q_FULL_SHARE], 500);
	assert_int_equal(m.value[Q_WATCHED], 150);
	/* Four of a thousand selects were counted. */
	assert_int_equal(m.value[Q_SCANS], 1000);
	assert_int_equal(m.value[Q_WATCHED_PER_EVENT], 75);
	t.loops.by_epoll = true;
	measure_task(&m, &t);
	assert_int_equal(m.value[Q_SCANS], NO_QUANTITY);
}

/* A thread that is away from its events for `turn` ns, which has ended or goes on, beside one that
 * multiplexes and serves nobody. */
static void expect_slow(uint64_t connections, uint64_t turn, bool ended, const char *id)
{
	const struct sleep_marks helper = {.mux = 1, .slow = 1, .slowest = 9 * NSEC_PER_SEC};
	struct sleep_marks now = {.told = 1, .connections = connections, .mux = 1};
	struct window w;
	struct task_sums *t = only_process(&w);

	/* The longest turn of all threads. */
	end(t, "epoll_wait", OUT_OK, 3, OUT_TIMEOUT, 0);
	end(t, "read", OUT_OK, 3, OUT_AGAIN, 0);
	task_call(t, OP_LOOP)->outcome[OUT_OK] = 3;
	task_call(t, OP_LOOP)->wait_max = 9 * NSEC_PER_SEC;
	now.turn = ended ? 0 : turn;
	now.slow = ended && turn >= 202 * NSEC_PER_MSEC;
	now.slowest = ended ? turn : 0;
	loop_sleep_note(&w.loops, 7, NULL, &now, NSEC_PER_SEC);
	loop_sleep_note(&w.loops, 7, NULL, &helper, NSEC_PER_SEC);
	expect_only(&w, id);
}

static void who_shares_a_set_is_not_waited_for(void **state)
{
	struct report_task t = {.asleep = {.loops = 2, .slow = 3, .slowest = NSEC_PER_SEC},
				.model.model = model_of_read(WAY_EPOLL_LT)};
	struct measures m;

	(void)state;
	for (size_t i = 0; i < shapes_count; i++) {
		t.shape.shape = &shapes[i];
		measure_task(&m, &t);
		assert_int_equal(m.value[Q_SLOW_TURNS],
				 strcmp(shapes[i].name, "shared-event-loop") ? 3 : NO_QUANTITY);
	}
}

static void only_an_event_loop_is_long_away(void **state)
{
	(void)state;
	expect_slow(2, 202 * NSEC_PER_MSEC, true, "slow-handler");
	expect_slow(2, 199 * NSEC_PER_MSEC, true, "");
	expect_slow(2, 202 * NSEC_PER_MSEC, false, "slow-handler");
	expect_slow(2, 199 * NSEC_PER_MSEC, false, "");
	/* It goes on since before, and may have left its loop. */
	expect_slow(2, NSEC_PER_SEC + 1, false, "");
	/* A helper that waits for something now and then. */
	expect_slow(1, 202 * NSEC_PER_MSEC, true, "");
	expect_slow(1, 202 * NSEC_PER_MSEC, false, "");
}

/* A thousand threads, of which so many are in a read. */
static void expect_threads(unsigned int threads, unsigned int reading, const char *id)
{
	struct window w;
	struct task_sums *t = only_process(&w);

	t->threads = t->threads_ever = threads;
	t->inflight[OP_READ] = reading;
	expect_only(&w, id);
}

static void threads_that_only_wait_are_counted(void **state)
{
	(void)state;
	expect_threads(1000, 900, "idle-threads");
	expect_threads(1000, 899, "");
	expect_threads(999, 999, "");
}

static void losses_are_held_against_what_was_counted(void **state)
{
	struct window w;
	struct task_sums *t = only_process(&w);
	const struct finding *f;
	struct report *r;

	(void)state;
	end(t, "read", OUT_OK, 1000, OUT_AGAIN, 0);
	end(t, "write", OUT_OK, 1000, OUT_AGAIN, 0);
	w.lost[LOST_CALLS] = 10;
	w.missed = 10;
	r = report_of(&w);
	f = found(r, "calls-lost");
	assert_non_null(f);
	assert_null(f->task);
	assert_int_equal(f->rule->when[1].quantity, Q_LOST_CALL_SHARE);
	assert_int_equal(f->value[1], 10);
	report_free(r);
	t = only_process(&w);
	end(t, "read", OUT_OK, 1000, OUT_AGAIN, 0);
	end(t, "write", OUT_OK, 1000, OUT_AGAIN, 0);
	w.missed = 18;
	expect_only(&w, "");
}

/* A thread that was stopped, or asleep in a write, for so many ms of two seconds. */
static void expect_idle(uint64_t stopped, uint64_t writing, const char *id)
{
	struct window w;
	struct task_sums *t = only_process(&w);

	t->wall = 2 * NSEC_PER_SEC;
	t->count[COUNT_STOPPED_NS] = stopped * NSEC_PER_MSEC;
	task_time(t, OP_WRITE)->ns[PHASE_WAIT] = writing * NSEC_PER_MSEC;
	expect_only(&w, id);
}

static void time_stopped_or_in_writes_is_a_share(void **state)
{
	(void)state;
	expect_idle(100, 0, "stopped");
	expect_idle(99, 0, "");
	expect_idle(0, 200, "writes-blocked");
	expect_idle(0, 198, "");
}

/* Adds a process of the family of pid 7 in which reads find nothing, or connects fail. */
static void add_member(struct window *w, pid_t pid, uint64_t again, uint64_t failed)
{
	struct task_sums *t = task_list_get(&w->processes, pid, 0);

	t->family = 7;
	t->threads = t->threads_ever = 1;
	t->wall = t->lived = NSEC_PER_SEC;
	end(t, "read", OUT_AGAIN, again, OUT_OK, 0);
	end(t, "connect", OUT_ERROR, failed, OUT_OK, 0);
}

static void a_family_says_what_none_of_its_processes_says(void **state)
{
	struct window w = {.to = NSEC_PER_SEC};
	const struct finding *f;
	struct report *r;

	(void)state;
	add_member(&w, 7, 0, 5);
	add_member(&w, 8, 2000, 5);
	add_member(&w, 9, 2000, 0);
	r = report_of(&w);
	assert_int_equal(r->findings.count, 3);
	f = r->findings.finding;
	assert_string_equal(f[0].rule->id, "polling");
	assert_string_equal(f[1].rule->id, "polling");
	assert_int_equal(f[0].task->pid + f[1].task->pid, 8 + 9);
	assert_int_equal(f[0].task->processes, 0);
	assert_string_equal(f[2].rule->id, "connect-fails");
	assert_int_equal(f[2].task->pid, 7);
	assert_int_equal(f[2].task->processes, 3);
	report_free(r);
}

static void the_worst_comes_first(void **state)
{
	struct window w;
	struct task_sums *t = only_process(&w);
	struct report *r;

	(void)state;
	end(t, "write", OUT_AGAIN, 100, OUT_OK, 0);
	end(t, "connect", OUT_ERROR, 10, OUT_OK, 0);
	end(t, "accept", OUT_ERROR, 10, OUT_OK, 0);
	errors_count(&task_call(t, OP_ACCEPT)->errors, ENFILE, 10);
	r = report_of(&w);
	assert_int_equal(r->findings.count, 3);
	assert_string_equal(r->findings.finding[0].rule->id, "accept-full");
	assert_string_equal(r->findings.finding[1].rule->id, "connect-fails");
	assert_string_equal(r->findings.finding[2].rule->id, "writes-refused");
	report_free(r);
}

static void a_quiet_report_has_none(void **state)
{
	struct window w;
	struct report *r;

	(void)state;
	only_process(&w);
	r = report_of(&w);
	assert_int_equal(r->findings.count, 0);
	assert_int_equal(findings_worst(&r->findings), SEVERITY_NONE);
	report_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_loop_spins_that_does_nothing_of_what_it_is_told),
		cmocka_unit_test(who_sleeps_before_it_is_told_does_not_spin),
		cmocka_unit_test(errors_of_accept_are_told_apart),
		cmocka_unit_test(time_without_a_cpu_is_held_against_time_awake),
		cmocka_unit_test(only_an_event_loop_must_not_sleep_in_reads),
		cmocka_unit_test(turns_of_loops_are_measured),
		cmocka_unit_test(only_an_event_loop_is_long_away),
		cmocka_unit_test(who_shares_a_set_is_not_waited_for),
		cmocka_unit_test(threads_that_only_wait_are_counted),
		cmocka_unit_test(losses_are_held_against_what_was_counted),
		cmocka_unit_test(time_stopped_or_in_writes_is_a_share),
		cmocka_unit_test(a_family_says_what_none_of_its_processes_says),
		cmocka_unit_test(the_worst_comes_first),
		cmocka_unit_test(a_quiet_report_has_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
