/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * connections.h - connections one by one, as they were told, and the order in which they matter.
 */
#ifndef IOPHASE_CONNECTIONS_H
#define IOPHASE_CONNECTIONS_H

#include "base/types.h"
#include "base/word.h"

/* By what the connections are put into their order, the most first. */
enum connection_key {
	KEY_RESPONSE, /* ns that a client waited for answers, or of a client for its upstream's */
	KEY_QUEUEING, /* ns that something was ready and nobody had begun to read it */
	KEY_SERVICE,
	KEY_BLOCKED,
	KEY_BYTES,
	KEY_READS,
	CONNECTION_KEYS,
};

/* A connection that a process has open. */
struct connection {
	struct conn_row row;
	size_t process; /* the place of its process in a report */
};

struct connection_list {
	enum connection_key key;
	size_t keep; /* so many are kept, those that matter most; 0: all */
	struct connection *connection;
	size_t count, room;
	size_t all; /* that were added */
};

/* The words for the keys, the last one is NULL. */
extern const struct word connection_keys[];

/* What a connection has of a key. */
uint64_t connection_value(const struct conn_row *row, enum connection_key key);

/* The role of its process: "server" or "client"; empty of a pair in which nobody has spoken. */
const char *connection_role(const struct conn_row *row);

/* What it goes over: "tcp", "udp", "unix" ... */
const char *connection_kind(const struct conn_row *row);

/* The state that it was in at the end. */
const char *connection_state(const struct conn_row *row);

/* How long (ns) the exchanges of a bucket took at most; 0 of CONN_BUCKETS, where there were none.
 */
uint64_t connection_took(uint32_t bucket);

/* Adds a connection; one that matters less may go, if all are not kept. */
void connections_add(struct connection_list *list, const struct conn_row *row);

/* Puts them into their order, and lets go what is more than is to be kept. */
void connections_sort(struct connection_list *list);

void connections_clear(struct connection_list *list);

/*
 * What is to go so that `count` are let go, those first that are to go first; `ages` are the
 * numbers of connections by group and age, BUCKETS of each group.
 */
struct conn_quota connections_quota(const uint32_t *ages, uint64_t count);

#endif
