/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_snapshot.c - lists of tasks, and the difference of two snapshots.
 */
#include "unit.h"
#include "common/hist.h"
#include "books/snapshot.h"

enum {
	OP = 1, /* any call */
};

/* Counts `n` calls that ended ok and slept `ns` each. */
static void count_calls(struct task_sums *t, uint64_t n, uint64_t ns)
{
	struct call_sums *call = task_call(t, OP);
	unsigned int bucket = hist_bucket(ns);
	struct octave o = {0};

	o.step[bucket % STEPS] = n;
	call->outcome[OUT_OK] += n;
	call->bytes += 10 * n;
	hist_add_octave(&call->wait, bucket / STEPS, &o);
	hist_add_octave(&call->busy, bucket / STEPS, &o);
	if (ns > call->wait_max)
		call->wait_max = ns;
	if (ns > call->busy_max)
		call->busy_max = ns;
}

static void a_list_keeps_its_order_and_finds(void **state)
{
	struct task_list list = {0};

	(void)state;
	srand(7);
	for (int i = 0; i < 500; i++) {
		pid_t pid = 1 + rand() % 20, tid = rand() % 50;
		struct task_sums *t = task_list_get(&list, pid, tid);

		assert_int_equal(t->pid, pid);
		assert_int_equal(t->tid, tid);
		assert_ptr_equal(task_list_get(&list, pid, tid), t);
		assert_ptr_equal(task_list_find(&list, pid, tid), t);
	}
	for (size_t i = 1; i < list.count; i++) {
		const struct task_sums *a = list.task[i - 1], *b = list.task[i];

		assert_true(a->pid < b->pid || (a->pid == b->pid && a->tid < b->tid));
	}
	assert_null(task_list_find(&list, 99, 0));
	assert_null(task_list_find(&list, 0, 0));
	task_list_clear(&list);
	assert_int_equal(list.count, 0);
	assert_null(task_list_find(&list, 1, 1));
}

static void adding_keeps_names_and_the_longest(void **state)
{
	struct task_list list = {0};
	struct task_sums *a = task_list_get(&list, 1, 0), *b = task_list_get(&list, 1, 2);

	(void)state;
	memcpy(a->comm, "process", 8);
	memcpy(b->comm, "thread", 7);
	a->threads = b->threads = 1;
	a->wall = 5;
	b->wall = 7;
	b->exited = true;
	b->registered = WAY_EPOLL_ET;
	task_time(b, OP)->ns[PHASE_COPY] = 3;
	b->count[COUNT_READS + WAY_POLL] = 4;
	b->count[COUNT_ACCEPTS + WAY_POLL] = 5;
	b->inflight[OP] = 1;
	b->evidence.workers = 3;
	count_calls(a, 2, 1000);
	count_calls(b, 3, 2000);
	task_add(a, b);
	assert_string_equal(a->comm, "process");
	assert_int_equal(a->tid, 0);
	assert_false(a->exited);
	assert_int_equal(a->threads, 2);
	assert_int_equal(a->wall, 12);
	assert_int_equal(a->registered, WAY_EPOLL_ET);
	assert_int_equal(task_time_of(a, OP)->ns[PHASE_COPY], 3);
	assert_int_equal(a->count[COUNT_READS + WAY_POLL], 4);
	assert_int_equal(a->count[COUNT_ACCEPTS + WAY_POLL], 5);
	assert_int_equal(a->inflight[OP], 1);
	assert_int_equal(a->evidence.workers, 3);
	assert_int_equal(a->call[OP]->outcome[OUT_OK], 5);
	assert_int_equal(a->call[OP]->bytes, 50);
	assert_int_equal(a->call[OP]->wait_max, 2000);
	assert_int_equal(hist_count(&a->call[OP]->busy), 5);
	/* The other one has lost nothing by it. */
	assert_int_equal(hist_count(&b->call[OP]->busy), 3);
	task_list_clear(&list);
}

/* Two snapshots of process 1, one second apart. */
static void make_two(struct snapshot *earlier, struct snapshot *later)
{
	struct task_sums *e, *l;

	*earlier = (struct snapshot){.at = 1000,
				     .lost = {[LOST_CALLS] = 2},
				     .missed = 1,
				     .joins = {.late = 3, .older = 1, .most = 9, .denied = 7}};
	*later = (struct snapshot){.at = 3000,
				   .utc = {.tv_sec = 9},
				   .lost = {[LOST_CALLS] = 5},
				   .missed = 1,
				   .torn = 4,
				   .joins = {.late = 5, .older = 1, .most = 9, .denied = 2}};
	e = task_list_get(&earlier->processes, 1, 0);
	l = task_list_get(&later->processes, 1, 0);
	memcpy(e->comm, "before", 7);
	memcpy(l->comm, "after", 6);
	e->threads = 3;
	e->threads_ever = 4;
	l->threads = 2;
	l->threads_ever = 6;
	e->wall = 100;
	l->wall = 4100;
	task_time(e, OP)->ns[PHASE_WAIT] = 60;
	task_time(l, OP)->ns[PHASE_WAIT] = 1060;
	e->count[COUNT_READS + WAY_BLOCKING] = 1;
	l->count[COUNT_READS + WAY_BLOCKING] = 9;
	l->count[COUNT_ACCEPTS + WAY_SELECT] = 3;
	e->inflight[OP] = 2;
	e->inflight[OP + 1] = 1;
	l->inflight[OP] = 5;
	l->registered = WAY_EPOLL_LT;
	e->evidence.workers = 2;
	l->evidence.workers = 3;
}

static void a_window_is_the_later_less_the_earlier(void **state)
{
	struct snapshot earlier, later;
	const struct task_sums *t;
	struct window w;

	(void)state;
	make_two(&earlier, &later);
	count_calls(earlier.processes.task[0], 10, 5000);
	count_calls(later.processes.task[0], 10, 5000);
	count_calls(later.processes.task[0], 4, 100);
	snapshot_diff(&w, &earlier, 7, &later);
	assert_int_equal(w.from, 1000);
	assert_int_equal(w.to, 3000);
	assert_int_equal(w.utc.tv_sec, 9);
	assert_int_equal(w.lost[LOST_CALLS], 3);
	assert_int_equal(w.joins.late, 2);
	assert_int_equal(w.joins.older, 0);
	assert_int_equal(w.joins.most, 9);
	assert_int_equal(w.joins.denied, 2);
	assert_int_equal(w.missed, 0);
	assert_int_equal(w.torn, 4);
	t = task_list_find(&w.processes, 1, 0);
	assert_non_null(t);
	assert_string_equal(t->comm, "after");
	assert_int_equal(t->threads, 2);
	/* Three that were there, and two born since. */
	assert_int_equal(t->threads_ever, 5);
	assert_int_equal(t->wall, 4000);
	assert_int_equal(task_time_of(t, OP)->ns[PHASE_WAIT], 1000);
	assert_int_equal(t->count[COUNT_READS + WAY_BLOCKING], 8);
	assert_int_equal(t->count[COUNT_ACCEPTS + WAY_SELECT], 3);
	assert_int_equal(t->inflight[OP], 5);
	assert_int_equal(t->inflight_before, 3);
	assert_int_equal(t->registered, WAY_EPOLL_LT);
	/* All that was seen until its end. */
	assert_int_equal(t->evidence.workers, 3);
	assert_int_equal(t->call[OP]->outcome[OUT_OK], 4);
	assert_int_equal(t->call[OP]->bytes, 40);
	assert_int_equal(hist_count(&t->call[OP]->wait), 4);
	/* The longest so far was before: known to the bucket. */
	assert_int_equal(t->call[OP]->wait_max, hist_bucket_upper(hist_bucket(100)));
	window_clear(&w);
	snapshot_clear(&earlier);
	snapshot_clear(&later);
}

static void the_longest_of_a_window(void **state)
{
	struct snapshot earlier, later;
	struct window w;

	(void)state;
	/* It grew: exact. */
	make_two(&earlier, &later);
	count_calls(earlier.processes.task[0], 1, 5000);
	count_calls(later.processes.task[0], 1, 5000);
	count_calls(later.processes.task[0], 1, 5001);
	snapshot_diff(&w, &earlier, 0, &later);
	assert_int_equal(w.processes.task[0]->call[OP]->busy_max, 5001);
	window_clear(&w);
	/* In the same bucket as the longest ever: not above that one. */
	count_calls(earlier.processes.task[0], 1, 5001);
	count_calls(later.processes.task[0], 1, 4999);
	snapshot_diff(&w, &earlier, 0, &later);
	assert_int_equal(w.processes.task[0]->call[OP]->busy_max, 5001);
	window_clear(&w);
	snapshot_clear(&earlier);
	snapshot_clear(&later);
}

static void without_an_earlier_one_all_counts(void **state)
{
	struct snapshot earlier, later;
	struct window w;

	(void)state;
	make_two(&earlier, &later);
	count_calls(later.processes.task[0], 4, 100);
	later.processes.task[0]->inflight_before = 8;
	task_list_get(&later.threads, 1, 1)->wall = 6;
	snapshot_diff(&w, NULL, 500, &later);
	assert_int_equal(w.from, 500);
	assert_int_equal(w.lost[LOST_CALLS], 5);
	assert_int_equal(w.processes.task[0]->wall, 4100);
	assert_int_equal(w.processes.task[0]->threads_ever, 6);
	assert_int_equal(w.processes.task[0]->inflight_before, 8);
	assert_int_equal(w.processes.task[0]->call[OP]->wait_max, 100);
	assert_int_equal(w.threads.task[0]->wall, 6);
	window_clear(&w);
	snapshot_clear(&earlier);
	snapshot_clear(&later);
}

static void a_call_that_did_not_end_in_the_window_is_not_in_it(void **state)
{
	struct snapshot earlier, later;
	struct window w;

	(void)state;
	make_two(&earlier, &later);
	count_calls(earlier.processes.task[0], 4, 100);
	count_calls(later.processes.task[0], 4, 100);
	snapshot_diff(&w, &earlier, 0, &later);
	assert_null(w.processes.task[0]->call[OP]);
	window_clear(&w);
	snapshot_clear(&earlier);
	snapshot_clear(&later);
}

static void who_ended_before_is_not_in_the_window(void **state)
{
	struct snapshot earlier, later;
	struct window w;

	(void)state;
	make_two(&earlier, &later);
	later.processes.task[0]->exited = true;
	snapshot_diff(&w, &earlier, 0, &later);
	assert_int_equal(w.processes.count, 1);
	assert_true(w.processes.task[0]->exited);
	window_clear(&w);
	/* Ended before, but more has been summed under it since. */
	earlier.processes.task[0]->exited = true;
	snapshot_diff(&w, &earlier, 0, &later);
	assert_int_equal(w.processes.count, 1);
	window_clear(&w);
	earlier.processes.task[0]->wall = later.processes.task[0]->wall;
	snapshot_diff(&w, &earlier, 0, &later);
	assert_int_equal(w.processes.count, 0);
	window_clear(&w);
	snapshot_clear(&earlier);
	snapshot_clear(&later);
}

/* For how long a process lived in a window from 1000 to 3000, born and ended then. */
static uint64_t lived(uint64_t born, uint64_t ended, uint64_t summed)
{
	struct snapshot earlier, later;
	struct task_sums *t;
	struct window w;
	uint64_t ns;

	make_two(&earlier, &later);
	t = later.processes.task[0];
	t->born = earlier.processes.task[0]->born = born;
	t->ended = ended;
	t->exited = ended;
	t->summed = summed;
	t->family = 77;
	snapshot_diff(&w, &earlier, 0, &later);
	t = w.processes.task[0];
	ns = t->lived;
	assert_int_equal(t->family, 77);
	assert_ptr_equal(t->ever, later.processes.task[0]);
	window_clear(&w);
	snapshot_clear(&earlier);
	snapshot_clear(&later);
	return ns;
}

static void who_lived_for_a_part_of_the_window(void **state)
{
	(void)state;
	assert_int_equal(lived(900, 0, 0), 2000);
	assert_int_equal(lived(1400, 0, 0), 1600);
	assert_int_equal(lived(1400, 1540, 0), 140);
	assert_int_equal(lived(900, 1540, 0), 540);
	/* Not known; and of what many are summed in. */
	assert_int_equal(lived(0, 0, 0), 2000);
	assert_int_equal(lived(1400, 1540, 3), 2000);
}

static void what_went_backwards_is_0(void **state)
{
	struct snapshot earlier, later;
	struct window w;

	(void)state;
	make_two(&earlier, &later);
	count_calls(earlier.processes.task[0], 4, 100);
	count_calls(later.processes.task[0], 1, 100);
	snapshot_diff(&w, &later, 0, &earlier);
	assert_int_equal(w.processes.task[0]->wall, 0);
	assert_int_equal(task_time_of(w.processes.task[0], OP)->ns[PHASE_WAIT], 0);
	assert_int_equal(w.processes.task[0]->count[COUNT_READS + WAY_BLOCKING], 0);
	assert_int_equal(w.lost[LOST_CALLS], 0);
	window_clear(&w);
	snapshot_clear(&earlier);
	snapshot_clear(&later);
}

static void a_connection_counts_once_in_a_window_and_once_in_all(void **state)
{
	struct snapshot first = {.at = 100, .first = true}, second = {.at = 200},
			third = {.at = 300};
	struct window w;

	(void)state;
	/* Three before the first snapshot, of which two go on in both windows; two that are new. */
	for (unsigned int i = 0; i < 3; i++) {
		struct snapshot *s = i == 0 ? &first : i == 1 ? &second : &third;
		struct task_sums *t = task_list_get(&s->processes, 10, 0);

		t->wall = s->at;
		t->threads = 1;
		t->count[COUNT_CONNS + SIDE_SERVER] = 3 * i;
		t->count[COUNT_CONNS_EVER + SIDE_SERVER] = i ? 2 + i : 0;
		t->count[COUNT_CONNS + SIDE_CLIENT] = 5 * i;
		t->count[COUNT_CONNS_EVER + SIDE_CLIENT] = i ? 5 : 0;
	}
	snapshot_diff(&w, &second, 0, &third);
	assert_false(w.whole);
	assert_int_equal(w.processes.task[0]->count[COUNT_CONNS + SIDE_SERVER], 3);
	assert_int_equal(w.processes.task[0]->count[COUNT_CONNS + SIDE_CLIENT], 5);
	window_clear(&w);
	snapshot_diff(&w, &first, 0, &third);
	assert_true(w.whole);
	assert_int_equal(w.processes.task[0]->count[COUNT_CONNS + SIDE_SERVER], 4);
	assert_int_equal(w.processes.task[0]->count[COUNT_CONNS + SIDE_CLIENT], 5);
	window_clear(&w);
	snapshot_clear(&first);
	snapshot_clear(&second);
	snapshot_clear(&third);
}

static void windows_add_up_to_the_whole(void **state)
{
	struct snapshot a, b, none = {0};
	struct window first, second, whole;

	(void)state;
	make_two(&a, &b);
	count_calls(a.processes.task[0], 3, 700);
	count_calls(b.processes.task[0], 3, 700);
	count_calls(b.processes.task[0], 5, 123456);
	snapshot_diff(&first, &none, 0, &a);
	snapshot_diff(&second, &a, 0, &b);
	snapshot_diff(&whole, NULL, 0, &b);
	task_add(first.processes.task[0], second.processes.task[0]);
	assert_int_equal(first.processes.task[0]->wall, whole.processes.task[0]->wall);
	assert_int_equal(first.processes.task[0]->call[OP]->bytes,
			 whole.processes.task[0]->call[OP]->bytes);
	for (int percent = 0; percent <= 100; percent += 5)
		assert_int_equal(hist_percentile(&first.processes.task[0]->call[OP]->wait, 0,
						 percent / 100.0),
				 hist_percentile(&whole.processes.task[0]->call[OP]->wait, 0,
						 percent / 100.0));
	window_clear(&first);
	window_clear(&second);
	window_clear(&whole);
	snapshot_clear(&a);
	snapshot_clear(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_keeps_its_order_and_finds),
		cmocka_unit_test(adding_keeps_names_and_the_longest),
		cmocka_unit_test(a_window_is_the_later_less_the_earlier),
		cmocka_unit_test(the_longest_of_a_window),
		cmocka_unit_test(without_an_earlier_one_all_counts),
		cmocka_unit_test(a_call_that_did_not_end_in_the_window_is_not_in_it),
		cmocka_unit_test(who_ended_before_is_not_in_the_window),
		cmocka_unit_test(who_lived_for_a_part_of_the_window),
		cmocka_unit_test(what_went_backwards_is_0),
		cmocka_unit_test(a_connection_counts_once_in_a_window_and_once_in_all),
		cmocka_unit_test(windows_add_up_to_the_whole),
	};

	return cmocka_run_group_tests_name("snapshot", tests, NULL, NULL);
}
