/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * streaming.h - single events of a run, carried to the outputs that want them.
 */
#ifndef IOPHASE_STREAMING_H
#define IOPHASE_STREAMING_H

#include <stdbool.h>

struct session;

/* Carries those that came; when no output takes more, they are told no longer, and that is noted.
 */
void streaming_step(struct session *s);

/* Notes what is missing in a trace, before the last report. */
void streaming_note(struct session *s);

/* Carries the last ones: measuring has ended. */
void streaming_end(struct session *s);

#endif
