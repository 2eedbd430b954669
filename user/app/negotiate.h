/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * negotiate.h - which form of a text a client of HTTP prefers, by its headers.
 */
#ifndef IOPHASE_NEGOTIATE_H
#define IOPHASE_NEGOTIATE_H

#include <stdbool.h>

#include "sinks/exposition.h"

/* The dialect, by the header Accept (NULL: there is none). */
enum dialect negotiate_dialect(const char *accept);

/* Whether gzip is taken, by the header Accept-Encoding (NULL: there is none). */
bool negotiate_gzip(const char *accept_encoding);

#endif
