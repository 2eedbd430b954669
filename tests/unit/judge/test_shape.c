/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_shape.c - the shape of the threads: each rule just holding and just not, and families.
 */
#include "made_processes.h"

static void nothing_is_no_shape(void **state)
{
	struct shape_evidence e = {.threads = 1};
	struct task_list list = {0};

	(void)state;
	expect(&e, NULL, 0);
	/* It waits in accept, or for events, and nobody knows who is going to read. */
	e.accepters = 1;
	expect(&e, NULL, 0);
	e.accepters = 0;
	e.pollers = 1;
	expect(&e, NULL, 0);
	/* What is summed under pid 0 is no process. */
	add(&list, 0, (struct shape_evidence){.threads = 1, .workers = 1});
	assert_null(decide(&list, 0).shape);
	task_list_clear(&list);
}

static void single(void **state)
{
	struct shape_evidence e = {.threads = 1, .workers = 1, .worker_reads = 1};

	(void)state;
	expect(&e, "single", 1);
	/* Others do no I/O; but is it one of a pool? */
	e.threads = 3;
	expect(&e, NULL, 0);
	e.accepting_workers = 1;
	expect(&e, "single", 1);
	e.accepters = 1;
	expect(&e, NULL, 0);
	e.accepters = 0;
	e.pollers = 1;
	expect(&e, NULL, 0);
	e.pollers = 0;
	e.workers = 2;
	expect(&e, NULL, 0);
}

static void thread_per_connection(void **state)
{
	struct shape_evidence e = {
		.threads = 5, .workers = 4, .fresh = 2, .accepts = 4, .worker_reads = 9};

	(void)state;
	e.worker_connections = 8;
	expect(&e, "thread-per-connection", 2);
	/* Threads that multiplex their one connection are no loops. */
	e.workers = 2;
	e.loops = 2;
	expect(&e, "thread-per-connection", 2);
	e.accepts = 5;
	e.workers = 4;
	e.loops = 0;
	expect(&e, "thread-pool", 4);
	e.accepts = 4;
	e.workers = 5;
	e.worker_connections = 9;
	expect(&e, NULL, 0);
	e = (struct shape_evidence){.threads = 2, .workers = 1, .fresh = 1, .accepts = 1};
	e.accepters = 1;
	expect(&e, NULL, 0);
}

static void thread_pool(void **state)
{
	struct shape_evidence e = {
		.threads = 5, .workers = 3, .worker_reads = 9, .worker_connections = 6};

	(void)state;
	e.accepters = 1;
	expect(&e, "thread-pool", 3);
	/* Each at a place of its own. */
	e.workers_apart = true;
	expect(&e, NULL, 0);
	e.workers_apart = false;
	/* Who waits in accept among those who read what they accept is one of them. */
	e.accepting_workers = 1;
	expect(&e, "thread-pool", 4);
	e.worker_connections = 5;
	expect(&e, NULL, 0);
	e.worker_connections = 6;
	e.loop_reads = 9;
	e.loops = 1;
	e.accepting_loops = 1;
	expect(&e, "event-loop", 1);
	/* An acceptor that waits for connections in epoll is no poller. */
	e = (struct shape_evidence){.threads = 4, .workers = 3, .pollers = 1, .worker_reads = 90};
	e.worker_connections = 40;
	e.accepts = 40;
	e.ready = 60;
	expect(&e, "thread-pool", 3);
	e.ready = 61;
	expect(&e, "poller-workers", 3);
}

static void poller_workers(void **state)
{
	struct shape_evidence e = {.threads = 2,
				   .workers = 1,
				   .pollers = 1,
				   .worker_reads = 3,
				   .worker_connections = 2,
				   .ready = 2,
				   .accepts = 1};

	(void)state;
	expect(&e, "poller-workers", 1);
	/* The poller may read, too, but less. */
	e.pollers = 0;
	e.loops = 1;
	e.loop_reads = 2;
	e.accepting_loops = 1;
	expect(&e, "poller-workers", 1);
	e.loop_reads = 3;
	expect(&e, "event-loop", 1);
	e.loop_reads = 2;
	e.worker_connections = 1;
	expect(&e, NULL, 0);
	e.worker_connections = 2;
	e.accepting_workers = 1;
	expect(&e, NULL, 0);
	e.accepting_workers = 0;
	e.loops = 0;
	expect(&e, NULL, 0);
}

static void event_loop(void **state)
{
	struct shape_evidence e = {
		.threads = 1, .loops = 1, .loop_reads = 1, .loop_connections = 1};

	(void)state;
	expect(&e, "event-loop", 1);
	/* Several threads: each might be there for its own connection. */
	e.threads = 3;
	e.loops = 3;
	e.loop_connections = 3;
	expect(&e, NULL, 0);
	e.loop_connections = 4;
	expect(&e, "event-loop", 3);
	e.loop_connections = 3;
	e.accepting_loops = 1;
	expect(&e, "event-loop", 3);
	e.workers = 1;
	e.worker_reads = 1;
	expect(&e, "event-loop", 3);
	e.worker_reads = 2;
	expect(&e, NULL, 0);
}

static void where_clients_are_read_they_alone_tell(void **state)
{
	/* Four threads, each of one client and of one upstream, which it polls. */
	struct shape_evidence e = {.threads = 5,
				   .loops = 4,
				   .loop_reads = 80,
				   .loop_connections = 44,
				   .accepters = 1,
				   .accepts = 4,
				   .ready = 90};

	(void)state;
	expect(&e, "event-loop", 4);
	e.served = (struct readers){
		.loops = 4, .loop_reads = 40, .loop_connections = 4, .fresh = 4, .accepters = 1};
	expect(&e, "thread-per-connection", 4);
}

static void threads_that_share_a_connection_are_a_pool(void **state)
{
	struct shape_evidence e = {.threads = 33,
				   .workers = 32,
				   .worker_reads = 90,
				   .worker_connections = 32,
				   .fresh = 32,
				   .accepters = 1,
				   .accepts = 31};

	(void)state;
	/* One may have been accepted before we attached. */
	expect(&e, "thread-per-connection", 32);
	e.accepts = 30;
	expect(&e, "thread-pool", 32);
	/* Accepted by another process, or not seen: nobody knows how many. */
	e.accepts = 0;
	expect(&e, "thread-per-connection", 32);
	/* Half of them at least were answered. */
	e.answered = 16;
	expect(&e, "thread-per-connection", 32);
	e.answered = 15;
	expect(&e, NULL, 0);
}

/* slapd with four threads, made as requests come, and four clients, without hooks on calls. */
static void workers_that_are_told_of_have_no_connection_for_themselves(void **state)
{
	struct shape_evidence e = {.threads = 6,
				   .workers = 4,
				   .worker_reads = 124,
				   .worker_connections = 9,
				   .worker_told = 124,
				   .fresh = 2,
				   .pollers = 1,
				   .ready = 127,
				   .answered = 4};

	(void)state;
	expect(&e, "poller-workers", 4);
	e.accepts = 4;
	expect(&e, "poller-workers", 4);
	/* Each has had its own so far, or nearly so. */
	e.accepts = 0;
	e.worker_connections = 5;
	e.fresh = 3;
	expect(&e, NULL, 0);
	/* An acceptor that polls tells of no reads. */
	e.worker_told = 62;
	expect(&e, "thread-per-connection", 3);
}

static void workers_that_accept_may_have_a_poller(void **state)
{
	struct shape_evidence e = {.threads = 4,
				   .workers = 3,
				   .accepting_workers = 3,
				   .pollers = 1,
				   .worker_reads = 30,
				   .worker_connections = 12,
				   .worker_told = 15,
				   .ready = 40,
				   .accepts = 4};

	(void)state;
	expect(&e, "poller-workers", 3);
	e.worker_told = 14;
	expect(&e, "thread-pool", 3);
}

static void threads_that_take_turns_on_one_set(void **state)
{
	struct shape_evidence e = {
		.threads = 3, .loops = 3, .loop_reads = 30, .loop_connections = 12, .epoll_set = 5};

	(void)state;
	expect(&e, "shared-event-loop", 3);
	e.sets = true;
	expect(&e, "event-loop", 3);
	e.sets = false;
	e.epoll_set = 0;
	expect(&e, "event-loop", 3);
	e = (struct shape_evidence){
		.threads = 1, .loops = 1, .loop_reads = 3, .loop_connections = 2, .epoll_set = 5};
	expect(&e, "event-loop", 1);
}

/* The words with which the number of what makes the shape of a process is followed. */
static const char *counted(struct shape_evidence e)
{
	struct task_list list = {0};
	const struct shape *shape;

	add(&list, 7, e);
	shape = decide(&list, 0).shape;
	task_list_clear(&list);
	return shape ? shape->many : "";
}

static void threads_that_may_take_turns_on_one_list(void **state)
{
	struct shape_evidence e = {.threads = 3,
				   .loops = 3,
				   .loop_reads = 30,
				   .loop_connections = 12,
				   .list_loops = 3,
				   .list_wait = 110,
				   .longest = 100};

	(void)state;
	/* No two have waited at a time: it may be one list, and it may be three. */
	expect(&e, "event-loop", 3);
	assert_string_equal(counted(e), "threads");
	e.list_wait = 111;
	assert_string_equal(counted(e), "loops");
	/* It is known that it is one list. */
	e.list_wait = 110;
	e.poll_list = 4;
	expect(&e, "shared-event-loop", 3);
	/* Lists that lie apart may be copies of one. */
	e.lists = true;
	assert_string_equal(counted(e), "threads");
	/* By epoll it is the sets that tell. */
	e.epoll_set = 5;
	e.sets = true;
	assert_string_equal(counted(e), "loops");
}

static void what_kernel_workers_read_is_their_askers(void **state)
{
	struct shape_evidence e = {
		.threads = 1, .uring_threads = 1, .kernel_reads = 9, .kernel_connections = 3};

	(void)state;
	expect(&e, "event-loop", 1);
	e.uring_threads = 0;
	expect(&e, NULL, 0);
}

static void every_row_of_the_table_is_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < shapes_count; i++) {
		assert_non_null(shapes[i].name);
		assert_non_null(shapes[i].words);
		assert_non_null(shapes[i].count);
		assert_int_equal(!shapes[i].one, !shapes[i].many);
	}
}

static void thread_per_datagram(void **state)
{
	struct shape_evidence e = {.threads = 7, .workers = 7, .fresh = 6, .worker_reads = 66};

	(void)state;
	e.accepting_workers = 1;
	e.worker_connections = 12;
	e.served.workers = 1;
	e.served.accepting_workers = 1;
	e.served.worker_reads = 6;
	e.served.worker_connections = 6;
	e.anybody = 12;
	expect(&e, "thread-per-connection", 6);
	/* They are there for something else: one thread serves. */
	e.anybody = 13;
	expect(&e, "single", 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_no_shape),
		cmocka_unit_test(single),
		cmocka_unit_test(thread_per_connection),
		cmocka_unit_test(thread_per_datagram),
		cmocka_unit_test(thread_pool),
		cmocka_unit_test(poller_workers),
		cmocka_unit_test(event_loop),
		cmocka_unit_test(where_clients_are_read_they_alone_tell),
		cmocka_unit_test(threads_that_share_a_connection_are_a_pool),
		cmocka_unit_test(workers_that_are_told_of_have_no_connection_for_themselves),
		cmocka_unit_test(workers_that_accept_may_have_a_poller),
		cmocka_unit_test(threads_that_take_turns_on_one_set),
		cmocka_unit_test(threads_that_may_take_turns_on_one_list),
		cmocka_unit_test(what_kernel_workers_read_is_their_askers),
		cmocka_unit_test(every_row_of_the_table_is_whole),
	};

	return cmocka_run_group_tests_name("shape", tests, NULL, NULL);
}
