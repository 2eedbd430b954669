/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * leave.h - detaching, which takes seconds, left to a process in the background.
 *
 * For the collector only.
 */
#ifndef IOPHASE_LEAVE_H
#define IOPHASE_LEAVE_H

/*
 * Makes a process that keeps open all that we have open, until leave_end(), and then lets go of it.
 * Returns what to end it with; -1 if there is no such process: then whoever closes waits.
 */
int leave_begin(void);

/* Has that process let go, now that we have closed what it is to be the last to close. */
void leave_end(int leaving);

#endif
