/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * signals.h - the signals that end the program: heard where it waits, wherever that is.
 */
#ifndef IOPHASE_SIGNALS_H
#define IOPHASE_SIGNALS_H

#include <stdbool.h>
#include <stdint.h>

struct signals {
	int fd; /* readable when one is pending that was not taken */
	unsigned int taken;
	uint64_t at; /* when the first was taken, ns of CLOCK_MONOTONIC */
};

/* Blocks SIGINT, SIGTERM and SIGHUP; from now on they are taken. Returns 0 or -errno. */
int signals_open(struct signals *s);

/* Whether one has come that ends the program; it stays there to be taken. */
bool signals_came(const struct signals *s);

/* Takes those that are pending; returns how many were taken until now. */
unsigned int signals_take(struct signals *s);

/* Waits for one, at most so many milliseconds; returns how many were taken until now. */
unsigned int signals_await(struct signals *s, int ms);

#endif
