/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_shape_families.c - the shapes of parents and children, which tell of each other.
 */
#include "made_processes.h"

static void process_per_connection(void **state)
{
	struct shape_evidence e = {.threads = 1, .accepters = 1, .accepts = 4, .child_readers = 2};

	(void)state;
	expect(&e, "process-per-connection", 2);
	e.accepts = 5;
	expect(&e, NULL, 0);
	e.child_readers = 500;
	e.accepts = 100000;
	expect(&e, "process-per-connection", 500);
	e.child_readers = 499;
	expect(&e, NULL, 0);
	e.child_readers = 1;
	e.accepts = 1;
	expect(&e, NULL, 0);
	e.child_readers = 2;
	e.accepts = 0;
	expect(&e, NULL, 0);
	e.accepts = 2;
	e.workers = 1;
	e.accepting_workers = 1;
	e.accepters = 0;
	expect(&e, "single", 1);
}

static void process_per_datagram(void **state)
{
	struct shape_evidence e = {.threads = 1, .workers = 1, .worker_reads = 6, .anybody = 6};

	(void)state;
	e.accepting_workers = 1;
	e.served = e.all;
	e.child_readers = 3;
	expect(&e, "process-per-connection", 3);
	e.child_readers = 2;
	expect(&e, "single", 1);
	/* It reads what its clients go on with by itself. */
	e.child_readers = 6;
	e.served.worker_reads = 7;
	expect(&e, "single", 1);
	e.served.worker_reads = 6;
	e.accepts = 1;
	expect(&e, "single", 1);
}

static void prefork(void **state)
{
	struct shape_evidence e = {
		.threads = 1, .child_workers = 2, .child_accepters = 1, .child_listener = 5};

	(void)state;
	expect(&e, "prefork", 2);
	/* None is seen to accept: has their parent accepted, or they, before we came? */
	e.child_accepters = 0;
	expect(&e, "prefork", 2);
	e.waiters = 1;
	expect(&e, NULL, 0);
	e.child_accepters = 1;
	expect(&e, "prefork", 2);
	e.child_workers = 1;
	expect(&e, NULL, 0);
	e.child_workers = 2;
	e.accepts = 1;
	expect(&e, NULL, 0);
	e.accepts = 0;
	e.workers = 1;
	expect(&e, "single", 1);
}

static void children_that_serve_one_connection_each(void **state)
{
	const struct shape_evidence child = {
		.workers = 1, .worker_reads = 3, .worker_connections = 1, .parent = 1};
	struct shape_evidence old = child, loop = {.loops = 1, .loop_reads = 3, .parent = 1};
	struct task_list list = {0};

	(void)state;
	old.adopted = true;
	loop.loop_connections = 1;
	add_one(&list, 1, (struct shape_evidence){.accepters = 1, .accepts = 3});
	add_one(&list, 2, child);
	add_one(&list, 3, loop);
	add_one(&list, 4, old);
	/* The child of somebody who is not traced. */
	add_one(&list, 5, child)->evidence.parent = 99;
	families_join(&list);
	assert_int_equal(list.task[0]->evidence.child_readers, 2);
	assert_string_equal(decide(&list, 0).shape->name, "process-per-connection");
	assert_string_equal(decide(&list, 1).shape->name, "process-per-connection");
	assert_int_equal(decide(&list, 1).count, 2);
	assert_string_equal(decide(&list, 2).shape->name, "process-per-connection");
	assert_string_equal(decide(&list, 3).shape->name, "single");
	assert_string_equal(decide(&list, 4).shape->name, "single");
	task_list_clear(&list);
}

static void workers_that_share_a_listener(void **state)
{
	const struct shape_evidence loop = {.loops = 1,
					    .loop_reads = 3,
					    .accepting_loops = 1,
					    .accepts = 2,
					    .listener = 8,
					    .parent = 1};
	struct shape_evidence blocking = {.workers = 1,
					  .worker_reads = 3,
					  .accepting_workers = 1,
					  .accepts = 2,
					  .listener = 8,
					  .parent = 1};
	struct task_list list = {0};
	struct shape_decision d;

	(void)state;
	add_one(&list, 1, (struct shape_evidence){0});
	add_one(&list, 2, loop);
	add_one(&list, 3, loop);
	add_one(&list, 4, loop)->evidence.listener = 9;
	families_join(&list);
	d = decide(&list, 0);
	assert_string_equal(d.shape->name, "prefork");
	assert_int_equal(d.count, 2);
	assert_string_equal(d.each->name, "event-loop");
	/* A worker's own shape tells more, unless it is that of a single thread. */
	assert_string_equal(decide(&list, 1).shape->name, "event-loop");
	list.task[2]->evidence = blocking;
	list.task[2]->evidence.threads = 1;
	assert_null(decide(&list, 0).each);
	assert_string_equal(decide(&list, 2).shape->name, "prefork");
	list.task[2]->evidence.listener = 9;
	assert_string_equal(decide(&list, 2).shape->name, "single");
	task_list_clear(&list);
}

static void workers_whose_connections_stay(void **state)
{
	/* It has been there before us, and has a client that came in where another one's did. */
	const struct shape_evidence old = {.workers = 1,
					   .worker_reads = 3,
					   .worker_connections = 1,
					   .listener = 8,
					   .adopted = true,
					   .parent = 1};
	struct task_list list = {0};

	(void)state;
	add_one(&list, 1, (struct shape_evidence){0});
	add_one(&list, 2, old);
	add_one(&list, 3, old);
	/* Born since, and accepts nothing: perhaps it is there for the one connection. */
	add_one(&list, 4, old)->evidence.adopted = false;
	add_one(&list, 5, old)->evidence.listener = 9;
	families_join(&list);
	assert_int_equal(list.task[0]->evidence.child_workers, 2);
	assert_int_equal(list.task[0]->evidence.child_accepters, 0);
	assert_string_equal(decide(&list, 0).shape->name, "prefork");
	assert_int_equal(decide(&list, 0).count, 2);
	assert_string_equal(decide(&list, 1).shape->name, "prefork");
	assert_string_equal(decide(&list, 4).shape->name, "single");
	task_list_clear(&list);
}

static void a_connection_that_a_grandchild_reads(void **state)
{
	const struct shape_evidence reader = {
		.workers = 1,
		.worker_reads = 3,
		.worker_connections = 1,
		.served = {.workers = 1, .worker_reads = 3, .worker_connections = 1}};
	/* It reads a pipe from its child, and netlink. */
	const struct shape_evidence monitor = {
		.workers = 1, .worker_reads = 5, .worker_connections = 2, .parent = 1};
	struct shape_evidence e = reader;
	struct task_list list = {0};

	(void)state;
	add_one(&list, 1, (struct shape_evidence){.accepters = 1, .accepts = 2});
	for (pid_t session = 2; session < 6; session += 2) {
		add_one(&list, session, monitor);
		e.parent = session;
		add_one(&list, session + 1, e);
	}
	families_join(&list);
	assert_int_equal(list.task[0]->evidence.child_servers, 2);
	for (size_t i = 0; i < list.count; i++) {
		assert_string_equal(decide(&list, i).shape->name, "process-per-connection");
		assert_int_equal(decide(&list, i).count, 2);
	}
	task_list_clear(&list);
}

/* As FTP has it: the session accepts its data connections, and a child of it reads the other one.
 */
static void a_connection_whose_session_accepts_another(void **state)
{
	struct shape_evidence session = {
		.accepters = 1, .accepts = 1, .parent = 1, .served = {.accepters = 1}};
	const struct shape_evidence reader = {
		.workers = 1,
		.worker_reads = 3,
		.worker_connections = 1,
		.served = {.workers = 1, .worker_reads = 3, .worker_connections = 1}};
	struct shape_evidence e = reader;
	struct task_list list = {0};

	(void)state;
	add_one(&list, 1, (struct shape_evidence){.accepters = 1, .accepts = 3, .accepts_at = 100});
	for (pid_t pid = 2; pid < 8; pid += 2) {
		session.accepts_at = 100 + (uint32_t)pid;
		add_one(&list, pid, session);
		e.parent = pid;
		add_one(&list, pid + 1, e);
	}
	families_join(&list);
	assert_int_equal(list.task[0]->evidence.child_servers, 3);
	for (size_t i = 0; i < list.count; i++) {
		assert_string_equal(decide(&list, i).shape->name, "process-per-connection");
		assert_int_equal(decide(&list, i).count, 3);
	}
	task_list_clear(&list);
	/* Those who accept on their parent's socket are its workers. */
	add_one(&list, 1, (struct shape_evidence){.accepters = 1, .accepts = 3, .accepts_at = 100});
	session.accepts_at = 100;
	session.served = reader.served;
	add_one(&list, 2, session);
	add_one(&list, 3, session);
	families_join(&list);
	assert_int_equal(list.task[0]->evidence.child_servers, 0);
	task_list_clear(&list);
}

/* Without hooks on calls the files tell who has accepted what is read. */
static void accepts_that_are_not_seen(void **state)
{
	struct shape_evidence child = {.loops = 1, .loop_reads = 3, .loop_connections = 1};
	struct shape_evidence worker;
	struct task_list list = {0};

	(void)state;
	child.served = child.all;
	child.parent = 1;
	child.given = 1;
	worker = child;
	add_one(&list, 1, (struct shape_evidence){.pollers = 1, .waiters = 1});
	add_one(&list, 2, child);
	/* A session that accepts, too, has what it reads from its parent. */
	child.takers = 1;
	add_one(&list, 3, child);
	families_join(&list);
	assert_int_equal(list.task[0]->evidence.child_given, 2);
	for (size_t i = 0; i < list.count; i++)
		assert_string_equal(decide(&list, i).shape->name, "process-per-connection");
	task_list_clear(&list);
	/* Who reads several had them by messages, and was not made for one. */
	child.takers = 0;
	child.served.loop_connections = 2;
	add_one(&list, 1, (struct shape_evidence){.pollers = 1, .waiters = 1});
	add_one(&list, 2, child);
	add_one(&list, 3, child);
	families_join(&list);
	assert_int_equal(list.task[0]->evidence.child_given, 0);
	assert_null(decide(&list, 0).shape);
	task_list_clear(&list);
	/* Workers that have accepted it themselves. */
	worker.given = 0;
	worker.takers = 1;
	worker.listener = 8;
	add_one(&list, 1, (struct shape_evidence){.pollers = 1, .waiters = 1});
	add_one(&list, 2, worker);
	add_one(&list, 3, worker);
	families_join(&list);
	assert_int_equal(list.task[0]->evidence.child_accepters, 2);
	assert_int_equal(list.task[0]->evidence.child_servers, 0);
	assert_string_equal(decide(&list, 0).shape->name, "prefork");
	task_list_clear(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(process_per_connection),
		cmocka_unit_test(process_per_datagram),
		cmocka_unit_test(prefork),
		cmocka_unit_test(children_that_serve_one_connection_each),
		cmocka_unit_test(workers_that_share_a_listener),
		cmocka_unit_test(workers_whose_connections_stay),
		cmocka_unit_test(a_connection_that_a_grandchild_reads),
		cmocka_unit_test(a_connection_whose_session_accepts_another),
		cmocka_unit_test(accepts_that_are_not_seen),
	};

	return cmocka_run_group_tests_name("shape_families", tests, NULL, NULL);
}
