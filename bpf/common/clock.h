/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * common/clock.h - the thread clock: one hand for the call, one for the phase.
 *
 * What goes in: a struct thread, the time of an event (ns), and where the hands go.
 * What comes out: the time since the last event, charged to where the hands stood.
 *
 * clock_move() is the only place where time is charged. It has no kernel in it, so the unit tests
 * compile it as it is.
 */
#ifndef IOPHASE_COMMON_CLOCK_H
#define IOPHASE_COMMON_CLOCK_H

#include "common/told.h"
#include "common/turn.h"
#include "common/wake.h"

/*
 * Keeps what is before it in memory before what is behind it, for who reads books without a lock,
 * as by `seq`. The compiler is told so. CPUs of x86 keep the order of stores, and that of loads, by
 * themselves, so there it is no instruction. Those of arm64 keep neither: of the barriers that they
 * have (dmb ish, or an atomic instruction that acquires and releases) BPF offers just one, an
 * atomic operation that returns what was there, a full barrier by the kernel's memory model (Linux
 * 5.12, on arm64 5.18; one that returns nothing orders nothing). Which word it is on does not
 * matter, so it is one of the stack. User space moves only clocks of copies, and of books that have
 * ended.
 */
#if defined(__bpf__) && defined(__TARGET_ARCH_arm64)
static __always_inline void clock_barrier(void)
{
	__u64 word = 0;

	/* r2 = atomic_fetch_add((u64 *)(r1 + 0), r2); as bytes: the compiler's own would ask for
	 * -mcpu=v3. */
	__asm__ __volatile__("r1 = %0\n"
			     "r2 = 0\n"
			     ".byte 0xdb, 0x21, 0, 0, 0x01, 0, 0, 0\n" ::"r"(&word)
			     : "r1", "r2", "memory");
}
#else
#define clock_barrier() __asm__ __volatile__("" ::: "memory")
#endif

/* The times (ns) of call op in a thread's books, by phase. */
static __always_inline __u64 *clock_ns(struct thread *t, __u32 op)
{
	return t->ns[bounded(op, OPS_TIMED)];
}

/* Opens the books of a thread, whose counts are zero: its clock starts now (ns), at op and phase.
 */
static __always_inline void clock_start(struct thread *t, __u32 tgid, __u32 tid, __u64 now,
					__u32 op, __u32 phase)
{
	t->tid = tid;
	t->tgid = tgid;
	t->born = now;
	t->since = now;
	t->op = op;
	t->phase = phase;
	t->resume = PHASE_CPU;
	t->mux_way = WAY_NONE;
	t->restart_op = OP_APP;
	t->resume_op = OP_APP;
	t->slept_in = OP_APP;
	t->unsure = 0;
	t->mux_found = WAY_NONE;
	t->ready_way = WAY_NONE;
	t->taken = TAKEN_UNKNOWN;
	t->new_conn = 0;
	t->nowait = 0;
	t->declined = 0;
	t->stopped = 0;
	t->reads = 0;
	t->again = AGAIN_NOT;
	t->file_kind = 0;
	t->flags = 0;
	t->length = 0;
	t->signalled = SIGNALLED_NOT;
	t->aio = 0;
	t->uring = 0;
	t->requested = 0;
	t->aio_context = 0;
	t->seed.word = 0;
	t->seed_call = (struct call_seed){.fd = -1, .watched = WATCHED_MANY};
	t->fd = -1;
	told_start(t);
	turn_none(t);
	t->read_fd = -1;
	t->served_fd = -1;
	t->other_fd = -1;
	t->epoll_set = 0;
	t->poll_list = 0;
	t->begun = 0;
	t->copied = 0;
	t->open = 0;
	t->refused = 0;
	for (int i = 0; i < WAKES; i++)
		t->wake[i] = (struct wake){0};
	t->wait_then = 0;
	t->busy_then = 0;
}

/* Charges now - since (ns) to the hands as they stand, then sets them to op and phase. */
static __always_inline void clock_move(struct thread *t, __u64 now, __u32 op, __u32 phase)
{
	volatile __u32 *seq = &t->seq;

	*seq = *seq + 1;
	clock_barrier();
	/* A clock that is behind by the skew between two CPUs must not charge 2^64 ns. */
	if (now > t->since) {
		clock_ns(t, t->op)[t->phase % PHASES] += now - t->since;
		t->phase_ns[t->phase % PHASES] += now - t->since;
		if (t->stopped)
			t->count[COUNT_STOPPED_NS] += now - t->since;
		t->since = now;
	}
	t->op = op;
	t->phase = phase;
	clock_barrier();
	*seq = *seq + 1;
}

/*
 * Says what phase an adopted thread was in before its first event: what user space said already, or
 * what the event proves (a thread that is switched out was on a CPU, one that is woken was asleep).
 */
static __always_inline void clock_learn_phase(struct thread *t, __u32 proven)
{
	union seed seed;

	if (t->phase != PHASE_UNKNOWN)
		return;
	seed.word = *(volatile __u32 *)&t->seed.word;
	t->phase = seed.valid && seed.phase < PHASES ? seed.phase : proven;
	t->stopped = seed.valid == SEED_STOPPED;
}

/*
 * Says what call an adopted thread was in before its first system call event: what user space found
 * in /proc, or else `proven`; the time charged to OP_UNKNOWN until now moves there.
 */
static __always_inline void clock_learn_op(struct thread *t, __u32 proven)
{
	volatile __u32 *seq = &t->seq;
	union seed seed;
	__u64 *ns;
	__u32 op;

	if (t->op != OP_UNKNOWN)
		return;
	seed.word = *(volatile __u32 *)&t->seed.word;
	clock_barrier(); /* seed_call was written before it */
	op = seed.valid && seed.op != OP_UNKNOWN ? seed.op : proven;
	ns = clock_ns(t, op);
	*seq = *seq + 1;
	clock_barrier();
	for (int p = 0; p < PHASES; p++) {
		ns[p] += t->ns[OP_UNKNOWN][p];
		t->ns[OP_UNKNOWN][p] = 0;
	}
	t->op = op;
	t->arg = t->seed_call.arg;
	t->mux_list = t->seed_call.list;
	t->fd = t->seed_call.fd;
	t->watched = t->seed_call.watched;
	if (seed.valid == SEED_STOPPED)
		t->restart_op = seed.restart_op;
	clock_barrier();
	*seq = *seq + 1;
}

/* Notes at the start of call op what its books hold, so that its end can tell the call's own time.
 */
static __always_inline void clock_mark(struct thread *t, __u32 op)
{
	const __u64 *ns = clock_ns(t, op);

	t->begun = t->since;
	t->copied = 0;
	t->wait_then = ns[PHASE_WAIT];
	t->busy_then = ns[PHASE_CPU] + ns[PHASE_COPY];
}

/* What one call took (ns): asleep, and on a CPU. */
struct call_time {
	__u64 wait, busy;
};

/* What the call op, begun at clock_mark(), has taken until the hands moved last. */
static __always_inline struct call_time clock_taken(struct thread *t, __u32 op)
{
	const __u64 *ns = clock_ns(t, op);

	return (struct call_time){
		.wait = ns[PHASE_WAIT] - t->wait_then,
		.busy = ns[PHASE_CPU] + ns[PHASE_COPY] - t->busy_then,
	};
}

/* A thread leaves its CPU: to the run queue if it is still runnable, else to sleep. */
static __always_inline void clock_switch_out(struct thread *t, __u64 now, int runnable)
{
	clock_learn_phase(t, PHASE_CPU);
	t->resume = runnable && t->phase == PHASE_COPY ? PHASE_COPY : PHASE_CPU;
	clock_move(t, now, t->op, runnable ? PHASE_RUNQ : PHASE_WAIT);
}

/*
 * A thread leaves its CPU inside a call and sleeps for something else than what the call is there
 * to wait for: that sleep is none of the call's. Its hands come back when it gets a CPU.
 */
static __always_inline void clock_step_aside(struct thread *t, __u64 now)
{
	clock_learn_phase(t, PHASE_CPU);
	t->resume = PHASE_CPU;
	t->resume_op = t->op;
	clock_move(t, now, OP_ASIDE, PHASE_WAIT);
}

/* The call that a thread is inside of, wherever its hands stand. */
static __always_inline __u32 clock_call(const struct thread *t)
{
	return t->op == OP_ASIDE ? t->resume_op : t->op;
}

/* A thread gets a CPU and goes on in the phase that it was pre-empted in, or in cpu. */
static __always_inline void clock_switch_in(struct thread *t, __u64 now)
{
	/* Had it been asleep, its wake-up would have come first. */
	clock_learn_phase(t, PHASE_RUNQ);
	wake_ran(t, now);
	clock_move(t, now, clock_call(t), t->resume == PHASE_COPY ? PHASE_COPY : PHASE_CPU);
	t->stopped = 0;
}

/*
 * A thread is woken up. The event may come while it is still on its way to sleep, on a CPU: then
 * nothing moves, and switching in or out tells what becomes of it. It proves that an adopted thread
 * was asleep only if it is on no CPU; on one, it moves its own hands, at the same moment perhaps.
 */
static __always_inline void clock_wake(struct thread *t, __u64 now, bool on_cpu)
{
	if (on_cpu && t->phase == PHASE_UNKNOWN)
		return;
	clock_learn_phase(t, PHASE_WAIT);
	if (t->phase != PHASE_WAIT)
		return;
	wake_note(t, now);
	clock_move(t, now, t->op, PHASE_RUNQ);
	t->stopped = 0;
}

#endif
