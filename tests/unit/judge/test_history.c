/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_history.c - whatever becomes one, nothing of a run is lost or counted twice, and percentiles
 * are those of all that is in a slot.
 */
#include "unit.h"
#include "books/ops.h"
#include "books/snapshot.h"
#include "common/hist.h"
#include "judge/history.h"

enum {
	SECOND = 1000000000,
};

/* Adds a process to a window: so many reads, and as many answers of so long (ns) each. */
static void add(struct window *w, pid_t pid, uint64_t reads, uint64_t ns)
{
	struct task_sums *t = task_list_get(&w->processes, pid, 0);
	struct call_sums *response;
	struct octave o = {0};

	snprintf(t->comm, sizeof(t->comm), "p%d", pid);
	t->threads = t->threads_ever = 1;
	t->lived = t->wall = SECOND;
	task_time(t, op_of_name("read"))->ns[PHASE_WAIT] = 1000 * reads;
	task_time(t, OP_APP)->ns[PHASE_CPU] = 7;
	task_call(t, op_of_name("read"))->outcome[OUT_OK] = reads;
	t->count[COUNT_READS + WAY_BLOCKING] = reads;
	t->count[COUNT_QUEUEING + QUEUE_RUNQ] = 3 * reads;
	t->count[COUNT_SERVICE_NS] = 5 * reads;
	if (!ns)
		return;
	response = task_call(t, OP_RESPONSE);
	response->outcome[OUT_OK] = reads;
	response->wait_max = ns;
	o.step[hist_bucket(ns) % STEPS] = reads;
	hist_add_octave(&response->wait, hist_bucket(ns) / STEPS, &o);
}

/* Has a function take the report on a window that ends there (s), and forgets it. */
static void take(struct history *h, struct window *w, uint64_t end,
		 void (*take_it)(struct history *h, const struct report *r))
{
	struct report *r;

	w->from = (end - 1) * SECOND;
	w->to = end * SECOND;
	w->utc.tv_sec = (time_t)end;
	r = report_build(w, NULL, 0);
	take_it(h, r);
	report_free(r);
	window_clear(w);
	*w = (struct window){0};
}

/* The track of a process; NULL if it has none. */
static const struct history_track *find(const struct history *h, pid_t pid)
{
	for (size_t i = 0; i < HISTORY_TRACKS; i++)
		if (h->track[i] && h->track[i]->used && h->track[i]->pid == pid)
			return h->track[i];
	return NULL;
}

/* All I/O calls of a slot. */
static uint64_t calls_of(const struct history *h, size_t slot)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < HISTORY_TRACKS; i++)
		if (h->track[i])
			sum += h->track[i]->cell[slot].io_calls;
	return sum;
}

static void a_report_is_a_slot(void **state)
{
	struct history h = {0};
	struct window w = {0};
	const struct history_cell *c;

	(void)state;
	add(&w, 5, 10, 1000);
	take(&h, &w, 1, history_add);
	add(&w, 5, 30, 5000);
	add(&w, 6, 1, 0);
	take(&h, &w, 2, history_add);
	assert_int_equal(h.slots, 2);
	assert_int_equal(h.slot[1].from, SECOND);
	assert_int_equal(h.slot[1].to, 2ULL * SECOND);
	assert_int_equal(h.slot[1].utc.tv_sec, 2);
	c = find(&h, 5)->cell;
	assert_int_equal(c[0].io_calls, 10);
	assert_int_equal(c[1].io_calls, 30);
	assert_int_equal(c[1].budget.io[PHASE_WAIT], 30000);
	assert_int_equal(c[1].budget.app[PHASE_CPU], 7);
	assert_int_equal(c[1].part[QUEUE_RUNQ], 90);
	assert_int_equal(c[1].service_ns, 150);
	assert_int_equal(c[1].response.count, 30);
	assert_int_equal(history_percentiles(&c[1].response).p99, 5000);
	assert_int_equal(find(&h, 6)->since, 1);
	assert_int_equal(find(&h, 6)->cell[0].reports, 0);
	history_clear(&h);
}

/* Two slots become one when there are too many: sums are sums, percentiles those of all. */
static void too_many_slots_become_half_as_many(void **state)
{
	struct history h = {0};
	struct window w = {0};
	uint64_t sum = 0;

	(void)state;
	for (unsigned int i = 0; i < HISTORY_SLOTS + 1; i++) {
		add(&w, 5, i % 2 ? 90 : 10, i % 2 ? 1000 : 1000000);
		take(&h, &w, i + 1, history_add);
	}
	assert_int_equal(h.each, 2);
	assert_int_equal(h.slots, HISTORY_SLOTS / 2 + 1);
	for (size_t i = 0; i < HISTORY_SLOTS / 2; i++) {
		const struct history_cell *c = &find(&h, 5)->cell[i];
		const struct percentiles p = history_percentiles(&c->response);

		assert_int_equal(c->io_calls, 100);
		assert_int_equal(c->response.count, 100);
		assert_int_equal(p.max, 1000000);
		/* Of a hundred ninety took 1 us, to the bucket, and ten 1 ms. */
		assert_uint_in_range(p.p50, 1000, 1023);
		assert_uint_in_range(p.p90, 1000, 1023);
		assert_int_equal(p.p99, 1000000);
		assert_int_equal(h.slot[i].from, 2ULL * i * SECOND);
		assert_int_equal(h.slot[i].to, 2ULL * (i + 1) * SECOND);
	}
	/* The last one has room for one more. */
	assert_int_equal(find(&h, 5)->cell[HISTORY_SLOTS / 2].io_calls, 10);
	add(&w, 5, 90, 1000);
	take(&h, &w, HISTORY_SLOTS + 2, history_add);
	assert_int_equal(h.slots, HISTORY_SLOTS / 2 + 1);
	assert_int_equal(find(&h, 5)->cell[HISTORY_SLOTS / 2].io_calls, 100);
	assert_int_equal(h.slot[HISTORY_SLOTS / 2].to, (HISTORY_SLOTS + 2ULL) * SECOND);
	/* And so on: a run of any length. */
	for (unsigned int i = HISTORY_SLOTS + 2; i < 5 * HISTORY_SLOTS; i++) {
		add(&w, 5, i % 2 ? 90 : 10, 1000);
		take(&h, &w, i + 1, history_add);
	}
	assert_true(h.slots <= HISTORY_SLOTS);
	for (size_t i = 0; i < h.slots; i++)
		sum += calls_of(&h, i);
	assert_int_equal(sum, 5 * HISTORY_SLOTS * 50);
	history_clear(&h);
}

/* Who does the most has a track; what others had before is among the others, and nothing is lost.
 */
static void the_busiest_have_tracks(void **state)
{
	struct history h = {0};
	struct window w = {0};

	(void)state;
	for (pid_t pid = 1; pid <= HISTORY_OTHERS; pid++)
		add(&w, pid, (uint64_t)pid, 1000);
	take(&h, &w, 1, history_add);
	assert_int_equal(h.moved, 0);
	/* As busy as the least busy one is not busy enough. */
	add(&w, 100, 1, 1000);
	take(&h, &w, 2, history_add);
	assert_null(find(&h, 100));
	add(&w, 101, 50, 1000);
	add(&w, 1, 7, 1000);
	take(&h, &w, 3, history_add);
	assert_non_null(find(&h, 101));
	assert_int_equal(find(&h, 101)->since, 2);
	/* Process 1 made way for 101, and then process 2 for process 1: what they had is the
	 * others'. */
	assert_int_equal(h.moved, 2);
	assert_null(find(&h, 2));
	assert_int_equal(find(&h, 1)->since, 2);
	assert_int_equal(find(&h, 1)->cell[0].reports, 0);
	assert_int_equal(find(&h, 1)->cell[2].io_calls, 7);
	assert_int_equal(h.track[HISTORY_OTHERS]->cell[0].io_calls, 3);
	assert_int_equal(h.track[HISTORY_OTHERS]->cell[0].response.count, 3);
	assert_int_equal(h.track[HISTORY_OTHERS]->cell[1].io_calls, 1);
	assert_int_equal(calls_of(&h, 0), HISTORY_OTHERS * (HISTORY_OTHERS + 1) / 2);
	assert_int_equal(calls_of(&h, 1), 1);
	assert_int_equal(calls_of(&h, 2), 57);
	history_clear(&h);
}

/* Of the whole time what its report says counts, once. */
static void the_whole_is_what_its_report_says(void **state)
{
	struct history h = {0};
	struct window w = {0};

	(void)state;
	for (pid_t pid = 1; pid <= HISTORY_OTHERS + 1; pid++)
		add(&w, pid, 100 - (uint64_t)pid, 1000);
	take(&h, &w, 1, history_add);
	for (int again = 0; again < 2; again++) {
		for (pid_t pid = 1; pid <= HISTORY_OTHERS + 2; pid++)
			add(&w, pid, 200, 1000);
		take(&h, &w, 2, history_whole);
		assert_int_equal(find(&h, 1)->whole.io_calls, 200);
		assert_int_equal(h.track[HISTORY_OTHERS]->whole.io_calls, 400);
		assert_int_equal(h.track[HISTORY_OTHERS]->whole.response.count, 400);
	}
	assert_int_equal(h.slots, 1);
	history_clear(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_report_is_a_slot),
		cmocka_unit_test(too_many_slots_become_half_as_many),
		cmocka_unit_test(the_busiest_have_tracks),
		cmocka_unit_test(the_whole_is_what_its_report_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
