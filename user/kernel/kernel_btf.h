/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * kernel_btf.h - the types of the running kernel.
 */
#ifndef IOPHASE_KERNEL_BTF_H
#define IOPHASE_KERNEL_BTF_H

struct btf;

/* The kernel's types, for btf__free(); an error as btf__load_vmlinux_btf() returns it. */
struct btf *kernel_btf_load(void);

#endif
