/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * listeners.c - see listeners.h.
 *
 * What goes in: the listening sockets that the kernel half knows, about which it is asked one by
 * one. What comes out: the backlogs of their processes. Those that are closed are forgotten when
 * they have been told.
 */
#include <errno.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "books/snapshot.h"
#include "iophase.skel.h"
#include "kernel/listeners.h"

/* Has one looked at; 1, 0 if it is known no more, or -errno. */
static int look(const struct iophase_bpf *skel, uint64_t socket)
{
	DECLARE_LIBBPF_OPTS(bpf_test_run_opts, run);

	__atomic_store_n(&skel->bss->listener_asked, socket, __ATOMIC_RELEASE);
	if (bpf_prog_test_run_opts(bpf_program__fd(skel->progs.look_at_listener), &run))
		return -errno;
	return (int)run.retval;
}

/* The key after another one, or the first one; 0, -ENOENT at the end, or another -errno. */
static int next_key(int map, const uint64_t *key, uint64_t *next)
{
	return bpf_map_get_next_key(map, key, next) ? -errno : 0;
}

/* Fills in the backlogs of the processes of a snapshot. */
int listeners_read(struct listeners_source *s, struct snapshot *snapshot)
{
	const struct listener *told = &s->skel->bss->listener_told;
	int map = bpf_map__fd(s->skel->maps.listeners), err = 0;
	uint64_t key, next;
	int end = next_key(map, NULL, &next);

	/* Where one is taken out meanwhile, the kernel begins anew. */
	s->skel->bss->listeners_look++;
	while (!end && err >= 0) {
		key = next;
		/* Before it may be taken out. */
		end = next_key(map, &key, &next);
		err = look(s->skel, key);
		if (err <= 0)
			continue;
		listeners_note(&snapshot->processes, &s->drops, told);
		if (told->closed && bpf_map_delete_elem(map, &key) && errno != ENOENT)
			err = -errno;
	}
	listeners_fill(&snapshot->processes, &s->drops);
	if (err >= 0 && end != -ENOENT)
		err = end;
	return err < 0 ? err : 0;
}
