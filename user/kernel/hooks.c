/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * hooks.c - see hooks.h.
 *
 * What goes in: the programs of the skeleton. What comes out: links from the kernel's events to
 * them, which live as long as the program does; see collector_leave().
 */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>
#include <bpf/libbpf.h>

#include "kernel/hooks.h"
#include "iophase.skel.h"
#include "books/ops.h"

#define EVENT_NAME_MAX 64
#define EVENT_PATH_MAX 4096

/*
 * Whether a link could not be made, with the reason in errno: before 1.0, libbpf put it into the
 * pointer. Links live as long as the program; see collector_leave().
 */
static bool link_error(const struct bpf_link *link)
{
	long err = libbpf_get_error(link);

	if (err)
		errno = -err;
	return err;
}

/* The program for completions of io_uring, as the kernel tells of them; NULL: it does not. */
static struct bpf_program *uring_complete_program(const struct iophase_bpf *skel,
						  enum uring_events form)
{
	switch (form) {
	case URING_5_15:
		return skel->progs.uring_complete_5_15;
	case URING_6_0:
	case URING_6_3:
		return skel->progs.uring_complete_6_0;
	case URING_6_14:
		return skel->progs.uring_complete_6_14;
	default:
		return NULL;
	}
}

/* The same for submissions. */
static struct bpf_program *uring_submit_program(const struct iophase_bpf *skel,
						enum uring_events form)
{
	switch (form) {
	case URING_5_15:
		return skel->progs.uring_submit_5_15;
	case URING_6_0:
		return skel->progs.uring_submit_6_0;
	case URING_6_3:
	case URING_6_14:
		return skel->progs.uring_submit_6_3;
	default:
		return NULL;
	}
}

/* Attaches the programs that are told by their section what to; 0 or -errno. */
static int attach_events(struct hooks *h, const struct collector_setup *setup)
{
	struct bpf_program *const programs[] = {
		h->skel->progs.sched_switch,
		h->skel->progs.sched_wakeup,
		h->skel->progs.task_newtask,
		h->skel->progs.task_rename,
		h->skel->progs.sched_process_exec,
		h->skel->progs.sched_process_exit,
		setup->copies ? h->skel->progs.skb_copy_datagram_iovec : NULL,
		setup->signals ? h->skel->progs.signal_deliver : NULL,
		setup->sent ? h->skel->progs.signal_generate : NULL,
		uring_complete_program(h->skel, setup->uring),
		setup->uring >= URING_6_0 ? h->skel->progs.uring_overflow : NULL,
		uring_submit_program(h->skel, setup->uring),
		setup->raw ? h->skel->progs.sys_exit_raw : NULL,
		setup->raw ? h->skel->progs.sys_enter_raw : NULL,
	};

	for (size_t i = 0; i < ARRAY_SIZE(programs); i++)
		if (programs[i] && link_error(bpf_program__attach(programs[i])))
			return -errno;
	return 0;
}

/* Whether this kernel has the tracepoint syscalls/NAME. */
static bool has_tracepoint(const char *tracefs, const char *name)
{
	char path[EVENT_PATH_MAX];

	snprintf(path, sizeof(path), "%s/events/syscalls/%s/id", tracefs, name);
	return access(path, R_OK) == 0;
}

/*
 * The program for the start of a call: the kernel lets none attach to a tracepoint that has fewer
 * arguments than the program reads.
 */
static struct bpf_program *enter_program(const struct iophase_bpf *skel, const struct op *op)
{
	switch (op->traits.flags_arg) {
	case 3:
		return skel->progs.sys_enter_4;
	case 5:
		return skel->progs.sys_enter_6;
	default:
		return skel->progs.sys_enter_3;
	}
}

/*
 * Attaches to the pair of tracepoints of one system call. Returns 1, 0 if this kernel has no such
 * pair, or -errno.
 */
static int attach_pair(struct hooks *h, const char *tracefs, const char *event,
		       struct bpf_program *enter_prog)
{
	char enter[EVENT_NAME_MAX], leave[EVENT_NAME_MAX];

	snprintf(enter, sizeof(enter), "sys_enter_%s", event);
	snprintf(leave, sizeof(leave), "sys_exit_%s", event);
	if (!has_tracepoint(tracefs, enter) || !has_tracepoint(tracefs, leave))
		return 0;
	/* The end first: a call seen to end only is tolerated, one seen to begin only is a loss. */
	if (link_error(bpf_program__attach_tracepoint(h->skel->progs.sys_exit, "syscalls", leave)))
		return -errno;
	if (link_error(bpf_program__attach_tracepoint(enter_prog, "syscalls", enter)))
		return -errno;
	return 1;
}

/* Attaches to the tracepoints of every row of the table of calls that this kernel has; 0 or -errno.
 */
static int attach_calls(struct hooks *h, const char *tracefs)
{
	int got = attach_pair(h, tracefs, "restart_syscall", h->skel->progs.sys_enter_restart);

	/* How a pread64 ends is all that is asked of it. */
	if (got >= 0 && has_tracepoint(tracefs, "sys_exit_pread64") &&
	    link_error(bpf_program__attach_tracepoint(h->skel->progs.sys_exit_pread, "syscalls",
						      "sys_exit_pread64")))
		return -errno;

	for (unsigned int i = 1; i < MAX_OPS && got >= 0; i++) {
		const struct op *op = &ops[i];

		if (!op->name)
			continue;
		got = 0;
		if (op->traits.op_class == CLASS_REQUEST || i == OP_WORKER)
			continue;
		if (op->nr >= 0)
			got = attach_pair(h, tracefs, op->event ?: op->name,
					  enter_program(h->skel, op));
		h->lacks[i] = got == 0;
		h->attached += got > 0;
	}
	return got < 0 ? got : 0;
}

/* Attaches the programs to the events of the kernel. */
int hooks_attach(struct hooks *h, const struct collector_setup *setup)
{
	int err = attach_events(h, setup);

	return err || setup->raw ? err : attach_calls(h, setup->tracefs);
}
