/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * guards.h - what else than capabilities may keep us from something: Yama, seccomp, sysctls.
 */
#ifndef IOPHASE_GUARDS_H
#define IOPHASE_GUARDS_H

#include <stdbool.h>

enum {
	YAMA_NOBODY = 3, /* of yama_scope(): nobody may trace anybody, with whatever rights */
};

/* kernel.yama.ptrace_scope; 0, too, where there is no Yama. */
unsigned int yama_scope(void);

/* Whether we run under a seccomp filter, as containers and services do. */
bool seccomp_filters(void);

/* kernel.perf_event_paranoid; 0, too, where it cannot be read. */
int perf_paranoid(void);

#endif
