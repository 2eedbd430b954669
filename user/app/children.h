/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * children.h - processes that make no I/O calls, and leave these to others that nobody asked for.
 */
#ifndef IOPHASE_CHILDREN_H
#define IOPHASE_CHILDREN_H

#include "books/snapshot.h"

/* Looks up how many living descendants the first ones of a window without I/O have. */
void children_look_up(struct window *w);

#endif
