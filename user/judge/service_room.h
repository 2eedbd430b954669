/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * service_room.h - how many services there is room for, where there may be so many time series.
 *
 * Room is given to whole services, when they first come: for all that a service may come to have
 * but calls and findings, and for some of these. Further calls and findings take from what is kept
 * for them. So a service that is in never lacks a metric, and the number of series has a bound.
 */
#ifndef IOPHASE_SERVICE_ROOM_H
#define IOPHASE_SERVICE_ROOM_H

#include "judge/model.h"

/* How many time series something may be; the table of metrics is held against it by a unit test. */
enum {
	SERIES_OF_TIMES = 25, /* a histogram */
	SERIES_OF_CALL = PHASES + OUTCOMES + 1,
	SERIES_OF_FINDING = 1,
	/* What a service has beside calls and findings: reads by model, exchanges, histograms (of
	 * responses one for each side), causes of queueing, connections; packets dropped, processes
	 * and threads. */
	SERIES_OF_REST =
		MODELS_MAX + SIDES + 5 * SERIES_OF_TIMES + QUEUE_CAUSES + SIDES * CONN_STATES + 3,
	/* Calls and findings that each service has room for; most have five to eight calls. */
	SERIES_SPARE = 8 * SERIES_OF_CALL,
	SERIES_OF_RUN = 128, /* of no service: losses, our own programs, and the like */
	SERIES_LEAST = 1500, /* with fewer there is no room but for the sums of all */
};

/* A zeroed one has no bound. */
struct service_room {
	bool is_bounded;
	size_t left; /* series that nobody has been given; */
	size_t kept; /* of them, those that only services that are in may take */
};

/* The room of so many series, SERIES_LEAST at least; that of the run and of the sums of those that
 * do not get in is taken already. */
struct service_room service_room_of(size_t series);

/* Gives room to a service that comes, and in *spare what it has for calls and findings; false:
 * there is none, nor will there be. */
bool service_room_enter(struct service_room *r, size_t *spare);

/* Takes so many series for a service that is in, first of what it has to spare; false: there is no
 * room, nor will there be. */
bool service_room_take(struct service_room *r, size_t *spare, size_t series);

#endif
