/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * libbpf_log.c - see libbpf_log.h.
 *
 * What goes in: what libbpf has to say. What comes out: lines of ours.
 */
#define _GNU_SOURCE /* vasprintf */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <bpf/libbpf.h>

#include "base/log.h"
#include "kernel/libbpf_log.h"

/* Sends libbpf's own messages, which may hold a verifier's long log, to where -v sends ours. */
static int print_libbpf(enum libbpf_print_level level, const char *format, va_list args)
{
	char *text, *rest, *line;

	if (level == LIBBPF_DEBUG)
		return 0;
	if (vasprintf(&text, format, args) < 0)
		return -ENOMEM;
	rest = text;
	while ((line = strsep(&rest, "\n")))
		if (*line)
			log_info("%s", line);
	free(text);
	return 0;
}

/* Has libbpf's messages go to where those of -v go. */
void libbpf_log_begin(void)
{
	libbpf_set_print(print_libbpf);
}
