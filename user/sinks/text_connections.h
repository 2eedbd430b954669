/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * text_connections.h - connections one by one, in the text.
 */
#ifndef IOPHASE_TEXT_CONNECTIONS_H
#define IOPHASE_TEXT_CONNECTIONS_H

#include "judge/report.h"
#include "sinks/sink.h"

/* Writes a row for each of the connections that matter most, if they were asked for, and an empty
 * line. */
void text_connections(FILE *out, const struct report *r, const struct style *style);

#endif
