/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * listen.h - a socket that waits for clients of ours.
 */
#ifndef IOPHASE_LISTEN_H
#define IOPHASE_LISTEN_H

#include <stdbool.h>

enum {
	LISTEN_HOST_LEN = 256,
};

/* Splits "HOST:PORT" or "[HOST]:PORT" into a host, empty for any, and a port; whether it is that.
 */
bool listen_split(const char *listen, char host[LISTEN_HOST_LEN], const char **port);

/* A socket that listens there, or -errno after one line. */
int listen_open(const char *listen);

#endif
