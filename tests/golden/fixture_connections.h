/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * fixture_connections.h - connections written as text; fixture.h describes the lines.
 */
#ifndef IOPHASE_FIXTURE_CONNECTIONS_H
#define IOPHASE_FIXTURE_CONNECTIONS_H

#include <sys/types.h>

#include "books/connections.h"

/* Reads a line about a connection of a process into the list; false if it is none. */
bool fixture_connection(struct connection_list *list, pid_t pid, const char *word,
			const uint64_t *number, const char *rest);

#endif
