/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * connections.c - see connections.h.
 *
 * What goes in: rows of connections, and how many were used how long ago. What comes out: the rows
 * that matter most, in their order; and which connections are to be let go.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/xalloc.h"
#include "books/connections.h"

enum {
	/* linux/in.h */
	PROTOCOL_TCP = 6,
	PROTOCOL_UDP = 17,
	PROTOCOL_DCCP = 33,
	PROTOCOL_SCTP = 132,
	PROTOCOL_UDP_LITE = 136,
	PROTOCOL_MPTCP = 262,
};

enum {
	ROOM_MIN = 64, /* connections that there is room for beside those that are kept */
};

const struct word connection_keys[] = {
	{"response", KEY_RESPONSE},
	{"queueing", KEY_QUEUEING},
	{"service", KEY_SERVICE},
	{"blocked", KEY_BLOCKED},
	{"bytes", KEY_BYTES},
	{"reads", KEY_READS},
	{NULL, 0},
};

_Static_assert(ARRAY_SIZE(connection_keys) == CONNECTION_KEYS + 1, "each key has its word");

/* What a connection has of a key. */
uint64_t connection_value(const struct conn_row *row, enum connection_key key)
{
	const struct conn_sums *sums = &row->sums;

	switch (key) {
	case KEY_QUEUEING:
		return sums->ns[CONN_READY];
	case KEY_SERVICE:
		return sums->ns[CONN_SERVICE];
	case KEY_BLOCKED:
		return sums->ns[CONN_BLOCKED];
	case KEY_BYTES:
		return sums->bytes_in + sums->bytes_out;
	case KEY_READS:
		return sums->reads;
	default:
		/* What a client leaves unread its upstream has answered. */
		return row->role == ROLE_CLIENT ? sums->ns[CONN_ASKED]
						: sums->ns[CONN_READY] + sums->ns[CONN_SERVICE];
	}
}

/* The role of its process. */
const char *connection_role(const struct conn_row *row)
{
	return row->role == ROLE_SERVER ? "server" : row->role == ROLE_CLIENT ? "client" : "";
}

/* What it goes over. */
const char *connection_kind(const struct conn_row *row)
{
	static const struct {
		unsigned int protocol;
		const char *name;
	} protocols[] = {
		{PROTOCOL_TCP, "tcp"},	 {PROTOCOL_UDP, "udp"},	  {PROTOCOL_MPTCP, "mptcp"},
		{PROTOCOL_SCTP, "sctp"}, {PROTOCOL_DCCP, "dccp"}, {PROTOCOL_UDP_LITE, "udplite"},
	};

	if (row->family == AF_UNIX)
		return row->type == SOCK_DGRAM	     ? "unix-dgram"
		       : row->type == SOCK_SEQPACKET ? "unix-seqpacket"
						     : "unix";
	for (size_t i = 0; i < ARRAY_SIZE(protocols); i++)
		if (protocols[i].protocol == row->protocol)
			return protocols[i].name;
	return "ip";
}

/* The state that it was in at the end. */
const char *connection_state(const struct conn_row *row)
{
	static const char *const words[CONN_STATES] = {
		[CONN_IDLE] = "idle",	    [CONN_READY] = "ready", [CONN_SERVICE] = "service",
		[CONN_BLOCKED] = "blocked", [CONN_ASKED] = "asked",
	};

	return row->state < CONN_STATES ? words[row->state] : "";
}

/* How long (ns) the exchanges of a bucket took at most. */
uint64_t connection_took(uint32_t bucket)
{
	uint64_t octave = bucket / CONN_STEPS, step = bucket % CONN_STEPS;

	if (bucket >= CONN_BUCKETS)
		return 0;
	/* The first octave begins with 0. */
	return ((CONN_STEPS + step + 1) << (CONN_LOG2 - 2 + octave)) - 1;
}

/* The order of the latest key: qsort() has no room for it. */
static enum connection_key order;

/* Whether a is before b: it has more; else by process, thread and descriptor. */
static int compare(const void *a, const void *b)
{
	const struct conn_row *x = &((const struct connection *)a)->row;
	const struct conn_row *y = &((const struct connection *)b)->row;
	uint64_t more = connection_value(x, order), other = connection_value(y, order);

	if (more != other)
		return more > other ? -1 : 1;
	if (x->tgid != y->tgid)
		return x->tgid < y->tgid ? -1 : 1;
	if (x->tid != y->tid)
		return x->tid < y->tid ? -1 : 1;
	return (x->fd > y->fd) - (x->fd < y->fd);
}

/* Puts them into their order, and lets go what is more than is to be kept. */
void connections_sort(struct connection_list *list)
{
	order = list->key;
	if (list->count)
		qsort(list->connection, list->count, sizeof(*list->connection), compare);
	if (list->keep && list->count > list->keep)
		list->count = list->keep;
}

/* Adds a connection. */
void connections_add(struct connection_list *list, const struct conn_row *row)
{
	if (list->keep && list->count >= 2 * list->keep + ROOM_MIN)
		connections_sort(list);
	if (list->count == list->room) {
		list->room = list->room ? 2 * list->room : ROOM_MIN;
		list->connection =
			xrealloc(list->connection, list->room, sizeof(*list->connection));
	}
	list->connection[list->count++] = (struct connection){.row = *row};
	list->all++;
}

void connections_clear(struct connection_list *list)
{
	free(list->connection);
	*list = (struct connection_list){0};
}

/* What is to go so that `count` are let go: from the oldest on, group by group. */
struct conn_quota connections_quota(const uint32_t *ages, uint64_t count)
{
	struct conn_quota q = {.group = CONN_GROUPS};

	for (uint32_t group = 0; group < CONN_GROUPS; group++) {
		for (uint32_t age = BUCKETS; age-- > 0;) {
			uint64_t here = ages[group * BUCKETS + age];

			if (here < count) {
				count -= here;
				continue;
			}
			return (struct conn_quota){.group = group, .age = age, .left = count};
		}
	}
	return q;
}
