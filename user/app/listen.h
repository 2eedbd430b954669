/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * listen.h - a socket that waits for clients of ours.
 */
#ifndef IOPHASE_LISTEN_H
#define IOPHASE_LISTEN_H

/* A socket that listens there, or -errno after one line. */
int listen_open(const char *listen);

#endif
