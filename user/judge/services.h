/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * services.h - what services came to since the attach: counters that never go down.
 *
 * A service is all processes of one name (service_labels.h), those that have ended too. Each report
 * adds to it what its processes did in the period; what a service is at an instant stands for the
 * latest report.
 *
 * Where the number of time series has a bound, a service that finds no room when it first comes is
 * summed in SERVICE_OTHERS, all of it and for ever; one that did and finds no room for a further
 * call or finding has that summed there. So the sums over all services are always complete.
 */
#ifndef IOPHASE_SERVICES_H
#define IOPHASE_SERVICES_H

#include "books/hist.h"
#include "judge/model.h"
#include "judge/report.h"
#include "judge/service_labels.h"
#include "judge/service_room.h"

/* What the times of services are of. */
enum service_time {
	TIME_RESPONSE, /* of its servers: queueing and service */
	TIME_QUEUEING,
	TIME_SERVICE,
	TIME_UPSTREAM, /* of its clients: until an upstream answered */
	TIME_LAG,      /* of its event loops: from a wait to the next one */
	SERVICE_TIMES,
};

/* Durations: those in the histogram, and those that were 0. */
struct service_times {
	struct hist hist; /* ns */
	uint64_t zeros;
	uint64_t ns; /* of all; not known of the lag */
};

/* One call of a service. */
struct service_call {
	const char *name;
	bool is_request; /* asked of an asynchronous interface: no time of threads */
	bool has_ended;	 /* there were outcomes */
	uint64_t ns[PHASES];
	uint64_t outcome[OUTCOMES];
	uint64_t bytes;
};

/* A finding that a service has, or has had. */
struct service_finding {
	const struct rule *rule;
	bool now;
};

struct service {
	char *name;	 /* any bytes but 0 */
	size_t spare;	 /* series for further calls and findings */
	bool overflowed; /* there was no room for one: that is in SERVICE_OTHERS */
	struct service_call *call;
	size_t calls;
	uint64_t reads[MODELS_MAX]; /* by row of models[] */
	uint64_t exchanges[SIDES];
	uint64_t cause_ns[QUEUE_CAUSES];
	struct service_times time[SERVICE_TIMES];
	uint64_t dropped; /* packets of handshakes that found a full backlog */
	struct service_finding *finding;
	size_t findings;
	/* As of the latest report: */
	uint64_t processes, threads;
	uint64_t connections[SIDES][CONN_STATES];
	bool seen[SIDES][CONN_STATES]; /* there has been one */
};

/* One kind of loss, added up. */
struct service_loss {
	const char *name;
	uint64_t count;
};

enum {
	REFUSED_MAX = 100000, /* names are not counted further: their memory has a bound */
};

struct services {
	struct service **service; /* by name */
	size_t count, places;
	struct service_room room;
	size_t refused;	     /* services in SERVICE_OTHERS, up to REFUSED_MAX, */
	void *refused_names; /* and their names: a tree of tsearch() */
	uint64_t overflowed; /* services of which a part is in SERVICE_OTHERS */
	struct service_loss *loss;
	size_t losses;
	struct joins joins; /* late, missed: since the attach; denied: as of the latest report */
	bool has_exchanges, by_calls, has_connections; /* of the reports */
};

/* The names of what is no service: those for which there was no room, and processes that had ended
 * and are in nobody's sums but their own. */
extern const char SERVICE_OTHERS[], SERVICE_ENDED[];

/* Adds a report, which must follow the one that was added before. */
void services_add(struct services *all, const struct report *r);

/* How many of the durations were not longer than `ns`, which is a bucket's last one. */
uint64_t service_times_until(const struct service_times *t, uint64_t ns);

/* How many there were. */
uint64_t service_times_count(const struct service_times *t);

void services_clear(struct services *all);

#endif
