/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * cap_probes.h - probes of rights, and of what is mounted, for the table of cap_rows.c.
 */
#ifndef IOPHASE_CAP_PROBES_H
#define IOPHASE_CAP_PROBES_H

#include "kernel/cap.h"

/* What is mounted, and in which namespaces we are. */
probe has_proc, has_own_proc, has_sys, in_initial_user_namespace, in_initial_pid_namespace;

/* What we may do: with these targets; by a capability that has the row's name; by ourselves. */
probe has_privileges, has_right, may_inspect_own, sees_descendants, sees_others;

/* bpf(2): there at all; not refused; with the kernel's memory to read; with memory of its own;
 * with its stores in order. */
probe has_bpf, may_use_bpf, may_read_kernel, has_memory, has_barriers;

/* The tracepoints of system calls. */
probe has_tracefs, may_read_tracefs, has_call_events, may_use_call_events;

#endif
