/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * cap.h - what is known of what we may do and what this kernel can do; what a row of the table of
 * capabilities is, and what its probe is given.
 */
#ifndef IOPHASE_CAP_H
#define IOPHASE_CAP_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/notes.h"
#include "kernel/setup.h"

struct btf;

/* What is to be traced, and how. */
struct caps_wanted {
	enum hook_kind hooks;
	const pid_t *pid;
	size_t pids;
	bool follow;
};

/* How it stands with one thing that we look for. */
enum cap_state {
	CAP_WORKS,
	CAP_LACKS,   /* this kernel, or this machine, has it not */
	CAP_DENIED,  /* we may not use it */
	CAP_UNKNOWN, /* we could not look */
	CAP_STATES,
};

struct caps {
	struct feature_set features; /* what this kernel offers, and the way in to use: raw if the
				      * other is not to be had */
	const char *tracefs;	     /* where it is mounted, NULL: nowhere, or not looked for */
	struct notes lacks;	     /* what is lost without what is not there: one line each */
};

/* What the probes share. */
struct probing {
	struct caps *caps;
	const struct caps_wanted *wanted;
	const struct btf *btf; /* the kernel's types, once they are there */
	bool raw;	       /* the way in is to be the raw pair, or */
	bool light;	       /* none to system calls */
	bool nested;	       /* we are in a user namespace of our own */
	int event;	       /* a tracepoint of system calls, -errno: why there is none */
	char why[256];	       /* set by a probe that knows better than its row what is missing, */
	const char *get;       /* and how to get it */
};

struct cap_row;

/* Whether it is there. */
typedef enum cap_state probe(struct probing *p, const struct cap_row *row);

/* What becomes of us without it. */
enum without {
	WITHOUT_END,   /* the program ends: CAP_DENIED is exit code 3, CAP_LACKS 4 */
	WITHOUT_RAW,   /* the raw pair is used; a warning says so */
	WITHOUT_HOOKS, /* there is no --hooks light: who has asked for that ends */
	WITHOUT_WARN,  /* we go on; a warning says what is lost */
	WITHOUT_NOTE,  /* we go on, as on many a machine; the report says what is lost */
};

/* Who walks over a row. */
enum cap_walk {
	WALK_BOTH,
	WALK_TRACE, /* whoever is to trace these targets */
	WALK_CHECK, /* whoever asks what could be done here */
};

struct cap_row {
	const char *name;
	const char *purpose; /* what it is for */
	probe *there;
	const char *event; /* of has_event() */
	enum without without;
	enum cap_walk walk;
	bool light;	      /* it is of use for --hooks light alone */
	enum feature feature; /* that it is; FEATURES: none, or the probe knows which one */
	const char *missing;  /* what is missing, as the beginning of a sentence */
	const char *costs;    /* what is lost without it; NULL: everything */
	const char *get;      /* how to get it */
};

#endif
