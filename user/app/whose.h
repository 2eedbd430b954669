/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * whose.h - looks up whose the processes of a window are, and where their clients find them.
 */
#ifndef IOPHASE_APP_WHOSE_H
#define IOPHASE_APP_WHOSE_H

#include "books/snapshot.h"

/* Looks up user and ports of the processes of a window that live; what cannot be read stays empty.
 */
void whose_look_up(struct window *w);

#endif
