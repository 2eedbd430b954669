/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * output.h - the outputs that a run writes to, and what became of each.
 *
 * One that fails (its reader goes away, its disk is full, it was given up) takes nothing more; the
 * others go on.
 */
#ifndef IOPHASE_OUTPUT_H
#define IOPHASE_OUTPUT_H

#include "app/options.h"
#include "app/place.h"
#include "app/signals.h"
#include "sinks/sink.h"

struct about;
struct stream_batch;

struct output {
	struct place place;
	struct sink_job job;
	bool opened; /* its sink was, and is to be closed */
	int error;   /* -errno that ended it */
};

/* A zeroed one has none. */
struct outputs {
	struct output *output;
	size_t count;
	struct signals *signals;
	const struct about *about; /* of which run they are */
};

/*
 * Opens the places of all outputs that the options ask for, and changes nothing there. Returns 0,
 * or the exit code after one line. To be ended by outputs_abandon() or outputs_close().
 */
enum exit_code outputs_open(struct outputs *all, const struct options *o, struct signals *signals);

/* Whether one of them goes to that file. */
bool outputs_have(const struct outputs *all, int fd);

/* Measuring never began: leaves everything as it was. */
void outputs_abandon(struct outputs *all);

/* Measuring has begun: replaces what was there. Returns 0 or the -errno of an output that failed.
 */
int outputs_begin(struct outputs *all);

/* Writes the report of one interval, or of the whole run if that is the only one; likewise. */
int outputs_interval(struct outputs *all, const struct report *r);

/* Writes the report of the whole run after those of its intervals; likewise. */
int outputs_total(struct outputs *all, const struct report *r);

/* Shows a person the report of the whole time so far on stderr; the outputs go on as they were. */
void outputs_glance(const struct outputs *all, const struct options *o, const struct report *r);

/* Has those that want single events write them; what goes wrong is noted as with reports. */
void outputs_stream(struct outputs *all, const struct stream_batch *batch);

/* Whether one still takes single events. */
bool outputs_take_stream(const struct outputs *all);

/* The place of one whose trace is full, NULL: none is. */
const char *outputs_full(const struct outputs *all);

/* How many events are missing in a trace, among those that it was given. */
uint64_t outputs_unseen(const struct outputs *all);

/*
 * Writes what comes last and closes. Returns 0, or the -errno of the first output that failed: of
 * one whose reader went away (-EPIPE) only if that happened to no other.
 */
int outputs_close(struct outputs *all);

/* Whether one that still works tells a person what was lost. */
bool outputs_tell_losses(const struct outputs *all);

/* Whether one of them has its file replaced at each report. */
bool outputs_replace(const struct outputs *all);

#endif
