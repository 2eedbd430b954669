/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * inherited.c - see inherited.h.
 *
 * What goes in: the signals of the process, as they were at its start. What comes out: the same,
 * later.
 */
#include <signal.h>
#include <stddef.h>

#include "base/inherited.h"
#include "base/types.h"

static const int ignored[] = {SIGPIPE, SIGXFSZ};

static struct {
	sigset_t blocked;
	void (*handler[ARRAY_SIZE(ignored)])(int); /* SIG_DFL or SIG_IGN */
} kept;

/* Keeps what was inherited, and ignores what we cannot use. */
void inherited_keep(void)
{
	sigprocmask(SIG_SETMASK, NULL, &kept.blocked);
	for (size_t i = 0; i < ARRAY_SIZE(ignored); i++)
		kept.handler[i] = signal(ignored[i], SIG_IGN);
}

/* Has all of it as it was. */
void inherited_give_back(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(ignored); i++)
		signal(ignored[i], kept.handler[i]);
	sigprocmask(SIG_SETMASK, &kept.blocked, NULL);
}
