/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * half.c - see half.h.
 *
 * What goes in: the table of calls, how to collect, and the kernel's types. What comes out: the
 * kernel half, loaded.
 */
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <bpf/libbpf.h>

#include "base/xalloc.h"
#include "books/ops.h"
#include "books/uring.h"
#include "kernel/collector_parts.h"
#include "kernel/core_types.h"
#include "kernel/half.h"
#include "kernel/kernel_btf.h"
#include "iophase.skel.h"

int half_open(struct iophase_bpf **skel, struct core_types *types)
{
	DECLARE_LIBBPF_OPTS(bpf_object_open_opts, options);

	types->fd = -1;
	if (kernel_btf_kept())
		options.btf_custom_path = core_types_open(types);
	*skel = iophase_bpf__open_opts(&options);
	return *skel ? 0 : -errno;
}

void half_set(const struct iophase_bpf *skel, const struct collector_setup *setup)
{
	struct iophase_bpf__rodata *knobs = skel->rodata;

	for (unsigned int op = 0; op < MAX_OPS; op++) {
		knobs->op_traits[op] = ops[op].traits;
		if (ops[op].name && ops[op].nr >= 0 && ops[op].nr < MAX_NR)
			knobs->op_of_nr[ops[op].nr] = op;
	}
	memcpy(knobs->kind_of_opcode, uring_kind, sizeof(uring_kind));
	knobs->op_of_nr[SYS_restart_syscall] = OP_RESTART;
	knobs->op_of_nr[SYS_pread64] = OP_PREAD;
	knobs->follow = setup->follow;
	knobs->light = feature_has(setup->features, FEATURE_LIGHT);
	knobs->with_conns = feature_has(setup->features, FEATURE_CONNECTIONS);
	knobs->by_calls = feature_has(setup->features, FEATURE_CONNECTIONS_BY_CALLS);
	knobs->with_details = feature_has(setup->features, FEATURE_CONNECTION_ROWS);
}

int half_load(struct iophase_bpf *skel, struct core_types *types)
{
	int err = core_types_fill(types, kernel_btf_kept(), bpf_object__btf(skel->obj));

	kernel_btf_skip_modules(skel->progs.sched_switch);
	err = err ?: iophase_bpf__load(skel);
	kernel_btf_drop();
	core_types_close(types);
	memory_release();
	return err;
}
