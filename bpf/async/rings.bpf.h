/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * rings.bpf.h - what a ring itself knows of the requests that wait in it.
 *
 * What goes in: a ring and the number of a request. What comes out: its opcode, from the table in
 * which the kernel looks for a request that is to be cancelled. It is asked only for completions
 * that do not tell their request, when that was submitted before we attached: once for each.
 */
#ifndef IOPHASE_RINGS_BPF_H
#define IOPHASE_RINGS_BPF_H

enum {
	OPCODE_NONE = -1,
	CHAIN_MAX = 16,		    /* requests in one bucket, as far as we look */
	__PERCPU_REF_DEAD = 1 << 1, /* linux/percpu-refcount.h */
};

/* hash_64() of linux/hash.h. */
static __always_inline __u32 ring_hash(__u64 number, __u32 bits)
{
	return bits ? number * 0x61C8864680B583EBULL >> (64 - (bits & 63)) : 0;
}

/* The opcode of the request with that number in one of a ring's tables, or OPCODE_NONE. */
static __always_inline int table_find(struct io_hash_bucket *buckets, __u32 bits, __u64 number)
{
	__u64 at = (__u64)buckets +
		   ring_hash(number, bits) * bpf_core_type_size(struct io_hash_bucket);
	struct io_hash_bucket *bucket = (void *)at;
	struct hlist_node *node;

	if (!buckets)
		return OPCODE_NONE;
	node = BPF_CORE_READ(bucket, list.first);
	for (int i = 0; i < CHAIN_MAX && node; i++) {
		struct io_kiocb *request =
			(void *)node - bpf_core_field_offset(((struct io_kiocb *)0)->hash_node);

		if (BPF_CORE_READ(request, cqe.user_data) == number)
			return BPF_CORE_READ(request, opcode);
		node = BPF_CORE_READ(node, next);
	}
	return OPCODE_NONE;
}

/* The opcode of the request with that number that waits in the ring, or OPCODE_NONE. */
static __noinline int ring_find(struct io_ring_ctx *ring, __u64 number)
{
	int opcode = OPCODE_NONE;

	if (bpf_core_field_exists(ring->cancel_table))
		opcode = table_find(BPF_CORE_READ(ring, cancel_table.hbs),
				    BPF_CORE_READ(ring, cancel_table.hash_bits), number);
	if (opcode == OPCODE_NONE && bpf_core_field_exists(ring->cancel_table_locked))
		opcode = table_find(BPF_CORE_READ(ring, cancel_table_locked.hbs),
				    BPF_CORE_READ(ring, cancel_table_locked.hash_bits), number);
	return opcode;
}

/* Whether nobody has the ring open any more. */
static __always_inline bool ring_is_closed(struct io_ring_ctx *ring)
{
	return BPF_CORE_READ(ring, refs.percpu_count_ptr) & __PERCPU_REF_DEAD;
}

#endif
