/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * outcomes.bpf.h - how a call ended, and its row.
 *
 * What goes in: the number that a call returned, and its times. What comes out: its outcome, in the
 * row of the call.
 */
#ifndef IOPHASE_OUTCOMES_BPF_H
#define IOPHASE_OUTCOMES_BPF_H

/* Whether the call that just ended was one on a socket: of some calls none else ends well. */
static __always_inline bool is_of_socket(const struct thread *t,
					 const volatile struct op_traits *traits)
{
	return !traits->queue && (!traits->fd_decides || t->file_kind == FILE_SOCKET);
}

/* How call op ended that returned 0 or -errno. */
once_or_inline __u32 outcome_of_none(__u32 op, long ret)
{
	const volatile struct op_traits *traits = &op_traits[op % MAX_OPS];

	if (!ret)
		return traits->zero;
	if (-ret == traits->again)
		return OUT_AGAIN;
	if (-ret == traits->timeout)
		return OUT_TIMEOUT;
	switch (-ret) {
	case EAGAIN:
	case EALREADY:
		return OUT_AGAIN;
	case EINTR:
	case ERESTARTSYS:
	case ERESTARTNOINTR:
	case ERESTARTNOHAND:
	case ERESTART_RESTARTBLOCK:
		return OUT_INTERRUPTED;
	}
	return OUT_ERROR;
}

/* How call op ended, from its return value. */
static __always_inline __u32 outcome_of(__u32 op, long ret)
{
	return ret > 0 ? OUT_OK : outcome_of_none(op, ret);
}

/*
 * Whether a call that slept, and then said that it would have had to wait, slept as long as
 * SO_RCVTIMEO or SO_SNDTIMEO allows: on a socket that may wait, nothing else ends it so.
 */
static __always_inline bool call_timed_out(const struct thread *t,
					   const volatile struct op_traits *traits)
{
	struct file *file;

	if (traits->op_class < CLASS_READ || traits->op_class > CLASS_WRITE || t->nowait ||
	    !is_of_socket(t, traits))
		return false;
	file = file_of(t->fd);
	return !file || !(BPF_CORE_READ(file, f_flags) & O_NONBLOCK);
}

/* Notes why a call failed. An errno for which there is no place left is one of the others: what is
 * missing here, as the outcome tells. */
static __noinline void row_failed(struct row *row, __u32 err)
{
	for (int i = 0; i < ERRORS_KEPT; i++) {
		__u64 known = row->error[i];

		if (known && (known & ERRNO_MASK) != err)
			continue;
		row->error[i] = (known ? known : err) + (1 << ERRNO_BITS);
		return;
	}
}

/* Notes why the current thread's call op failed. A global function: the verifier looks at it once.
 */
__noinline int call_failed(__u32 op, __u32 err)
{
	struct thread *t = thread_current();
	struct row *row = 0;

	undisturbed_begin();
	if (t)
		row = row_of(t, op);
	if (row)
		row_failed(row, err);
	undisturbed_end();
	return 0;
}

/* Writes an ended call into its row: outcome, bytes, and its times (ns) asleep and on CPU. */
static __always_inline void row_add(struct row *row, __u32 out, __u64 bytes, __u64 wait, __u64 busy)
{
	row->outcome[bounded(out, OUTCOMES)]++;
	row->bytes += bytes;
	if (wait) {
		if (wait > row->wait_max)
			row->wait_max = wait;
		hist_add(row->wait, wait);
	}
	if (light) /* when it began is not known */
		return;
	if (busy > row->busy_max)
		row->busy_max = busy;
	hist_add(row->busy, busy);
}

#endif
