/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * words.c - see words.h. That each number has a word, and no two the same, is a unit test.
 */
#include "books/connections.h"
#include "books/evidence.h"
#include "books/loop_sleep.h"
#include "books/ops.h"
#include "json/words.h"

/* Defines a function that finds a word in the table that follows. */
#define WORDS(function, count, ...)                                                                \
	const char *function(unsigned int i)                                                       \
	{                                                                                          \
		static const char *const words[count] = {__VA_ARGS__};                             \
                                                                                                   \
		return i < (count) ? words[i] : NULL;                                              \
	}

WORDS(word_of_outcome, OUTCOMES, [OUT_OK] = "ok", [OUT_EOF] = "eof", [OUT_AGAIN] = "again",
      [OUT_TIMEOUT] = "timeout", [OUT_INTERRUPTED] = "interrupted", [OUT_ERROR] = "error")

WORDS(word_of_phase, PHASES, [PHASE_WAIT] = "wait", [PHASE_RUNQ] = "runq", [PHASE_CPU] = "cpu",
      [PHASE_COPY] = "copy")

WORDS(word_of_way, WAYS, [WAY_NONE] = "none", [WAY_BLOCKING] = "blocking",
      [WAY_NONBLOCKING] = "nonblocking", [WAY_SELECT] = "select", [WAY_POLL] = "poll",
      [WAY_EPOLL_LT] = "epoll_lt", [WAY_EPOLL_ET] = "epoll_et", [WAY_SIGNAL] = "signal",
      [WAY_POSIX_AIO] = "posix_aio", [WAY_LINUX_AIO] = "linux_aio", [WAY_IO_URING] = "io_uring",
      [WAY_SELECT_ONE] = "select_one", [WAY_POLL_ONE] = "poll_one")

WORDS(word_of_sleep, SLEEPS, [SLEEP_READ] = "read", [SLEEP_WRITE] = "write",
      [SLEEP_ACCEPT] = "accept", [SLEEP_CONNECT] = "connect", [SLEEP_ALONE] = "alone")

WORDS(word_of_away, AWAY_KINDS, [AWAY_IO] = "io", [AWAY_ASLEEP] = "asleep", [AWAY_RUNQ] = "runq",
      [AWAY_CPU] = "cpu")

WORDS(word_of_role, ROLE_LISTENER + 1, [ROLE_NONE] = "none", [ROLE_SERVER] = "server",
      [ROLE_CLIENT] = "client", [ROLE_LISTENER] = "listener")

WORDS(word_of_conn_state, CONN_STATES, [CONN_IDLE] = "idle", [CONN_READY] = "ready",
      [CONN_SERVICE] = "service", [CONN_BLOCKED] = "blocked", [CONN_ASKED] = "asked")

WORDS(word_of_key, CONNECTION_KEYS, [KEY_RESPONSE] = "response", [KEY_QUEUEING] = "queueing",
      [KEY_SERVICE] = "service", [KEY_BLOCKED] = "blocked", [KEY_BYTES] = "bytes",
      [KEY_READS] = "reads")

static word_of pseudo_op;
WORDS(pseudo_op, OPS, [OP_APP] = "app", [OP_ASIDE] = "aside", [OP_UNKNOWN] = "unknown",
      [OP_SIGNALS] = "signals", [OP_LOOP] = "loop", [OP_LOOP_EMPTY] = "loop_empty",
      [OP_RESPONSE] = "response", [OP_QUEUEING] = "queueing", [OP_ASKED] = "asked")

/* The name of a call, a kind of requests, or of what has a row beside them. */
const char *word_of_op(unsigned int i)
{
	const char *word = pseudo_op(i);

	return word || i >= OPS ? word : ops[i].name;
}

#define AT(field) [offsetof(struct shape_evidence, field) / sizeof(uint64_t)] = #field
#define SERVED_AT(field)                                                                           \
	[offsetof(struct shape_evidence, served.field) / sizeof(uint64_t)] = "served_" #field

WORDS(word_of_evidence, EVIDENCE_SUMS, AT(loops), AT(workers), AT(pollers), AT(accepters),
      AT(accepting_loops), AT(accepting_workers), AT(fresh), AT(loop_reads), AT(worker_reads),
      AT(loop_connections), AT(worker_connections), AT(worker_told), SERVED_AT(loops),
      SERVED_AT(workers), SERVED_AT(pollers), SERVED_AT(accepters), SERVED_AT(accepting_loops),
      SERVED_AT(accepting_workers), SERVED_AT(fresh), SERVED_AT(loop_reads),
      SERVED_AT(worker_reads), SERVED_AT(loop_connections), SERVED_AT(worker_connections),
      SERVED_AT(worker_told), AT(threads), AT(ready), AT(accepts), AT(uring_threads),
      AT(kernel_reads), AT(kernel_connections), AT(waiters), AT(list_loops), AT(list_wait),
      AT(child_readers), AT(child_servers), AT(child_workers), AT(child_accepters), AT(answered),
      AT(anybody), AT(takers), AT(given), AT(child_given))

/* A counter by way. */
#define BY_WAY(counter, name)                                                                      \
	[(counter) + WAY_NONE] = name "_none", [(counter) + WAY_BLOCKING] = name "_blocking",      \
		     [(counter) + WAY_NONBLOCKING] = name "_nonblocking",                          \
		     [(counter) + WAY_SELECT] = name "_select",                                    \
		     [(counter) + WAY_POLL] = name "_poll",                                        \
		     [(counter) + WAY_EPOLL_LT] = name "_epoll_lt",                                \
		     [(counter) + WAY_EPOLL_ET] = name "_epoll_et"
#define BY_FURTHER_WAY(counter, name)                                                              \
	[(counter) + WAY_SIGNAL] = name "_signal",                                                 \
		     [(counter) + WAY_POSIX_AIO] = name "_posix_aio",                              \
		     [(counter) + WAY_LINUX_AIO] = name "_linux_aio",                              \
		     [(counter) + WAY_IO_URING] = name "_io_uring",                                \
		     [(counter) + WAY_SELECT_ONE] = name "_select_one",                            \
		     [(counter) + WAY_POLL_ONE] = name "_poll_one"
#define BY_SIDE(counter, name)                                                                     \
	[(counter) + SIDE_SERVER] = name "_server", [(counter) + SIDE_CLIENT] = name "_client"

WORDS(word_of_counter, COUNTERS, BY_WAY(COUNT_READS, "reads"), BY_FURTHER_WAY(COUNT_READS, "reads"),
      BY_WAY(COUNT_ACCEPTS, "accepts"), BY_FURTHER_WAY(COUNT_ACCEPTS, "accepts"),
      BY_WAY(COUNT_WRITES, "writes"), [COUNT_SOCKET_READS] = "socket_reads",
      [COUNT_CONNECTIONS] = "connections", [COUNT_MUX_READY] = "mux_ready",
      [COUNT_SERVED_READS] = "served_reads", [COUNT_SERVED] = "served", [COUNT_ANYBODY] = "anybody",
      [COUNT_WAKEUPS] = "wakeups", [COUNT_ALONE_SELECT] = "alone_select_ns",
      [COUNT_ALONE_POLL] = "alone_poll_ns", [COUNT_STOPPED_NS] = "stopped_ns",
      [COUNT_FULL_WAITS] = "full_waits", [COUNT_SCANS] = "scans", [COUNT_SCANNED] = "scanned",
      [COUNT_QUEUEING + QUEUE_BACKLOG] = "backlog_ns",
      [COUNT_QUEUEING + QUEUE_WAKEUP] = "wakeup_ns", [COUNT_QUEUEING + QUEUE_RUNQ] = "runq_ns",
      [COUNT_QUEUEING + QUEUE_DISPATCH] = "dispatch_ns",
      [COUNT_QUEUEING + QUEUE_READ] = "read_ns", [COUNT_SERVICE_NS] = "service_ns",
      [COUNT_SERVICE + SERVED_CPU] = "service_cpu_ns",
      [COUNT_SERVICE + SERVED_RUNQ] = "service_runq_ns",
      [COUNT_SERVICE + SERVED_ASLEEP] = "service_asleep_ns",
      [COUNT_SERVICE + SERVED_UPSTREAM] = "service_upstream_ns",
      [COUNT_SERVICE + SERVED_IO] = "service_io_ns", [COUNT_UNTIMED] = "untimed",
      [COUNT_ASKED_NS] = "asked_ns", BY_SIDE(COUNT_CONNS, "connections"),
      BY_SIDE(COUNT_CONNS_EVER, "connections_ever"), BY_SIDE(COUNT_SIDE_READS, "reads"),
      BY_SIDE(COUNT_SIDE_WRITES, "writes"), [COUNT_UNPLACED] = "unplaced",
      [COUNT_UNPLACED_NS] = "unplaced_ns", [COUNT_LEFT] = "left", [COUNT_LEFT_NS] = "left_ns",
      [COUNT_AWAY + AWAY_IO] = "away_io_ns", [COUNT_AWAY + AWAY_ASLEEP] = "away_asleep_ns",
      [COUNT_AWAY + AWAY_RUNQ] = "away_runq_ns", [COUNT_AWAY + AWAY_CPU] = "away_cpu_ns")
