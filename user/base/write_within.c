/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * write_within.c - see write_within.h.
 *
 * A descriptor that we have inherited must stay as it is: O_NONBLOCK would hold for the shell and
 * for all others that have it, too. That poll() calls it writable is no promise either: a terminal
 * with room for one byte is, and sleeps over the second. So an alarm ends the sleep.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/write_within.h"

/* Does nothing; but write(2) returns. */
static void wake(int number)
{
	(void)number;
}

/* Rings every `ms` milliseconds from now on, never if 0: a ring before the write is not the last.
 */
static void ring_every(unsigned int ms)
{
	struct timeval time = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
	struct itimerval timer = {.it_interval = time, .it_value = time};

	setitimer(ITIMER_REAL, &timer, NULL);
}

/* Writes as write(2) does, but ends after about `ms` milliseconds. */
ssize_t write_within(int fd, const void *data, size_t size, unsigned int ms)
{
	struct sigaction action = {.sa_handler = wake}, old_action;
	sigset_t alarm_only, old_mask;
	ssize_t written;
	int err;

	sigemptyset(&alarm_only);
	sigaddset(&alarm_only, SIGALRM);
	sigaction(SIGALRM, &action, &old_action);
	sigprocmask(SIG_UNBLOCK, &alarm_only, &old_mask);
	ring_every(ms);
	written = write(fd, data, size);
	err = errno;
	ring_every(0);
	sigprocmask(SIG_SETMASK, &old_mask, NULL);
	sigaction(SIGALRM, &old_action, NULL);
	if (written >= 0)
		return written;
	return err == EINTR ? -EAGAIN : -err;
}
