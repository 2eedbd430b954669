/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * core_types.h - the part of the kernel's types that our programs name.
 */
#ifndef IOPHASE_CORE_TYPES_H
#define IOPHASE_CORE_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A name that is looked up among the kernel's types. */
struct core_name {
	const char *name;
	bool function;
};

/* A part of the kernel's types. */
struct core_part {
	void *file; /* as /sys/kernel/btf/vmlinux is one, of `size` bytes; for free(). NULL: none,
		     * the kernel's types are of a form that we do not know */
	size_t size;
	uint32_t types_size;  /* bytes of its types that do without functions, which come last */
	bool lacks_functions; /* the kernel has not got all that were asked about */
};

/*
 * Those of `size` bytes of the kernel's types that have one of the names, and what these are made
 * of. Types have the numbers that they have in the kernel; in place of those that are not asked
 * about are pointers to nothing.
 */
struct core_part core_types_part(const void *kernel, size_t size, const struct core_name *names,
				 size_t count);

#endif
