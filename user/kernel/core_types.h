/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * core_types.h - the part of the kernel's types that our programs name.
 */
#ifndef IOPHASE_CORE_TYPES_H
#define IOPHASE_CORE_TYPES_H

#include <stddef.h>

struct btf;

enum {
	CORE_TYPES_PATH_MAX = 32,
};

/* A file in memory that libbpf relocates by, in place of the kernel's types. */
struct core_types {
	int fd; /* -1: none */
	char path[CORE_TYPES_PATH_MAX];
};

/* Makes the file for a part of these types, empty; its path, or NULL if there can be none, or they
 * are NULL: then libbpf takes the kernel's. */
const char *core_types_open(struct core_types *t, const struct btf *kernel);

/* Fills it with those of the kernel's types that are named in ours, and what these are made of;
 * 0 or -errno. */
int core_types_fill(const struct core_types *t, const struct btf *kernel, const struct btf *ours);

void core_types_close(struct core_types *t);

/*
 * The part itself, as a BTF file: `*size` bytes for free(). Types have the numbers that they have
 * in `kernel`, which was read from a file; in place of those that are not asked about are pointers
 * to nothing.
 */
void *core_types_part(const struct btf *kernel, const struct btf *ours, size_t *size);

#endif
