/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * proc_memory.c - see proc_memory.h.
 *
 * What goes in: an address. What comes out: the bytes there, as they are at that moment.
 */
#include <errno.h>
#include <sys/uio.h>

#include "proc/proc_memory.h"

/* Reads bytes at an address of the process. */
int proc_memory(pid_t pid, uint64_t address, void *bytes, size_t size)
{
	const struct iovec to = {bytes, size};
	/* NOLINTNEXTLINE(performance-no-int-to-ptr): it is another process's */
	const struct iovec from = {(void *)(uintptr_t)address, size};
	ssize_t got = process_vm_readv(pid, &to, 1, &from, 1, 0);

	if (got < 0)
		return -errno;
	return (size_t)got == size ? 0 : -EFAULT;
}
