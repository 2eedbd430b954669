/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * barriers.c - see barriers.h; what the barriers are for is said at clock_barrier(),
 * common/clock.h.
 *
 * What goes in: a program of five instructions. What comes out: whether the kernel takes it.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/types.h"
#include "kernel/barriers.h"

enum {
	ATOMIC = 0xc0, /* BPF_ATOMIC and BPF_FETCH: newer than some headers that we build with */
	FETCH = 0x01,
};

/* Whether this kernel loads a program that has the barrier in it; 0 or -errno. */
int barriers_load(void)
{
	static const struct bpf_insn program[] = {
		/* r2 = 0, and so is the word of the stack; r2 = what an atomic addition finds there
		 */
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_2},
		{.code = BPF_STX | BPF_MEM | BPF_DW,
		 .dst_reg = BPF_REG_10,
		 .src_reg = BPF_REG_2,
		 .off = -8},
		{.code = BPF_STX | ATOMIC | BPF_DW,
		 .dst_reg = BPF_REG_10,
		 .src_reg = BPF_REG_2,
		 .off = -8,
		 .imm = BPF_ADD | FETCH},
		{.code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = BPF_REG_0, .src_reg = BPF_REG_2},
		{.code = BPF_JMP | BPF_EXIT},
	};
	union bpf_attr attr;
	int fd;

	memset(&attr, 0, sizeof(attr));
	attr.prog_type = BPF_PROG_TYPE_SOCKET_FILTER;
	attr.insns = (__u64)(uintptr_t)program;
	attr.insn_cnt = ARRAY_SIZE(program);
	attr.license = (__u64)(uintptr_t) "GPL";
	fd = (int)syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));
	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

/* Whether the kernel half is in order here; 0 or -errno. */
int barriers_probe(void)
{
#if defined(__x86_64__)
	return 0;
#else
	return barriers_load();
#endif
}
