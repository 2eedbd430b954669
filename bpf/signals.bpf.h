/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * signals.bpf.h - I/O signals on their way: generated, queued, and taken by a thread.
 *
 * What goes in: signal_generate, signal_deliver, and what rt_sigtimedwait and reads of a signalfd
 * brought. What comes out: the mark on the thread that an I/O signal has reached it, and the time
 * that the signal took, in the row of OP_SIGNALS. A call without signals pays for nothing of this.
 */
#ifndef IOPHASE_SIGNALS_BPF_H
#define IOPHASE_SIGNALS_BPF_H

enum {
	QUEUES_MAX = 1024,	     /* pairs of a task and a signal whose times are kept */
	QUEUE_SLOTS = 32,	     /* signals on their way in one of them */
	QUEUE_SHARED = 1 << 8,	     /* sent to a process, not to a thread */
	FIRST_RT_SIGNAL = 32,	     /* below it a signal is pending once at most */
	SIGNALFD_SIGINFO_SIZE = 128, /* uapi/linux/signalfd.h */
	SIGNALFD_SIGNO = 0,
	SIGNALFD_CODE = 8,
	SIGINFO_CODE = 8,	 /* offsetof(siginfo_t, si_code) in user memory */
	SIGNALFD_LOOKED_AT = 16, /* of the signals that one read brings */
	CODE_UNKNOWN = 1 << 30,
};

/* trace/events/signal.h: what became of a signal that was sent */
enum {
	TRACE_SIGNAL_DELIVERED = 0,
	TRACE_SIGNAL_LOSE_INFO = 4,
};

struct queue_key {
	__u32 task;   /* a tid, or with QUEUE_SHARED a tgid */
	__u32 signal; /* its number */
};

/*
 * When the signals that a task has not taken yet were generated, the oldest first, as the kernel
 * hands them out. The kernel generates them under the task's siglock, so one writer puts in.
 */
struct queue {
	__u64 born; /* of the thread that it belongs to: a tid is used again */
	__u32 put, got;
	__u64 at[QUEUE_SLOTS]; /* ns */
};

/* It is the least recently used one that goes when there is no room: nobody waits for it. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__type(key, struct queue_key);
	__type(value, struct queue);
	__uint(max_entries, QUEUES_MAX);
} queues SEC(".maps");

/* The queue of a key, made for the thread t if there is none; NULL if it cannot be. */
static __always_inline struct queue *queue_of(const struct queue_key *key, const struct thread *t)
{
	struct queue *q = bpf_map_lookup_elem(&queues, key);
	struct queue empty = {.born = t->born};

	if (!q) {
		bpf_map_update_elem(&queues, key, &empty, BPF_NOEXIST);
		q = bpf_map_lookup_elem(&queues, key);
	}
	if (q && q->born != t->born) {
		q->born = t->born;
		q->got = q->put;
	}
	return q;
}

/* Notes that a signal is on its way to a traced task; called under the task's siglock. */
static __always_inline void signal_sent(struct task_struct *task, __u32 signal, bool shared)
{
	struct queue_key key = {.task = shared ? task->tgid : task->pid,
				.signal = signal | (shared ? QUEUE_SHARED : 0)};
	struct thread *t = thread_of(task->pid);
	struct queue *q;

	if (!t)
		return;
	q = queue_of(&key, t);
	if (!q)
		return;
	/* It was not pending, so whatever we still wait for has been thrown away, as by SIG_IGN. */
	if (signal < FIRST_RT_SIGNAL)
		q->got = q->put;
	if (q->put - q->got >= QUEUE_SLOTS)
		q->got++;
	q->at[q->put % QUEUE_SLOTS] = bpf_ktime_get_ns();
	clock_barrier();
	q->put++;
}

/*
 * Takes the oldest signal from a queue: the ns that it took until now, at least 1; 0 if we have not
 * seen it being generated. Of two threads that wait for the same signal, both may see the same
 * oldest one: the count stays right, and the times are those of neighbours.
 */
static __always_inline __u64 queue_take(__u32 task, __u32 signal, __u64 now)
{
	struct queue_key key = {.task = task, .signal = signal};
	struct queue *q = bpf_map_lookup_elem(&queues, &key);
	__u64 at;

	if (!q || q->got == q->put)
		return 0;
	clock_barrier();
	at = q->at[q->got % QUEUE_SLOTS];
	__sync_fetch_and_add(&q->got, 1);
	return now > at ? now - at : 1;
}

/* Notes in the thread's books that an I/O signal has reached it after `delay` ns, 0: not known. */
static __always_inline void signal_count(struct thread *t, __u64 delay)
{
	struct row *row = row_of(t, OP_SIGNALS);

	signal_taken(t);
	if (!row)
		return;
	row->outcome[OUT_OK]++;
	if (!delay)
		return;
	if (delay > row->wait_max)
		row->wait_max = delay;
	hist_add(row->wait, delay);
}

/*
 * A signal has reached the current thread at `now` (ns); `code` is its si_code, or CODE_UNKNOWN if
 * nobody asked the kernel for it. Returns whether it was an I/O signal.
 */
static __noinline bool signal_reached(struct thread *t, __u32 signal, int code, __u64 now)
{
	__u64 delay;

	if (!t || (code != CODE_UNKNOWN && !signal_is_io(signal, code)))
		return false;
	/* In the order in which the kernel looks: the thread's own come first. */
	delay = queue_take(t->tid, signal, now);
	if (!delay)
		delay = queue_take(t->tgid, signal | QUEUE_SHARED, now);
	/* Only I/O signals are queued. */
	if (code == CODE_UNKNOWN && !delay && !signal_is_io(signal, 0))
		return false;
	signal_count(t, delay);
	return true;
}

/* The current thread has got signal `ret` (or an error) from rt_sigtimedwait. */
static __always_inline void signal_waited(struct thread *t, long ret, __u64 now)
{
	int code = CODE_UNKNOWN;

	if (t->signalled == SIGNALLED_BEFORE)
		t->signalled = SIGNALLED_NOT;
	if (ret <= 0)
		return;
	/* The caller may not want to know more than the number. */
	if (t->arg && bpf_probe_read_user(&code, sizeof(code), (void *)(t->arg + SIGINFO_CODE)))
		code = CODE_UNKNOWN;
	signal_reached(t, ret, code, now);
}

/*
 * The current thread has read a signal from a signalfd to `at` in its memory. Returns whether it is
 * an I/O signal. A global function: the verifier looks at it once, not once for each turn of a
 * loop.
 */
__noinline int signalfd_one(__u64 at)
{
	struct thread *t = thread_current();
	bool reached = false;
	__u32 signal;
	int code;

	undisturbed_begin();
	if (t && !bpf_probe_read_user(&signal, sizeof(signal), (void *)(at + SIGNALFD_SIGNO)) &&
	    !bpf_probe_read_user(&code, sizeof(code), (void *)(at + SIGNALFD_CODE)))
		reached = signal_reached(t, signal, code, bpf_ktime_get_ns());
	undisturbed_end();
	return reached;
}

/*
 * The current thread has read `bytes` bytes from a signalfd to `at`: notes the signals that it got.
 * Returns whether there was an I/O signal among them.
 */
static __always_inline bool signalfd_read(__u64 at, __u64 bytes)
{
	__u32 any = 0;

	for (__u32 i = 0; i < SIGNALFD_LOOKED_AT && bytes >= SIGNALFD_SIGINFO_SIZE; i++) {
		any |= signalfd_one(at);
		at += SIGNALFD_SIGINFO_SIZE;
		bytes -= SIGNALFD_SIGINFO_SIZE;
	}
	return any;
}

/* In whoever's context: the task that the signal is for is an argument. */
SEC("tp_btf/signal_generate")
int BPF_PROG(signal_generate, int signal, struct kernel_siginfo *info, struct task_struct *task,
	     int group, int result)
{
	int code = 0;

	if (!armed || (result != TRACE_SIGNAL_DELIVERED && result != TRACE_SIGNAL_LOSE_INFO))
		return 0;
	/* SEND_SIG_NOINFO and SEND_SIG_PRIV are the numbers 0 and 1, not addresses. */
	if ((unsigned long)info > 1)
		code = BPF_CORE_READ(info, si_code);
	if (signal_is_io(signal, code))
		signal_sent(task, signal, group);
	return 0;
}

SEC("tp_btf/signal_deliver")
int BPF_PROG(signal_deliver, int signal, struct kernel_siginfo *info)
{
	undisturbed_begin();
	if (armed)
		signal_reached(thread_current(), signal, BPF_CORE_READ(info, si_code),
			       bpf_ktime_get_ns());
	undisturbed_end();
	return 0;
}

#endif
