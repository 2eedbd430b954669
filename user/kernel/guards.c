/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * guards.c - see guards.h.
 *
 * What goes in: files of /proc. What comes out: numbers that explain a refusal.
 */
#include <stdio.h>
#include <sys/prctl.h>

#include "kernel/guards.h"

/* The number that a file holds, 0 if there is none. */
static int number_in(const char *path)
{
	FILE *file = fopen(path, "re");
	int number = 0;

	if (!file)
		return 0;
	if (fscanf(file, "%d", &number) != 1)
		number = 0;
	fclose(file);
	return number;
}

/* kernel.yama.ptrace_scope. */
unsigned int yama_scope(void)
{
	return (unsigned int)number_in("/proc/sys/kernel/yama/ptrace_scope");
}

/* Whether we run under a seccomp filter. */
bool seccomp_filters(void)
{
	enum {
		MODE_FILTER = 2,
	};

	return prctl(PR_GET_SECCOMP) == MODE_FILTER;
}

/* kernel.perf_event_paranoid. */
int perf_paranoid(void)
{
	return number_in("/proc/sys/kernel/perf_event_paranoid");
}
