/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * ps.h - the command `ps`: a line for each process that has sockets.
 */
#ifndef IOPHASE_PS_H
#define IOPHASE_PS_H

struct options;

/* Fills in what `ps` means where nothing is said: who, and for how long. */
void ps_complete(struct options *o);

#endif
