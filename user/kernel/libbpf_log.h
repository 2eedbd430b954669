/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * libbpf_log.h - where libbpf's own messages go.
 */
#ifndef IOPHASE_LIBBPF_LOG_H
#define IOPHASE_LIBBPF_LOG_H

/* Has libbpf's messages go to where those of -v go. */
void libbpf_log_begin(void);

#endif
