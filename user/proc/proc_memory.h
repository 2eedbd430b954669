/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * proc_memory.h - the memory of another process.
 */
#ifndef IOPHASE_PROC_MEMORY_H
#define IOPHASE_PROC_MEMORY_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Reads `size` bytes at an address of the process; 0, or -errno if not all of them can be read. */
int proc_memory(pid_t pid, uint64_t address, void *bytes, size_t size);

#endif
