/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * collector_changes.c - what the collector tells of processes that have changed, and whether it is
 * to be asked soon.
 *
 * What goes in: what the kernel half tells. What comes out: pids, and when to ask again.
 */
#include "kernel/collector.h"
#include "kernel/collector_parts.h"

/* Adds the processes that changed since the last look. */
int collector_changes(struct collector *c, struct changes *told)
{
	return changes_read(&c->changes, told);
}

/* What is ready when there are some. */
int collector_changes_fd(const struct collector *c)
{
	return changes_fd(&c->changes);
}

/* Whether the books may be looked after less often. */
bool collector_calm(struct collector *c)
{
	bool calm = !c->reaped && connections_calm(&c->connections);

	c->reaped = false;
	return calm;
}
