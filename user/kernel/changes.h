/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * changes.h - processes that are not what they were at the last look: another program, name, user,
 * cgroup, with a socket, or waiting at a port; and the calls that make them so.
 */
#ifndef IOPHASE_CHANGES_H
#define IOPHASE_CHANGES_H

#include <stdbool.h>
#include <stdint.h>

#include "books/books.h"
#include "kernel/setup.h"
#include "proc/pids.h"

struct iophase_bpf;
struct notes;
struct ring_buffer;

/* A call after which a process may be another. */
struct change_call {
	const char *name;
	long nr;
	enum change_kind change;
	unsigned int op; /* what the kernel half takes it for */
};

extern const struct change_call change_calls[];
extern const size_t change_calls_count;

/* Processes told of: those of which no thread need be in the books, and those of which one is. */
struct change_list {
	struct change *change;
	size_t count, room;
};

struct changes {
	struct change_list changed;
	struct pid_list taken_in;
};

/* Adds one that is to be looked at again. */
void changes_add(struct change_list *list, const struct change *change);

/* Orders them by process, those that were taken in each once. */
void changes_sort(struct changes *told);

void changes_free(struct changes *told);

/* Where they are told. */
struct changes_source {
	struct iophase_bpf *skel;
	struct ring_buffer *ring; /* NULL: nobody asked */
	struct changes told;	  /* taken out of the ring, and not handed on yet */
	uint64_t lost;		  /* that were not told until the last look */
};

/* Adds the features that the changes of the setup take; what this kernel does not tell is noted. */
void changes_choose(struct collector_setup *setup, struct notes *notes);

/* Sizes their maps, and has those told that the setup asks for; before the load. Returns 0 or
 * -errno. */
int changes_configure(struct changes_source *s, struct iophase_bpf *skel,
		      const struct collector_setup *setup);

/* Opens their way to us; after the load. Returns 0 or -errno. */
int changes_open(struct changes_source *s);

/* What is ready when there is something to read; -1: nothing is told. */
int changes_fd(const struct changes_source *s);

/* Frees what it holds on our side. */
void changes_clear(struct changes_source *s);

/*
 * Adds the processes that changed since the last look, each perhaps more than once. Returns 0;
 * -ENOBUFS if there are more that were not told, or another -errno: then any may have changed.
 */
int changes_read(struct changes_source *s, struct changes *told);

#endif
