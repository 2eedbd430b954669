/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * signals.h - the signals that end the program: heard where it waits, wherever that is; and
 * SIGUSR1, which asks for a report.
 */
#ifndef IOPHASE_SIGNALS_H
#define IOPHASE_SIGNALS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct signals {
	int fd;	   /* readable when one is pending that was not taken */
	int asked; /* readable when SIGUSR1 has asked for a report */
	/*
	 * A command that they are passed on to: as long as it runs they do not end the program, and
	 * do not count as taken. Its pidfd and pid; 0 is none.
	 */
	int command;
	pid_t command_pid;
	unsigned int taken;
	uint64_t at; /* when the first was taken, ns of CLOCK_MONOTONIC */
};

/* Blocks SIGINT, SIGTERM, SIGHUP and SIGUSR1; from now on they are taken. Returns 0 or -errno. */
int signals_open(struct signals *s);

/* The same with SIGQUIT, where they will be passed on to a command. */
int signals_open_for_command(struct signals *s);

/* Passes them on to a command from now on, those too that have come and were not taken. */
void signals_pass_on(struct signals *s, pid_t pid, int pidfd);

/* Whether one has come that ends the program; it stays there to be taken. */
bool signals_came(const struct signals *s);

/* Waits for the end of the command, if there is one, and passes on what comes meanwhile. */
void signals_await_command(struct signals *s);

/* Whether a signal that is pending ends the program; the others are passed on. */
bool signals_end(struct signals *s);

/* Takes those that are pending; returns how many were taken until now. */
unsigned int signals_take(struct signals *s);

/*
 * Whether an output that has taken nothing since then (ns of CLOCK_MONOTONIC) is to be given up: a
 * second after a signal was taken, or at once after a second signal.
 */
bool signals_give_up(const struct signals *s, uint64_t since);

/* Whether SIGUSR1 has asked for a report since the last time; that is taken. */
bool signals_asked(struct signals *s);

/* Waits for one, at most so many milliseconds; returns how many were taken until now. */
unsigned int signals_await(struct signals *s, int ms);

#endif
