/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_lines.c - which processes are listed, in which order, and what those that ended come to.
 */
#include "unit.h"

#include "books/snapshot.h"
#include "common/hist.h"
#include "base/xalloc.h"
#include "judge/lines.h"

#define SECONDS NSEC_PER_SEC

/* Adds a process that lives, and has waited all the time. */
static struct task_sums *add(struct window *w, pid_t pid, const char *comm)
{
	struct task_sums *t = task_list_get(&w->processes, pid, 0);

	snprintf(t->comm, sizeof(t->comm), "%s", comm);
	t->threads = t->threads_ever = 1;
	t->wall = task_time(t, OP_APP)->ns[PHASE_WAIT] = 2 * SECONDS;
	t->lived = 2 * SECONDS;
	return t;
}

/* Adds one that ended and had read sockets. */
static struct task_sums *add_ended(struct window *w, pid_t pid, const char *comm, uint64_t reads)
{
	struct task_sums *t = add(w, pid, comm);

	t->threads = 0;
	t->exited = true;
	t->lived = SECONDS;
	t->count[COUNT_READS + WAY_BLOCKING] = t->count[COUNT_SOCKET_READS] = reads;
	return t;
}

/* Answers requests in so long (ns) each. */
static void answer(struct task_sums *t, uint64_t count, uint64_t ns)
{
	struct call_sums *call = task_call(t, OP_RESPONSE);
	struct octave o = {0};

	o.step[hist_bucket(ns) % STEPS] = count;
	hist_add_octave(&call->wait, hist_bucket(ns) / STEPS, &o);
	call->wait_max = ns > call->wait_max ? ns : call->wait_max;
	call->outcome[OUT_OK] += count;
}

/* Checks the pids of the lines, in order; 0 is a sum. */
static void lists(const struct window *w, enum line_key key, const pid_t *pids, size_t count)
{
	struct report *r = report_build(w, NULL, 0);
	struct line_list list = report_lines(r, key);

	assert_int_equal(list.count, count);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(list.line[i].task->pid, pids[i]);
	lines_clear(&list);
	report_free(r);
}

#define LISTS(w, key, ...)                                                                         \
	lists(w, key, (const pid_t[]){__VA_ARGS__},                                                \
	      sizeof((const pid_t[]){__VA_ARGS__}) / sizeof(pid_t))

static void the_busiest_come_first(void **state)
{
	struct window w = {.from = 0, .to = 2 * SECONDS};
	struct task_sums *t;

	(void)state;
	add(&w, 1, "idle");
	snprintf(add(&w, 2, "none")->whose.ports, PORTS_LEN, PORTS_NONE);
	snprintf(add(&w, 3, "listens")->whose.ports, PORTS_LEN, "80");
	task_time(add(&w, 4, "computes"), OP_APP)->ns[PHASE_CPU] = SECONDS;
	t = add(&w, 5, "reads");
	t->count[COUNT_READS + WAY_EPOLL_LT] = 100;
	t = add(&w, 6, "reads more");
	t->count[COUNT_READS + WAY_EPOLL_LT] = 101;
	answer(add(&w, 7, "answers slowly"), 10, 9000);
	answer(add(&w, 8, "answers"), 11, 5000);
	LISTS(&w, LINES_BY_REQUESTS, 8, 7, 6, 5, 4, 3, 1, 2);
	LISTS(&w, LINES_BY_READS, 6, 5, 8, 7, 4, 3, 1, 2);
	LISTS(&w, LINES_BY_CPU, 4, 8, 7, 6, 5, 3, 1, 2);
	LISTS(&w, LINES_BY_RESPONSE, 7, 8, 6, 5, 4, 3, 1, 2);
	LISTS(&w, LINES_BY_PID, 1, 2, 3, 4, 5, 6, 7, 8);
	/* What counts is what was done in the time that it was there. */
	t->lived = SECONDS / 1000;
	answer(t, 1, 1000);
	LISTS(&w, LINES_BY_REQUESTS, 6, 8, 7, 5, 4, 3, 1, 2);
	window_clear(&w);
}

static void those_that_ended_are_a_line_for_each_name(void **state)
{
	struct window w = {.from = 0, .to = 2 * SECONDS};
	struct report *r;
	struct line_list list;
	struct task_sums *t;

	(void)state;
	answer(add(&w, 10, "forker"), 1, 1000);
	answer(add_ended(&w, 11, "forker", 5), 5, 2000);
	answer(add_ended(&w, 12, "forker", 7), 94, 64000);
	add_ended(&w, 13, "curl", 4);
	add_ended(&w, 14, "ls", 0); /* has used no socket */
	/* So many that nobody knows them one by one any more. */
	t = add_ended(&w, 0, "forker", 100);
	t->summed = 40;
	r = report_build(&w, NULL, 0);
	list = report_lines(r, LINES_BY_REQUESTS);
	assert_int_equal(list.count, 3);
	assert_int_equal(list.processes, 1);
	assert_int_equal(list.line[0].ended, 42);
	assert_string_equal(list.line[0].task->comm, "forker");
	assert_int_equal(line_reads(list.line[0].task), 112);
	assert_int_equal(list.line[0].task->exchanges.answered, 99);
	assert_uint_in_range(list.line[0].task->exchanges.response.p99, 64000, 68000);
	assert_int_equal(list.line[0].task->lived, 2 * SECONDS);
	assert_string_equal(list.line[0].task->model.model->name, "blocking");
	assert_int_equal(list.line[1].ended, 0);
	assert_int_equal(list.line[2].ended, 1);
	assert_string_equal(list.line[2].task->comm, "curl");
	lines_clear(&list);
	report_free(r);
	window_clear(&w);
}

/* Who shows a report that is no longer the latest has none of what its window leads to any more:
 * what processes had done since the attach. */
static void lines_need_only_the_report(void **state)
{
	struct window w = {.from = 0, .to = 2 * SECONDS};
	struct task_sums *ever = xcalloc(1, sizeof(*ever)), *t;
	struct line_list list;
	struct report *r;

	(void)state;
	t = add_ended(&w, 11, "short", 5);
	t->ever = ever;
	r = report_build(&w, NULL, 0);
	task_clear(ever);
	free(ever);
	window_clear(&w);
	list = report_lines(r, LINES_BY_REQUESTS);
	assert_int_equal(list.count, 1);
	assert_int_equal(list.line[0].ended, 1);
	assert_int_equal(line_reads(list.line[0].task), 5);
	lines_clear(&list);
	report_free(r);
}

/* Of families those that ended are told by name, too; who ended in one that lives, is in its sum.
 */
static void families_that_ended_are_an_ending_for_each_name(void **state)
{
	struct window w = {.from = 0, .to = 2 * SECONDS};
	struct report *r;

	(void)state;
	add(&w, 10, "forker")->family = 10;
	add_ended(&w, 11, "forker", 5)->family = 10;
	add_ended(&w, 12, "short", 7)->family = 12;
	add_ended(&w, 13, "short", 8)->family = 13;
	r = report_build(&w, NULL, 0);
	assert_int_equal(r->ended_families.count, 1);
	assert_int_equal(r->ended_families.ending[0].processes, 2);
	assert_int_equal(line_reads(&r->ended_families.ending[0].sum), 15);
	assert_int_equal(r->ended_families.ending[0].sum.lived, 2 * SECONDS);
	assert_int_equal(r->ended.count, 2);
	report_free(r);
	window_clear(&w);
}

static void who_matches_no_longer_is_there_if_it_has_used_one(void **state)
{
	struct window w = {.from = 0, .to = 2 * SECONDS};

	(void)state;
	add_ended(&w, 1, "left", 3)->left = true;
	add_ended(&w, 2, "left", 0)->left = true;
	/* An accept is a use, and so is an exchange. */
	task_call(add_ended(&w, 3, "accepts", 0), OP_ACCEPT4)->outcome[OUT_OK] = 1;
	w.processes.task[2]->left = true;
	task_call(add_ended(&w, 4, "asks", 0), OP_ASKED)->outcome[OUT_OK] = 1;
	w.processes.task[3]->left = true;
	add_ended(&w, 5, "writes", 0)->count[COUNT_SIDE_WRITES + SIDE_CLIENT] = 1;
	w.processes.task[4]->left = true;
	LISTS(&w, LINES_BY_PID, 1, 3, 4, 5);
	window_clear(&w);
}

static void reads_before_the_period_are_none(void **state)
{
	struct window w = {.from = 0, .to = 2 * SECONDS};
	struct task_sums ever = {.count[COUNT_READS + WAY_BLOCKING] = 5}, *t;
	struct report *r;

	(void)state;
	t = add(&w, 1, "read once");
	t->ever = &ever;
	task_time(t, OP_READ)->ns[PHASE_WAIT] = 3;
	task_time(t, OP_READ)->ns[PHASE_COPY] = 4;
	task_time(t, OP_APP)->ns[PHASE_COPY] = 1;
	r = report_build(&w, NULL, 0);
	assert_int_equal(r->process[0].model.count, 5);
	assert_int_equal(line_reads(&r->process[0]), 0);
	assert_int_equal(line_time(&r->process[0], PHASE_WAIT), 2 * SECONDS + 3);
	assert_int_equal(line_time(&r->process[0], PHASE_COPY), 5);
	assert_false(line_listens(&r->process[0]));
	report_free(r);
	window_clear(&w);
}

static void of_nobody_there_are_no_lines(void **state)
{
	struct window w = {.from = 0, .to = 2 * SECONDS};

	(void)state;
	lists(&w, LINES_BY_REQUESTS, NULL, 0);
	window_clear(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_busiest_come_first),
		cmocka_unit_test(those_that_ended_are_a_line_for_each_name),
		cmocka_unit_test(lines_need_only_the_report),
		cmocka_unit_test(families_that_ended_are_an_ending_for_each_name),
		cmocka_unit_test(who_matches_no_longer_is_there_if_it_has_used_one),
		cmocka_unit_test(reads_before_the_period_are_none),
		cmocka_unit_test(of_nobody_there_are_no_lines),
	};

	return cmocka_run_group_tests_name("lines", tests, NULL, NULL);
}
