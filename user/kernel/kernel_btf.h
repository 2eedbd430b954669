/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * kernel_btf.h - the types of the running kernel.
 */
#ifndef IOPHASE_KERNEL_BTF_H
#define IOPHASE_KERNEL_BTF_H

struct bpf_program;
struct btf;

/*
 * Reads what we and our programs ask of the kernel's types; 0 or -errno. libbpf will get it when it
 * loads an object, and owns it from then on.
 */
int kernel_btf_load(void);

/* What was read, with the numbers that types have in the kernel; NULL: nothing. */
const struct btf *kernel_btf(void);

/* A file that libbpf relocates by, until kernel_btf_drop(); NULL: it takes the kernel's. */
const char *kernel_btf_path(void);

/* Frees what libbpf has not asked for. */
void kernel_btf_drop(void);

/*
 * Has libbpf not look for types in modules, where we have not the right to list them. `any` is a
 * program of an object that is open and not loaded.
 */
void kernel_btf_skip_modules(struct bpf_program *any);

#endif
