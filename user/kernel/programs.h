/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * programs.h - the table of the kernel half's programs: what each hangs on, and what it needs.
 *
 * For the collector and hooks only.
 */
#ifndef IOPHASE_PROGRAMS_H
#define IOPHASE_PROGRAMS_H

#include "kernel/feature.h"

struct bpf_program;
struct iophase_bpf;

/* What a program is attached to. */
enum program_hang {
	HANG_BY_SECTION, /* the event that its section names */
	HANG_ON_EXIT,	 /* the tracepoint sys_exit_EVENT */
	HANG_ON_PAIR,	 /* sys_enter_EVENT, and the program of the ends on sys_exit_EVENT */
	HANG_ON_CALLS,	 /* the same for each call of ops[] of whose arguments it reads `args` */
	HANG_ON_ENDS,	 /* the ends of all these */
	HANG_ON_CHANGES, /* the ends of those of change_calls[] that are asked for */
	HANG_ON_SAMPLES, /* the clock of each CPU, so often a second */
	HANG_ON_STREAM,	 /* both ends of each of all these, after them */
	HANG_ON_DEMAND,	 /* nothing: we run it */
};

struct program_row {
	const char *name;
	size_t place; /* of the pointer to it in the skeleton */
	enum program_hang hang;
	uint32_t any_of;  /* features of which one must be there */
	const char *lost; /* optional: what is lost without it; NULL: there is no going on */
	const char *event;
	unsigned int args;
	bool streams; /* only for a trace */
};

extern const struct program_row programs[];
extern const size_t program_count;

/* The program of a row. */
struct bpf_program *program_of(const struct iophase_bpf *skel, const struct program_row *row);

/* Whether a program is wanted where there are these features. */
bool program_wanted(const struct program_row *row, struct feature_set features);

/* The row of the program for the start of a call of whose arguments `args` are read. */
const struct program_row *program_for_call(unsigned int args);

/* The row of the program for the end of every call. */
const struct program_row *program_for_ends(void);

/* The row of the program that tells of both ends of every call, for a trace. */
const struct program_row *program_for_stream(void);

/* Has libbpf load what is wanted, and nothing else. Returns 0 or -errno. */
int programs_choose(const struct iophase_bpf *skel, struct feature_set features);

#endif
