/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * iterate.h - has the kernel show the files of processes to a program, one by one.
 */
#ifndef IOPHASE_ITERATE_H
#define IOPHASE_ITERATE_H

#include <sys/types.h>

struct bpf_program;

/* Shows the files of one process, or with pid 0 those of all, as older kernels only can; 0 or
 * -errno.
 */
int iterate_files(const struct bpf_program *program, pid_t pid);

#endif
