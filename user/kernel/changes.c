/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * changes.c - see changes.h. A further call is a further row.
 *
 * What goes in: the ring that the kernel half writes. What comes out: pids.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <bpf/libbpf.h>

#include "base/notes.h"
#include "base/xalloc.h"
#include "books/books.h"
#include "kernel/changes.h"
#include "iophase.skel.h"

/* 4,096 of them: between two looks 25 ms go by. A ring is a power of two, and at least a page. */
#define RING_SIZE 131072

enum {
	CHANGES_FIRST = 64, /* room for so many, until there are more */
	TOLD_MAX = 1024,    /* processes that are not told of twice between two looks */
	LEFT_MAX = 16384,   /* threads let go that are known again; of more, those that left last */
	LOST_MAX = 4096,    /* threads that are counted as lost but once, made at once: 0.3 MB */
};

#define CALL(call, kind, stands_for)                                                               \
	{                                                                                          \
#call, SYS_##call, kind, stands_for                                                \
	}

const struct change_call change_calls[] = {
	CALL(socket, CHANGE_SOCKETS, OP_NEW_SOCKET),
	CALL(socketpair, CHANGE_SOCKETS, OP_NEW_SOCKET),
	CALL(listen, CHANGE_PORTS, OP_NEW_PORT),
	CALL(bind, CHANGE_PORTS, OP_NEW_PORT), /* of UDP */
	CALL(setuid, CHANGE_USER, OP_NEW_USER),
	CALL(setreuid, CHANGE_USER, OP_NEW_USER),
	CALL(setresuid, CHANGE_USER, OP_NEW_USER),
};

const size_t change_calls_count = ARRAY_SIZE(change_calls);

/* Whether the kernel tells when a process is moved to another cgroup. */
static bool tells_of_moves(void)
{
	/* libbpf would print a line of its own. */
	libbpf_print_fn_t printer = libbpf_set_print(NULL);
	bool tells = libbpf_find_vmlinux_btf_id("cgroup_attach_task", BPF_TRACE_RAW_TP) > 0;

	libbpf_set_print(printer);
	return tells;
}

/* Adds the features that the changes of the setup take. */
void changes_choose(struct collector_setup *setup, struct notes *notes)
{
	bool by_calls = setup->changes & (CHANGE_SOCKETS | CHANGE_PORTS | CHANGE_USER);

	/* The raw pair sees all calls anyway. */
	if (by_calls && feature_has(setup->features, FEATURE_CALL_EVENTS))
		feature_add(&setup->features, FEATURE_CHANGE_CALLS);
	if (!(setup->changes & CHANGE_CGROUP))
		return;
	if (tells_of_moves())
		feature_add(&setup->features, FEATURE_CGROUP_MOVES);
	else
		notes_warn(notes,
			   "this kernel does not tell of moves between cgroups: they are seen "
			   "within a second");
}

/* Sizes a map, for whether changes are told or not; 0 or -errno. */
static int size(struct bpf_map *map, const struct collector_setup *setup, uint32_t told,
		uint32_t untold)
{
	return bpf_map__set_max_entries(map, setup->changes ? told : untold);
}

/*
 * Of programs on tracepoints older kernels (5.10) warn, or refuse them, if a map of theirs
 * allocates as it goes: for each 65,000 threads that there may be this takes 4 MiB. 0 or -errno.
 */
static int make_at_once(const struct iophase_bpf *skel)
{
	int err = bpf_map__set_map_flags(skel->maps.claims, 0);

	err = err ?: bpf_map__set_map_flags(skel->maps.lost_threads, 0);
	return err ?: bpf_map__set_max_entries(skel->maps.lost_threads, LOST_MAX);
}

/* Sizes their maps, and has them told or not. */
int changes_configure(struct changes_source *s, struct iophase_bpf *skel,
		      const struct collector_setup *setup)
{
	int err;

	s->skel = skel;
	skel->rodata->with_changes = setup->changes;
	skel->rodata->ports_exclude = setup->changes & CHANGE_LEAVING_PORTS;
	/* Without hooks on calls. */
	skel->rodata->sockets_tell =
		feature_has(setup->features, FEATURE_LIGHT) && setup->changes & CHANGE_SOCKETS;
	skel->rodata->ports_tell = feature_has(setup->features, FEATURE_LIGHT) &&
				   setup->changes & (CHANGE_PORTS | CHANGE_LEAVING_PORTS);
	skel->rodata->own_tgid = (uint32_t)getpid();
	for (size_t i = 0; i < change_calls_count; i++)
		if (setup->changes & change_calls[i].change)
			skel->rodata->op_of_nr[change_calls[i].nr] = change_calls[i].op;
	err = feature_has(setup->features, FEATURE_CHANGE_CALLS) ? make_at_once(skel) : 0;
	err = err ?: size(skel->maps.changes, setup, RING_SIZE, (uint32_t)sysconf(_SC_PAGESIZE));
	err = err ?: size(skel->maps.told_of, setup, TOLD_MAX, 1);
	return err ?: size(skel->maps.left_threads, setup, LEFT_MAX, 1);
}

/* Adds one to a list. */
void changes_add(struct change_list *list, const struct change *change)
{
	if (list->count == list->room) {
		list->room = list->room ? 2 * list->room : CHANGES_FIRST;
		list->change = xrealloc(list->change, list->room, sizeof(*list->change));
	}
	list->change[list->count++] = *change;
}

/* Takes one out of the ring. */
static int take(void *arg, void *data, size_t size)
{
	const struct change *change = data;
	struct changes *told = arg;

	if (size != sizeof(*change))
		return 0;
	if (change->flags & CHANGED_TAKEN_IN)
		pid_list_add(&told->taken_in, (pid_t)change->tgid);
	else
		changes_add(&told->changed, change);
	return 0;
}

/* Orders two by their process. */
static int by_process(const void *a, const void *b)
{
	uint32_t x = ((const struct change *)a)->tgid, y = ((const struct change *)b)->tgid;

	return (x > y) - (x < y);
}

/* Orders them, so that those of a process stand together. */
void changes_sort(struct changes *told)
{
	if (told->changed.count)
		qsort(told->changed.change, told->changed.count, sizeof(*told->changed.change),
		      by_process);
	pid_list_unify(&told->taken_in);
}

void changes_free(struct changes *told)
{
	free(told->changed.change);
	pid_list_clear(&told->taken_in);
	*told = (struct changes){0};
}

/* Opens their way to us. */
int changes_open(struct changes_source *s)
{
	if (!s->skel->rodata->with_changes)
		return 0;
	s->ring = ring_buffer__new(bpf_map__fd(s->skel->maps.changes), take, &s->told, NULL);
	return s->ring ? 0 : -errno;
}

/* What is ready when there is something to read. */
int changes_fd(const struct changes_source *s)
{
	return s->ring ? bpf_map__fd(s->skel->maps.changes) : -1;
}

/* Frees what it holds on our side. */
void changes_clear(struct changes_source *s)
{
	ring_buffer__free(s->ring);
	changes_free(&s->told);
	*s = (struct changes_source){0};
}

/* Moves what is in a list to the end of another. */
static void move(struct pid_list *from, struct pid_list *to)
{
	for (size_t i = 0; i < from->count; i++)
		pid_list_add(to, from->pid[i]);
	from->count = 0;
}

/* Adds the processes that changed since the last look. */
int changes_read(struct changes_source *s, struct changes *told)
{
	uint64_t lost;
	int got;

	if (!s->ring)
		return 0;
	/* From here on they are told of anew: what we have read may change behind our back. */
	__atomic_add_fetch(&s->skel->bss->changes_round, 1, __ATOMIC_SEQ_CST);
	got = ring_buffer__consume(s->ring);
	for (size_t i = 0; i < s->told.changed.count; i++)
		changes_add(&told->changed, &s->told.changed.change[i]);
	s->told.changed.count = 0;
	move(&s->told.taken_in, &told->taken_in);
	if (got < 0)
		return got;
	lost = __atomic_load_n(&s->skel->bss->changes_lost, __ATOMIC_ACQUIRE);
	if (lost == s->lost)
		return 0;
	s->lost = lost;
	return -ENOBUFS;
}
