/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * quantities.h - numbers that findings are made of: what they are called, how they are written.
 */
#ifndef IOPHASE_QUANTITIES_H
#define IOPHASE_QUANTITIES_H

#include "base/fmt.h"
#include "base/types.h"

/* A rate is per second of the time that the process was there. */
enum quantity {
	Q_NONE,
	/* Waits: calls of class mux. */
	Q_READY,
	Q_READY_RATE,
	Q_IO_PER_READY,
	Q_MUX_WAIT_P50,
	Q_TIMEOUTS,
	Q_TIMEOUT_RATE, /* per thread that waits */
	Q_TIMEOUT_SHARE,
	Q_SCANS,
	Q_WATCHED,
	Q_WATCHED_PER_EVENT,
	Q_EVENTS_PER_WAIT,
	Q_FULL,
	Q_FULL_SHARE,
	Q_CONTROLS,
	Q_CONTROLS_PER_READ,
	Q_CONTROL_ERRORS,
	Q_CONTROL_ERROR_SHARE,
	Q_CONTROL_ERRNO,
	/* Accepts and connects. */
	Q_ACCEPTS,
	Q_ACCEPT_AGAIN,
	Q_ACCEPT_AGAIN_PER_OK,
	Q_READY_PER_ACCEPT_AGAIN,
	Q_ACCEPT_FULL,
	Q_ACCEPT_ERRNO,
	Q_CONNECT_ERRORS,
	Q_CONNECT_ERROR_SHARE,
	Q_CONNECT_ERRNO,
	/* Reads. */
	Q_READS,
	Q_READ_RATE,
	Q_READ_SIZE,
	Q_READ_AGAIN,
	Q_READ_AGAIN_RATE,
	Q_READ_AGAIN_SHARE,
	Q_READ_AGAIN_PER_OK,
	Q_READY_PER_READ_AGAIN,
	Q_READS_IN_TURN,
	Q_READS_PER_READY,
	Q_READS_PER_WRITE,
	Q_READ_WAIT_P50,
	/* Writes. */
	Q_WRITES,
	Q_WRITE_RATE,
	Q_WRITE_SIZE,
	Q_WRITE_AGAIN,
	Q_WRITE_AGAIN_SHARE,
	Q_WRITE_WAIT,
	Q_WRITE_WAIT_SHARE,
	/* Threads, and where their time went. */
	Q_THREADS,
	Q_MUX_THREADS,
	Q_IDLE_THREADS,
	Q_IDLE_THREAD_SHARE,
	Q_RUNQ,
	Q_RUNQ_SHARE,
	Q_RUNQ_RATE,
	Q_STOPPED,
	Q_STOPPED_SHARE,
	Q_LOOPS,
	Q_LOOP_BLOCKED,
	Q_LOOP_BLOCKED_SHARE,
	Q_LOOP_READ,
	Q_LOOP_WRITE,
	Q_LOOP_ACCEPT,
	Q_LOOP_CONNECT,
	Q_LOOP_ALONE,
	Q_SLOW_TURNS,
	Q_LAG_MAX,
	Q_AWAY_CPU,
	Q_AWAY_RUNQ,
	Q_AWAY_ASLEEP,
	Q_AWAY_IO,
	/* Exchanges; times are means. */
	Q_EXCHANGES,
	Q_BACKLOG,
	Q_BACKLOG_SHARE,
	Q_BACKLOG_MOST,
	Q_BACKLOG_ROOM,
	Q_BACKLOG_FULL,
	Q_BACKLOG_DROPPED,
	Q_LEFT,
	Q_LEFT_TIME,
	Q_DISPATCH,
	Q_DISPATCH_SHARE,
	Q_ASKED,
	Q_ASKED_TIME,
	Q_ASKED_SHARE,
	Q_EXCHANGE_READS,
	Q_EXCHANGE_WRITES,
	Q_ASKED_WRITES,
	Q_HELD_SERVICE_SHARE,
	Q_HELD_ANSWER_SHARE,
	Q_SERVICE_IO_SHARE,
	Q_SERVICE_RUNQ_SHARE,
	Q_QUEUED,
	Q_QUEUED_SHARE,
	Q_POOL_BUSY,
	Q_SERVICE,
	Q_UPSTREAM_TIME,
	/* Of a report: what was lost. */
	Q_LOST_THREADS,
	Q_LOST_CALLS,
	Q_LOST_CALL_SHARE,
	Q_LOST_EXCHANGES,
	Q_LOST_EXCHANGE_SHARE,
	QUANTITIES,
};

enum unit {
	UNIT_COUNT,
	UNIT_RATE, /* a second */
	UNIT_NS,
	UNIT_BYTES,
	UNIT_SHARE, /* thousandths */
	UNIT_RATIO, /* hundredths */
	UNIT_ERRNO,
};

/* Limits in these units. */
#define PERCENT(n)  ((n)*10ULL)
#define PER_ONE(n)  ((uint64_t)((n)*100))
#define NO_QUANTITY UINT64_MAX	     /* not measured: no condition on it holds */
#define NO_LIMIT    (UINT64_MAX - 1) /* a ratio to nothing */

/* How a quantity is called in sentences and data, and in words. */
struct quantity_row {
	const char *name;
	const char *words;
	enum unit unit;
};

extern const struct quantity_row quantities[QUANTITIES];

/* The quantity of that name, length bytes long; Q_NONE if there is none. */
enum quantity quantity_find(const char *name, size_t length);

/* The value of a quantity as text for people: of some unit, for example "12.1 ms". */
struct text quantity_text(enum quantity quantity, uint64_t value);

#endif
