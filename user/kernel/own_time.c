/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * own_time.c - see own_time.h.
 *
 * What goes in: the programs that are loaded. What comes out: what the kernel has timed of each.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "base/log.h"
#include "base/xalloc.h"
#include "kernel/own_time.h"
#include "proc/proc_file.h"

/* Whether the machine's switch is on; without it, who holds a descriptor may let go any time. */
static bool is_counted(void)
{
	char text[PROC_TEXT_MAX];

	return proc_read("/proc/sys/kernel/bpf_stats_enabled", text) > 0 && text[0] != '0';
}

/* What keeps the kernel from counting, by the error of bpf(2). */
static const char *why_not(int err)
{
	switch (err) {
	case EPERM:
		return "that takes CAP_SYS_ADMIN, or sysctl kernel.bpf_stats_enabled=1";
	case EINVAL:
		return "this kernel is older than 5.8; sysctl kernel.bpf_stats_enabled=1 does it";
	default:
		return strerror(err);
	}
}

/* Has the kernel count, as it is wished. */
void own_time_open(struct own_time *t, enum own_time_wish wish, struct notes *notes)
{
	int fd;

	*t = (struct own_time){0};
	if (wish == OWN_TIME_NONE)
		return;
	t->told = is_counted();
	if (wish == OWN_TIME_IF_COUNTED)
		return;
	fd = bpf_enable_stats(BPF_STATS_RUN_TIME);
	if (fd >= 0)
		t->fd = fd;
	else if (!t->told)
		notes_warn(notes, "no iophase_bpf_seconds_total: %s", why_not(errno));
	t->told |= fd >= 0;
}

/* The ns that a program has run; false where the kernel does not say. */
static bool time_of(const struct bpf_program *prog, uint64_t *ns)
{
	struct bpf_prog_info info = {0};
	__u32 size = sizeof(info);

	/* A program that was not asked for has no descriptor. */
	if (bpf_program__fd(prog) < 0 ||
	    bpf_obj_get_info_by_fd(bpf_program__fd(prog), &info, &size))
		return false;
	*ns = info.run_time_ns;
	return true;
}

/* Fills in what the programs have run until now. */
void own_time_read(struct own_time *t, const struct bpf_object *object, struct own_cost *cost)
{
	struct bpf_program *prog;
	size_t count = 0;
	uint64_t ns;

	cost->program = NULL;
	cost->programs = 0;
	if (t->told && !t->fd && !is_counted()) {
		log_warn("iophase_bpf_seconds_total ends: kernel.bpf_stats_enabled is 0 now");
		t->told = false;
	}
	if (!t->told)
		return;
	bpf_object__for_each_program(prog, object)
	{
		if (!time_of(prog, &ns))
			continue;
		if (count == t->programs)
			t->program = xrealloc(t->program, ++t->programs, sizeof(*t->program));
		t->program[count++] = (struct program_cost){bpf_program__name(prog), ns};
	}
	cost->program = t->program;
	cost->programs = count;
}

/* Lets the kernel count no longer. */
void own_time_close(struct own_time *t)
{
	if (t->fd)
		close(t->fd);
	free(t->program);
	*t = (struct own_time){0};
}
