/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * changes.c - see changes.h.
 *
 * What goes in: the ring that the kernel half writes. What comes out: pids.
 */
#include <errno.h>
#include <unistd.h>
#include <bpf/libbpf.h>

#include "books/books.h"
#include "kernel/changes.h"
#include "iophase.skel.h"

/* 4,096 of them: between two looks 25 ms go by. A ring is a power of two, and at least a page. */
#define RING_SIZE 65536

/* Sizes their map. */
int changes_size(struct changes_source *s, struct iophase_bpf *skel, bool wanted)
{
	s->skel = skel;
	skel->rodata->with_changes = wanted;
	return bpf_map__set_max_entries(skel->maps.changes,
					wanted ? RING_SIZE : (uint32_t)sysconf(_SC_PAGESIZE));
}

/* Takes one out of the ring. */
static int take(void *list, void *data, size_t size)
{
	if (size == sizeof(uint32_t))
		pid_list_add(list, (pid_t) * (const uint32_t *)data);
	return 0;
}

/* Opens their way to us. */
int changes_open(struct changes_source *s)
{
	if (!s->skel->rodata->with_changes)
		return 0;
	s->ring = ring_buffer__new(bpf_map__fd(s->skel->maps.changes), take, &s->changed, NULL);
	return s->ring ? 0 : -errno;
}

/* Frees what it holds on our side. */
void changes_clear(struct changes_source *s)
{
	ring_buffer__free(s->ring);
	pid_list_clear(&s->changed);
	*s = (struct changes_source){0};
}

/* Adds the processes that changed since the last look. */
int changes_read(struct changes_source *s, struct pid_list *changed)
{
	uint64_t lost;
	int got;

	if (!s->ring)
		return 0;
	got = ring_buffer__consume(s->ring);
	for (size_t i = 0; i < s->changed.count; i++)
		pid_list_add(changed, s->changed.pid[i]);
	s->changed.count = 0;
	if (got < 0)
		return got;
	lost = __atomic_load_n(&s->skel->bss->changes_lost, __ATOMIC_ACQUIRE);
	if (lost == s->lost)
		return 0;
	s->lost = lost;
	return -ENOBUFS;
}
