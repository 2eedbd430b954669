/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * signals.c - see signals.h.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "app/signals.h"
#include "base/now.h"
#include "base/types.h"

#define PATIENCE NSEC_PER_SEC /* ns, with an output that takes nothing after a signal */

/* Blocks the signals that end the program, and SIGUSR1, and opens what tells of them. */
static int hear(struct signals *s, bool quit)
{
	sigset_t heard, asked;

	*s = (struct signals){.fd = -1, .asked = -1};
	sigemptyset(&asked);
	sigaddset(&asked, SIGUSR1);
	sigemptyset(&heard);
	sigaddset(&heard, SIGINT);
	sigaddset(&heard, SIGTERM);
	sigaddset(&heard, SIGHUP);
	if (quit)
		sigaddset(&heard, SIGQUIT);
	if (sigprocmask(SIG_BLOCK, &heard, NULL) || sigprocmask(SIG_BLOCK, &asked, NULL))
		return -errno;
	s->fd = signalfd(-1, &heard, SFD_CLOEXEC | SFD_NONBLOCK);
	s->asked = signalfd(-1, &asked, SFD_CLOEXEC | SFD_NONBLOCK);
	return s->fd < 0 || s->asked < 0 ? -errno : 0;
}

/* Hears the signals that end the program. */
int signals_open(struct signals *s)
{
	return hear(s, false);
}

/* The same, and SIGQUIT: what that means is the command's to say. */
int signals_open_for_command(struct signals *s)
{
	return hear(s, true);
}

/* Passes them on to a command. */
void signals_pass_on(struct signals *s, pid_t pid, int pidfd)
{
	s->command_pid = pid;
	s->command = pidfd;
}

/* Whether there is a command to pass signals on to, and it has not ended. */
static bool has_command(const struct signals *s)
{
	return s->command_pid && !poll(&(struct pollfd){.fd = s->command, .events = POLLIN}, 1, 0);
}

/*
 * Passes a signal on to the command; false if it is for us, since that has ended. A terminal sends
 * its signals to all processes of its foreground group: if the command is of ours, it has got it.
 */
static bool pass_on(const struct signals *s, const struct signalfd_siginfo *info)
{
	if (!has_command(s))
		return false;
	if (info->ssi_code == SI_KERNEL && getpgid(s->command_pid) == getpgrp())
		return true;
	return !syscall(SYS_pidfd_send_signal, s->command, (int)info->ssi_signo, NULL, 0);
}

/* Whether one has come that ends the program. */
bool signals_came(const struct signals *s)
{
	return s->taken || poll(&(struct pollfd){.fd = s->fd, .events = POLLIN}, 1, 0) > 0;
}

/* Whether a signal that is pending ends the program. */
bool signals_end(struct signals *s)
{
	/* One that does stays there: who then waits for an output hears it too. */
	return has_command(s) ? signals_take(s) > 0 : signals_came(s);
}

/* Takes those that are pending. */
unsigned int signals_take(struct signals *s)
{
	struct signalfd_siginfo info;

	while (read(s->fd, &info, sizeof(info)) == sizeof(info))
		if (!pass_on(s, &info) && !s->taken++)
			s->at = now_ns();
	return s->taken;
}

/* Whether an output that has taken nothing since then is to be given up. */
bool signals_give_up(const struct signals *s, uint64_t since)
{
	uint64_t from = s->at > since ? s->at : since;

	return s->taken > 1 || (s->taken && now_ns() - from > PATIENCE);
}

/* Whether SIGUSR1 has come. */
bool signals_asked(struct signals *s)
{
	struct signalfd_siginfo info;

	return read(s->asked, &info, sizeof(info)) == sizeof(info);
}

/* Waits for one, at most so many milliseconds. */
unsigned int signals_await(struct signals *s, int ms)
{
	struct pollfd poll_signals = {.fd = s->fd, .events = POLLIN};

	if (poll(&poll_signals, 1, ms) <= 0)
		return s->taken;
	return signals_take(s);
}

/* Waits for the end of the command, and passes on what comes meanwhile. */
void signals_await_command(struct signals *s)
{
	while (has_command(s)) {
		struct pollfd polled[] = {
			{.fd = s->fd, .events = POLLIN},
			{.fd = s->command, .events = POLLIN},
		};

		if (poll(polled, ARRAY_SIZE(polled), -1) > 0 && polled[0].revents)
			signals_take(s);
	}
}
