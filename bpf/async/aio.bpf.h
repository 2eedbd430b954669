/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * aio.bpf.h - Linux AIO: requests go to the kernel by io_submit and come back by io_getevents.
 *
 * What goes in: the control blocks that io_submit is given, the events that io_getevents or
 * io_pgetevents hands out, and the ring of events, all read from the memory of the process. What
 * comes out: requests begun and counted.
 *
 * No event of the kernel tells when a request is completed: it counts as completed when the
 * program fetches that. A program may take completions out of the ring in its own memory, without a
 * call: that is seen in the ring at its next call. What is missed so, because other threads are in
 * io_getevents meanwhile, is counted as lost when its control block is used again.
 *
 * A request is told by its process and the address of its control block.
 */
#ifndef IOPHASE_AIO_BPF_H
#define IOPHASE_AIO_BPF_H

enum {
	AIO_SPANS = 32, /* times AIO_SPAN: requests of one call that are looked at */
	AIO_SPAN = 32,
	AIO_RINGS = 1024, /* whose completions are looked at */
	AIO_RING_MAGIC = 0xa10a10a1,
	AIO_UNKNOWN = 0xffffffff,
	/* uapi/linux/aio_abi.h */
	IOCB_CMD_PREAD = 0,
	IOCB_CMD_PWRITE = 1,
	IOCB_CMD_FSYNC = 2,
	IOCB_CMD_FDSYNC = 3,
	IOCB_CMD_POLL = 5,
	IOCB_CMD_PREADV = 7,
	IOCB_CMD_PWRITEV = 8,
};

/* How struct iocb begins, on little-endian machines. */
struct aio_block {
	__u64 data;
	__u32 key;
	__u32 flags;
	__u16 opcode;
	__s16 priority;
	__u32 fd;
	__u64 buffer;
	__u64 size; /* of the buffer; of a vector how many it has */
};

/* struct io_event */
struct aio_event {
	__u64 data;
	__u64 block; /* the address of the control block */
	__s64 result;
	__s64 result2;
};

/* How the ring of completions begins, which io_setup maps into the memory of the process. */
struct aio_ring {
	__u32 id;
	__u32 nr;   /* events that it has room for; they follow the header */
	__u32 head; /* the next one to be fetched */
	__u32 tail;
	__u32 magic;
	__u32 compatible;
	__u32 incompatible;
	__u32 header_length;
};

/* What we know of a ring. */
struct aio_progress {
	__u32 head;    /* up to where completions have been seen, or AIO_UNKNOWN */
	__u32 waiting; /* threads in io_getevents that we saw enter it */
	__u32 turns;   /* how often one entered or left it */
	__u32 pad;
};

/* A ring: its address, which is also what programs call their context. */
struct aio_place {
	__u64 context;
	__u64 tgid;
};

/* The rings in use. One that has to give way is learnt anew. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__type(key, struct aio_place);
	__type(value, struct aio_progress);
	__uint(max_entries, AIO_RINGS);
} aio_rings SEC(".maps");

/* Reads the head of a ring; false if it is not there or not like those that we know. */
static __always_inline bool aio_ring_read(__u64 context, struct aio_ring *ring)
{
	if (bpf_probe_read_user(ring, sizeof(*ring), (void *)context))
		return false;
	return ring->magic == AIO_RING_MAGIC && !ring->incompatible && ring->head < ring->nr;
}

/* Of which kind a request with that opcode is. */
static __always_inline __u32 aio_kind(__u16 opcode)
{
	switch (opcode) {
	case IOCB_CMD_PREAD:
	case IOCB_CMD_PREADV:
		return REQUEST_AIO_READ;
	case IOCB_CMD_PWRITE:
	case IOCB_CMD_PWRITEV:
		return REQUEST_AIO_WRITE;
	case IOCB_CMD_POLL:
		return REQUEST_AIO_POLL;
	}
	return REQUEST_AIO_OTHER;
}

/* The key of a request of thread t's process. */
static __always_inline struct request_key aio_key(const struct thread *t, __u64 block)
{
	return (struct request_key){.place = t->tgid, .tag = block};
}

/* The current thread t hands over the request whose control block is at `block`; false if that
 * cannot be read. */
static __always_inline bool aio_begin(struct thread *t, __u64 block)
{
	struct request_key key = aio_key(t, block);
	struct request_state *was, begun = {.owner = t->tid, .tgid = t->tgid, .count = 1};
	struct aio_block b;
	struct file *file;

	if (bpf_probe_read_user(&b, sizeof(b), (void *)block))
		return false;
	begun.at = bpf_ktime_get_ns();
	begun.kind = aio_kind(b.opcode);
	file = file_of(b.fd);
	begun.socket = file && file_waits(file) == FILE_SOCKET;
	was = bpf_map_lookup_elem(&requests, &key);
	if (was && was->count) {
		lose(LOST_REQUESTS);
		request_landed(was, was->kind);
	}
	if (was) {
		*was = begun;
	} else if (bpf_map_update_elem(&requests, &key, &begun, BPF_NOEXIST)) {
		lose(LOST_REQUESTS);
		return true;
	} else {
		__sync_fetch_and_add(&request_entries, 1);
	}
	__sync_fetch_and_add(&t->inflight[bounded(begun.kind, REQUESTS)], 1);
	return true;
}

/* The kernel did not take the request of thread t whose control block is at `block`. */
static __always_inline void aio_refused(struct thread *t, __u64 block)
{
	struct request_key key = aio_key(t, block);
	struct request_state *r = request_in_flight(&key);

	if (!r)
		return;
	request_landed(r, r->kind);
	r->count = 0;
	request_rest(&key);
}

/*
 * Whether a control block can be that of a request that came to this: its program may have used the
 * memory for something else since, of which zeros would be a read.
 */
static __always_inline bool aio_is_block_of(const struct aio_block *b, const struct aio_event *e)
{
	if (b->data != e->data)
		return false;
	switch (b->opcode) {
	case IOCB_CMD_POLL:
		return true;
	case IOCB_CMD_FSYNC:
	case IOCB_CMD_FDSYNC:
		return e->result <= 0;
	case IOCB_CMD_PREAD:
	case IOCB_CMD_PWRITE:
		return b->buffer && e->result <= (__s64)b->size;
	case IOCB_CMD_PREADV:
	case IOCB_CMD_PWRITEV:
		return b->buffer && b->size;
	}
	return false;
}

/* The current thread t has fetched the completion of a request; `reaped`: without a call. */
static __always_inline void aio_end(struct thread *t, const struct aio_event *e, bool reaped)
{
	struct request_key key = aio_key(t, e->block);
	struct request_state *r = request_in_flight(&key);
	struct completion c = {.way = WAY_LINUX_AIO, .result = e->result, .tag = e->block};
	struct aio_block b;

	if (r) {
		c.kind = r->kind;
		c.socket = r->socket;
		c.latency = request_end(c.kind, &key, bpf_ktime_get_ns(), false);
	} else if (!reaped && !bpf_probe_read_user(&b, sizeof(b), (void *)e->block) &&
		   aio_is_block_of(&b, e)) {
		/* Begun before we attached. */
		c.kind = forgotten(aio_kind(b.opcode), e->block);
	} else {
		lose(LOST_REQUESTS);
		return;
	}
	request_count(t, &c);
}

/*
 * These are global functions, which the verifier looks at once each and not on every way that leads
 * there. Some kernels refuse to call one while pre-emption is forbidden. A loop must not end with
 * the call of one, for 5.10 takes no jump back there: so each says whether to go on.
 */

/* The current thread hands over a request, or, if it was `refused`, does not; the address of its
 * control block is at `entry`. 0 if that or the block cannot be read. */
__noinline int aio_submit_one(__u64 entry, __u32 refused)
{
	struct thread *t = thread_current();
	bool there = false;
	__u64 block;

	undisturbed_begin();
	if (t && !bpf_probe_read_user(&block, sizeof(block), (void *)entry)) {
		if (refused)
			aio_refused(t, block);
		there = refused || aio_begin(t, block);
	}
	undisturbed_end();
	return there;
}

/* The current thread has fetched the event at `at`; `reaped`: without a call. 0 if it cannot be
 * read.
 */
__noinline int aio_fetch_one(__u64 at, __u32 reaped)
{
	struct thread *t = thread_current();
	bool there = false;
	struct aio_event e;

	undisturbed_begin();
	if (t && !bpf_probe_read_user(&e, sizeof(e), (void *)at)) {
		aio_end(t, &e, reaped);
		there = true;
	}
	undisturbed_end();
	return there;
}

/*
 * A loop in a loop, each a function: the verifier goes through every turn of a loop, so it goes
 * through AIO_SPAN + AIO_SPANS turns and not through their product.
 */

/* Hands over, or refuses, at most AIO_SPAN requests of `count`, whose addresses are in `list`;
 * returns how many could be read. */
__noinline int aio_submit_span(__u64 list, __u32 count, __u32 refused)
{
	__u32 i;

	for (i = 0; i < AIO_SPAN && i < count; i++)
		if (!aio_submit_one(list + i * sizeof(__u64), refused))
			break;
	return i;
}

/* The same for as many as a call can have. */
static __always_inline __u32 aio_submit_all(__u64 list, __u32 count, __u32 refused)
{
	__u32 done = 0, got;

	for (__u32 i = 0; i < AIO_SPANS && done < count; i++) {
		got = aio_submit_span(list + done * sizeof(__u64), count - done, refused);
		done += got;
		if (got != AIO_SPAN)
			break;
	}
	return done;
}

/* Fetches at most AIO_SPAN events of `count` at `at`; returns how many could be read. */
__noinline int aio_fetch_span(__u64 at, __u32 count, __u32 reaped)
{
	__u32 i;

	for (i = 0; i < AIO_SPAN && i < count; i++)
		if (!aio_fetch_one(at + i * sizeof(struct aio_event), reaped))
			break;
	return i;
}

/* The same for as many as a call can have. */
static __always_inline __u32 aio_fetch_all(__u64 at, __u32 count, __u32 reaped)
{
	__u32 done = 0, got;

	for (__u32 i = 0; i < AIO_SPANS && done < count; i++) {
		got = aio_fetch_span(at + done * sizeof(struct aio_event), count - done, reaped);
		done += got;
		if (got != AIO_SPAN)
			break;
	}
	return done;
}

/* Counts n losses of the given kind. */
static __always_inline void lose_some(__u32 kind, __u64 n)
{
	__sync_fetch_and_add(&lost[bounded(kind, LOSTS)], n);
}

/* Notes the completions that the current thread's process has taken out of the ring itself. */
__noinline int aio_reaped(__u64 context)
{
	struct aio_place place = {.context = context, .tgid = bpf_get_current_pid_tgid() >> 32};
	struct aio_progress *seen = bpf_map_lookup_elem(&aio_rings, &place), first = {};
	struct aio_ring ring;
	__u32 turns = seen ? *(volatile __u32 *)&seen->turns : 0;
	__u32 from, count, most, done, waiting;
	__u64 events;
	bool there;

	clock_barrier();
	there = aio_ring_read(context, &ring);
	events = context + ring.header_length;
	if (!seen) {
		/* A ring that its program has never looked at is not in its page tables. */
		if (there)
			first.head = ring.head;
		bpf_map_update_elem(&aio_rings, &place, &first, BPF_NOEXIST);
		return 0;
	}
	/* A thread in io_getevents may have fetched them, and will tell, or has just told. */
	clock_barrier();
	waiting = *(volatile __u32 *)&seen->waiting;
	clock_barrier();
	if (!there || waiting || turns != *(volatile __u32 *)&seen->turns)
		return 0;
	from = seen->head;
	seen->head = ring.head;
	if (from == ring.head || from >= ring.nr)
		return 0;
	count = ring.head > from ? ring.head - from : ring.head + ring.nr - from;
	/* Up to where the ring ends, and on from where it begins. */
	most = count < ring.nr - from ? count : ring.nr - from;
	done = aio_fetch_all(events + from * sizeof(struct aio_event), most, true);
	if (done == most && done < count)
		done += aio_fetch_all(events, count - done, true);
	if (done < count)
		lose_some(LOST_REQUESTS, count - done);
	return 0;
}

/* The current thread begins, or ends, to wait in io_getevents: the ring is what it says now. */
static __always_inline void aio_waits(__u64 context, int change)
{
	struct aio_place place = {.context = context, .tgid = bpf_get_current_pid_tgid() >> 32};
	struct aio_progress *seen = bpf_map_lookup_elem(&aio_rings, &place);
	struct aio_ring ring;

	if (!seen)
		return;
	/* In this order: whoever sees that nobody waits must see the new head, or the new turn. */
	if (change < 0 && seen->waiting == 1)
		seen->head = aio_ring_read(context, &ring) ? ring.head : AIO_UNKNOWN;
	clock_barrier();
	__sync_fetch_and_add(&seen->turns, 1);
	clock_barrier();
	__sync_fetch_and_add(&seen->waiting, change);
	clock_barrier();
}

/* The current thread begins call op of Linux AIO; to io_submit belong `count` control blocks, whose
 * addresses are in `list`. They begin here, since they may be completed, and even fetched, before
 * the call ends. */
__noinline int aio_enter(__u32 op, __u64 context, __u64 count, __u64 list)
{
	struct thread *t = thread_current();

	if (!armed || !t)
		return 0;
	aio_reaped(context);
	if (op != OP_IO_SUBMIT) {
		t->aio_context = context;
		aio_waits(context, 1);
		return 0;
	}
	t->requested = aio_submit_all(list, count, false);
	return 0;
}

/* The current thread t has fetched `count` completions, which are at t->arg. */
static __always_inline void aio_fetched(struct thread *t, __u32 count)
{
	__u32 done = aio_fetch_all(t->arg, count, false);

	if (done < count)
		lose_some(LOST_REQUESTS, count - done);
	if (t->aio_context)
		aio_waits(t->aio_context, -1);
	t->aio_context = 0;
}

/* The current thread t ended an io_submit, of which the kernel took `count` requests. */
static __always_inline void aio_submitted(struct thread *t, __u32 count)
{
	__u64 at = t->arg + count * sizeof(__u64);
	__u32 requested = t->requested;

	t->requested = 0;
	/* They are counted when they are fetched; only how long they took is not known. */
	if (count > requested)
		lose_some(LOST_SAMPLES, count - requested);
	if (count >= requested)
		return;
	aio_submit_all(at, requested - count, true);
}

/* The current thread ended call op of Linux AIO with ret. */
__noinline int aio_leave(__u32 op, long ret)
{
	struct thread *t = thread_current();
	__u32 count = ret > 0 ? ret : 0;

	if (!t)
		return 0;
	if (op == OP_IO_SUBMIT)
		aio_submitted(t, count);
	else
		aio_fetched(t, count);
	return 0;
}

#endif
