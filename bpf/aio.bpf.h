/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * aio.bpf.h - Linux AIO: requests go to the kernel by io_submit and come back by io_getevents.
 *
 * What goes in: the control blocks that io_submit is given, and the events that io_getevents or
 * io_pgetevents hands out, both read from the memory of the process. What comes out: requests
 * begun and counted.
 *
 * No event of the kernel tells when a request is completed: it counts as completed when the
 * program fetches that. A program that takes completions out of the ring in its own memory fetches
 * them unseen; that is noticed, and counted as lost, when it uses the control block again.
 *
 * A request is told by its process and the address of its control block.
 */
#ifndef IOPHASE_AIO_BPF_H
#define IOPHASE_AIO_BPF_H

enum {
	AIO_MAX = 1024, /* requests of one call that are looked at */
	/* uapi/linux/aio_abi.h */
	IOCB_CMD_PREAD = 0,
	IOCB_CMD_PWRITE = 1,
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
};

/* struct io_event */
struct aio_event {
	__u64 data;
	__u64 block; /* the address of the control block */
	__s64 result;
	__s64 result2;
};

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

/* The current thread t hands over the request whose control block is at `block`. */
static __always_inline void aio_begin(struct thread *t, __u64 block)
{
	struct request_key key = aio_key(t, block);
	struct request_state *unseen, begun = {.owner = t->tid, .tgid = t->tgid, .count = 1};
	struct aio_block b;
	struct file *file;

	if (bpf_probe_read_user(&b, sizeof(b), (void *)block)) {
		lose(LOST_REQUESTS);
		return;
	}
	begun.at = bpf_ktime_get_ns();
	begun.kind = aio_kind(b.opcode);
	file = file_of(b.fd);
	begun.socket = file && file_waits(file) == FILE_SOCKET;
	unseen = bpf_map_lookup_elem(&requests, &key);
	if (unseen) {
		lose(LOST_REQUESTS);
		request_landed(unseen, unseen->kind);
	}
	if (bpf_map_update_elem(&requests, &key, &begun, BPF_ANY))
		lose(LOST_REQUESTS);
	else
		__sync_fetch_and_add(&t->inflight[bounded(begun.kind, REQUESTS)], 1);
}

/* The kernel did not take the request of thread t whose control block is at `block`. */
static __always_inline void aio_refused(struct thread *t, __u64 block)
{
	struct request_key key = aio_key(t, block);
	struct request_state *r = bpf_map_lookup_elem(&requests, &key);

	if (!r)
		return;
	request_landed(r, r->kind);
	bpf_map_delete_elem(&requests, &key);
}

/* The current thread t has fetched the completion of a request. */
static __always_inline void aio_end(struct thread *t, const struct aio_event *e)
{
	struct request_key key = aio_key(t, e->block);
	struct request_state *r = bpf_map_lookup_elem(&requests, &key);
	struct completion c = {.way = WAY_LINUX_AIO, .result = e->result, .tag = e->block};
	struct aio_block b;

	if (r) {
		c.kind = r->kind;
		c.socket = r->socket;
		c.latency = request_end(c.kind, &key, bpf_ktime_get_ns(), false);
	} else if (!bpf_probe_read_user(&b, sizeof(b), (void *)e->block)) {
		/* Begun before we attached, if the program has not used the block again. */
		c.kind = aio_kind(b.opcode);
	} else {
		lose(LOST_REQUESTS);
		return;
	}
	request_count(t, &c);
}

/*
 * These are global functions, which the verifier looks at once each and not on every way that leads
 * there. Some kernels refuse to call one while pre-emption is forbidden.
 */

/* The current thread hands over a request, or, if it was `refused`, does not; the address of its
 * control block is at `entry`. */
__noinline int aio_submit_one(__u64 entry, __u32 refused)
{
	struct thread *t = thread_current();
	__u64 block;

	undisturbed_begin();
	if (!t || bpf_probe_read_user(&block, sizeof(block), (void *)entry))
		lose(LOST_REQUESTS);
	else if (refused)
		aio_refused(t, block);
	else
		aio_begin(t, block);
	undisturbed_end();
	return 0;
}

/* The current thread has fetched the event at `at`. */
__noinline int aio_fetch_one(__u64 at)
{
	struct thread *t = thread_current();
	struct aio_event e;

	undisturbed_begin();
	if (!t || bpf_probe_read_user(&e, sizeof(e), (void *)at))
		lose(LOST_REQUESTS);
	else
		aio_end(t, &e);
	undisturbed_end();
	return 0;
}

/* Notes what is lost of the requests of one call beyond those looked at. */
static __always_inline void aio_beyond(__u64 count, __u32 kind)
{
	if (count > AIO_MAX)
		__sync_fetch_and_add(&lost[bounded(kind, LOSTS)], count - AIO_MAX);
}

/* The current thread begins an io_submit of `count` control blocks, whose addresses are in `list`.
 * They begin here, since they may be completed, and even fetched, before the call ends. */
__noinline int aio_submit(__u64 count, __u64 list)
{
	struct thread *t = thread_current();

	if (!armed || !t)
		return 0;
	t->requested = count < AIO_MAX ? count : AIO_MAX;
	for (__u32 i = 0; i < AIO_MAX && i < count; i++)
		aio_submit_one(list + i * sizeof(__u64), false);
	return 0;
}

/* The current thread ended call op of Linux AIO with ret. */
__noinline int aio_leave(__u32 op, long ret)
{
	struct thread *t = thread_current();
	__u32 done = ret > 0 ? ret : 0, requested;
	__u64 at;

	if (!t)
		return 0;
	at = t->arg;
	if (op != OP_IO_SUBMIT) {
		for (__u32 i = 0; i < AIO_MAX && i < done; i++)
			aio_fetch_one(at + i * sizeof(struct aio_event));
		aio_beyond(done, LOST_REQUESTS);
		return 0;
	}
	requested = t->requested;
	t->requested = 0;
	/* They are counted when they are fetched; only how long they took is not known. */
	if (requested)
		aio_beyond(done, LOST_SAMPLES);
	if (done >= requested)
		return 0;
	at += done * sizeof(__u64);
	requested -= done;
	for (__u32 i = 0; i < AIO_MAX && i < requested; i++)
		aio_submit_one(at + i * sizeof(__u64), true);
	return 0;
}

#endif
