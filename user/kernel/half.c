/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * half.c - see half.h.
 *
 * What goes in: the table of calls, how to collect, and the kernel's types. What comes out: the
 * kernel half, loaded.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <bpf/libbpf.h>

#include "base/xalloc.h"
#include "books/ops.h"
#include "books/uring.h"
#include "kernel/collector_parts.h"
#include "kernel/half.h"
#include "kernel/kernel_btf.h"
#include "iophase.skel.h"
#include "light.skel.h"

/*
 * Has the skeleton open the object that is for light alone: all that is in it has the name and the
 * place that it has in the other (tests/unit/kernel/test_programs.c). 0 or -errno.
 */
static int use_light(struct iophase_bpf *skel)
{
	struct light_bpf *light = calloc(1, sizeof(*light));
	int err = light ? light_bpf__create_skeleton(light) : -ENOMEM;

	if (!err) {
		skel->skeleton->data = light->skeleton->data;
		skel->skeleton->data_sz = light->skeleton->data_sz;
	}
	light_bpf__destroy(light);
	return err;
}

/* Whether all that is wanted goes by the way that the object for light alone knows. */
static bool is_light_alone(struct feature_set features)
{
	return feature_has(features, FEATURE_LIGHT) && feature_has(features, FEATURE_CONNECTIONS);
}

int half_open(struct iophase_bpf **skel, struct feature_set features)
{
	DECLARE_LIBBPF_OPTS(bpf_object_open_opts, options);
	int err;

	options.btf_custom_path = kernel_btf_path();
	*skel = calloc(1, sizeof(**skel));
	err = *skel ? iophase_bpf__create_skeleton(*skel) : -ENOMEM;
	if (!err && is_light_alone(features))
		err = use_light(*skel);
	err = err ?: bpf_object__open_skeleton((*skel)->skeleton, &options);
	if (err) {
		iophase_bpf__destroy(*skel);
		*skel = NULL;
	}
	return err;
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

int half_load(struct iophase_bpf *skel)
{
	int err;

	kernel_btf_skip_modules(skel->progs.sched_switch);
	err = iophase_bpf__load(skel);
	kernel_btf_drop();
	memory_release();
	return err;
}
