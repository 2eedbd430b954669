/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * about.c - see about.h.
 */
#include <sys/utsname.h>
#include <time.h>

#include "app/about.h"
#include "base/now.h"
#include "base/xalloc.h"
#include "kernel/collector.h"

/* Copies lines. */
static void copy_notes(struct texts *to, const struct notes *from)
{
	for (size_t i = 0; i < from->count; i++)
		texts_add(to, from->line[i]);
}

/* Fills in what a recording says of its run. */
void about_fill(struct about *a, const struct options *o, const struct collector *c,
		const struct notes *lacks, const char *host)
{
	struct utsname machine;
	struct timespec utc;
	unsigned int calls;

	*a = (struct about){
		.format = FORMAT_NOW,
		.version = xstrdup(IOPHASE_VERSION),
		.host = *host ? xstrdup(host) : NULL,
		.interval = o->interval,
		.threads = o->threads,
		.selects = o->selection.includes,
		.monotonic = now_ns(),
	};
	clock_gettime(CLOCK_REALTIME, &utc);
	a->realtime = (uint64_t)utc.tv_sec * NSEC_PER_SEC + (uint64_t)utc.tv_nsec;
	if (!uname(&machine)) {
		a->kernel = xstrdup(machine.release);
		a->machine = xstrdup(machine.machine);
	}
	for (char **arg = o->argv; *arg; arg++)
		texts_add(&a->command, *arg);
	copy_notes(&a->programs, collector_programs(c, &calls));
	copy_notes(&a->lacks, lacks);
	a->calls = calls;
}
