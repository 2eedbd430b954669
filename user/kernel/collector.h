/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * collector.h - the kernel half as the rest of the program sees it: opened, fed with threads, read.
 */
#ifndef IOPHASE_COLLECTOR_H
#define IOPHASE_COLLECTOR_H

#include "base/exit_code.h"
#include "base/notes.h"
#include "books/books.h"
#include "books/connections.h"
#include "books/own_cost.h"
#include "books/stream.h"
#include "kernel/changes.h"
#include "kernel/setup.h"
#include "kernel/sleepers.h"
#include "proc/pids.h"

struct collector;

/*
 * Loads and attaches the kernel half; it does nothing before collector_arm(). What could not be
 * attached and can be done without is added to the notes, and said. Returns 0 or the exit code; the
 * reason is on stderr by then.
 */
enum exit_code collector_open(struct collector **out, const struct collector_setup *setup,
			      struct notes *notes);

/* Lets the kernel half work. */
void collector_arm(struct collector *c);

/*
 * Makes the kernel half stop: what is in the books then stays as it is, and what is read from them
 * later is as of now.
 */
void collector_disarm(struct collector *c);

/*
 * Takes free books for a thread that was there before us, and opens them. Returns 0; -EEXIST if the
 * thread is traced already; or -ENOSPC, counted as lost: no free books, or no room among the
 * claims.
 */
int collector_add_thread(struct collector *c, const struct thread_id *id);

/* Tells the kernel half what an added thread was found doing: its op, its phase, and what is known
 * of the call. */
void collector_seed_thread(struct collector *c, pid_t tid, unsigned int op, enum phase phase,
			   const struct call_seed *call);

/*
 * Fills an empty list with threads of a process that are asleep now, and what in; which are not in
 * it, /proc must be asked about. 0 or -errno, where none is.
 */
int collector_sleepers(const struct collector *c, pid_t pid, struct sleeper_list *list);

/* Says of an added thread that it is stopped, in no call; restart_op is the call that
 * restart_syscall will go on with then, or OP_APP. */
void collector_seed_stopped(struct collector *c, pid_t tid, unsigned int restart_op);

/* Names an added thread, unless an event has told its name since it was added. */
void collector_name_thread(struct collector *c, pid_t tid, const char comm[COMM_LEN]);

/* Opens the books of the sockets that an added process has; a failure is said. */
void collector_seed_sockets(struct collector *c, pid_t pid);

/* The same before a process is added again that was let go: what it did meanwhile nobody has seen.
 */
void collector_renew_sockets(struct collector *c, pid_t pid);

/*
 * Adds the connections that the processes of a snapshot have, one by one and as of then, to the
 * list (NULL: to none): since the reading before, or, if `whole`, since their birth. A failure is
 * said.
 */
void collector_read_connections(struct collector *c, const struct snapshot *s, bool whole,
				struct connection_list *list);

/* Lets the least active connections go if there are more than there may be; a failure is said. */
void collector_bound_connections(struct collector *c);

/* Has the books of a process, which is not traced yet, begin when it becomes another program. */
void collector_await_command(struct collector *c, pid_t pid);

/*
 * Takes an added thread out again that turned out to be dead. If the kernel half saw it die, that
 * has been done already, and nothing happens.
 */
void collector_drop_thread(struct collector *c, pid_t tid);

/* Counts a thread that could not be registered, or looked at. */
void collector_lose_thread(struct collector *c);

/* Whether the thread is traced. */
bool collector_has_thread(const struct collector *c, pid_t tid);

/* Whether it is not, for there was no room, and whom it makes is traced or lost. */
bool collector_has_lost(const struct collector *c, pid_t tid);

/* The number of traced threads that are alive. */
uint64_t collector_live(const struct collector *c);

/* Reads and frees the books of threads that have died, and makes room if there is little. */
void collector_reap(struct collector *c);

/* Sums those processes that have ended, which are in a snapshot: for who tells of each but once. */
void collector_forget_ended(struct collector *c);

/*
 * A descriptor that is ready when there is little room for more threads and calls, or when many
 * books are those of the dead: collector_reap() is due, which has it be ready no more.
 */
int collector_low_fd(const struct collector *c);

/*
 * Whether nobody has ended since the last call, and there is room for many more connections: then
 * the books may be looked after less often.
 */
bool collector_calm(struct collector *c);

/*
 * Adds the processes of the machine that are not what they were at the last look, in what the setup
 * asked about. Returns 0, or -errno: then any may have changed.
 */
int collector_changes(struct collector *c, struct changes *told);

/* A descriptor that is ready when there are some; -1: nothing is told. */
int collector_changes_fd(const struct collector *c);

/*
 * From now on whatever thread makes a socket, if it is not traced, has books before it can use it:
 * for who is to trace all that have a socket, when it has added those that have one.
 */
void collector_take_in(struct collector *c);

/* Has the books of a living process end now: it is traced no longer. Takes some 10 ms. */
void collector_release_process(struct collector *c, pid_t pid);

/*
 * Looks in /proc for living threads that are gone: the kernel may have skipped the program that was
 * to see their death. Each is a loss with a name. A call looks at some of them; see sweep.h.
 */
void collector_reconcile(struct collector *c);

/* The same at once for all threads of a process that has ended. */
void collector_reconcile_process(struct collector *c, pid_t pid);

/* Has snapshots tell of threads one by one from now on, or not; what was asked at first is changed.
 */
void collector_tell_threads(struct collector *c, bool threads);

/* Reads all books into *s (all zero before). */
void collector_read(struct collector *c, struct snapshot *s);

/* Has single events told for a trace, if the setup asked for one, or not any more. */
void collector_stream(struct collector *c, bool on);

/*
 * The single events since the call before; measuring has begun at `from` (ns). The last batch ends
 * when the kernel half was disarmed. To be emptied by collector_clear_stream() when it is told.
 */
const struct stream_batch *collector_take_stream(struct collector *c, uint64_t from, bool last);
void collector_clear_stream(struct collector *c);

/* The names of the system calls that are timed, and of those that this kernel lacks, for -v. */
void collector_describe(const struct collector *c);

/* The names of the programs that are attached, and how many system calls have a pair of
 * tracepoints. */
const struct notes *collector_programs(const struct collector *c, unsigned int *calls);

/* Fills in for how long our programs ran in the kernel; the names and numbers are the collector's,
 * until the next time. */
void collector_own_time(struct collector *c, struct own_cost *cost);

/* Which programs the kernel skipped, and how often, for -v. */
void collector_describe_missed(const struct collector *c);

/* Leaves the detaching, which takes seconds, to a process in the background, and frees the
 * collector. */
void collector_leave(struct collector *c);

#endif
