/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * descriptors.c - see descriptors.h.
 *
 * What goes in: pids. What comes out: how many descriptors of which kind each process has, counted
 * by bpf/descriptors.bpf.h, which an iterator shows them to.
 */
#include <errno.h>
#include <string.h>

#include "kernel/descriptors.h"
#include "kernel/iterate.h"
#include "iophase.skel.h"

/* Asks about each process by itself, or of an older kernel about all in one go; 0 or -errno. */
static int show_each(struct descriptors_source *d, const struct descriptors *list, size_t count)
{
	const struct bpf_program *look = d->skel->progs.look_at_descriptors;
	int err = 0;

	for (size_t i = 0; i < count && !d->whole && !err; i++) {
		err = iterate(look, list[i].pid, NULL);
		if (i == 0 && (err == -E2BIG || err == -EINVAL)) {
			d->whole = true;
			err = 0;
		}
	}
	return d->whole ? iterate(look, 0, NULL) : err;
}

/* Has the kernel half count the descriptors of processes. */
int descriptors_ask(void *arg, struct descriptors *list, size_t count)
{
	struct descriptors_source *d = arg;
	struct iophase_bpf__bss *bss = d->skel->bss;
	int err;

	memcpy(bss->asked, list, count * sizeof(*list));
	bss->asked_pid = 0;
	bss->asked_place = ASKED_MAX;
	__atomic_store_n(&bss->asked_count, count, __ATOMIC_RELEASE);
	err = show_each(d, list, count);
	__atomic_store_n(&bss->asked_count, 0, __ATOMIC_RELEASE);
	memcpy(list, bss->asked, count * sizeof(*list));
	return err;
}
