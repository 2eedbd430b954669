/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * sleepers.h - asks the kernel half which threads of a process are asleep, and in what.
 */
#ifndef IOPHASE_SLEEPERS_H
#define IOPHASE_SLEEPERS_H

#include <stddef.h>
#include <sys/types.h>

#include "base/types.h"
#include "common/sleeper.h"

struct bpf_program;

struct sleeper_list {
	struct sleeper *sleeper; /* in the order of tid */
	size_t count, room;
};

/*
 * Fills an empty list with the threads of a process that are asleep now: not necessarily all of
 * them. 0 or -errno; -EOPNOTSUPP if this kernel cannot be asked, so that the program is not loaded.
 */
int sleepers_read(const struct bpf_program *program, pid_t pid, struct sleeper_list *list);

/* The thread of that number in the list, or NULL. */
const struct sleeper *sleepers_find(const struct sleeper_list *list, uint32_t tid);

void sleepers_clear(struct sleeper_list *list);

#endif
