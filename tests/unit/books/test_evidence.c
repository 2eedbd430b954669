/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_shape_evidence.c - what a thread's calls leave in its books about the shape of the threads,
 * and what the books of threads add up to.
 */
#include "unit.h"
#include "books/ops.h"
#include "books/evidence.h"
#include "common/bounded.h"
#include "common/told.h"
#include "common/shape.h"
#include "books/snapshot.h"

/* A thread that reads from descriptor fd. */
static void read_from(struct thread *t, int fd, bool end_of_file)
{
	t->fd = fd;
	shape_read(t, PEER_CLIENT, end_of_file);
}

static void connections_of_a_thread_are_told_apart(void **state)
{
	struct thread t = {.read_fd = -1};

	(void)state;
	read_from(&t, 5, false);
	read_from(&t, 5, false);
	assert_int_equal(t.count[COUNT_CONNECTIONS], 1);
	read_from(&t, 6, false);
	read_from(&t, 5, true);
	assert_int_equal(t.count[COUNT_CONNECTIONS], 3);
	/* The number is given out again. */
	read_from(&t, 5, false);
	assert_int_equal(t.count[COUNT_CONNECTIONS], 4);
	shape_accept(&t);
	read_from(&t, 5, false);
	assert_int_equal(t.count[COUNT_CONNECTIONS], 5);
	assert_int_equal(t.count[COUNT_SOCKET_READS], 6);
	/* A read that was in progress when we attached: of which connection is not known. */
	read_from(&t, -1, true);
	read_from(&t, 5, false);
	assert_int_equal(t.count[COUNT_CONNECTIONS], 5);
	assert_int_equal(t.count[COUNT_SOCKET_READS], 7);
}

/* The same with a peer. */
static void read_peer(struct thread *t, int fd, enum peer peer)
{
	t->fd = fd;
	shape_read(t, peer, false);
}

static void connections_of_clients_are_counted_apart(void **state)
{
	struct thread t = {.read_fd = -1, .served_fd = -1, .other_fd = -1};

	(void)state;
	for (int i = 0; i < 3; i++) {
		read_peer(&t, 5, PEER_CLIENT);
		read_peer(&t, 6, PEER_OTHER);
	}
	assert_int_equal(t.count[COUNT_SOCKET_READS], 6);
	assert_int_equal(t.count[COUNT_CONNECTIONS], 6);
	assert_int_equal(t.count[COUNT_SERVED_READS], 3);
	assert_int_equal(t.count[COUNT_SERVED], 1);
	/* Both are known, and need not be looked at again. */
	assert_int_equal(shape_known_peer(&t), PEER_OTHER);
	t.fd = 5;
	assert_int_equal(shape_known_peer(&t), PEER_CLIENT);
	t.fd = 7;
	assert_int_equal(shape_known_peer(&t), PEER_UNKNOWN);
	/* A connection to an upstream takes a number over, but only its own. */
	shape_connect(&t);
	t.fd = 5;
	assert_int_equal(shape_known_peer(&t), PEER_CLIENT);
	shape_connect(&t);
	assert_int_equal(shape_known_peer(&t), PEER_UNKNOWN);
	t.count[COUNT_SERVED] = SERVED_ENOUGH;
	assert_int_equal(shape_known_peer(&t), PEER_CLIENT);
	t.fd = -1;
	assert_int_equal(shape_known_peer(&t), PEER_OTHER);
}

static void each_datagram_may_be_of_somebody_else(void **state)
{
	struct thread t = {.tid = 2, .tgid = 1, .read_fd = -1, .served_fd = -1, .other_fd = -1};
	struct shape_evidence e = {0};

	(void)state;
	read_peer(&t, 5, PEER_ANYBODY);
	read_peer(&t, 5, PEER_ANYBODY);
	assert_int_equal(t.count[COUNT_SERVED], 2);
	assert_int_equal(t.count[COUNT_ANYBODY], 2);
	/* It takes whoever comes, as who accepts does. */
	evidence_note(&e, &t);
	assert_int_equal(e.served.workers, 1);
	assert_int_equal(e.served.accepting_workers, 1);
	assert_int_equal(e.served.fresh, 0);
}

static void kernel_workers_are_nobodys_threads(void **state)
{
	const struct thread worker = {.tid = 2,
				      .tgid = 1,
				      .ns[OP_WORKER] = {[PHASE_WAIT] = 5},
				      .count[COUNT_MUX_READY] = 4,
				      .count[COUNT_SOCKET_READS] = 4,
				      .count[COUNT_CONNECTIONS] = 2};
	const struct thread asker = {.tid = 1, .tgid = 1, .uring = 1};
	/* Its requests are submitted and completed by the kernel's thread. */
	const struct thread waiter = {
		.tid = 3, .tgid = 1, .ns[OP_IO_URING_ENTER] = {[PHASE_WAIT] = 1}};
	struct shape_evidence e = {0};

	(void)state;
	evidence_note(&e, &worker);
	evidence_note(&e, &asker);
	assert_int_equal(e.threads, 1);
	assert_int_equal(e.loops + e.pollers, 0);
	assert_int_equal(e.kernel_reads, 4);
	assert_int_equal(e.kernel_connections, 2);
	assert_int_equal(e.uring_threads, 1);
	evidence_note(&e, &waiter);
	assert_int_equal(e.uring_threads, 2);
}

static void who_mostly_blocks_is_no_loop(void **state)
{
	struct thread t = {.tid = 1,
			   .tgid = 1,
			   .count[COUNT_MUX_READY] = 1,
			   .count[COUNT_SOCKET_READS] = 9,
			   .count[COUNT_CONNECTIONS] = 2,
			   .count[COUNT_READS + WAY_POLL_ONE] = 5,
			   .count[COUNT_READS + WAY_EPOLL_LT] = 4};
	struct shape_evidence e = {0};

	(void)state;
	evidence_note(&e, &t);
	assert_int_equal(e.all.loops, 0);
	assert_int_equal(e.all.workers, 1);
	t.count[COUNT_READS + WAY_EPOLL_LT] = 5;
	evidence_note(&e, &t);
	assert_int_equal(e.all.loops, 1);
}

static void threads_may_share_a_set(void **state)
{
	const struct thread a = {.tid = 1, .tgid = 1, .epoll_set = 7}, none = {.tid = 2, .tgid = 1};
	const struct thread b = {.tid = 3, .tgid = 1, .epoll_set = 9};
	struct shape_evidence e = {0}, other = {0};

	(void)state;
	evidence_note(&e, &a);
	evidence_note(&e, &none);
	evidence_note(&e, &a);
	assert_int_equal(e.epoll_set, 7);
	assert_false(e.sets);
	evidence_note(&other, &b);
	evidence_join(&e, &other);
	assert_true(e.sets);
}

static void loops_that_poll_may_share_a_list(void **state)
{
	struct thread a = {.tid = 1,
			   .tgid = 1,
			   .born = 100,
			   .since = 500,
			   .poll_list = 7,
			   .count[COUNT_MUX_READY] = 3,
			   .count[COUNT_CONNECTIONS] = 2,
			   .count[COUNT_ALONE_POLL] = 50,
			   .ns[OP_POLL] = {[PHASE_WAIT] = 200, [PHASE_CPU] = 9},
			   .ns[OP_PSELECT6] = {[PHASE_WAIT] = 1}};
	/* It reads nothing, or waits by epoll. */
	const struct thread poller = {.tid = 2, .tgid = 1, .poll_list = 8, .since = 9000};
	struct shape_evidence e = {0}, other = {0};

	(void)state;
	evidence_note(&e, &a);
	evidence_note(&e, &poller);
	assert_int_equal(e.list_loops, 1);
	assert_int_equal(e.list_wait, 151);
	assert_int_equal(e.longest, 400);
	assert_int_equal(e.poll_list, 7);
	assert_int_equal(e.waiters, 1);
	a.since = 600;
	evidence_note(&other, &a);
	evidence_join(&e, &other);
	assert_int_equal(e.list_loops, 2);
	assert_int_equal(e.longest, 500);
	assert_false(e.lists);
	a.poll_list = 9;
	evidence_note(&e, &a);
	assert_true(e.lists);
}

static void threads_are_counted_by_what_they_do(void **state)
{
	const struct thread threads[] = {
		{.tid = 1, .tgid = 1, .parent = 9, .adopted = 1, .count[COUNT_MUX_READY] = 8},
		{.tid = 2,
		 .tgid = 1,
		 .count[COUNT_MUX_READY] = 4,
		 .count[COUNT_CONNECTIONS] = 3,
		 .count[COUNT_SOCKET_READS] = 30},
		{.tid = 3,
		 .tgid = 1,
		 .count[COUNT_CONNECTIONS] = 1,
		 .count[COUNT_SOCKET_READS] = 5},
		{.tid = 4,
		 .tgid = 1,
		 .adopted = 1,
		 .count[COUNT_CONNECTIONS] = 1,
		 .count[COUNT_SOCKET_READS] = 6},
		{.tid = 5,
		 .tgid = 1,
		 .count[COUNT_CONNECTIONS] = 2,
		 .count[COUNT_SOCKET_READS] = 7,
		 .count[COUNT_ACCEPTS + 1] = 2},
		{.tid = 6,
		 .tgid = 1,
		 .count[COUNT_ACCEPTS + 1] = 4,
		 .count[COUNT_ACCEPTS + 2] = 1,
		 .listener = 77},
		{.tid = 7, .tgid = 1},
	};
	struct shape_evidence e = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(threads); i++)
		evidence_note(&e, &threads[i]);
	assert_int_equal(e.threads, 7);
	assert_int_equal(e.pollers, 1);
	assert_int_equal(e.loops, 1);
	assert_int_equal(e.workers, 3);
	assert_int_equal(e.accepters, 1);
	assert_int_equal(e.accepting_loops, 0);
	assert_int_equal(e.accepting_workers, 1);
	assert_int_equal(e.fresh, 1);
	assert_int_equal(e.loop_reads, 30);
	assert_int_equal(e.loop_connections, 3);
	assert_int_equal(e.worker_reads, 18);
	assert_int_equal(e.worker_connections, 4);
	assert_int_equal(e.ready, 12);
	assert_int_equal(e.accepts, 7);
	assert_int_equal(e.parent, 9);
	assert_true(e.adopted);
	assert_int_equal(e.listener, 77);
}

/* What a thread in call op adds, and whether it lives. */
static struct shape_evidence waiting_in(const char *op, uint64_t arg, int watched,
					unsigned int thread_state)
{
	const struct thread t = {.tid = 2,
				 .tgid = 1,
				 .op = (uint8_t)op_of_name(op),
				 .arg = arg,
				 .watched = watched,
				 .state = thread_state};
	struct shape_evidence e = {0};

	evidence_note(&e, &t);
	return e;
}

static void who_waits_counts_as_doing_it(void **state)
{
	(void)state;
	assert_int_equal(waiting_in("epoll_wait", 1, WATCHED_MANY, THREAD_LIVE).pollers, 1);
	assert_int_equal(waiting_in("epoll_wait", 1, WATCHED_MANY, THREAD_DEAD).pollers, 0);
	assert_int_equal(waiting_in("poll", 2, WATCHED_MANY, THREAD_LIVE).pollers, 1);
	assert_int_equal(waiting_in("poll", 1, WATCHED_MANY, THREAD_LIVE).pollers, 0);
	assert_int_equal(waiting_in("select", 0, WATCHED_MANY, THREAD_LIVE).pollers, 1);
	assert_int_equal(waiting_in("select", 0, 7, THREAD_LIVE).pollers, 0);
	assert_int_equal(waiting_in("pselect6", 0, WATCHED_NONE, THREAD_LIVE).pollers, 0);
	assert_int_equal(waiting_in("accept4", 0, WATCHED_MANY, THREAD_LIVE).accepters, 1);
	assert_int_equal(waiting_in("recvfrom", 0, WATCHED_MANY, THREAD_LIVE).accepters, 0);
	assert_int_equal(waiting_in("recvfrom", 0, WATCHED_MANY, THREAD_LIVE).workers, 0);
}

static void evidence_adds_up(void **state)
{
	/* Static: what lies between the fields is 0, too. */
	static struct shape_evidence a = {
		.threads = 1, .workers = 1, .worker_reads = 5, .parent = 3};
	static const struct shape_evidence b = {.threads = 2,
						.loops = 1,
						.workers = 1,
						.pollers = 2,
						.accepters = 3,
						.accepting_loops = 4,
						.accepting_workers = 5,
						.fresh = 6,
						.loop_reads = 7,
						.worker_reads = 8,
						.loop_connections = 9,
						.worker_connections = 10,
						.ready = 11,
						.accepts = 12,
						.adopted = true,
						.listener = 13,
						.child_readers = 14,
						.child_workers = 17,
						.child_accepters = 15,
						.waiters = 18,
						.list_loops = 19,
						.list_wait = 20,
						.poll_list = 21,
						.lists = true,
						.longest = 22,
						.child_listener = 16};
	static struct shape_evidence sum;

	(void)state;
	evidence_join(&a, &b);
	memcpy(&sum, &b, sizeof(sum));
	sum.threads = 3;
	sum.workers = 2;
	sum.worker_reads = 13;
	sum.parent = 3;
	assert_memory_equal(&a, &sum, sizeof(a));
}

static void workers_at_places_of_their_own_are_apart(void **state)
{
	struct thread a = {.tid = 1, .tgid = 1, .accepts_at = 7}, b = a,
		      udp = {.tid = 3, .tgid = 1};
	struct shape_evidence e = {0}, other = {0};

	(void)state;
	a.count[COUNT_SERVED] = 2;
	b.count[COUNT_SERVED] = 2;
	evidence_note(&e, &a);
	evidence_note(&e, &b);
	assert_false(e.workers_apart);
	/* What a poller has accepted for it is at no place of its own. */
	b.accepts_at = 0;
	b.listener = 9;
	evidence_note(&e, &b);
	assert_false(e.workers_apart);
	udp.count[COUNT_SERVED] = 2;
	udp.count[COUNT_ANYBODY] = 2;
	udp.listener = 9;
	evidence_note(&other, &udp);
	assert_false(other.workers_apart);
	evidence_join(&other, &e);
	assert_true(other.workers_apart);
	evidence_note(&e, &udp);
	assert_true(e.workers_apart);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(connections_of_a_thread_are_told_apart),
		cmocka_unit_test(connections_of_clients_are_counted_apart),
		cmocka_unit_test(each_datagram_may_be_of_somebody_else),
		cmocka_unit_test(kernel_workers_are_nobodys_threads),
		cmocka_unit_test(who_mostly_blocks_is_no_loop),
		cmocka_unit_test(threads_may_share_a_set),
		cmocka_unit_test(loops_that_poll_may_share_a_list),
		cmocka_unit_test(threads_are_counted_by_what_they_do),
		cmocka_unit_test(who_waits_counts_as_doing_it),
		cmocka_unit_test(evidence_adds_up),
		cmocka_unit_test(workers_at_places_of_their_own_are_apart),
	};

	return cmocka_run_group_tests_name("shape_evidence", tests, NULL, NULL);
}
