/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * unseen.h - says of what threads it cannot be seen what they were blocked in.
 */
#ifndef IOPHASE_UNSEEN_H
#define IOPHASE_UNSEEN_H

#include "proc/pids.h"

struct notes;

/* Says what is not known of these processes; nothing if there are none. */
void unseen_tell(const struct pid_list *unseen, struct notes *notes);

#endif
