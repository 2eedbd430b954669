/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_inquiry.c - about which processes it is asked what their descriptors are, how often, and
 * what follows from it.
 */
#include <errno.h>

#include "unit.h"
#include "books/inquiry.h"
#include "books/ops.h"

/* Somebody to ask, who has the same answer for all. */
struct oracle {
	struct descriptors answer;
	size_t asks, processes; /* how often, and about how many in all */
	pid_t last;
	int err;
};

static int ask(void *arg, struct descriptors *list, size_t count)
{
	struct oracle *o = arg;

	assert_uint_in_range(count, 1, ASKED_MAX);
	o->asks++;
	o->processes += count;
	for (size_t i = 0; i < count && !o->err; i++) {
		struct descriptors d = o->answer;

		assert_true((pid_t)list[i].pid > o->last);
		o->last = (pid_t)list[i].pid;
		d.pid = list[i].pid;
		list[i] = d;
	}
	o->last = 0;
	return o->err;
}

/* A living task that has been on a CPU for so many ns, and asleep in a call. */
static struct task_sums *add(struct task_list *list, pid_t pid, pid_t tid, const char *call,
			     uint64_t cpu)
{
	struct task_sums *t = task_list_get(list, pid, tid);

	t->threads = 1;
	t->born = 7;
	task_time(t, OP_APP)->ns[PHASE_CPU] = cpu;
	if (call)
		task_time(t, op_of_name(call))->ns[PHASE_WAIT] = 1;
	return t;
}

/* How an idle process that has been in epoll_wait with such descriptors is registered. */
static enum way registered(struct descriptors d)
{
	struct oracle o = {.answer = d};
	struct inquiry q = {0};
	struct snapshot s = {0};
	enum way way;

	add(&s.processes, 1, 0, "epoll_wait", 0);
	assert_int_equal(inquiry_fill(&q, &s, ask, &o), 0);
	way = s.processes.task[0]->registered;
	snapshot_clear(&s);
	inquiry_clear(&q);
	return way;
}

static void most_connections_decide(void **state)
{
	(void)state;
	assert_int_equal(registered((struct descriptors){0}), WAY_NONE);
	assert_int_equal(registered((struct descriptors){.connections_level = 1}), WAY_EPOLL_LT);
	assert_int_equal(
		registered((struct descriptors){.connections_level = 2, .connections_edge = 1}),
		WAY_EPOLL_LT);
	assert_int_equal(
		registered((struct descriptors){.connections_level = 1, .connections_edge = 1}),
		WAY_EPOLL_ET);
	/* Whatever else is in the sets. */
	assert_int_equal(registered((struct descriptors){
				 .connections_edge = 1, .others_level = 9, .listeners_level = 9}),
			 WAY_EPOLL_ET);
	assert_int_equal(registered((struct descriptors){
				 .connections_level = 1, .others_edge = 9, .listeners_edge = 9}),
			 WAY_EPOLL_LT);
}

static void without_connections_all_else_decides_but_level_listeners_last(void **state)
{
	(void)state;
	assert_int_equal(registered((struct descriptors){.listeners_level = 1}), WAY_EPOLL_LT);
	assert_int_equal(registered((struct descriptors){.listeners_edge = 1}), WAY_EPOLL_ET);
	assert_int_equal(registered((struct descriptors){.others_level = 1}), WAY_EPOLL_LT);
	assert_int_equal(registered((struct descriptors){.others_edge = 1, .listeners_level = 9}),
			 WAY_EPOLL_ET);
	/* A runtime whose sockets are all edge-triggered, and its wake-up pipe. */
	assert_int_equal(registered((struct descriptors){.listeners_edge = 1, .others_level = 1}),
			 WAY_EPOLL_ET);
	assert_int_equal(registered((struct descriptors){.listeners_edge = 1, .others_level = 2}),
			 WAY_EPOLL_LT);
}

/* Whether a process in a call, or in none, has asked for I/O signals. */
static bool async(const char *call, uint32_t with, uint32_t without)
{
	struct oracle o = {.answer = {.async = with, .not_async = without, .signalfds = 1}};
	struct inquiry q = {0};
	struct snapshot s = {0};
	bool got;

	add(&s.processes, 1, 0, call, 0);
	assert_int_equal(inquiry_fill(&q, &s, ask, &o), 0);
	got = s.processes.task[0]->async;
	assert_true(!got || s.processes.task[0]->signalfd);
	snapshot_clear(&s);
	inquiry_clear(&q);
	return got;
}

static void sockets_without_o_async_outvote_those_with_it(void **state)
{
	(void)state;
	assert_true(async(NULL, 1, 0));
	assert_true(async("recvfrom", 1, 1));
	assert_true(async("rt_sigtimedwait", 2, 1));
	assert_false(async(NULL, 1, 2));
	assert_false(async(NULL, 0, 0));
	/* That tells the model whatever else has been asked for. */
	assert_false(async("poll", 1, 0));
	assert_false(async("accept", 1, 0));
}

static void it_is_asked_once_for_all_threads(void **state)
{
	struct oracle o = {.answer = {.connections_edge = 1, .async = 1}};
	struct inquiry q = {0};
	struct snapshot s = {0};

	(void)state;
	add(&s.processes, 1, 0, NULL, 0);
	for (pid_t tid = 1; tid <= 100; tid++)
		add(&s.threads, 1, tid, tid % 2 ? NULL : "epoll_wait", 0);
	assert_int_equal(inquiry_fill(&q, &s, ask, &o), 0);
	assert_int_equal(o.asks, 1);
	assert_int_equal(o.processes, 1);
	for (size_t i = 0; i < 100; i++) {
		const struct task_sums *t = s.threads.task[i];

		assert_int_equal(t->registered, t->tid % 2 ? WAY_NONE : WAY_EPOLL_ET);
		/* A signal for the process reaches the first thread. */
		assert_int_equal(t->async, t->tid == 1);
	}
	snapshot_clear(&s);
	inquiry_clear(&q);
}

static void of_the_busy_and_the_dead_nothing_is_asked(void **state)
{
	struct oracle o = {0};
	struct inquiry q = {0};
	struct snapshot s = {0};

	(void)state;
	add(&s.processes, 1, 0, "epoll_wait", 0)->count[COUNT_READS + WAY_EPOLL_LT] = 1;
	add(&s.processes, 2, 0, "epoll_wait", 0)->count[COUNT_ACCEPTS + WAY_EPOLL_LT] = 1;
	add(&s.processes, 3, 0, NULL, 0)->exited = true;
	add(&s.processes, 4, 0, "poll", 0);
	add(&s.threads, 1, 5, NULL, 0);
	assert_int_equal(inquiry_fill(&q, &s, ask, &o), 0);
	assert_int_equal(o.asks, 0);
	/* But of the process of a thread that waits and has read nothing. */
	add(&s.threads, 1, 6, "epoll_wait", 0);
	assert_int_equal(inquiry_fill(&q, &s, ask, &o), 0);
	assert_int_equal(o.processes, 1);
	snapshot_clear(&s);
	inquiry_clear(&q);
}

static void how_much_sets_watch_is_asked_where_there_are_loops(void **state)
{
	struct oracle o = {.answer = {.sets = 2, .registered = 500}};
	struct inquiry q = {0};
	struct snapshot s = {0};
	struct task_sums *t = add(&s.processes, 1, 0, "epoll_wait", 5);

	(void)state;
	/* It reads, so that nothing else is asked. */
	t->count[COUNT_READS + WAY_EPOLL_LT] = 1;
	assert_int_equal(inquiry_fill(&q, &s, ask, &o), 0);
	assert_int_equal(o.asks, 0);
	task_call(t, OP_LOOP)->outcome[OUT_OK] = 1;
	assert_int_equal(inquiry_fill(&q, &s, ask, &o), 0);
	assert_int_equal(o.asks, 1);
	assert_int_equal(t->sets, 2);
	assert_int_equal(t->in_sets, 500);
	/* Not where each question looks at all files of the machine. */
	task_time(t, OP_APP)->ns[PHASE_CPU]++;
	t->sets = 0;
	q.dear = true;
	assert_int_equal(inquiry_fill(&q, &s, ask, &o), 0);
	assert_int_equal(o.asks, 1);
	assert_int_equal(t->sets, 0);
	snapshot_clear(&s);
	inquiry_clear(&q);
}

static void it_is_asked_again_only_after_it_has_run(void **state)
{
	struct oracle o = {.answer = {.connections_level = 1}};
	struct inquiry q = {0};
	struct snapshot s = {0};
	struct task_sums *t;

	(void)state;
	t = add(&s.processes, 1, 0, "epoll_wait", 50);
	for (int i = 0; i < 3; i++) {
		t->registered = WAY_NONE;
		/* Time asleep is none in which it could have changed anything. */
		task_time(t, OP_APP)->ns[PHASE_WAIT] += 1000;
		assert_int_equal(inquiry_fill(&q, &s, ask, &o), 0);
		assert_int_equal(t->registered, WAY_EPOLL_LT);
		assert_int_equal(o.asks, 1);
	}
	o.answer.connections_edge = 1;
	task_time(t, op_of_name("epoll_ctl"))->ns[PHASE_CPU] += 1;
	assert_int_equal(inquiry_fill(&q, &s, ask, &o), 0);
	assert_int_equal(t->registered, WAY_EPOLL_ET);
	assert_int_equal(o.asks, 2);
	/* Another process under the same number. */
	t->born++;
	assert_int_equal(inquiry_fill(&q, &s, ask, &o), 0);
	assert_int_equal(o.asks, 3);
	snapshot_clear(&s);
	inquiry_clear(&q);
}

static void many_processes_are_asked_about_in_parts(void **state)
{
	struct oracle o = {.answer = {.connections_edge = 1}};
	struct inquiry q = {0};
	struct snapshot s = {0};

	(void)state;
	for (pid_t pid = 1; pid <= 3 * ASKED_MAX + 5; pid++)
		add(&s.processes, pid, 0, pid % 3 ? "epoll_wait" : "poll", 0);
	assert_int_equal(inquiry_fill(&q, &s, ask, &o), 0);
	assert_int_equal(o.asks, 3);
	for (size_t i = 0; i < s.processes.count; i++)
		assert_int_equal(s.processes.task[i]->registered,
				 s.processes.task[i]->pid % 3 ? WAY_EPOLL_ET : WAY_NONE);
	snapshot_clear(&s);
	inquiry_clear(&q);
}

static void what_could_not_be_asked_is_asked_again(void **state)
{
	struct oracle o = {.answer = {.connections_edge = 1}, .err = -EPERM};
	struct inquiry q = {0};
	struct snapshot s = {0};

	(void)state;
	add(&s.processes, 1, 0, "epoll_wait", 0);
	assert_int_equal(inquiry_fill(&q, &s, ask, &o), -EPERM);
	assert_int_equal(s.processes.task[0]->registered, WAY_NONE);
	o.err = 0;
	assert_int_equal(inquiry_fill(&q, &s, ask, &o), 0);
	assert_int_equal(s.processes.task[0]->registered, WAY_EPOLL_ET);
	snapshot_clear(&s);
	inquiry_clear(&q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(most_connections_decide),
		cmocka_unit_test(without_connections_all_else_decides_but_level_listeners_last),
		cmocka_unit_test(sockets_without_o_async_outvote_those_with_it),
		cmocka_unit_test(it_is_asked_once_for_all_threads),
		cmocka_unit_test(of_the_busy_and_the_dead_nothing_is_asked),
		cmocka_unit_test(how_much_sets_watch_is_asked_where_there_are_loops),
		cmocka_unit_test(it_is_asked_again_only_after_it_has_run),
		cmocka_unit_test(many_processes_are_asked_about_in_parts),
		cmocka_unit_test(what_could_not_be_asked_is_asked_again),
	};

	return cmocka_run_group_tests_name("inquiry", tests, NULL, NULL);
}
