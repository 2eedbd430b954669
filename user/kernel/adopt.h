/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * adopt.h - takes the threads of running processes into the books.
 */
#ifndef IOPHASE_ADOPT_H
#define IOPHASE_ADOPT_H

#include <stdbool.h>
#include <sys/types.h>

struct collector;

/* Asked now and then whether to stop. */
struct adopt_stop {
	bool (*now)(void *arg);
	void *arg;
};

/*
 * Adds every thread of the process, and with `descendants` those of its descendants too, and seeds
 * each with what /proc says it is doing. The collector must be armed: threads born from now on are
 * the kernel half's. Returns the number of threads added (0: the process is gone), or -errno;
 * -ECANCELED if it was to stop.
 */
int adopt_process(struct collector *c, pid_t pid, bool descendants, const struct adopt_stop *stop);

#endif
