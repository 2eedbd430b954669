/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * start.h - a run of iophase, and how it begins: the kernel half armed, the targets adopted.
 */
#ifndef IOPHASE_START_H
#define IOPHASE_START_H

#include "app/about.h"
#include "app/exporter.h"
#include "app/loop.h"
#include "app/membership.h"
#include "app/options.h"
#include "app/output.h"
#include "app/progress.h"
#include "app/live.h"
#include "app/wheres.h"
#include "app/whose.h"
#include "base/notes.h"
#include "books/snapshot.h"
#include "kernel/caps.h"

struct collector;
struct launch;

enum {
	HOST_LEN = 65, /* HOST_NAME_MAX is 64 */
};

/* One run, from the attach to the last report. */
struct session {
	const struct options *options;
	const struct caps *caps;
	const struct target_list *targets;
	struct launch *launch; /* the command that is started, or NULL */
	struct signals *signals;
	struct collector *collector;
	struct membership membership;
	struct wheres wheres;
	struct loop loop;
	struct outputs outputs;
	struct progress progress;
	struct exporter exporter; /* if the options ask for it */
	struct live live;	  /* likewise, */
	struct whose_known whose; /* and what it knows of processes */
	struct about about;	  /* for those who record */
	struct notes notes;	  /* what is not seen or not known */
	char host[HOST_LEN];
	enum severity worst;	     /* of all findings of all reports */
	struct snapshot first, last; /* when tracing began; the latest one reported */
	uint64_t started;	     /* ns */
	uint64_t
		look_cpu; /* CPU time (ns) that we had used when the latest look in between began */
	bool has_exchanges; /* what clients and upstreams wait for is measured, */
	bool streaming;	    /* single events are told, for a trace */
	bool has_rows;	    /* and connections are told one by one */
};

/* Has the kernel half work on the targets; 0 or the exit code, said on stderr. */
enum exit_code session_start(struct session *s);

/* Says that nobody matches, or matched in all the time; the exit code. */
enum exit_code session_tell_nobody(const struct session *s);

/* Whether a signal has ended the run; of a struct session. */
bool session_is_signalled(void *session);

/* Whether an output has connections if they are told: all of them, not only those that matter. */
bool session_records_connections(const struct options *o);

/* Whether an output, or what is recorded for one, tells whose the processes are. */
bool session_tells_whose(const struct options *o);

#endif
