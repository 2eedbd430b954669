/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * screen.h - the terminal as a whole: what is shown on it, and what is pressed there. The one place
 * that knows ncurses.
 */
#ifndef IOPHASE_SCREEN_H
#define IOPHASE_SCREEN_H

#include <stdbool.h>
#include <stdint.h>

#include "top/canvas.h"
#include "top/view.h"

/* What is wrong with the terminal that stdin and stdout are, or are not; NULL: nothing. */
const char *screen_lacks(void);

/*
 * Whether a terminal that has taken nothing since then (ns of CLOCK_MONOTONIC) is to be given up;
 * asked by a handler of signals.
 */
typedef bool screen_impatience(void *context, uint64_t since);

/*
 * Takes the terminal; 0, or -1. Whatever ends the program gives it back. Where it takes nothing any
 * more, and is to be given up, the program ends in the midst of it, with EXIT_FAILED.
 */
int screen_open(bool colour, screen_impatience *gives_up, void *context);

/* How large the canvas is to be. */
void screen_size(unsigned int *lines, unsigned int *columns);

/* Shows a canvas; only what has changed is written. */
void screen_show(const struct canvas *c);

/* Has all of it be written next time: somebody else has written to the terminal. */
void screen_forget(void);

/* The next key or click, if there is one. */
bool screen_next(struct top_event *event);

/* Gives the terminal back for a while, and takes it again. */
void screen_suspend(void);
void screen_resume(void);

/* Gives the terminal back. Without one there is nothing to do. */
void screen_close(void);

#endif
