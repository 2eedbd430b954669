/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * fixture_connections.c - see fixture_connections.h.
 *
 * What goes in: the word, the numbers and the rest of a line. What comes out: rows of connections.
 */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "fixture_connections.h"

/* Reads an address: 127.0.0.1:80, or a path. */
static void read_address(struct conn_row *row, struct conn_address *a, const char *text)
{
	unsigned int part[4];

	row->family = AF_UNIX;
	if (sscanf(text, "%u.%u.%u.%u:%hu", &part[0], &part[1], &part[2], &part[3], &a->port) < 5) {
		a->length = (__u16)snprintf((char *)a->bytes, sizeof(a->bytes), "%s", text);
		return;
	}
	row->family = AF_INET;
	row->protocol = 6;
	for (size_t i = 0; i < ARRAY_SIZE(part); i++)
		a->bytes[i] = (__u8)part[i];
}

/* Adds a connection; false if its addresses are missing. */
static bool add(struct connection_list *list, pid_t pid, const uint64_t *n, const char *rest)
{
	char local[ADDRESS_MAX], remote[ADDRESS_MAX];
	struct conn_row row = {
		.tgid = (__u32)pid,
		.fd = (__u32)n[0],
		.tid = (__u32)n[1],
		.role = (__u8)n[2],
		.state = (__u8)n[3],
		.way = (__u8)n[4],
		.to = n[5],
		.type = SOCK_STREAM,
	};

	if (sscanf(rest, "%111s %111s", local, remote) != 2)
		return false;
	read_address(&row, &row.local, local);
	read_address(&row, &row.remote, remote);
	connections_add(list, &row);
	return true;
}

/* Reads a line about a connection of a process. */
bool fixture_connection(struct connection_list *list, pid_t pid, const char *word,
			const uint64_t *number, const char *rest)
{
	struct conn_row *row = list->count ? &list->connection[list->count - 1].row : NULL;

	if (!strcmp(word, "connection"))
		return add(list, pid, number, rest);
	if (row && !strcmp(word, "states")) {
		memcpy(row->sums.ns, number, sizeof(row->sums.ns));
	} else if (row && !strcmp(word, "moved")) {
		row->sums.reads = number[0];
		row->sums.writes = number[1];
		row->sums.bytes_in = number[2];
		row->sums.bytes_out = number[3];
		row->sums.exchanges = number[4];
		row->p50 = number[4] ? (__u32)number[5] : CONN_BUCKETS;
		row->p99 = number[4] ? (__u32)number[6] : CONN_BUCKETS;
	} else {
		return false;
	}
	return true;
}
