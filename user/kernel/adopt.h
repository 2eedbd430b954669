/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * adopt.h - takes the threads of running processes into the books.
 */
#ifndef IOPHASE_ADOPT_H
#define IOPHASE_ADOPT_H

#include <stdbool.h>
#include <sys/types.h>

struct collector;
struct notes;

/*
 * Adds every thread of the process, and with `descendants` those of its descendants too, and seeds
 * each with what /proc says it is doing. The collector must be armed: threads born from now on are
 * the kernel half's. Returns the number of threads added (0: the process is gone), or -errno.
 */
int adopt_process(struct collector *c, pid_t pid, bool descendants, struct notes *notes);

#endif
