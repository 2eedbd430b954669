/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_report.c - a window made ready to print, and the text of it within its columns.
 */
#include "unit.h"
#include "random_task.h"
#include "base/fmt.h"
#include "judge/report.h"
#include "sinks/sink.h"
#include "books/snapshot.h"

static void an_empty_window(void **state)
{
	const struct window w = {.from = 5, .to = 3};
	struct report *r = report_build(&w, NULL, 0);

	(void)state;
	assert_int_equal(r->period, 0);
	assert_int_equal(r->processes, 0);
	assert_int_equal(r->losses, 0);
	assert_int_equal(r->notes, 0);
	report_free(r);
	report_free(NULL);
}

static void the_budget_holds_all_time(void **state)
{
	struct window w = {.to = 100};
	struct task_sums *t = task_list_get(&w.processes, 1, 0);
	struct report *r;

	(void)state;
	t->wall = 1000;
	task_time(t, op_of_name("read"))->ns[PHASE_WAIT] = 100;
	task_time(t, op_of_name("poll"))->ns[PHASE_WAIT] = 200;
	task_time(t, op_of_name("read"))->ns[PHASE_COPY] = 30;
	task_time(t, OP_APP)->ns[PHASE_CPU] = 400;
	/* Not yet known what it was: outside I/O calls, not lost. */
	task_time(t, OP_UNKNOWN)->ns[PHASE_WAIT] = 7;
	r = report_build(&w, NULL, 0);
	assert_int_equal(r->process[0].wall, 1000);
	assert_int_equal(r->process[0].accounted, 737);
	assert_int_equal(r->process[0].budget.io[PHASE_WAIT], 300);
	assert_int_equal(r->process[0].budget.io[PHASE_COPY], 30);
	assert_int_equal(r->process[0].budget.app[PHASE_CPU], 400);
	assert_int_equal(r->process[0].budget.app[PHASE_WAIT], 7);
	assert_int_equal(r->process[0].calls, 3);
	assert_true(r->process[0].call[2].is_app);
	assert_int_equal(r->process[0].call[2].ns[PHASE_WAIT], 7);
	report_free(r);
	window_clear(&w);
}

/* Puts a process of that family into a container. */
static void put_into(struct window *w, pid_t pid, pid_t family, char container)
{
	struct task_sums *t = task_list_get(&w->processes, pid, 0);

	t->family = family;
	t->where.inside = 1;
	memset(t->where.container, container, WHERE_ID_LEN);
}

static void a_sum_is_in_the_container_that_all_are_in(void **state)
{
	struct window w = {.to = 100};
	struct report *r;

	(void)state;
	put_into(&w, 1, 1, 'a');
	put_into(&w, 2, 1, 'a');
	put_into(&w, 3, 3, 'b');
	put_into(&w, 4, 3, 'b');
	put_into(&w, 5, 3, 'a');
	r = report_build(&w, NULL, 0);
	report_sum_up(r, &w);
	assert_int_equal(r->families, 2);
	assert_int_equal(r->family[0].sum->where.container[WHERE_ID_LEN - 1], 'a');
	assert_int_equal(r->family[0].sum->where.inside, 0);
	assert_int_equal(r->family[1].sum->where.container[0], 0);
	assert_int_equal(r->total.where.container[0], 0);
	assert_int_equal(r->process[0].where.inside, 1);
	report_free(r);
	for (pid_t pid = 3; pid <= 5; pid++)
		put_into(&w, pid, 3, 'a');
	r = report_build(&w, NULL, 0);
	report_sum_up(r, &w);
	assert_int_equal(r->total.where.container[0], 'a');
	report_free(r);
	/* Of one it is not known: so of all of them it is not. */
	put_into(&w, 4, 3, 0);
	r = report_build(&w, NULL, 0);
	report_sum_up(r, &w);
	assert_int_equal(r->total.where.container[0], 0);
	report_free(r);
	window_clear(&w);
}

/* Without hooks on calls and without a sample, whose time on a CPU is known all the same. */
static void a_worker_needs_no_samples(void **state)
{
	struct window w = {.to = 100};
	struct task_sums *t = task_list_get(&w.processes, 1, 0);
	struct report *r;

	(void)state;
	t->light = true;
	task_time(t, OP_WORKER)->ns[PHASE_CPU] = 20;
	task_time(t, OP_READ)->ns[PHASE_WAIT] = 10;
	r = report_build(&w, NULL, 0);
	assert_string_equal(r->process[0].call[0].name, "iou-worker");
	assert_true(r->process[0].call[0].is_divided);
	assert_int_equal(r->process[0].call[0].ns[PHASE_CPU], 20);
	assert_string_equal(r->process[0].call[1].name, "read");
	assert_false(r->process[0].call[1].is_divided);
	report_free(r);
	window_clear(&w);
}

static void calls_are_sorted_by_time_then_name(void **state)
{
	struct window w = {.to = 100};
	struct task_sums *t = task_list_get(&w.processes, 1, 0);
	struct report *r;

	(void)state;
	count_calls(t, op_of_name("write"), 1, 10);
	count_calls(t, op_of_name("accept"), 1, 20);
	count_calls(t, op_of_name("read"), 1, 10);
	t->inflight[op_of_name("poll")] = 1;
	r = report_build(&w, NULL, 0);
	assert_int_equal(r->process[0].calls, 5);
	assert_string_equal(r->process[0].call[0].name, "accept");
	assert_string_equal(r->process[0].call[0].class_name, "accept");
	assert_string_equal(r->process[0].call[1].name, "read");
	assert_string_equal(r->process[0].call[2].name, "write");
	assert_string_equal(r->process[0].call[3].name, "poll");
	assert_int_equal(r->process[0].call[3].inflight, 1);
	assert_int_equal(r->process[0].call[3].calls, 0);
	assert_string_equal(r->process[0].call[4].name, "app");
	assert_int_equal(r->process[0].io_calls, 3);
	assert_int_equal(r->inflight, 1);
	report_free(r);
	window_clear(&w);
}

static void calls_that_did_not_sleep_count_as_0(void **state)
{
	struct window w = {.to = 100};
	struct task_sums *t = task_list_get(&w.processes, 1, 0);
	unsigned int op = op_of_name("read");
	struct octave o = {.step = {[15] = 2}};
	const struct report_call *c;
	struct report *r;

	(void)state;
	count_calls(t, op, 10, 50);
	hist_add_octave(&task_call(t, op)->wait, 0, &o);
	task_call(t, op)->wait_max = 15;
	r = report_build(&w, NULL, 0);
	c = &r->process[0].call[0];
	assert_int_equal(c->calls, 10);
	assert_int_equal(c->wait.p50, 0);
	assert_int_equal(c->wait.p90, 15);
	assert_int_equal(c->wait.max, 15);
	/* The bucket of 50 ns ends at 51, but no call took longer than 50. */
	assert_int_equal(c->busy.p50, 50);
	assert_int_equal(c->busy.p99, 50);
	report_free(r);
	window_clear(&w);
}

static void processes_and_threads_are_sorted_and_belong_together(void **state)
{
	struct window w = {.to = 100};
	unsigned int op = op_of_name("read");
	struct report *r;

	(void)state;
	for (pid_t pid = 1; pid <= 4; pid++) {
		count_calls(task_list_get(&w.processes, pid, 0), op, pid == 3 ? 9 : 5, 1);
		task_list_get(&w.processes, pid, 0)->inflight_before = 2;
		for (pid_t tid = pid * 10; pid != 2 && tid < pid * 10 + 3; tid++)
			count_calls(task_list_get(&w.threads, pid, tid), op, tid % 10 == 1 ? 3 : 1,
				    1);
	}
	r = report_build(&w, NULL, 0);
	assert_true(r->has_threads);
	assert_int_equal(r->processes, 4);
	assert_int_equal(r->process[0].pid, 3);
	assert_int_equal(r->process[1].pid, 1);
	assert_int_equal(r->process[2].pid, 2);
	assert_int_equal(r->process[3].pid, 4);
	assert_int_equal(r->process[2].thread_count, 0);
	assert_int_equal(r->process[0].thread_count, 3);
	assert_int_equal(r->process[0].thread[0].tid, 31);
	assert_int_equal(r->process[0].thread[1].tid, 30);
	assert_int_equal(r->process[0].thread[2].tid, 32);
	assert_int_equal(r->process[3].thread[0].tid, 41);
	assert_int_equal(r->inflight_before, 8);
	report_free(r);
	window_clear(&w);
}

static void every_loss_has_a_name_and_a_sentence(void **state)
{
	struct window w = {.missed = 50, .torn = 60};
	struct report *r;

	(void)state;
	for (int i = 0; i < LOSTS; i++)
		w.lost[i] = (uint64_t)i + 1;
	r = report_build(&w, NULL, 0);
	assert_int_equal(r->losses, LOSTS + 2);
	for (int i = 0; i < LOSTS; i++)
		assert_int_equal(r->loss[i].count, i + 1);
	for (size_t i = 0; i < r->losses; i++) {
		assert_non_null(r->loss[i].name);
		assert_non_null(r->loss[i].sentence);
	}
	assert_string_equal(r->loss[LOSTS].name, "missed");
	assert_int_equal(r->loss[LOSTS].count, 50);
	assert_string_equal(r->loss[LOSTS + 1].name, "torn");
	assert_int_equal(r->loss[LOSTS + 1].count, 60);
	report_free(r);
}

static void notes_are_copied(void **state)
{
	const struct window w = {0};
	char text[] = "no tracepoints";
	const char *const notes[] = {text};
	struct report *r = report_build(&w, notes, 1);

	(void)state;
	text[0] = 'X';
	assert_int_equal(r->notes, 1);
	assert_string_equal(r->note[0], "no tracepoints");
	report_free(r);
}

/* Checks that a text has no line of more columns and nothing that a terminal obeys. */
static void check_text(char *text, unsigned int columns)
{
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		if (fmt_width(line) > columns)
			fail_msg("%u columns: %s", fmt_width(line), line);
		for (const char *s = line; *s; s++)
			assert_true((unsigned char)*s >= 0x20 && *s != 0x7f);
	}
}

static void no_line_is_longer_than_the_place_is_wide(void **state)
{
	(void)state;
	srand(4711);
	for (int round = 0; round < 600; round++) {
		unsigned int columns = round % 2 ? 80 : 80 + (unsigned int)rand() % 21;
		struct sink_job job = {.sink = &sink_text,
				       .style = {.utf8 = round % 2,
						 .interval = round % 3 == 0,
						 .members = round % 4 == 0,
						 .columns = round % 5 ? columns : 0}};
		struct window w = {.to = random_number(), .utc = {.tv_sec = 1767323045}};
		struct report *r;
		char *text = NULL;
		size_t size;

		for (int i = 0; i < 1 + round % 4; i++) {
			pid_t pid = 1 + i * 1000000 + rand() % 1000000;

			random_task(task_list_get(&w.processes, pid, 0));
			task_list_find(&w.processes, pid, 0)->family = round % 6 ? 5 : 0;
			task_list_find(&w.processes, pid, 0)->children = (unsigned int)round % 3;
			task_list_find(&w.processes, pid, 0)->lived = random_number();
			for (int t = 0; t < round % 5; t++)
				random_task(task_list_get(&w.threads, pid, pid + t));
			random_loop(&w, pid);
		}
		w.lost[round % LOSTS] = random_number();
		r = report_build(&w, NULL, 0);
		job.out = open_memstream(&text, &size);
		sink_text.report(&job, r);
		fclose(job.out);
		check_text(text, job.style.columns ? job.style.columns : 100);
		free(text);
		report_free(r);
		window_clear(&w);
	}
}

static void a_family_is_the_eldest_ancestor(void **state)
{
	struct window w = {.to = 1000};
	static const pid_t parents[][3] = {
		/* pid, parent, family */
		{2, 1, 2}, {3, 2, 2}, {4, 3, 2}, {5, 0, 5}, {6, 7, 6}, {8, 9, 9}, {9, 8, 8},
	};
	struct report *r;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(parents); i++)
		task_list_get(&w.processes, parents[i][0], 0)->evidence.parent = parents[i][1];
	r = report_build(&w, NULL, 0);
	assert_int_equal(r->processes, ARRAY_SIZE(parents));
	/* All are as busy, so they are in the order of their pids. 8 and 9 close a circle. */
	for (size_t i = 0; i < r->processes; i++) {
		if (r->process[i].pid < 8)
			assert_int_equal(r->process[i].family, parents[i][2]);
		else
			assert_true(r->process[i].family == 8 || r->process[i].family == 9);
	}
	report_free(r);
	window_clear(&w);
}

static void a_family_is_summed_up_and_comes_first(void **state)
{
	struct window w = {.to = 1000};
	/* 5 was asked for, and has ended before: its children are a family all the same. */
	static const struct {
		pid_t pid, family;
		uint64_t calls;
	} rows[] = {{2, 2, 0}, {3, 2, 7}, {4, 2, 50}, {6, 5, 90}, {7, 5, 10}, {9, 9, 70}};
	const struct report_family *f;
	struct report *r;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct task_sums *t = task_list_get(&w.processes, rows[i].pid, 0);

		t->family = rows[i].family;
		t->threads = t->threads_ever = 1;
		t->lived = 10;
		t->count[COUNT_READS + WAY_POLL] = rows[i].calls;
		count_calls(t, op_of_name("read"), rows[i].calls, 3);
	}
	task_list_find(&w.processes, 2, 0)->lived = 800;
	r = report_build(&w, NULL, 0);
	assert_int_equal(r->families, 3);
	f = r->family;
	/* That with the most calls first. */
	assert_int_equal(f[0].pid, 5);
	assert_int_equal(f[0].io_calls, 100);
	assert_int_equal(f[0].count, 2);
	assert_int_equal(f[0].sum->io_calls, 100);
	assert_int_equal(f[0].sum->comm[0], 0);
	assert_int_equal(f[0].sum->lived, 1000);
	assert_int_equal(f[1].pid, 9);
	assert_int_equal(f[1].count, 1);
	assert_null(f[1].sum);
	/* The one asked for comes first, then who has the most calls. */
	assert_int_equal(f[2].pid, 2);
	assert_int_equal(f[2].sum->processes, 3);
	assert_int_equal(f[2].sum->threads, 3);
	assert_int_equal(f[2].sum->model.count, 57);
	assert_string_equal(f[2].sum->model.model->name, "poll");
	assert_int_equal(f[2].sum->lived, 800);
	assert_int_equal(f[2].sum->wall, 57 * 3);
	assert_int_equal(r->process[f[2].first].pid, 2);
	assert_int_equal(r->process[f[2].first + 1].pid, 4);
	assert_int_equal(r->process[f[2].first + 2].pid, 3);
	report_free(r);
	window_clear(&w);
}

static void who_did_nothing_is_left_out(void **state)
{
	struct pulse pulses[] = {{.pid = 1, .tid = 2, .comm = "bio"},
				 {.pid = 1, .tid = 3, .comm = "bio"},
				 {.pid = 1, .tid = 4, .comm = "gc"},
				 {.pid = 8, .tid = 8, .comm = "all"}};
	struct window w = {.to = 1000, .quiet = {pulses, ARRAY_SIZE(pulses)}};
	const struct report_task *t;
	struct task_sums *sums;
	struct report *r;

	(void)state;
	sums = task_list_get(&w.processes, 1, 0);
	sums->threads = sums->threads_ever = 4;
	sums->wall = 4000;
	task_time(sums, OP_APP)->ns[PHASE_WAIT] = 3100;
	task_time(sums, op_of_name("poll"))->ns[PHASE_WAIT] = 900;
	for (pid_t tid = 1; tid <= 4; tid++)
		task_list_get(&w.threads, 1, tid)->threads_ever = 1;
	sums = task_list_get(&w.processes, 8, 0);
	sums->threads = sums->threads_ever = 1;
	sums->wall = 1000;
	task_time(sums, OP_APP)->ns[PHASE_WAIT] = 1000;
	r = report_build(&w, NULL, 0);
	t = &r->process[0];
	assert_int_equal(t->quiet.count, 3);
	assert_int_equal(t->quiet.ns, 3000);
	assert_int_equal(t->quiet.names, 2);
	assert_int_equal(t->quiet.name[0].count, 2);
	assert_string_equal(t->quiet.name[1].comm, "gc");
	assert_int_equal(t->budget.app[PHASE_WAIT], 100);
	assert_int_equal(t->accounted, 1000);
	/* The calls' times, and so the CSV, have all of it; the model's share has not. */
	assert_int_equal(t->wall, 4000);
	assert_int_equal(t->call[t->calls - 1].ns[PHASE_WAIT], 3100);
	assert_int_equal(t->model.wall, 1000);
	for (size_t i = 0; i < t->thread_count; i++)
		assert_int_equal(t->thread[i].is_quiet, t->thread[i].tid != 1);
	/* Where no thread does anything, their time is all there is. */
	t = &r->process[1];
	assert_int_equal(t->quiet.count, 1);
	assert_int_equal(t->quiet.ns, 0);
	assert_int_equal(t->budget.app[PHASE_WAIT], 1000);
	report_free(r);
	w.quiet = (struct pulse_list){0};
	window_clear(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_window),
		cmocka_unit_test(the_budget_holds_all_time),
		cmocka_unit_test(a_sum_is_in_the_container_that_all_are_in),
		cmocka_unit_test(a_worker_needs_no_samples),
		cmocka_unit_test(calls_are_sorted_by_time_then_name),
		cmocka_unit_test(calls_that_did_not_sleep_count_as_0),
		cmocka_unit_test(processes_and_threads_are_sorted_and_belong_together),
		cmocka_unit_test(every_loss_has_a_name_and_a_sentence),
		cmocka_unit_test(notes_are_copied),
		cmocka_unit_test(no_line_is_longer_than_the_place_is_wide),
		cmocka_unit_test(a_family_is_the_eldest_ancestor),
		cmocka_unit_test(a_family_is_summed_up_and_comes_first),
		cmocka_unit_test(who_did_nothing_is_left_out),
	};

	return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
