/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * rights.h - which of the rights that we need we have: Linux's capabilities.
 */
#ifndef IOPHASE_RIGHTS_H
#define IOPHASE_RIGHTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Our effective capabilities, a bit each, as the kernel numbers them. */
uint64_t rights_effective(void);

/*
 * Writes the names of those that are lacking among the `effective` ones, with commas between:
 * those for BPF and, if it is needed, the one to look at other users' processes. Returns how many.
 */
unsigned int rights_lacking(char *names, size_t room, uint64_t effective, bool inspect);

#endif
