/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * kernel_btf.h - the types of the running kernel.
 */
#ifndef IOPHASE_KERNEL_BTF_H
#define IOPHASE_KERNEL_BTF_H

struct bpf_program;
struct btf;

/* The kernel's types, for btf__free(); an error as btf__load_vmlinux_btf() returns it. */
struct btf *kernel_btf_load(void);

/* Keeps these types for libbpf, which will ask for them when it loads an object, and owns them
 * from then on. NULL: there are none. */
void kernel_btf_keep(struct btf *btf);

/* Those that are kept, or NULL. */
const struct btf *kernel_btf_kept(void);

/* Frees those that it has not asked for. */
void kernel_btf_drop(void);

/*
 * Has libbpf not look for types in modules, where we have not the right to list them. `any` is a
 * program of an object that is open and not loaded.
 */
void kernel_btf_skip_modules(struct bpf_program *any);

#endif
