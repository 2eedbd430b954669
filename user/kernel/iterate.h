/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * iterate.h - has the kernel show the files of processes, or their threads, to a program, one by
 * one.
 */
#ifndef IOPHASE_ITERATE_H
#define IOPHASE_ITERATE_H

#include <stddef.h>
#include <sys/types.h>

struct bpf_program;

/* Takes what a program has written: one record. */
typedef void iterate_take(void *arg, const void *record);

/* What a program writes, and who takes it. */
struct iterate_records {
	size_t size; /* of each, at most ITERATE_MAX */
	iterate_take *take;
	void *arg;
};

enum {
	ITERATE_MAX = 4096,
};

/*
 * Shows the files, or threads, of one process, or with pid 0 those of all, as older kernels only
 * can, to a program; NULL if that writes nothing. 0 or -errno.
 */
int iterate(const struct bpf_program *program, pid_t pid, const struct iterate_records *records);

#endif
