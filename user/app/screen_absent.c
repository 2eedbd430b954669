/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * screen_absent.c - in the place of screen.c in a build without ncurses (make TOP=0).
 */
#include "app/screen.h"

/* It has none. */
const char *screen_lacks(void)
{
	return "this build has no top: it was made without ncurses (TOP=0)";
}

/* There is none to be had. */
int screen_open(bool colour, screen_impatience *gives_up, void *context)
{
	(void)colour;
	(void)gives_up;
	(void)context;
	return -1;
}

/* It has no size. */
void screen_size(unsigned int *lines, unsigned int *columns)
{
	*lines = *columns = 0;
}

/* Nobody sees it. */
void screen_show(const struct canvas *c)
{
	(void)c;
}

/* There is nothing to forget. */
void screen_forget(void)
{
}

/* Nothing is pressed. */
bool screen_next(struct top_event *event)
{
	(void)event;
	return false;
}

/* Nothing is taken, */
void screen_suspend(void)
{
}

void screen_resume(void)
{
}

/* and nothing to be given back. */
void screen_close(void)
{
}
