/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * watch.h - what commands have in common that go on until they are stopped.
 */
#ifndef IOPHASE_WATCH_H
#define IOPHASE_WATCH_H

#include "app/options.h"

/* Completes the options of one: all who have sockets, if nobody is named; a look each `interval`
 * (ns), if none is given; no text report. */
void watch_complete(struct options *o, uint64_t interval);

#endif
