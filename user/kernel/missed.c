/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * missed.c - see missed.h.
 *
 * What goes in: the programs that are loaded. What comes out: what the kernel has counted of each.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "base/log.h"
#include "kernel/missed.h"

/*
 * How often the kernel skipped a program since it, or another one, was running on that CPU; 0
 * before Linux 5.12, which does not count it.
 */
static uint64_t missed_by(const struct bpf_program *prog)
{
	struct bpf_prog_info info = {0};
	__u32 size = sizeof(info);

	/* A program that was not asked for has no descriptor. */
	if (bpf_program__fd(prog) < 0 ||
	    bpf_obj_get_info_by_fd(bpf_program__fd(prog), &info, &size))
		return 0;
	return info.recursion_misses;
}

/* The same over all programs. */
uint64_t missed_count(const struct bpf_object *object)
{
	struct bpf_program *prog;
	uint64_t missed = 0;

	bpf_object__for_each_program(prog, object) missed += missed_by(prog);
	return missed;
}

/* Says which programs were skipped, and how often. */
void missed_describe(const struct bpf_object *object)
{
	struct bpf_program *prog;

	bpf_object__for_each_program(prog, object)
	{
		uint64_t missed = missed_by(prog);

		if (missed)
			log_info("the kernel skipped %s %llu times", bpf_program__name(prog),
				 (unsigned long long)missed);
	}
}
