/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * mux.bpf.h - what select and poll watch, and of which descriptors they say that they are ready.
 *
 * What goes in: the arguments of these calls, and what they have written into user memory. What
 * comes out: common/told.h's part of the thread's books. All is done in global functions, on no
 * way of another call: the verifier looks at each once.
 */
#ifndef IOPHASE_MUX_BPF_H
#define IOPHASE_MUX_BPF_H

enum {
	POLLFD_SIZE = 8,
	POLL_SPAN = 16,	    /* entries that are read at once */
	POLL_LOOKED = 1024, /* of the entries of one call */
	/* The descriptors of one select among so many are counted: it is dear, and they are the
	   same most of the time. */
	SELECTS_COUNTED = 16,
};

struct pollfd {
	__s32 fd;
	__s16 events;
	__s16 revents;
};

/* Whether the call is a select, a poll or an epoll_wait of whatever name. */
static __always_inline bool is_mux(__u32 op)
{
	return op >= OP_SELECT && op <= OP_EPOLL_PWAIT2;
}

/*
 * Reads the first `bits` bits of a set of select from user memory, of those that are told apart.
 * False if it cannot be read.
 */
static __always_inline bool set_read(__u64 words[TOLD_WORDS], __u64 set, __u32 bits)
{
	__u64 size = ((__u64)bits + 63) / 64 * 8;

	barrier_var(size);
	if (size > TOLD_WORDS * 8)
		size = TOLD_WORDS * 8;
	return !bpf_probe_read_user(words, size, (void *)set);
}

/*
 * Notes the descriptors below `bits` that a set of select in user memory has as watched. False if
 * it cannot be read.
 */
__noinline int select_watches(__u64 set, __u32 bits)
{
	struct thread *t = thread_current();
	__u64 words[TOLD_WORDS] = {}, all = 0;
	__u32 sets = 0, at = 0;

	if (!t || !set_read(words, set, bits))
		return 0;
	/* Without a branch: the verifier would follow each way that the words can be set. */
	for (__u32 i = 0; i < TOLD_WORDS; i++) {
		__u64 is_set = is_any(words[i]);

		all |= words[i];
		sets += is_set;
		at += i * is_set;
	}
	if (sets > 1 || all & (all - 1))
		t->watched = WATCHED_MANY;
	else if (sets)
		told_watch(t, at * 64 + only_bit(all));
	return 1;
}

/* The same; a select need not be given each of its sets. */
static __always_inline bool set_watches(__u64 set, __u32 bits)
{
	return !set || select_watches(set, bits);
}

/* A select or poll of so many descriptors begins. */
static __always_inline void scan_count(struct thread *t, __u64 descriptors)
{
	t->count[COUNT_SCANS]++;
	t->count[COUNT_SCANNED] += descriptors;
}

/* Word i of a set of select in user memory, 0 of none. */
__noinline long set_word(__u64 set, __u32 i)
{
	__u64 word = 0;

	if (set)
		bpf_probe_read_user(&word, sizeof(word), (void *)(set + i * sizeof(word)));
	return word;
}

/* How many bits of a word are set. */
static __always_inline __u64 bits_set(__u64 word)
{
	word -= word >> 1 & 0x5555555555555555;
	word = (word & 0x3333333333333333) + (word >> 2 & 0x3333333333333333);
	return ((word + (word >> 4)) & 0x0f0f0f0f0f0f0f0f) * 0x0101010101010101 >> 56;
}

/*
 * How many descriptors below `bits` are in one of three sets of a select. The kernel looks at each,
 * however many of the sets it is in.
 */
__noinline long select_count(__u32 bits, __u64 reads, __u64 writes, __u64 excepts)
{
	__u64 sum = 0;

	for (__u32 i = 0; i < TOLD_WORDS && i * 64 < bits; i++) {
		__u64 word = set_word(reads, i) | set_word(writes, i) | set_word(excepts, i);

		/* What is in the last word beyond them is not asked about. */
		if (bits - i * 64 < 64)
			word &= (1ULL << bits % 64) - 1;
		sum += bits_set(word);
	}
	return sum;
}

/* Notes what a select that thread t begins watches: three sets, of the descriptors below `bits`. */
static __always_inline void select_enter(struct thread *t, __u32 bits, __u64 reads, __u64 writes,
					 __u64 excepts)
{
	bool known;

	t->mux_list = writes;
	t->watched = WATCHED_NONE;
	known = set_watches(reads, bits) && set_watches(writes, bits) && set_watches(excepts, bits);
	/* Those beyond are not looked at. */
	if (bits > TOLD_WORDS * 64)
		t->watched = WATCHED_MANY;
	else if (known && t->watched == WATCHED_MANY && !(t->selects++ % SELECTS_COUNTED))
		scan_count(t, select_count(bits, reads, writes, excepts));
	if (!known)
		t->watched = WATCHED_MANY;
}

/*
 * Notes whether the mux call that the current thread has begun is not to wait: `limit` is where its
 * time limit lies in user memory, in two words, or 0 for none.
 */
__noinline int mux_limit(__u64 limit)
{
	struct thread *t = thread_current();
	__u64 time[2] = {};

	if (t)
		t->nowait = limit && !bpf_probe_read_user(time, sizeof(time), (void *)limit) &&
			    !(time[0] | time[1]);
	return 0;
}

/* The current thread has begun a mux call with these arguments; of an epoll_wait none matters. */
__noinline int mux_enter(__u64 first, __u64 second, __u64 third, __u64 fourth, __u64 fifth)
{
	struct thread *t = thread_current();
	__u32 op = t ? t->op : OP_APP;

	if (!t || !is_mux(op))
		return 0;
	if (op < OP_POLL) {
		select_enter(t, first, second, third, fourth);
		if (t->watched >= 0)
			mux_limit(fifth);
		if (t->watched != WATCHED_MANY && t->turn_way != WAY_SELECT)
			return 0;
	} else if (op < OP_EPOLL_WAIT) {
		t->mux_list = first;
		if (op == OP_POLL)
			t->nowait = !(__u32)third; /* ms */
		else if (t->arg == 1)
			mux_limit(third);
		if (t->arg <= 1 && t->turn_way != WAY_POLL)
			return 0;
		if (t->arg > 1)
			scan_count(t, t->arg);
	}
	turn_end(t);
	return 0;
}

/* Notes of which descriptors below `bits` the set of a select in user memory says ready. */
__noinline int select_told(__u64 set, __u32 bits)
{
	struct thread *t = thread_current();
	__u64 words[TOLD_WORDS] = {};

	if (!t)
		return 0;
	if (!set_read(words, set, bits)) {
		told_any(t);
		return 0;
	}
	for (__u32 i = 0; i < TOLD_WORDS; i++)
		t->told[i] |= words[i];
	return 0;
}

/*
 * Looks at POLL_SPAN entries of the poll that the current thread has made, from entry `first` on:
 * which are watched, and of which it says ready. Returns 1 if there is nothing more to be learnt.
 * All that a span has to know is in the books: the verifier would follow each number that it knew.
 */
__noinline int poll_span(__u32 first)
{
	struct thread *t = thread_current();
	struct pollfd polled[POLL_SPAN] = {};
	__u64 entries;

	if (!t || t->arg <= first)
		return 1;
	entries = t->arg - first;
	barrier_var(entries);
	if (entries > POLL_SPAN)
		entries = POLL_SPAN;
	if (bpf_probe_read_user(polled, entries * POLLFD_SIZE,
				(void *)(t->mux_list + first * POLLFD_SIZE)))
		return 1;
	for (__u32 i = 0; i < POLL_SPAN && i < entries; i++) {
		__s32 fd = polled[i].fd;

		if (fd < 0)
			continue;
		told_watch(t, fd);
		if (!polled[i].revents)
			continue;
		t->poll_left--;
		if (!told_one(t, fd))
			t->mux_way = WAY_POLL;
	}
	return !t->poll_left && t->watched == WATCHED_MANY;
}

/* Notes of which descriptors a poll that returned ret says ready. */
static __always_inline void poll_told(struct thread *t, long ret)
{
	t->watched = WATCHED_NONE;
	t->mux_way = WAY_NONE;
	t->poll_left = ret;
	for (__u32 first = 0; first < POLL_LOOKED; first += POLL_SPAN)
		if (poll_span(first))
			break;
	if (!t->poll_left)
		return;
	t->watched = WATCHED_MANY;
	t->mux_way = WAY_POLL;
	told_any(t);
}

/* Thread t has been told by a select or poll, which returned ret, what is ready. */
static __always_inline void mux_finish(struct thread *t, __u32 way, long ret)
{
	__u64 set = t->arg;
	__u32 bits = t->fd;

	/* Who only looks at one does not wait for it: what has told of it before goes on telling.
	 */
	if (t->nowait && watches_one(t, way))
		return;
	told_by(t, way);
	if (way == WAY_POLL && t->mux_list) {
		poll_told(t, ret);
	} else if (way == WAY_POLL || t->fd < 0) {
		/* Begun before we attached. */
		t->watched = way == WAY_POLL && t->arg == 1 ? WATCHED_ONE : WATCHED_MANY;
		if (t->watched == WATCHED_MANY)
			told_any(t);
		t->mux_way = WAY_NONE;
	} else {
		if (set && t->watched == WATCHED_MANY)
			select_told(set, bits);
		if (t->mux_list && t->watched == WATCHED_MANY)
			select_told(t->mux_list, bits);
		if (bits <= TOLD_WORDS * 64)
			t->mux_way = WAY_NONE;
	}
	if (t->watched == WATCHED_MANY) {
		told_many(t);
		t->count[COUNT_MUX_READY]++;
		if (way == WAY_POLL)
			t->poll_list = number_of_list(t->mux_list);
		turn_begin(t, ret, way);
	} else if (t->watched != WATCHED_NONE && (way == WAY_POLL || set || t->mux_list)) {
		told_only(t, t->watched, way);
	}
}

#endif
