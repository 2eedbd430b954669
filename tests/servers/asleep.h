/*
 * Whether another thread of this process is asleep in a system call, as /proc says.
 *
 * In: a tid and the number of a call. Out: true when the thread is in that call and off its CPU.
 */
#ifndef ASLEEP_H
#define ASLEEP_H

#include <stdbool.h>

/* Is the thread asleep in this system call? Stopped by a tracer at its entry is not asleep. */
bool asleep_in(int tid, long number);

/* Return when the thread is asleep in this system call; makes none of the tallied calls. */
void await_asleep(int tid, long number);

#endif
