/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_adopt.c - who is taken into the books, on a made-up /proc and with a made-up collector.
 */
#include "books/ops.h"
#include "kernel/adopt.h"
#include "kernel/collector.h"
#include "proc/proc_tree.h"

enum {
	EXITING = 4, /* PF_EXITING */
	START = 100,
};

/* The collector of these tests: a list of threads. */
static struct pid_list added, dropped, refused, stopped, seeded;
static unsigned int last_op;
static enum phase last_phase;
static struct sleeper told[100];
static struct sleeper_list asleep = {.sleeper = told}; /* whom the kernel half tells of, */
static unsigned int asked;			       /* and how often it was asked */
static void (*when_asked)(void);		       /* again */
static unsigned int restart_of[16];		       /* by the tid of who was stopped */
static struct call_seed last_call;		       /* of the thread that was seeded last */
static char last_name[COMM_LEN];		       /* that a thread was given */
static size_t room;
static void (*when_added)(pid_t tid); /* what happens in /proc when books have been opened */

bool collector_has_thread(const struct collector *c, pid_t tid)
{
	(void)c;
	return pid_list_has(&added, tid);
}

int collector_add_thread(struct collector *c, const struct thread_id *id)
{
	(void)c;
	assert_int_equal(id->start, START);
	if (added.count == room) {
		pid_list_add(&refused, id->tid);
		return -ENOSPC;
	}
	pid_list_add(&added, id->tid);
	if (when_added)
		when_added(id->tid);
	return 0;
}

void collector_seed_thread(struct collector *c, pid_t tid, unsigned int op, enum phase phase,
			   const struct call_seed *call)
{
	(void)c;
	pid_list_add(&seeded, tid);
	last_op = op;
	last_phase = phase;
	last_call = *call;
}

/* The kernel half tells the same threads each time, or what when_asked makes of them. */
int collector_sleepers(const struct collector *c, pid_t pid, struct sleeper_list *list)
{
	(void)c, (void)pid;
	if (!asleep.count)
		return -EOPNOTSUPP;
	if (asked++ && when_asked)
		when_asked();
	list->sleeper = calloc(asleep.count, sizeof(*list->sleeper));
	list->count = list->room = asleep.count;
	memcpy(list->sleeper, asleep.sleeper, asleep.count * sizeof(*list->sleeper));
	return 0;
}

void collector_seed_stopped(struct collector *c, pid_t tid, unsigned int restart_op)
{
	(void)c;
	pid_list_add(&stopped, tid);
	assert_true((size_t)tid < ARRAY_SIZE(restart_of));
	restart_of[tid] = restart_op;
}

void collector_seed_sockets(struct collector *c, pid_t pid)
{
	(void)c, (void)pid;
}

void collector_name_thread(struct collector *c, pid_t tid, const char comm[COMM_LEN])
{
	(void)c, (void)tid;
	memcpy(last_name, comm, COMM_LEN);
}

void collector_drop_thread(struct collector *c, pid_t tid)
{
	(void)c;
	pid_list_add(&dropped, tid);
}

/* Stops when asked for the time that the number says; 0: never. */
static bool stop_at(void *arg)
{
	int *left = arg;

	return *left && --*left == 0;
}

/* Adopts process 7, to be stopped at that look. */
static int adopt(int stop)
{
	const struct adopt_stop when = {stop_at, &stop};

	return adopt_process(NULL, 7, false, &when, NULL);
}

/* Begins a test with so many threads, 7 being the first. */
static void prepare(pid_t threads, size_t places)
{
	pid_list_clear(&added);
	pid_list_clear(&dropped);
	pid_list_clear(&refused);
	pid_list_clear(&stopped);
	pid_list_clear(&seeded);
	asleep.count = 0;
	asked = 0;
	when_asked = NULL;
	room = places;
	when_added = NULL;
	for (pid_t tid = 7; tid < 7 + threads; tid++)
		put_stat(7, tid, "x", 'S', 1, 0, START);
}

static void all_threads_are_added_once(void **state)
{
	(void)state;
	prepare(100, 1000);
	assert_int_equal(adopt(0), 100);
	assert_int_equal(added.count, 100);
	assert_int_equal(dropped.count, 0);
	assert_int_equal(adopt(0), 0);
	assert_int_equal(added.count, 100);
}

static void who_finds_no_room_is_counted_once(void **state)
{
	(void)state;
	prepare(100, 60);
	assert_int_equal(adopt(0), 60);
	assert_int_equal(refused.count, 40);
}

static void a_signal_stops_it_between_slices(void **state)
{
	(void)state;
	prepare(100, 1000);
	assert_int_equal(adopt(1), -ECANCELED);
	assert_int_equal(added.count, 0);
	assert_int_equal(adopt(2), -ECANCELED);
	assert_true(added.count > 0 && added.count < 100);
}

/* Has the kernel half tell of threads 8 to 8 + count - 1, which /proc says are in no call, asleep
 * in a read of what waits. */
static void sleep_in_reads(pid_t count)
{
	asleep.count = (size_t)count;
	for (pid_t i = 0; i < count; i++)
		told[i] = (struct sleeper){.tid = (uint32_t)(8 + i),
					   .start = START,
					   .parent = 1,
					   .nr = ops[OP_READ].nr,
					   .arg = {5, 6, 7},
					   .comm = "sleeper",
					   .waits = 1};
}

static void who_is_told_asleep_is_seeded_by_that(void **state)
{
	(void)state;
	prepare(4, 1000);
	sleep_in_reads(2);
	assert_int_equal(adopt(0), 4);
	assert_int_equal(asked, 2);
	assert_int_equal(added.count, 4);
	assert_int_equal(seeded.count, 2);
	assert_true(pid_list_has(&seeded, 8) && pid_list_has(&seeded, 9));
	assert_int_equal(last_op, OP_READ);
	assert_int_equal(last_phase, PHASE_WAIT);
	assert_int_equal(last_call.arg, 6);
	/* The others were asked for in /proc, after that. */
	assert_string_equal(last_name, "x");
}

static void a_sleeper_in_the_read_of_a_file_or_in_no_call_is_in_app(void **state)
{
	(void)state;
	prepare(2, 1000);
	sleep_in_reads(1);
	told[0].waits = 0;
	put_stat(7, 7, "x", 'Z', 1, 0, START);
	assert_int_equal(adopt(0), 1);
	assert_int_equal(last_op, OP_APP);
	assert_string_equal(last_name, "sleeper");
	prepare(2, 1000);
	put_stat(7, 7, "x", 'Z', 1, 0, START);
	sleep_in_reads(1);
	told[0].nr = -1;
	last_op = OPS;
	assert_int_equal(adopt(0), 1);
	assert_int_equal(last_op, OP_APP);
}

/* Of 8 nothing is told any more, 9 is another one, and 10 has left its call. */
static void let_change(void)
{
	told[0].tid = 7;
	told[1].start = START + 1;
	told[2].nr = -1;
	put_stat(7, 8, "x", 'Z', 1, 0, START);
	put_stat(7, 9, "x", 'S', 1, 0, START + 1);
}

static void what_sleepers_do_is_what_is_told_when_their_books_are_open(void **state)
{
	(void)state;
	prepare(4, 1000);
	put_stat(7, 7, "x", 'Z', 1, 0, START);
	sleep_in_reads(3);
	when_asked = let_change;
	/* 9 is found in /proc then; it has started at another time. */
	room = 3;
	assert_int_equal(adopt(0), 1);
	assert_int_equal(dropped.count, 2);
	assert_true(pid_list_has(&dropped, 8) && pid_list_has(&dropped, 9));
	assert_int_equal(seeded.count, 1);
	assert_true(pid_list_has(&seeded, 10));
	assert_int_equal(last_op, OP_APP);
}

static void a_sleeper_who_finds_no_room_is_counted_once(void **state)
{
	(void)state;
	prepare(100, 60);
	sleep_in_reads(80);
	assert_int_equal(adopt(0), 60);
	assert_int_equal(refused.count, 40);
	pid_list_unify(&refused);
	assert_int_equal(refused.count, 40);
}

static void a_signal_stops_it_between_slices_of_sleepers(void **state)
{
	(void)state;
	prepare(100, 1000);
	sleep_in_reads(80);
	assert_int_equal(adopt(2), -ECANCELED);
	assert_true(added.count > 0 && added.count < 80);
}

static void of_who_is_frozen_proc_is_asked(void **state)
{
	(void)state;
	prepare(2, 1000);
	sleep_in_reads(1);
	put("7/task/7/wchan", "do_freezer_trap");
	assert_int_equal(adopt(0), 2);
	assert_int_equal(asked, 0);
}

static void the_dead_and_the_dying_are_not_added(void **state)
{
	(void)state;
	prepare(4, 1000);
	put_stat(7, 7, "x", 'Z', 1, 0, START);
	put_stat(7, 8, "x", 'R', 1, EXITING, START);
	assert_int_equal(adopt(0), 2);
	assert_true(pid_list_has(&added, 9) && pid_list_has(&added, 10));
}

/* Thread 8 dies when its books are opened, 9 is replaced, 10 is about to die. */
static void let_die(pid_t tid)
{
	if (tid == 8)
		put_stat(7, 8, "x", 'Z', 1, 0, START);
	if (tid == 9)
		put_stat(7, 9, "x", 'S', 1, 0, START + 1);
	if (tid == 10)
		put_stat(7, 10, "x", 'R', 1, EXITING, START);
}

static void who_dies_while_it_is_added_is_taken_out(void **state)
{
	(void)state;
	prepare(4, 1000);
	when_added = let_die;
	assert_int_equal(adopt(0), 2);
	assert_int_equal(added.count, 4);
	assert_int_equal(dropped.count, 2);
	/* 10 is left to the kernel half, or to the sweep. */
	assert_true(pid_list_has(&dropped, 8) && pid_list_has(&dropped, 9));
}

/* It dies between the look at it and the end. */
static void let_finish(pid_t tid)
{
	put_stat(7, tid, "x", 'R', 1, EXITING, START);
}

static bool finish_8(void *arg)
{
	int *looks = arg;

	/* The second listing begins. */
	if (++*looks == 2)
		put_stat(7, 8, "x", 'Z', 1, 0, START);
	return false;
}

static void who_was_dying_and_is_dead_in_the_end_is_taken_out(void **state)
{
	int looks = 0;
	const struct adopt_stop when = {finish_8, &looks};

	(void)state;
	prepare(2, 1000);
	when_added = let_finish;
	(void)adopt_process(NULL, 7, false, &when, NULL);
	assert_true(pid_list_has(&added, 8));
	assert_true(pid_list_has(&dropped, 8));
	assert_false(pid_list_has(&dropped, 7));
}

/* The thread gets another name when its books have been opened. */
static void let_rename(pid_t tid)
{
	put_stat(7, tid, "new (name)", 'S', 1, 0, START);
}

static void the_name_is_that_of_when_the_books_were_open(void **state)
{
	(void)state;
	prepare(1, 1000);
	when_added = let_rename;
	assert_int_equal(adopt(0), 1);
	assert_string_equal(last_name, "new (name)");
}

static void who_is_stopped_is_in_no_call(void **state)
{
	char poll[64];

	(void)state;
	prepare(5, 1000);
	for (pid_t tid = 7; tid < 12; tid++) {
		char name[64];

		snprintf(name, sizeof(name), "7/task/%d/syscall", tid);
		put(name, "0 0x3 0x0 0x0 0x0 0x0 0x0 0x7ffc 0x7f00\n");
	}
	put_stat(7, 8, "x", 'T', 1, 0, START);
	put_stat(7, 9, "x", 't', 1, 0, START);
	put("7/task/10/wchan", "do_freezer_trap");
	assert_int_equal(adopt(0), 5);
	/* The first thread is not frozen, so nobody is asked. */
	assert_int_equal(stopped.count, 2);
	assert_true(pid_list_has(&stopped, 8) && pid_list_has(&stopped, 9));
	assert_int_equal(restart_of[8], OP_APP);
	assert_int_equal(restart_of[9], OP_APP);
	prepare(5, 1000);
	put("7/task/7/wchan", "do_freezer_trap");
	snprintf(poll, sizeof(poll), "%d 0x3 0x0 0x0 0x0 0x0 0x0 0x7ffc 0x7f00\n", ops[OP_POLL].nr);
	put("7/task/10/syscall", poll);
	assert_int_equal(adopt(0), 5);
	assert_int_equal(stopped.count, 2);
	assert_true(pid_list_has(&stopped, 7) && pid_list_has(&stopped, 10));
	assert_int_equal(restart_of[7], OP_APP);
	assert_int_equal(restart_of[10], ops[OP_POLL].nr < 0 ? OP_APP : OP_POLL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		made_up(all_threads_are_added_once),
		made_up(who_finds_no_room_is_counted_once),
		made_up(a_signal_stops_it_between_slices),
		made_up(who_is_told_asleep_is_seeded_by_that),
		made_up(a_sleeper_in_the_read_of_a_file_or_in_no_call_is_in_app),
		made_up(what_sleepers_do_is_what_is_told_when_their_books_are_open),
		made_up(a_sleeper_who_finds_no_room_is_counted_once),
		made_up(a_signal_stops_it_between_slices_of_sleepers),
		made_up(of_who_is_frozen_proc_is_asked),
		made_up(the_dead_and_the_dying_are_not_added),
		made_up(who_dies_while_it_is_added_is_taken_out),
		made_up(who_was_dying_and_is_dead_in_the_end_is_taken_out),
		made_up(who_is_stopped_is_in_no_call),
		made_up(the_name_is_that_of_when_the_books_were_open),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	pid_list_clear(&added);
	pid_list_clear(&dropped);
	pid_list_clear(&refused);
	pid_list_clear(&seeded);
	return failed;
}
