/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * collector.c - the kernel half as the rest of the program sees it; one of the files that see the
 * skeleton, which scripts/check-includes lists.
 *
 * What goes in: how to collect, and the threads to collect from. What comes out: snapshots.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "base/now.h"
#include "kernel/collector.h"
#include "kernel/collector_parts.h"
#include "kernel/half.h"
#include "kernel/iterate.h"
#include "kernel/leave.h"
#include "kernel/libbpf_log.h"
#include "kernel/missed.h"
#include "iophase.skel.h"
#include "base/log.h"
#include "books/ops.h"
#include "kernel/programs.h"
#include "kernel/refusal.h"
#include "kernel/threads.h"
#include "proc/proc.h"
#include "books/uring.h"
#include "base/xalloc.h"

/* Copying all books at once: how often it is tried to do it in how many ns. */
#define COPY_TRIES	     5
#define COPY_TIME	     100000
#define COPY_TIME_PER_THREAD 500

/* Loads and attaches the kernel half. */
enum exit_code collector_open(struct collector **out, const struct collector_setup *setup,
			      struct notes *notes)
{
	struct collector *c = xcalloc(1, sizeof(*c));
	struct collector_setup own = *setup;
	int err;

	*out = c;
	libbpf_log_begin();
	changes_choose(&own, notes);
	setup = &own;
	c->ledger.threads = setup->threads;
	err = half_open(&c->skel, setup->features);
	if (err)
		return refusal_say(STEP_OPEN, err);
	err = programs_choose(c->skel, setup->features);
	c->hooks.skel = c->skel;
	c->descriptors.skel = c->skel;
	c->connections.skel = c->skel;
	c->listeners.skel = c->skel;
	err = err ?: pools_size(&c->pools, c->skel, setup);
	half_set(c->skel, setup);
	connections_limit(&c->connections, setup->connections_max);
	err = err ?: changes_configure(&c->changes, c->skel, setup);
	err = err ?: stream_configure(&c->stream, &c->pools, setup);
	if (err)
		return refusal_say(STEP_CONFIGURE, err);
	err = half_load(c->skel);
	if (err)
		return refusal_say(STEP_LOAD, err);
	own_time_open(&c->own_time, setup->own_time, notes);
	err = pools_open(&c->pools);
	err = err ?: changes_open(&c->changes);
	err = err ?: stream_open(&c->stream);
	if (err)
		return refusal_say(STEP_MAPS, err);
	c->samples = setup->samples;
	c->pools.books.light = c->skel->rodata->light;
	err = hooks_attach(&c->hooks, setup, notes);
	if (err)
		return refusal_say(STEP_ATTACH, err);
	return EXIT_DONE;
}

/* Lets the kernel half work. */
void collector_arm(struct collector *c)
{
	__atomic_store_n(&c->skel->bss->armed, true, __ATOMIC_RELEASE);
}

/* Makes the kernel half stop: there, and not when the books are read, the time that they tell ends.
 */
void collector_disarm(struct collector *c)
{
	__atomic_store_n(&c->skel->bss->armed, false, __ATOMIC_RELEASE);
	c->ended = now_ns();
	clock_gettime(CLOCK_REALTIME, &c->ended_utc);
}

bool collector_has_thread(const struct collector *c, pid_t tid)
{
	return threads_has(&c->pools, tid);
}

bool collector_has_lost(const struct collector *c, pid_t tid)
{
	return threads_has_lost(&c->pools, tid);
}

int collector_add_thread(struct collector *c, const struct thread_id *id)
{
	return threads_add(&c->pools, id);
}

void collector_seed_thread(struct collector *c, pid_t tid, unsigned int op, enum phase phase,
			   const struct call_seed *call)
{
	threads_seed(&c->pools, tid, op, phase, call);
}

/* Tells which threads of a process are asleep now. */
int collector_sleepers(const struct collector *c, pid_t pid, struct sleeper_list *list)
{
	return sleepers_read(c->skel->progs.tell_sleepers, pid, list);
}

void collector_seed_stopped(struct collector *c, pid_t tid, unsigned int restart_op)
{
	threads_seed_stopped(&c->pools, tid, restart_op);
}

void collector_name_thread(struct collector *c, pid_t tid, const char comm[COMM_LEN])
{
	threads_name(&c->pools, tid, comm);
}

/* Opens the books of the sockets that a process has. */
void collector_seed_sockets(struct collector *c, pid_t pid)
{
	struct bpf_program *look = c->skel->progs.look_at_sockets;
	int err;

	if (!c->skel->rodata->with_conns)
		return;
	err = iterate(look, pid, NULL);
	if (err && err != -ESRCH)
		log_warn("pid %d: its sockets could not be looked at, so each is known from its "
			 "first read or write on: %s",
			 pid, strerror(-err));
}

void collector_renew_sockets(struct collector *c, pid_t pid)
{
	c->skel->bss->renew_sockets = 1;
	collector_seed_sockets(c, pid);
	c->skel->bss->renew_sockets = 0;
}

/* Adds the connections of the processes of a snapshot, one by one, to the list. */
void collector_read_connections(struct collector *c, const struct snapshot *s, bool whole,
				struct connection_list *list)
{
	int err = connections_read(&c->connections, s, whole, list);

	if (err)
		log_warn("connections cannot be told one by one, or not all of them: %s",
			 strerror(-err));
}

/* Lets the least active connections go if there are too many. */
void collector_bound_connections(struct collector *c)
{
	int err = c->skel->rodata->with_conns ? connections_bound(&c->connections, &c->pools.books)
					      : 0;

	if (!err || c->connections.unbounded)
		return;
	c->connections.unbounded = true;
	log_warn("connections cannot be let go, so beyond their limit further ones have no clock: "
		 "%s",
		 strerror(-err));
}

/* Has the books of a process begin when it becomes another program. */
void collector_await_command(struct collector *c, pid_t pid)
{
	__atomic_store_n(&c->skel->bss->command, (__u32)pid, __ATOMIC_RELEASE);
}

void collector_drop_thread(struct collector *c, pid_t tid)
{
	threads_drop(&c->pools, tid);
}

uint64_t collector_live(const struct collector *c)
{
	return threads_live(&c->pools);
}

/* Takes the books of a dead thread into the ledger, unless that has been done. */
static void bury(void *arg, uint32_t index)
{
	struct collector *c = arg;

	stream_end_thread(&c->stream, index);
	if (ledger_bury(&c->ledger, &c->pools.books, index))
		pools_release(&c->pools, index);
}

/* Has snapshots tell of threads one by one, or not. */
void collector_tell_threads(struct collector *c, bool threads)
{
	c->ledger.threads = threads;
}

/* Reads and frees the books of threads that have died. */
void collector_reap(struct collector *c)
{
	uint32_t index;

	pools_hear(&c->pools);
	while (pools_next_dead(&c->pools, &index)) {
		bury(c, index);
		c->reaped = true;
	}
	/* First, for others may wait for their books. */
	pools_flush(&c->pools);
	ledger_purge(&c->ledger, &c->pools.books);
	pools_grow(&c->pools);
}

/* Keeps nobody one by one who has ended. */
void collector_forget_ended(struct collector *c)
{
	ledger_forget(&c->ledger, &c->pools.books);
}

/* What is ready when collector_reap() is due at once. */
int collector_low_fd(const struct collector *c)
{
	return pools_low_fd(&c->pools);
}

/* Ends and takes in the books of a living thread that is gone. */
static void end_missed(void *arg, uint32_t index)
{
	struct collector *c = arg;

	threads_end_missed(&c->pools, index);
	bury(c, index);
}

/* Has threads that make the first socket of a process taken in at once. */
void collector_take_in(struct collector *c)
{
	__atomic_store_n(&c->skel->bss->take_in, true, __ATOMIC_RELEASE);
}

/* Counts a thread that could not be registered, or looked at. */
void collector_lose_thread(struct collector *c)
{
	c->pools.lost[LOST_CLAIMS]++;
}

/* Has the books of a living process end now. */
void collector_release_process(struct collector *c, pid_t pid)
{
	struct pid_list taken = {0};

	threads_take_out(&c->pools, pid, &taken);
	for (size_t i = 0; i < taken.count; i++) {
		books_close(&c->pools.books, (uint32_t)taken.pid[i], now_ns());
		threads_remember(&c->pools, (uint32_t)taken.pid[i]);
		bury(c, (uint32_t)taken.pid[i]);
	}
	pid_list_clear(&taken);
	pools_flush(&c->pools);
}

/* Looks in /proc whether some of the living are gone, others at each call. */
void collector_reconcile(struct collector *c)
{
	const struct sweep_found found = {end_missed, bury, c};

	sweep_step(&c->sweep, &c->pools.books, now_ns(), &found);
}

/* The same for all threads of a process that has ended. */
void collector_reconcile_process(struct collector *c, pid_t pid)
{
	const struct sweep_found found = {end_missed, bury, c};

	sweep_process(&c->pools.books, pid, &found);
}

/*
 * Copies all books as they stand at s->at. They go on moving while they are copied, so a copy that
 * took long, since we had lost the CPU, is made again.
 */
static void copy_books(struct collector *c, struct snapshot *s)
{
	for (int i = 0; i < COPY_TRIES; i++) {
		s->at = c->ended ?: now_ns();
		s->utc = c->ended_utc;
		if (!c->ended)
			clock_gettime(CLOCK_REALTIME, &s->utc);
		books_copy(&c->pools.books, s->at, &c->copy);
		/* Once disarmed, they move no longer. */
		if (c->ended || now_ns() - s->at < COPY_TIME + c->copy.count * COPY_TIME_PER_THREAD)
			break;
	}
}

/* Looks at the queues of listening sockets, and says once if that cannot be done. */
static void read_listeners(struct collector *c, struct snapshot *s)
{
	int err = c->skel->rodata->with_conns ? listeners_read(&c->listeners, s) : 0;

	if (!err || c->listeners.failed)
		return;
	c->listeners.failed = true;
	log_warn("cannot look at all queues of listening sockets: %s", strerror(-err));
}

/* Reads all books into *s. */
void collector_read(struct collector *c, struct snapshot *s)
{
	int err;

	collector_reap(c);
	copy_books(c, s);
	books_read_upstreams(&c->pools.books, c->skel->bss->upstreams_used, &s->upstreams);
	/* After the copy: what is counted from that on is in the window that begins. */
	s->first = !c->skel->bss->window_from;
	__atomic_store_n(&c->skel->bss->window_from, s->at, __ATOMIC_RELEASE);
	ledger_read(&c->ledger, &c->pools.books, &c->copy, s);
	for (int i = 0; i < LOSTS; i++)
		s->lost[i] = c->skel->bss->lost[i] + c->pools.lost[i];
	s->missed = missed_count(c->skel->obj);
	s->let_go = c->skel->bss->conns_let_go;
	c->inquiry.dear = c->descriptors.whole;
	err = inquiry_fill(&c->inquiry, s, descriptors_ask, &c->descriptors);
	if (err)
		log_warn("cannot look at descriptors, so idle processes are told by their calls "
			 "alone: %s",
			 strerror(-err));
	read_listeners(c, s);
}

/* The names of the programs that are attached. */
const struct notes *collector_programs(const struct collector *c, unsigned int *calls)
{
	*calls = c->hooks.attached;
	return &c->hooks.programs;
}

/* The names of the system calls that are timed, and of those that this kernel lacks, for -v. */
void collector_describe(const struct collector *c)
{
	if (c->skel->rodata->light)
		log_info(
			"no system calls, but what threads sleep in, and %u samples a second of each "
			"CPU",
			c->samples);
	else if (c->hooks.attached)
		log_info("%u system calls, each by its own pair of tracepoints", c->hooks.attached);
	else
		log_info("all system calls, by the raw pair sys_enter and sys_exit");
	for (unsigned int op = 0; op < MAX_OPS; op++)
		if (c->hooks.lacks[op])
			log_info("this kernel has no %s", ops[op].name);
	log_info("room for %u threads, up to %u", c->pools.given[POOL_THREADS],
		 c->pools.rule[POOL_THREADS].max);
}

/* What our programs cost until now. */
void collector_own_time(struct collector *c, struct own_cost *cost)
{
	own_time_read(&c->own_time, c->skel->obj, cost);
}

/* What each program missed, for -v. */
void collector_describe_missed(const struct collector *c)
{
	missed_describe(c->skel->obj);
}

/* Frees what we know; what the kernel half is made of stays. */
static void forget(struct collector *c)
{
	hooks_clear(&c->hooks);
	own_time_close(&c->own_time);
	pools_clear(&c->pools);
	ledger_clear(&c->ledger);
	books_copy_clear(&c->copy);
	inquiry_clear(&c->inquiry);
	changes_clear(&c->changes);
	stream_close(&c->stream);
	free(c->listeners.drops.process);
}

/* Leaves the detaching to a process in the background. */
void collector_leave(struct collector *c)
{
	int leaving;

	/* What is freed after the fork would first be copied, page by page. */
	if (c->skel)
		__atomic_store_n(&c->skel->bss->armed, false, __ATOMIC_RELEASE);
	forget(c);
	leaving = c->hooks.count ? leave_begin() : -1;
	hooks_close(&c->hooks);
	iophase_bpf__destroy(c->skel);
	leave_end(leaving);
	free(c);
}
