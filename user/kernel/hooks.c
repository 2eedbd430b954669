/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * hooks.c - see hooks.h.
 *
 * What goes in: the table of programs, and that of calls. What comes out: links from the kernel's
 * events to them, which live as long as the program does (see collector_leave()), and a note on
 * each that was wanted and could not be had.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <bpf/libbpf.h>

#include "base/xalloc.h"
#include "books/ops.h"
#include "kernel/changes.h"
#include "kernel/hooks.h"
#include "kernel/programs.h"
#include "kernel/samples.h"
#include "kernel/tracefs.h"

enum {
	EVENT_NAME_MAX = 64,
	CALLS_LINE_MAX = 512, /* a note that names calls */
};

/* 0, or why a link could not be made: before 1.0, libbpf put that into the pointer. */
static int link_error(const struct bpf_link *link)
{
	long err = libbpf_get_error(link);

	return err ? (int)err : 0;
}

/* Remembers a descriptor that keeps a program attached. */
static void keep_open(struct hooks *h, int fd)
{
	h->fd = xrealloc(h->fd, h->count + 1, sizeof(*h->fd));
	h->fd[h->count++] = fd;
}

/* Keeps a link; `event` is the descriptor of its perf event, -1: it has none. */
static void keep(struct hooks *h, struct bpf_link *link, int event)
{
	h->link = xrealloc(h->link, h->links + 1, sizeof(*h->link));
	h->link[h->links++] = link;
	keep_open(h, bpf_link__fd(link));
	/* Before 5.15 the event is the link. */
	if (event >= 0 && event != bpf_link__fd(link))
		keep_open(h, event);
}

/* Attaches a program to the tracepoint PREFIX_EVENT of system calls; the link, and in *event the
 * descriptor of its perf event; or NULL and a -errno. */
static struct bpf_link *attach_tracepoint(const struct hooks *h, const struct program_row *row,
					  const char *prefix, const char *event, int *fd)
{
	char name[EVENT_NAME_MAX];
	struct bpf_link *link;
	int err;

	snprintf(name, sizeof(name), "%s_%s", prefix, event);
	*fd = tracefs_event(h->tracefs, name);
	if (*fd < 0)
		return NULL;
	*fd = tracefs_open(*fd);
	if (*fd < 0)
		return NULL;
	link = bpf_program__attach_perf_event(program_of(h->skel, row), *fd);
	err = link_error(link);
	if (!err)
		return link; /* which has the descriptor now */
	close(*fd);
	*fd = err;
	return NULL;
}

/*
 * Attaches two programs to the pair of tracepoints of one system call, both or none of them; 0 or
 * -errno, -ENOENT if this kernel has no such pair.
 */
static int attach_both(struct hooks *h, const struct program_row *enter,
		       const struct program_row *leave, const char *event)
{
	struct bpf_link *end, *begin;
	int ends, begins;

	/* The end first: a call seen to end only is tolerated, one seen to begin only is a loss. */
	end = attach_tracepoint(h, leave, "sys_exit", event, &ends);
	if (!end)
		return ends;
	begin = attach_tracepoint(h, enter, "sys_enter", event, &begins);
	if (!begin) {
		bpf_link__destroy(end);
		return begins;
	}
	keep(h, end, ends);
	keep(h, begin, begins);
	return 0;
}

/* The same of the program for the start and that for all ends; behind them, those for a trace. */
static int attach_pair(struct hooks *h, const struct program_row *enter, const char *event)
{
	const struct program_row *stream = program_for_stream();
	int err = attach_both(h, enter, program_for_ends(), event);

	return err || !h->streams ? err : attach_both(h, stream, stream, event);
}

/* Attaches a program to the end of one system call; 0 or -errno. */
static int attach_end(struct hooks *h, const struct program_row *row, const char *event)
{
	int fd;
	struct bpf_link *link = attach_tracepoint(h, row, "sys_exit", event, &fd);

	if (!link)
		return fd;
	keep(h, link, fd);
	return 0;
}

/* Attaches to the ends of the calls after which processes are to be told of; 0 or -errno. */
static int attach_changes(struct hooks *h, const struct program_row *row, uint32_t changes)
{
	for (size_t i = 0; i < change_calls_count; i++) {
		int err = 0;

		if (changes & change_calls[i].change)
			err = attach_end(h, row, change_calls[i].name);
		if (err)
			return err;
	}
	return 0;
}

/* Attaches a program to samples of each CPU that is on; 0 or -errno. */
static int attach_samples(struct hooks *h, const struct program_row *row, uint32_t frequency)
{
	int cpus = libbpf_num_possible_cpus();

	for (int cpu = 0; cpu < cpus; cpu++) {
		int fd = samples_open(cpu, frequency), err;
		struct bpf_link *link;

		if (fd == -ENODEV)
			continue;
		if (fd < 0)
			return fd;
		link = bpf_program__attach_perf_event(program_of(h->skel, row), fd);
		err = link_error(link);
		if (err) {
			close(fd);
			return err;
		}
		keep(h, link, fd);
	}
	return cpus < 0 ? cpus : 0;
}

/* Attaches the program of a row, unless it goes with each call; 0 or -errno. */
static int attach_row(struct hooks *h, const struct program_row *row,
		      const struct collector_setup *setup)
{
	struct bpf_link *link = NULL;
	int err = 0;

	switch (row->hang) {
	case HANG_BY_SECTION:
		link = bpf_program__attach(program_of(h->skel, row));
		err = link_error(link);
		break;
	case HANG_ON_EXIT:
		err = attach_end(h, row, row->event);
		break;
	case HANG_ON_PAIR:
		err = attach_pair(h, row, row->event);
		break;
	case HANG_ON_CHANGES:
		err = attach_changes(h, row, setup->changes);
		break;
	case HANG_ON_SAMPLES:
		err = attach_samples(h, row, setup->samples);
		break;
	case HANG_ON_CALLS:
	case HANG_ON_ENDS:
	case HANG_ON_STREAM:
	case HANG_ON_DEMAND:
		break;
	}
	if (link && !err)
		keep(h, link, -1);
	return err;
}

/* Whether an error says that we are short of something, so that going on would be no good. */
static bool is_shortage(int err)
{
	return err == -EMFILE || err == -ENFILE || err == -ENOMEM;
}

/* Attaches the programs that do not go with each call; 0 or -errno. */
static int attach_programs(struct hooks *h, const struct collector_setup *setup)
{
	for (size_t i = 0; i < program_count; i++) {
		const struct program_row *row = &programs[i];
		bool wanted = program_wanted(row, setup->features);
		int err = wanted ? attach_row(h, row, setup) : 0;

		if (wanted && !err && row->hang != HANG_ON_DEMAND)
			notes_add(&h->programs, "%s", row->name);
		if (err && (!row->lost || is_shortage(err)))
			return err;
		if (err)
			notes_warn(h->notes, "%s could not be attached (%s): %s", row->name,
				   strerror(-err), row->lost);
	}
	return 0;
}

/*
 * Whether this kernel has a system call at all. With these arguments, a descriptor, a number and
 * pointers that none can be, every call of the table fails.
 */
static bool has_call(int nr)
{
	return syscall(nr, -1L, -1L, -1L, -1L, -1L, -1L) != -1 || errno != ENOSYS;
}

/* How many arguments of a call are read when it begins. */
static unsigned int args_of(const struct op *op)
{
	return op->traits.flags_arg == ARG_NONE ? 3 : op->traits.flags_arg + 1U;
}

/* Attaches to one call of the table: 0; -ENOENT if this kernel has no such call; or -errno. */
static int attach_call(struct hooks *h, const struct op *op)
{
	int err;

	if (op->nr < 0)
		return -ENOENT;
	err = attach_pair(h, program_for_call(args_of(op)), op->event ?: op->name);
	/* It may have the call without having the tracepoints. */
	return err == -ENOENT && has_call(op->nr) ? -EOPNOTSUPP : err;
}

/* Whether a row of the table is a system call that has tracepoints of its own. */
static bool is_call(unsigned int op)
{
	return ops[op].name && ops[op].traits.op_class != CLASS_REQUEST && op != OP_WORKER &&
	       op != OP_SPLICE_WRITE;
}

/* Attaches to the tracepoints of every row of the table of calls that this kernel has; 0 or -errno.
 */
static int attach_calls(struct hooks *h)
{
	char missing[CALLS_LINE_MAX] = "";
	int last = -ENOENT;
	size_t used = 0;

	for (unsigned int i = 1; i < MAX_OPS; i++) {
		const struct op *op = &ops[i];
		int err;

		if (!is_call(i))
			continue;
		err = attach_call(h, op);
		if (is_shortage(err))
			return err;
		h->lacks[i] = err == -ENOENT;
		h->attached += !err;
		if (!err || err == -ENOENT)
			continue;
		last = err;
		if (used < sizeof(missing))
			used += (size_t)snprintf(missing + used, sizeof(missing) - used, "%s%s",
						 used ? ", " : "", op->name);
	}
	if (!h->attached)
		return last;
	if (used)
		notes_warn(h->notes, "not seen, their time is in app: calls of %s (%s)", missing,
			   last == -EOPNOTSUPP ? "this kernel has no tracepoints for them"
					       : strerror(-last));
	return 0;
}

/* Attaches every program that the setup's features ask for. */
int hooks_attach(struct hooks *h, const struct collector_setup *setup, struct notes *notes)
{
	int err;

	h->tracefs = setup->tracefs;
	h->notes = notes;
	h->streams = feature_has(setup->features, FEATURE_STREAM);
	err = attach_programs(h, setup);
	if (err || !feature_has(setup->features, FEATURE_CALL_EVENTS))
		return err;
	return attach_calls(h);
}

/* Frees what the links take. */
void hooks_clear(struct hooks *h)
{
	for (size_t i = 0; i < h->links; i++) {
		bpf_link__disconnect(h->link[i]);
		bpf_link__destroy(h->link[i]);
	}
	free(h->link);
	h->link = NULL;
	h->links = 0;
	notes_clear(&h->programs);
}

/* Closes what keeps them attached. */
void hooks_close(struct hooks *h)
{
	for (size_t i = 0; i < h->count; i++)
		close(h->fd[i]);
	free(h->fd);
	h->fd = NULL;
	h->count = 0;
}
