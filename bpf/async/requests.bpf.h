/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * requests.bpf.h - what was asked of an asynchronous interface, from submission to completion.
 *
 * What goes in: requests begun, and completed with a result. What comes out: for each enum request
 * a row in the books of the thread that saw the completion, the number in flight, the counts of
 * reads and accepts by model, and the evidence of the threads' shape.
 *
 * A request is told by the numbers by which its program tells it. Programs may give the same
 * number to several at once: these are counted, but their times are not known.
 */
#ifndef IOPHASE_REQUESTS_BPF_H
#define IOPHASE_REQUESTS_BPF_H

enum {
	REQUESTS_MAX = 32768, /* in flight at a time, of all processes that are traced */
	REQUESTS_KEPT = REQUESTS_MAX / 2,
};

struct request_key {
	__u64 place; /* the ring, or the process */
	__u64 tag;   /* the number that the program gave to the request, and the enum request */
};

struct request_state {
	__u64 at;     /* ns, of its submission, or of its latest completion if there are several */
	__u32 owner;  /* tid of the thread that submitted it, */
	__u32 tgid;   /* and its process */
	__u32 count;  /* how many with this key are in flight; 0: none, it is kept for the next */
	__u16 kind;   /* enum request */
	__u16 socket; /* 1: made to a socket, if that is known by then */
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, struct request_key);
	__type(value, struct request_state);
	__uint(max_entries, REQUESTS_MAX);
} requests SEC(".maps");

/*
 * How many entries there are. Programs give the same numbers again and again, and an entry that is
 * kept costs a third of one that is made and removed. But some count their numbers up: so when the
 * map is half full, entries are removed that are in flight no more.
 */
__u64 request_entries = 0;

/* The entry of a key if such a request is in flight, else NULL. */
static __always_inline struct request_state *request_in_flight(const struct request_key *key)
{
	struct request_state *r = bpf_map_lookup_elem(&requests, key);

	return r && r->count ? r : 0;
}

/* An entry has no request in flight any more: it is kept, or removed when there are too many. */
static __always_inline void request_rest(const struct request_key *key)
{
	if (request_entries > REQUESTS_KEPT && !bpf_map_delete_elem(&requests, key))
		__sync_fetch_and_add(&request_entries, -1);
}

/* What a read is that is no plain one. */
enum {
	READ_WOKE = 1 << 0,    /* it brought what its process had said to itself */
	READ_PEEKED = 1 << 1,  /* it left the data where they are */
	READ_NO_DATA = 1 << 2, /* it was asked for nothing, or for what is in a queue of errors */
	READ_EMPTY = 1 << 3,   /* it got no bytes, though the peer is not done */
};

/* What became of a request. */
struct completion {
	__u32 kind;    /* enum request */
	__u32 way;     /* enum way of a read that it completes */
	__s64 result;  /* as of a system call */
	__u64 latency; /* ns since its submission, 0: not known */
	bool socket;   /* it was a request to a socket */
	__u8 special;  /* READ_... of a read that is no plain one */
	__u64 tag;
};

/* The current thread t submits a request of the given kind at now (ns). */
static __always_inline void request_begin(struct thread *t, __u32 kind,
					  const struct request_key *key, __u64 now)
{
	struct request_state *r = bpf_map_lookup_elem(&requests, key);
	struct request_state first = {
		.at = now, .owner = t->tid, .tgid = t->tgid, .count = 1, .kind = kind};

	if (r) {
		if (!r->count) {
			r->at = now;
			r->owner = t->tid;
			r->tgid = t->tgid;
			r->kind = kind;
		}
		__sync_fetch_and_add(&r->count, 1);
	} else if (bpf_map_update_elem(&requests, key, &first, BPF_NOEXIST)) {
		lose(LOST_REQUESTS);
		return;
	} else {
		__sync_fetch_and_add(&request_entries, 1);
	}
	__sync_fetch_and_add(&t->inflight[bounded(kind, REQUESTS)], 1);
}

/*
 * One request of the given kind is in flight no more. When the thread that submitted it has ended,
 * the first thread of the process stands in: it is the sum over all threads that is shown.
 */
static __always_inline void request_landed(const struct request_state *r, __u32 kind)
{
	struct thread *t = thread_of(r->owner);

	if (!t || t->tgid != r->tgid)
		t = thread_of(r->tgid);
	if (t)
		__sync_fetch_and_add(&t->inflight[bounded(kind, REQUESTS)], -1);
}

/*
 * A request is completed at now (ns); with `more`, it stays in flight and will be completed again.
 * Returns how long it took (ns), 0 if not known.
 */
static __always_inline __u64 request_end(__u32 kind, const struct request_key *key, __u64 now,
					 bool more)
{
	struct request_state *r = request_in_flight(key);
	__u32 count;
	__u64 latency = 0;

	if (!r)
		return 0;
	count = r->count;
	if (count > 1) {
		lose(LOST_SAMPLES);
	} else {
		latency = now > r->at ? now - r->at : 1;
		r->at = now;
	}
	latency = forgotten(latency, now);
	if (more)
		return latency;
	request_landed(r, kind);
	__sync_fetch_and_add(&r->count, -1);
	if (count == 1)
		request_rest(key);
	return latency;
}

/* How a request ended, from its result. */
static __always_inline __u32 outcome_of_request(__u32 kind, __s64 result)
{
	if (result > 0)
		return OUT_OK;
	switch (-result) {
	case 0:
		return kind == REQUEST_URING_READ || kind == REQUEST_AIO_READ ? OUT_EOF : OUT_OK;
	case EAGAIN:
		return OUT_AGAIN;
	case EINTR:
	case ECANCELED:
		return OUT_INTERRUPTED;
	case ETIME:
		return OUT_TIMEOUT;
	}
	return OUT_ERROR;
}

/* Counts what a completion says about I/O models and the threads' shape. */
static __always_inline void request_judge(struct thread *t, const struct completion *c, __u32 out)
{
	__u64 way = bounded(c->way, WAYS);

	if (out > OUT_EOF)
		return;
	switch (forgotten(c->kind, c->tag)) {
	case REQUEST_URING_READ:
	case REQUEST_AIO_READ:
		if (c->special & READ_WOKE)
			t->count[COUNT_WAKEUPS]++;
		if (c->special & (READ_WOKE | READ_NO_DATA | READ_PEEKED))
			break;
		t->count[bounded(COUNT_READS + way, COUNTERS)]++;
		if (c->socket)
			shape_request(t, c->tag, out == OUT_EOF);
		break;
	case REQUEST_URING_ACCEPT:
		t->count[bounded(COUNT_ACCEPTS + way, COUNTERS)]++;
		shape_accept(t);
		break;
	case REQUEST_URING_POLL:
	case REQUEST_AIO_POLL:
		/* It said what is ready, as select does; what is read now is read in its way. */
		t->mux_way = way;
		t->count[COUNT_MUX_READY]++;
		break;
	}
}

/* Counts a completed request in the books of the current thread t, which saw the completion. */
once_or_inline int request_count(struct thread *t, const struct completion *c)
{
	__u32 kind, out;
	struct row *row;
	__s64 result;

	if (!t || !c)
		return 0;
	/* Of each outcome the verifier would follow what it has learnt of the numbers on its way.
	 */
	kind = forgotten(c->kind, c->tag);
	result = forgotten(c->result, c->tag);
	out = forgotten(outcome_of_request(kind, result), c->tag);
	row = row_of(t, OP_REQUESTS + c->kind);
	if (c->special & READ_EMPTY)
		out = OUT_OK;
	request_judge(t, c, out);
	if (!row)
		return 0;
	row->outcome[bounded(out, OUTCOMES)]++;
	if (out == OUT_ERROR)
		row_failed(row, -c->result);
	row->peeks += !!(c->special & READ_PEEKED);
	if (c->result > 0 && !(c->special & (READ_PEEKED | READ_NO_DATA)) &&
	    (c->kind == REQUEST_URING_READ || c->kind == REQUEST_URING_WRITE ||
	     c->kind == REQUEST_AIO_READ || c->kind == REQUEST_AIO_WRITE))
		row->bytes += c->result;
	if (!c->latency)
		return 0;
	if (c->latency > row->wait_max)
		row->wait_max = c->latency;
	hist_add(row->wait, c->latency);
	return 0;
}

#endif
