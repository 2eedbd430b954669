/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * memory.h - the pools of the kernel half as they lie in our memory.
 */
#ifndef IOPHASE_MEMORY_H
#define IOPHASE_MEMORY_H

#include "base/types.h"

/* The pools; index 0 of each is unused. */
struct books {
	struct thread *threads;
	struct row *rows;
	struct octave *octaves;
	struct upstream *upstreams;
	uint32_t thread_count, row_count, octave_count, upstream_count;
	bool light;   /* they are made without hooks on calls */
	uint32_t end; /* of the threads, as far as books_end() has found out */
};

#endif
