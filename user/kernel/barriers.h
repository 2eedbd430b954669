/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * barriers.h - whether the kernel half can keep its stores in order.
 */
#ifndef IOPHASE_BARRIERS_H
#define IOPHASE_BARRIERS_H

/*
 * Whether the kernel half is in order here: by barriers, or since the CPU keeps it anyway. Returns
 * 0; or -errno with which this kernel refuses a program that has the barrier of clock_barrier().
 */
int barriers_probe(void);

/* The same on any CPU. */
int barriers_load(void);

#endif
