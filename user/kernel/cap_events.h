/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * cap_events.h - probes of the kernel's types and events, for the table of cap_rows.c.
 */
#ifndef IOPHASE_CAP_EVENTS_H
#define IOPHASE_CAP_EVENTS_H

#include "kernel/cap.h"

probe has_btf, has_event, has_connections, has_uring, has_light, may_sample;

#endif
