/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * uring.bpf.h - io_uring: requests are submitted and completed.
 *
 * What goes in: io_uring_submit_req (before 6.3: io_uring_submit_sqe), io_uring_complete and
 * io_uring_cqe_overflow, in the forms that they have had; user space loads those that this kernel
 * has. What comes out: requests begun and counted, and the end of a copy that the kernel did for
 * one. The current task is the one that submits, or whose task work, io-wq worker or SQPOLL thread
 * completes: since 5.12 these are all threads of the process that made the ring.
 */
#ifndef IOPHASE_URING_BPF_H
#define IOPHASE_URING_BPF_H

/* uapi/linux/io_uring.h; io_uring/io_uring.h has the flags of a request begin with those. */
enum {
	IOSQE_CQE_SKIP_SUCCESS = 1 << 6,
	IORING_CQE_F_BUFFER = 1 << 0, /* data has been read, into a buffer of this number */
	IORING_CQE_F_MORE = 1 << 1,   /* the request will be completed again */
	IORING_CQE_F_NOTIF = 1 << 3,  /* no completion of its own: a buffer may be used again */
	IORING_OP_MSG_RING = 40,      /* 5.18 */
	KIND_SHIFT = 60,
};

/* Of which kind a request with that opcode is; see user/books/uring.c. */
const volatile __u8 kind_of_opcode[MAX_OPCODES] = {};

/* What an event tells of a request. */
struct uring_event {
	__u64 ring;
	struct io_kiocb *request; /* NULL: not told */
	__u64 user_data;
	__s32 result;
	__u32 flags; /* of the completion */
	bool tells;  /* the event tells of the request, if there is one */
};

/* What a thread has to do with io_uring, in struct thread. */
enum {
	URING_USED = 1,	   /* it has made requests, or completed some */
	URING_MESSAGE = 2, /* and its latest one was a message to a ring */
};

/* The key of a request of that kind, which goes where most programs' numbers are all 0 or 1. */
static __always_inline struct request_key uring_key(__u64 ring, __u64 user_data, __u32 kind)
{
	return (struct request_key){.place = ring, .tag = user_data ^ (__u64)kind << KIND_SHIFT};
}

/* A copy for a request is over, if thread t was in one. */
static __always_inline void uring_copy_end(struct thread *t, __u64 now)
{
	__u32 op_class = op_traits[t->op % MAX_OPS].op_class;

	if (t->phase == PHASE_COPY && (op_class == CLASS_ASYNC || op_class == CLASS_APP))
		clock_move(t, now, t->op, PHASE_CPU);
}

/* The current thread submits a request. */
static __always_inline void uring_submit(__u64 ring, __u8 opcode, __u64 user_data, __u64 flags)
{
	__u32 kind = kind_of_opcode[opcode % MAX_OPCODES];
	struct request_key key = uring_key(ring, user_data, kind);
	struct thread *t;
	__u64 now;

	if (!armed)
		return;
	t = thread_current();
	if (!t)
		return;
	now = bpf_ktime_get_ns();
	t->uring = opcode == IORING_OP_MSG_RING ? URING_MESSAGE : URING_USED;
	uring_copy_end(t, now);
	/* It completes without a word, unless it fails. */
	if (flags & IOSQE_CQE_SKIP_SUCCESS)
		return;
	request_begin(t, kind, &key, now);
}

/*
 * Which kind of request a completion is of that does not tell: one of many, or on a kernel that
 * never tells. The kind whose key is known; REQUESTS if there is none.
 */
static __always_inline __u32 uring_kind_known(const struct uring_event *e)
{
	for (__u32 i = 1; i <= URING_REQUESTS; i++) {
		__u32 kind = i % URING_REQUESTS; /* the most likely ones first */
		struct request_key key = uring_key(e->ring, e->user_data, kind);

		if (request_in_flight(&key))
			return forgotten(kind, e->user_data);
	}
	return REQUESTS;
}

/* The kind of a request that is told neither by us nor by its ring, as its completion shows it. One
 * that will be completed again, as a timeout may be, is no message. */
static __always_inline __u32 uring_kind_guessed(const struct uring_event *e)
{
	if (e->flags & IORING_CQE_F_BUFFER)
		return REQUEST_URING_READ;
	return e->tells && e->flags & IORING_CQE_F_MORE ? REQUEST_URING_OTHER : REQUESTS;
}

/*
 * The kind of a request that was submitted before we attached, as the ring has it; from now (ns) on
 * it is known. REQUESTS if it is not found.
 */
static __always_inline __u32 uring_kind_found(struct thread *t, const struct uring_event *e,
					      __u64 now)
{
	int opcode = ring_find((struct io_ring_ctx *)e->ring, e->user_data);
	struct request_key key;
	__u32 kind;

	if (opcode == OPCODE_NONE)
		return uring_kind_guessed(e);
	kind = kind_of_opcode[(__u8)opcode % MAX_OPCODES];
	key = uring_key(e->ring, e->user_data, kind);
	request_begin(t, kind, &key, now);
	return kind;
}

/* The kind of a completed request, REQUESTS if it cannot be known; notes what else tells of it. */
static __always_inline __u32 uring_kind(struct thread *t, const struct uring_event *e, __u64 now,
					struct completion *c)
{
	struct io_kiocb *request = e->request;
	__u32 kind;

	if (request) {
		__u8 opcode = field_of(struct io_kiocb, request, opcode);

		kind = kind_of_opcode[opcode % MAX_OPCODES];
		if (kind == REQUEST_URING_READ)
			uring_read_look(c, request, opcode, e->result);
		else if (kind == REQUEST_URING_WRITE)
			uring_written(request, opcode);
		return kind;
	}
	c->socket = true;
	kind = uring_kind_known(e);
	if (kind != REQUESTS)
		return kind;
	return uring_kind_found(t, e, now);
}

/*
 * A kernel thread completes a request. It empties a ring that its process has closed: nobody hears
 * of the completions, and nothing is in flight any more. Or the thread that submitted the request
 * has ended: there are no books to count it in.
 */
static __always_inline void uring_drop(const struct uring_event *e)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct request_key key;
	__u32 kind;

	if (!(BPF_CORE_READ(task, flags) & PF_KTHREAD))
		return;
	kind = uring_kind_known(e);
	if (kind == REQUESTS)
		return;
	key = uring_key(e->ring, e->user_data, kind);
	request_end(kind, &key, 0, false);
	if (!ring_is_closed((struct io_ring_ctx *)e->ring))
		lose(LOST_REQUESTS);
}

/*
 * Whether a completion of which no request is known is a message to the ring, by IORING_OP_MSG_RING
 * of this or another one: nobody's request. One for which there is no room is told from a request's
 * by its sender, who is just making it.
 */
static __always_inline bool uring_is_message(const struct thread *t, const struct uring_event *e)
{
	return e->tells || t->uring == URING_MESSAGE;
}

/* A request to accept is completed at now (ns) with a descriptor, or a number below 0. */
static __noinline int uring_accepted(__s32 fd, __u64 now)
{
	if (fd >= 0)
		conn_accepted(fd, now);
	return 0;
}

/* A request is completed in the context of the current task. */
static __always_inline void uring_complete(const struct uring_event *e)
{
	struct completion c = {.way = WAY_IO_URING, .result = e->result, .tag = e->user_data};
	bool more = e->flags & IORING_CQE_F_MORE;
	struct io_kiocb *request = e->request;
	struct request_key key;
	struct thread *t;
	__u64 now;

	if (!armed)
		return;
	t = thread_current();
	if (!t) {
		uring_drop(e);
		return;
	}
	now = bpf_ktime_get_ns();
	if (request || !t->uring)
		t->uring = URING_USED;
	uring_copy_end(t, now);
	if (e->flags & IORING_CQE_F_NOTIF) {
		key = uring_key(e->ring, e->user_data, REQUEST_URING_WRITE);
		request_end(REQUEST_URING_WRITE, &key, now, more);
		return;
	}
	/* Of each kind and look that it knew, the verifier would follow all that comes of it. */
	c.kind = forgotten(uring_kind(t, e, now, &c), e->user_data);
	c.special = forgotten(c.special, e->user_data);
	c.socket = forgotten(c.socket, e->user_data);
	if (c.kind == REQUESTS) {
		if (!uring_is_message(t, e))
			lose(LOST_REQUESTS);
		return;
	}
	key = uring_key(e->ring, e->user_data, c.kind);
	c.latency = request_end(c.kind, &key, now, more);
	request_count(t, &c);
	if (c.kind != REQUEST_URING_ACCEPT)
		return;
	if (!t->accepts_at && request)
		accepts_from(t, BPF_CORE_READ(request, file));
	uring_accepted(e->result, now);
}

/* A request as the kernel tells it since 6.0. */
static __always_inline void uring_submit_request(struct io_kiocb *request)
{
	struct io_kiocb___since_6_9 *newer = (void *)request;
	__u64 flags;

	undisturbed_begin();
	if (bpf_core_field_size(newer->flags) == sizeof(newer->flags))
		flags = newer->flags;
	else
		flags = request->flags;
	/* As files.bpf.h says: a pointer out of a trusted one is dear to load. */
	uring_submit((__u64)field_of(struct io_kiocb, request, ctx), request->opcode,
		     request->cqe.user_data, flags);
	undisturbed_end();
}

SEC("?tp_btf/io_uring_submit_req")
int BPF_PROG(uring_submit_6_3, struct io_kiocb *request)
{
	uring_submit_request(request);
	return 0;
}

SEC("?tp_btf/io_uring_submit_sqe")
int BPF_PROG(uring_submit_6_0, struct io_kiocb *request)
{
	uring_submit_request(request);
	return 0;
}

SEC("?tp_btf/io_uring_submit_sqe")
int BPF_PROG(uring_submit_5_15, void *ring, void *request, __u8 opcode, __u64 user_data,
	     __u32 flags)
{
	undisturbed_begin();
	uring_submit((__u64)ring, opcode, user_data, flags);
	undisturbed_end();
	return 0;
}

/* The completion as an event tells it. */
static __always_inline void uring_complete_undisturbed(struct uring_event e)
{
	undisturbed_begin();
	uring_complete(&e);
	undisturbed_end();
}

SEC("?tp_btf/io_uring_complete")
int BPF_PROG(uring_complete_6_14, struct io_ring_ctx *ring, void *request, struct io_uring_cqe *cqe)
{
	uring_complete_undisturbed((struct uring_event){(__u64)ring, request, cqe->user_data,
							cqe->res, cqe->flags, true});
	return 0;
}

SEC("?tp_btf/io_uring_complete")
int BPF_PROG(uring_complete_6_0, void *ring, void *request, __u64 user_data, int res,
	     unsigned int flags)
{
	uring_complete_undisturbed(
		(struct uring_event){(__u64)ring, request, user_data, res, flags, true});
	return 0;
}

SEC("?tp_btf/io_uring_complete")
int BPF_PROG(uring_complete_5_15, void *ring, __u64 user_data, int res, unsigned int flags)
{
	uring_complete_undisturbed(
		(struct uring_event){(__u64)ring, 0, user_data, res, flags, false});
	return 0;
}

/* The ring has no room: the completion is kept elsewhere, and io_uring_complete is not told. */
SEC("?tp_btf/io_uring_cqe_overflow")
int BPF_PROG(uring_overflow, void *ring, __u64 user_data, int res, unsigned int flags)
{
	uring_complete_undisturbed(
		(struct uring_event){(__u64)ring, 0, user_data, res, flags, false});
	return 0;
}

#endif
