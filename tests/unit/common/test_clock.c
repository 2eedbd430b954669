/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_clock.c - the thread clock: bpf/common/clock.h as it is, without a kernel.
 */
#include "unit.h"
#include "common/bounded.h"
#include "common/clock.h"

enum {
	OP_A = 1,
	OP_B = 2,
	START = 1000, /* ns */
};

/* A thread whose clock was started at START, in app, on a CPU. */
static struct thread running(void)
{
	return (struct thread){.born = START,
			       .since = START,
			       .op = OP_APP,
			       .phase = PHASE_CPU,
			       .resume = PHASE_CPU};
}

/* A thread that was there before us: nothing is known. */
static struct thread adopted(void)
{
	return (struct thread){
		.born = START, .since = START, .op = OP_UNKNOWN, .phase = PHASE_UNKNOWN};
}

/* All time charged so far (ns). */
static uint64_t sum(const struct thread *t)
{
	uint64_t ns = 0;

	for (int op = 0; op < OPS_TIMED; op++)
		for (int p = 0; p < PHASES; p++)
			ns += t->ns[op][p];
	return ns;
}

static void time_is_charged_to_where_the_hands_stood(void **state)
{
	struct thread t = running();

	(void)state;
	clock_move(&t, START + 5, OP_A, PHASE_WAIT);
	clock_move(&t, START + 12, OP_APP, PHASE_CPU);
	assert_int_equal(t.ns[OP_APP][PHASE_CPU], 5);
	assert_int_equal(t.ns[OP_A][PHASE_WAIT], 7);
	assert_int_equal(sum(&t), 12);
	assert_int_equal(t.since, START + 12);
	assert_int_equal(t.seq, 4);
}

static void a_clock_that_is_behind_charges_nothing(void **state)
{
	struct thread t = running();

	(void)state;
	clock_move(&t, START - 1, OP_A, PHASE_WAIT);
	assert_int_equal(sum(&t), 0);
	assert_int_equal(t.since, START);
	assert_int_equal(t.op, OP_A);
	assert_int_equal(t.phase, PHASE_WAIT);
	clock_move(&t, START, OP_B, PHASE_CPU);
	assert_int_equal(sum(&t), 0);
	clock_move(&t, START + 3, OP_APP, PHASE_CPU);
	assert_int_equal(sum(&t), 3);
}

static void a_blocking_call(void **state)
{
	struct thread t = running();

	(void)state;
	clock_move(&t, START + 10, OP_A, PHASE_CPU);
	clock_mark(&t, OP_A);
	clock_switch_out(&t, START + 12, 0);
	clock_wake(&t, START + 112, false);
	clock_switch_in(&t, START + 115);
	clock_move(&t, START + 116, OP_A, PHASE_COPY);
	clock_move(&t, START + 120, OP_APP, PHASE_CPU);
	assert_int_equal(t.ns[OP_APP][PHASE_CPU], 10);
	assert_int_equal(t.ns[OP_A][PHASE_WAIT], 100);
	assert_int_equal(t.ns[OP_A][PHASE_RUNQ], 3);
	assert_int_equal(t.ns[OP_A][PHASE_CPU], 3);
	assert_int_equal(t.ns[OP_A][PHASE_COPY], 4);
	assert_int_equal(clock_taken(&t, OP_A).wait, 100);
	assert_int_equal(clock_taken(&t, OP_A).busy, 7);
}

static void a_sleep_aside_is_none_of_the_call(void **state)
{
	struct thread t = running();

	(void)state;
	clock_move(&t, START + 10, OP_A, PHASE_CPU);
	clock_mark(&t, OP_A);
	clock_step_aside(&t, START + 12);
	assert_int_equal(clock_call(&t), OP_A);
	clock_wake(&t, START + 112, false);
	assert_int_equal(clock_call(&t), OP_A);
	clock_switch_in(&t, START + 115);
	assert_int_equal(t.op, OP_A);
	/* The next sleep in it is its own again. */
	clock_switch_out(&t, START + 116, 0);
	clock_switch_in(&t, START + 120);
	clock_move(&t, START + 121, OP_APP, PHASE_CPU);
	assert_int_equal(t.ns[OP_ASIDE][PHASE_WAIT], 100);
	assert_int_equal(t.ns[OP_ASIDE][PHASE_RUNQ], 3);
	assert_int_equal(clock_taken(&t, OP_A).wait, 4);
	assert_int_equal(clock_taken(&t, OP_A).busy, 4);
	assert_int_equal(t.ns[OP_APP][PHASE_WAIT], 0);
	assert_int_equal(sum(&t), 121);
}

static void a_copy_that_stepped_aside_goes_on_in_cpu(void **state)
{
	struct thread t = running();

	(void)state;
	clock_move(&t, START, OP_A, PHASE_COPY);
	clock_step_aside(&t, START + 1);
	clock_switch_in(&t, START + 5);
	assert_int_equal(t.op, OP_A);
	assert_int_equal(t.phase, PHASE_CPU);
}

static void who_is_stopped_is_counted_until_it_is_woken(void **state)
{
	struct thread t = running();

	(void)state;
	clock_switch_out(&t, START + 10, 0);
	t.stopped = 1;
	clock_wake(&t, START + 60, false);
	clock_switch_in(&t, START + 65);
	clock_switch_out(&t, START + 70, 0);
	clock_switch_in(&t, START + 75);
	assert_int_equal(t.count[COUNT_STOPPED_NS], 50);
	assert_int_equal(t.ns[OP_APP][PHASE_WAIT], 55);
	assert_int_equal(sum(&t), 75);
}

static void who_was_stopped_before_is_in_no_call(void **state)
{
	static struct thread t;

	(void)state;
	clock_start(&t, 1, 1, START, OP_UNKNOWN, PHASE_UNKNOWN);
	t.seed.op = OP_APP;
	t.seed.phase = PHASE_WAIT;
	t.seed.restart_op = OP_B;
	t.seed.valid = SEED_STOPPED;
	clock_wake(&t, START + 40, false);
	clock_switch_in(&t, START + 41);
	clock_learn_op(&t, OP_A);
	assert_int_equal(t.op, OP_APP);
	assert_int_equal(t.restart_op, OP_B);
	assert_int_equal(t.count[COUNT_STOPPED_NS], 40);
	assert_int_equal(t.ns[OP_APP][PHASE_WAIT], 40);
}

static void a_mark_makes_the_next_call_start_from_0(void **state)
{
	struct thread t = running();

	(void)state;
	t.ns[OP_A][PHASE_WAIT] = 500;
	t.ns[OP_A][PHASE_CPU] = 50;
	t.ns[OP_A][PHASE_COPY] = 5;
	clock_move(&t, START, OP_A, PHASE_CPU);
	clock_mark(&t, OP_A);
	assert_int_equal(clock_taken(&t, OP_A).wait, 0);
	assert_int_equal(clock_taken(&t, OP_A).busy, 0);
	clock_move(&t, START + 2, OP_APP, PHASE_CPU);
	assert_int_equal(clock_taken(&t, OP_A).busy, 2);
}

static void preempted_in_copy_goes_on_in_copy(void **state)
{
	struct thread t = running();

	(void)state;
	clock_move(&t, START, OP_A, PHASE_COPY);
	clock_switch_out(&t, START + 1, 1);
	assert_int_equal(t.phase, PHASE_RUNQ);
	clock_switch_in(&t, START + 4);
	assert_int_equal(t.phase, PHASE_COPY);
	clock_move(&t, START + 9, OP_APP, PHASE_CPU);
	assert_int_equal(t.ns[OP_A][PHASE_COPY], 6);
	assert_int_equal(t.ns[OP_A][PHASE_RUNQ], 3);
}

static void asleep_in_copy_goes_on_in_cpu(void **state)
{
	struct thread t = running();

	(void)state;
	clock_move(&t, START, OP_A, PHASE_COPY);
	clock_switch_out(&t, START + 1, 0);
	assert_int_equal(t.phase, PHASE_WAIT);
	clock_wake(&t, START + 2, false);
	clock_switch_in(&t, START + 3);
	assert_int_equal(t.phase, PHASE_CPU);
}

static void preempted_in_cpu_goes_on_in_cpu(void **state)
{
	struct thread t = running();

	(void)state;
	/* An old copy must not come back. */
	t.resume = PHASE_COPY;
	clock_switch_out(&t, START + 1, 1);
	clock_switch_in(&t, START + 2);
	assert_int_equal(t.phase, PHASE_CPU);
}

static void a_wakeup_moves_only_a_sleeper(void **state)
{
	const int phases[] = {PHASE_RUNQ, PHASE_CPU, PHASE_COPY};
	struct thread t;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(phases); i++) {
		t = running();
		t.phase = phases[i];
		clock_wake(&t, START + 9, false);
		assert_int_equal(t.phase, phases[i]);
		assert_int_equal(t.since, START);
	}
	t = running();
	t.phase = PHASE_WAIT;
	clock_wake(&t, START + 9, false);
	assert_int_equal(t.phase, PHASE_RUNQ);
	assert_int_equal(t.ns[OP_APP][PHASE_WAIT], 9);
}

static void an_event_proves_the_phase_before_it(void **state)
{
	struct thread t = adopted();

	(void)state;
	clock_wake(&t, START + 4, false);
	assert_int_equal(t.ns[OP_UNKNOWN][PHASE_WAIT], 4);
	t = adopted();
	clock_switch_in(&t, START + 4);
	assert_int_equal(t.ns[OP_UNKNOWN][PHASE_RUNQ], 4);
	t = adopted();
	clock_switch_out(&t, START + 4, 0);
	assert_int_equal(t.ns[OP_UNKNOWN][PHASE_CPU], 4);
	assert_int_equal(t.phase, PHASE_WAIT);
}

static void a_seed_is_believed_before_the_proof(void **state)
{
	struct thread t = adopted();

	(void)state;
	t.seed.valid = 1;
	t.seed.op = OP_B;
	t.seed.phase = PHASE_WAIT;
	clock_learn_phase(&t, PHASE_RUNQ);
	assert_int_equal(t.phase, PHASE_WAIT);
	t = adopted();
	t.seed.valid = 1;
	t.seed.phase = PHASE_UNKNOWN;
	clock_learn_phase(&t, PHASE_RUNQ);
	assert_int_equal(t.phase, PHASE_RUNQ);
	t = running();
	clock_learn_phase(&t, PHASE_WAIT);
	assert_int_equal(t.phase, PHASE_CPU);
}

static void a_wake_up_on_a_cpu_proves_nothing(void **state)
{
	struct thread t = adopted();

	(void)state;
	/* It runs, and may move its hands on its CPU at this moment: nothing is touched. */
	clock_wake(&t, START + 4, true);
	assert_int_equal(t.phase, PHASE_UNKNOWN);
	assert_int_equal(t.seq, 0);
	assert_int_equal(t.since, START);
	clock_switch_out(&t, START + 9, 0);
	assert_int_equal(t.ns[OP_UNKNOWN][PHASE_CPU], 9);
	/* Nor does a seed that says that it was asleep, before, move it there. */
	t = adopted();
	t.seed.valid = 1;
	t.seed.phase = PHASE_WAIT;
	clock_wake(&t, START + 4, true);
	assert_int_equal(t.phase, PHASE_UNKNOWN);
	assert_int_equal(t.seq, 0);
}

static void a_learned_call_gets_the_time_so_far(void **state)
{
	struct thread t = adopted();

	(void)state;
	clock_wake(&t, START + 100, false);
	clock_switch_in(&t, START + 103);
	t.seed.valid = 1;
	t.seed.op = OP_B;
	t.seed_call = (struct call_seed){.arg = 77, .list = 78, .fd = 5, .watched = 3};
	clock_learn_op(&t, OP_A);
	clock_move(&t, START + 105, OP_APP, PHASE_CPU);
	assert_int_equal(t.ns[OP_B][PHASE_WAIT], 100);
	assert_int_equal(t.ns[OP_B][PHASE_RUNQ], 3);
	assert_int_equal(t.ns[OP_B][PHASE_CPU], 2);
	assert_int_equal(t.arg, 77);
	assert_int_equal(t.mux_list, 78);
	assert_int_equal(t.fd, 5);
	assert_int_equal(t.watched, 3);
	assert_int_equal(sum(&t), 105);
	assert_int_equal(t.seq % 2, 0);
	/* What began before us counts from the attach: its mark is 0. */
	assert_int_equal(clock_taken(&t, OP_B).wait, 100);
}

static void without_a_seed_the_proof_decides_the_call(void **state)
{
	struct thread t = adopted();

	(void)state;
	clock_learn_phase(&t, PHASE_CPU);
	clock_learn_op(&t, OP_A);
	assert_int_equal(t.op, OP_A);
	clock_learn_op(&t, OP_B);
	assert_int_equal(t.op, OP_A);
}

/* One random event at `now`. */
static void random_event(struct thread *t, uint64_t now)
{
	switch (rand() % 7) {
	case 0:
		clock_switch_out(t, now, rand() % 2);
		break;
	case 1:
		clock_switch_in(t, now);
		break;
	case 2:
		clock_wake(t, now, false);
		break;
	case 3:
		clock_learn_phase(t, PHASE_CPU);
		clock_learn_op(t, rand() % 2 ? OP_APP : OP_A);
		clock_move(t, now, 1 + rand() % (OPS_TIMED - 1), PHASE_CPU);
		clock_mark(t, t->op);
		break;
	case 4:
		clock_learn_phase(t, PHASE_CPU);
		clock_move(t, now, t->op, PHASE_COPY);
		break;
	case 5:
		clock_step_aside(t, now);
		break;
	default:
		t->seed.valid = 1;
		t->seed.op = OP_B;
		t->seed.phase = (uint8_t)(rand() % PHASES);
	}
}

static void the_books_balance_whatever_happens(void **state)
{
	(void)state;
	srand(20260101);
	for (int round = 0; round < 2000; round++) {
		struct thread t = round % 2 ? adopted() : running();
		uint64_t now = START, latest = START;

		for (int i = 0; i < 200; i++) {
			/* Clocks of different CPUs differ a little. */
			now += (uint64_t)(rand() % 1000);
			random_event(&t, now - (uint64_t)(rand() % 3));
			assert_int_equal(sum(&t), t.since - t.born);
			assert_true(t.since >= latest);
			assert_int_equal(t.seq % 2, 0);
			latest = t.since;
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(time_is_charged_to_where_the_hands_stood),
		cmocka_unit_test(a_clock_that_is_behind_charges_nothing),
		cmocka_unit_test(a_blocking_call),
		cmocka_unit_test(a_sleep_aside_is_none_of_the_call),
		cmocka_unit_test(a_copy_that_stepped_aside_goes_on_in_cpu),
		cmocka_unit_test(who_is_stopped_is_counted_until_it_is_woken),
		cmocka_unit_test(who_was_stopped_before_is_in_no_call),
		cmocka_unit_test(a_mark_makes_the_next_call_start_from_0),
		cmocka_unit_test(preempted_in_copy_goes_on_in_copy),
		cmocka_unit_test(asleep_in_copy_goes_on_in_cpu),
		cmocka_unit_test(preempted_in_cpu_goes_on_in_cpu),
		cmocka_unit_test(a_wakeup_moves_only_a_sleeper),
		cmocka_unit_test(an_event_proves_the_phase_before_it),
		cmocka_unit_test(a_seed_is_believed_before_the_proof),
		cmocka_unit_test(a_wake_up_on_a_cpu_proves_nothing),
		cmocka_unit_test(a_learned_call_gets_the_time_so_far),
		cmocka_unit_test(without_a_seed_the_proof_decides_the_call),
		cmocka_unit_test(the_books_balance_whatever_happens),
	};

	return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
