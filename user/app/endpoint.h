/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * endpoint.h - an address and a port as text.
 */
#ifndef IOPHASE_ENDPOINT_H
#define IOPHASE_ENDPOINT_H

#include <stdbool.h>

enum {
	ENDPOINT_HOST_LEN = 256,
};

/* Splits "HOST:PORT" or "[HOST]:PORT" into a host, empty for any, and a port, a number up to 65535;
 * whether it is that. */
bool endpoint_split(const char *text, char host[ENDPOINT_HOST_LEN], const char **port);

#endif
