/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * inherited.h - what the program has inherited from who started it and has for itself otherwise:
 * kept, and given back to what it starts in turn.
 */
#ifndef IOPHASE_INHERITED_H
#define IOPHASE_INHERITED_H

/*
 * Keeps which signals are blocked, and ignores those that are to be errors of a write instead: a
 * reader that goes away, a file that may not grow.
 */
void inherited_keep(void);

/* In a child that is to become another program: has all of it as it was. */
void inherited_give_back(void);

#endif
