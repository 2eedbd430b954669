/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * signals.c - see signals.h.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "app/signals.h"
#include "base/now.h"

/* Blocks the signals that end the program, and opens what tells of them. */
int signals_open(struct signals *s)
{
	sigset_t ending;

	*s = (struct signals){.fd = -1};
	sigemptyset(&ending);
	sigaddset(&ending, SIGINT);
	sigaddset(&ending, SIGTERM);
	sigaddset(&ending, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &ending, NULL))
		return -errno;
	s->fd = signalfd(-1, &ending, SFD_CLOEXEC | SFD_NONBLOCK);
	return s->fd < 0 ? -errno : 0;
}

/* Whether one has come that ends the program. */
bool signals_came(const struct signals *s)
{
	return s->taken || poll(&(struct pollfd){.fd = s->fd, .events = POLLIN}, 1, 0) > 0;
}

/* Takes those that are pending. */
unsigned int signals_take(struct signals *s)
{
	struct signalfd_siginfo info;

	while (read(s->fd, &info, sizeof(info)) == sizeof(info))
		if (!s->taken++)
			s->at = now_ns();
	return s->taken;
}

/* Waits for one, at most so many milliseconds. */
unsigned int signals_await(struct signals *s, int ms)
{
	struct pollfd poll_signals = {.fd = s->fd, .events = POLLIN};

	if (poll(&poll_signals, 1, ms) <= 0)
		return s->taken;
	return signals_take(s);
}
