/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * quantities.c - the table of quantities: their names, and how they are written.
 */
#include <stdio.h>
#include <string.h>

#include "base/errno_name.h"
#include "base/fmt.h"
#include "judge/quantities.h"

/* clang-format off */
const struct quantity_row quantities[QUANTITIES] = {
	[Q_NONE] = {"", "", UNIT_COUNT},

	[Q_READY] = {"ready", "waits that said ready", UNIT_COUNT},
	[Q_READY_RATE] = {"ready_rate", "waits that said ready, a second", UNIT_RATE},
	[Q_IO_PER_READY] = {"io_per_ready", "reads, writes, accepts, connects and requests for each wait that said ready", UNIT_RATIO},
	[Q_MUX_WAIT_P50] = {"mux_wait_p50", "time asleep in half of the waits", UNIT_NS},
	[Q_TIMEOUTS] = {"timeouts", "waits that came back with nothing", UNIT_COUNT},
	[Q_TIMEOUT_RATE] = {"timeout_rate", "waits that came back with nothing, a second and thread that waits", UNIT_RATE},
	[Q_TIMEOUT_SHARE] = {"timeout_share", "of all waits, those that came back with nothing", UNIT_SHARE},
	[Q_SCANS] = {"scans", "selects and polls", UNIT_COUNT},
	[Q_WATCHED] = {"watched", "descriptors that a select or poll watched, on average", UNIT_COUNT},
	[Q_WATCHED_PER_EVENT] = {"watched_per_event", "descriptors that select or poll looked at for each that was ready", UNIT_COUNT},
	[Q_EVENTS_PER_WAIT] = {"events_per_wait", "events of a wait that said ready, on average", UNIT_RATIO},
	[Q_FULL] = {"full", "waits that filled all the room that epoll_wait was given", UNIT_COUNT},
	[Q_FULL_SHARE] = {"full_share", "of the waits that said ready, those that filled it", UNIT_SHARE},
	[Q_CONTROLS] = {"controls", "calls of epoll_ctl that ended well", UNIT_COUNT},
	[Q_CONTROLS_PER_READ] = {"controls_per_read", "such calls for each read, three for each accept and connect left out", UNIT_RATIO},
	[Q_CONTROL_ERRORS] = {"control_errors", "calls of epoll_ctl that failed, but for files that cannot be waited for", UNIT_COUNT},
	[Q_CONTROL_ERROR_SHARE] = {"control_error_share", "of the others and these, these", UNIT_SHARE},
	[Q_CONTROL_ERRNO] = {"control_errno", "the most frequent error of epoll_ctl", UNIT_ERRNO},

	[Q_ACCEPTS] = {"accepts", "accepted connections", UNIT_COUNT},
	[Q_ACCEPT_AGAIN] = {"accept_again", "accepts that found nothing (EAGAIN)", UNIT_COUNT},
	[Q_ACCEPT_AGAIN_PER_OK] = {"accept_again_per_ok", "accepts that found nothing for each that got a connection", UNIT_RATIO},
	[Q_READY_PER_ACCEPT_AGAIN] = {"ready_per_accept_again", "waits that said ready for each accept that found nothing", UNIT_RATIO},
	[Q_ACCEPT_FULL] = {"accept_full", "accepts that failed for want of descriptors or memory", UNIT_COUNT},
	[Q_ACCEPT_ERRNO] = {"accept_errno", "the most frequent of these errors", UNIT_ERRNO},
	[Q_CONNECT_ERRORS] = {"connect_errors", "connects that failed", UNIT_COUNT},
	[Q_CONNECT_ERROR_SHARE] = {"connect_error_share", "of all connects, those that failed", UNIT_SHARE},
	[Q_CONNECT_ERRNO] = {"connect_errno", "the most frequent error of connect", UNIT_ERRNO},

	[Q_READS] = {"reads", "reads that got something, wake-ups left out", UNIT_COUNT},
	[Q_READ_RATE] = {"read_rate", "reads that got something, a second", UNIT_RATE},
	[Q_READ_SIZE] = {"read_size", "bytes of a read, on average", UNIT_BYTES},
	[Q_READ_AGAIN] = {"read_again", "reads that found nothing (EAGAIN)", UNIT_COUNT},
	[Q_READ_AGAIN_RATE] = {"read_again_rate", "reads that found nothing, a second", UNIT_RATE},
	[Q_READ_AGAIN_SHARE] = {"read_again_share", "of all reads, those that found nothing", UNIT_SHARE},
	[Q_READ_AGAIN_PER_OK] = {"read_again_per_ok", "reads that found nothing for each that got something", UNIT_RATIO},
	[Q_READY_PER_READ_AGAIN] = {"ready_per_read_again", "waits that said ready for each read that found nothing", UNIT_RATIO},
	[Q_READS_IN_TURN] = {"reads_in_turn", "reads of one connection before another one's turn, on average", UNIT_RATIO},
	[Q_READS_PER_READY] = {"reads_per_ready", "reads that got something for each wait that said ready", UNIT_RATIO},
	[Q_READS_PER_WRITE] = {"reads_per_write", "reads that got something for each write", UNIT_RATIO},
	[Q_READ_WAIT_P50] = {"read_wait_p50", "time asleep in half of the reads", UNIT_NS},

	[Q_WRITES] = {"writes", "writes that ended well", UNIT_COUNT},
	[Q_WRITE_RATE] = {"write_rate", "writes that ended well, a second", UNIT_RATE},
	[Q_WRITE_SIZE] = {"write_size", "bytes of a write, on average", UNIT_BYTES},
	[Q_WRITE_AGAIN] = {"write_again", "writes that found no room (EAGAIN)", UNIT_COUNT},
	[Q_WRITE_AGAIN_SHARE] = {"write_again_share", "of all writes, those that found no room", UNIT_SHARE},
	[Q_WRITE_WAIT] = {"write_wait", "thread time asleep in writes", UNIT_NS},
	[Q_WRITE_WAIT_SHARE] = {"write_wait_share", "of the thread time, that asleep in writes", UNIT_SHARE},

	[Q_THREADS] = {"threads", "threads", UNIT_COUNT},
	[Q_MUX_THREADS] = {"mux_threads", "threads that wait in select, poll or epoll", UNIT_COUNT},
	[Q_IDLE_THREADS] = {"idle_threads", "threads that wait for their one peer at the end", UNIT_COUNT},
	[Q_IDLE_THREAD_SHARE] = {"idle_thread_share", "of all threads, those that wait for their one peer at the end", UNIT_SHARE},
	[Q_RUNQ] = {"runq", "thread time awake without a CPU", UNIT_NS},
	[Q_RUNQ_SHARE] = {"runq_share", "of the thread time awake, that without a CPU", UNIT_SHARE},
	[Q_RUNQ_RATE] = {"runq_rate", "that time, of the time that the process was there", UNIT_SHARE},
	[Q_STOPPED] = {"stopped", "thread time stopped", UNIT_NS},
	[Q_STOPPED_SHARE] = {"stopped_share", "of the thread time, that stopped", UNIT_SHARE},
	[Q_LOOPS] = {"loops", "event loops", UNIT_COUNT},
	[Q_LOOP_BLOCKED] = {"loop_blocked", "time of event loops asleep in other I/O calls than their wait", UNIT_NS},
	[Q_LOOP_BLOCKED_SHARE] = {"loop_blocked_share", "of the time of event loops, that asleep in other I/O calls than their wait", UNIT_SHARE},
	[Q_LOOP_READ] = {"loop_read", "of it in reads", UNIT_NS},
	[Q_LOOP_WRITE] = {"loop_write", "of it in writes", UNIT_NS},
	[Q_LOOP_ACCEPT] = {"loop_accept", "of it in accepts", UNIT_NS},
	[Q_LOOP_CONNECT] = {"loop_connect", "of it in connects", UNIT_NS},
	[Q_LOOP_ALONE] = {"loop_alone", "of it in select or poll of one descriptor", UNIT_NS},
	[Q_SLOW_TURNS] = {"slow_turns", "times that event loops were away from their events for 200 ms and more", UNIT_COUNT},
	[Q_LAG_MAX] = {"lag_max", "the longest of these times", UNIT_NS},
	[Q_AWAY_CPU] = {"away_cpu", "of these times, that on a CPU", UNIT_SHARE},
	[Q_AWAY_RUNQ] = {"away_runq", "of these times, that awake without a CPU", UNIT_SHARE},
	[Q_AWAY_ASLEEP] = {"away_asleep", "of these times, that asleep outside I/O calls", UNIT_SHARE},
	[Q_AWAY_IO] = {"away_io", "of these times, that asleep in I/O calls", UNIT_SHARE},

	[Q_EXCHANGES] = {"exchanges", "requests answered", UNIT_COUNT},
	[Q_BACKLOG] = {"backlog", "time of a request until its connection was accepted, on average", UNIT_NS},
	[Q_BACKLOG_SHARE] = {"backlog_share", "of the response time, that until the connection was accepted", UNIT_SHARE},
	[Q_BACKLOG_MOST] = {"backlog_most", "connections that waited to be accepted, at most", UNIT_COUNT},
	[Q_BACKLOG_ROOM] = {"backlog_room", "connections that there is room for until they are accepted", UNIT_COUNT},
	[Q_BACKLOG_FULL] = {"backlog_full", "of this room, what was taken at most", UNIT_SHARE},
	[Q_BACKLOG_DROPPED] = {"backlog_dropped", "packets of handshakes that a listening socket dropped", UNIT_COUNT},
	[Q_LEFT] = {"left", "times that a thread slept although it had left data in an edge-triggered connection", UNIT_COUNT},
	[Q_LEFT_TIME] = {"left_time", "time that they were there until more came, on average", UNIT_NS},
	[Q_DISPATCH] = {"dispatch", "time of a request until it was read, without waking a thread and the run queue, on average", UNIT_NS},
	[Q_DISPATCH_SHARE] = {"dispatch_share", "of the response time, that until it was read, without waking a thread and the run queue", UNIT_SHARE},
	[Q_ASKED] = {"asked", "answers of upstreams", UNIT_COUNT},
	[Q_ASKED_TIME] = {"asked_time", "time until an upstream answered, on average", UNIT_NS},
	[Q_ASKED_SHARE] = {"asked_share", "the time of upstreams, of that in which requests were served", UNIT_SHARE},
	[Q_EXCHANGE_READS] = {"exchange_reads", "reads of clients' connections for each request answered", UNIT_RATIO},
	[Q_EXCHANGE_WRITES] = {"exchange_writes", "writes to clients' connections for each request answered", UNIT_RATIO},
	[Q_ASKED_WRITES] = {"asked_writes", "writes to upstreams for each request that they answered", UNIT_RATIO},
	[Q_HELD_SERVICE_SHARE] = {"held_service_share", "of the requests answered, those that were served in 40 to 50 ms", UNIT_SHARE},
	[Q_HELD_ANSWER_SHARE] = {"held_answer_share", "of the answers of upstreams, those that took 40 to 50 ms", UNIT_SHARE},
	[Q_SERVICE_IO_SHARE] = {"service_io_share", "of the time that requests were served, that asleep in I/O calls without an upstream's answer", UNIT_SHARE},
	[Q_SERVICE_RUNQ_SHARE] = {"service_runq_share", "of the time that requests were served, that awake without a CPU", UNIT_SHARE},
	[Q_QUEUED] = {"queued", "time of a request until accept and then until its read, on average", UNIT_NS},
	[Q_QUEUED_SHARE] = {"queued_share", "of the response time, that", UNIT_SHARE},
	[Q_POOL_BUSY] = {"pool_busy", "of the time of threads that block, one of them left out, that in which they served", UNIT_SHARE},
	[Q_SERVICE] = {"service", "time in which a request was served, on average", UNIT_NS},
	[Q_UPSTREAM_TIME] = {"upstream_time", "time that the upstream with the most of it took for each request answered", UNIT_NS},

	[Q_LOST_THREADS] = {"lost_threads", "threads that were not traced", UNIT_COUNT},
	[Q_LOST_CALLS] = {"lost_calls", "calls, requests and events that were missed or not counted", UNIT_COUNT},
	[Q_LOST_CALL_SHARE] = {"lost_call_share", "those for each hundred I/O calls that were counted", UNIT_SHARE},
	[Q_LOST_EXCHANGES] = {"lost_exchanges", "requests and answers that were not counted", UNIT_COUNT},
	[Q_LOST_EXCHANGE_SHARE] = {"lost_exchange_share", "those for each hundred that were counted", UNIT_SHARE},
};
/* clang-format on */

/* The quantity of that name, length bytes long; Q_NONE if there is none. */
enum quantity quantity_find(const char *name, size_t length)
{
	for (unsigned int q = Q_NONE + 1; q < QUANTITIES; q++)
		if (strlen(quantities[q].name) == length &&
		    !memcmp(quantities[q].name, name, length))
			return (enum quantity)q;
	return Q_NONE;
}

/* The name of an error, or its number. */
static struct text errno_text(uint64_t error)
{
	const char *name = errno_name((unsigned int)error);
	struct text t;

	snprintf(t.s, sizeof(t.s), "error %u", (unsigned int)error);
	if (name)
		snprintf(t.s, sizeof(t.s), "%s", name);
	return t;
}

/* A ratio in hundredths: with two digits behind the point, none from 10 on. */
static struct text ratio_text(uint64_t hundredths)
{
	struct text t;

	if (hundredths >= 1000)
		return fmt_count(hundredths / 100, ROOM_FULL);
	snprintf(t.s, sizeof(t.s), "%u.%02u", (unsigned int)(hundredths / 100),
		 (unsigned int)(hundredths % 100));
	return t;
}

/* The value of a quantity as text for people. */
struct text quantity_text(enum quantity quantity, uint64_t value)
{
	if (value == NO_QUANTITY || value == NO_LIMIT)
		return (struct text){"-"};
	switch (quantities[quantity].unit) {
	case UNIT_NS:
		return fmt_duration(value, ROOM_FULL);
	case UNIT_BYTES:
		return fmt_bytes(value, ROOM_FULL);
	case UNIT_SHARE:
		return fmt_percent(value, 1000, ROOM_FULL);
	case UNIT_RATIO:
		return ratio_text(value);
	case UNIT_ERRNO:
		return errno_text(value);
	case UNIT_COUNT:
	case UNIT_RATE:
		break;
	}
	return fmt_count(value, ROOM_FULL);
}
