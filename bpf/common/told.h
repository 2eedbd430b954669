/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * common/told.h - of which descriptors select and poll have told a thread that they are ready.
 *
 * What goes in: what these calls watched and gave back; reads that found nothing. What comes out:
 * the kind of call that told of a descriptor. What was said of one holds until a read of it finds
 * nothing, sleeps, or meets the end. A call on a single descriptor, as a peek is one, multiplexes
 * nothing: it is kept apart. It holds no kernel, so the unit tests compile it as it is.
 */
#ifndef IOPHASE_COMMON_TOLD_H
#define IOPHASE_COMMON_TOLD_H

/* What a call watched, where that is not one known descriptor. */
enum {
	WATCHED_NONE = -1,
	WATCHED_ONE = -2, /* it is not known which */
	WATCHED_MANY = -3,
};

/* A thread of which nothing is known yet. */
static __always_inline void told_start(struct thread *t)
{
	t->watched = WATCHED_MANY;
	t->mux_list = 0;
	t->only_fd = WATCHED_NONE;
	t->only_way = WAY_NONE;
	t->told_way = WAY_NONE;
}

/* From now on it is calls of this kind that tell: what others have said is over. */
static __always_inline void told_by(struct thread *t, __u32 way)
{
	if (t->told_way == way)
		return;
	t->told_way = way;
	for (int i = 0; i < TOLD_WORDS; i++)
		t->told[i] = 0;
}

/* Whether a descriptor is one of those that are told apart, and was said to be ready. */
static __always_inline bool told_has(const struct thread *t, __s32 fd)
{
	return (__u32)fd < TOLD_WORDS * 64 &&
	       t->told[bounded((__u32)fd / 64, TOLD_WORDS)] >> fd % 64 & 1;
}

/* A descriptor was said to be ready. False if it is beyond those that are told apart. */
static __always_inline bool told_one(struct thread *t, __u32 fd)
{
	if (fd >= TOLD_WORDS * 64)
		return false;
	t->told[bounded(fd / 64, TOLD_WORDS)] |= 1ULL << fd % 64;
	return true;
}

/* A call on several descriptors has told: of the one that was watched alone too, it is the latest.
 */
static __always_inline void told_many(struct thread *t)
{
	if (told_has(t, t->only_fd))
		t->only_fd = WATCHED_NONE;
}

/* It is not known which descriptors were said to be ready: any of them may be. */
static __always_inline void told_any(struct thread *t)
{
	for (int i = 0; i < TOLD_WORDS; i++)
		t->told[i] = ~0ULL;
	t->only_fd = WATCHED_NONE;
}

/* What was said of a descriptor is over. */
static __always_inline void told_over(struct thread *t, __s32 fd)
{
	if ((__u32)fd < TOLD_WORDS * 64)
		t->told[bounded((__u32)fd / 64, TOLD_WORDS)] &= ~(1ULL << fd % 64);
	if (t->only_fd == fd || t->only_fd == WATCHED_ONE)
		t->only_fd = WATCHED_NONE;
}

/* A call of that kind on a single descriptor, WATCHED_ONE if it is not known which, said ready. */
static __always_inline void told_only(struct thread *t, __s32 fd, __u32 way)
{
	told_over(t, fd);
	t->only_fd = fd;
	t->only_way = way == WAY_SELECT ? WAY_SELECT_ONE : WAY_POLL_ONE;
}

/*
 * A peek of the call's descriptor has got something, in that way. It moves no data, so it is no
 * read of them: like a call on that descriptor alone it tells how the thread has waited. What else
 * has told of the descriptor goes on telling.
 */
static __always_inline void told_peeked(struct thread *t, __u32 way)
{
	if (way != WAY_BLOCKING && way != WAY_NONBLOCKING)
		return;
	t->only_fd = t->fd;
	t->only_way = way;
}

/* 1, or 0 for 0. No branch, which the compiler would make of it: the verifier would follow both. */
static __always_inline __u64 is_any(__u64 word)
{
	__u64 negated = -word;

	barrier_var(negated);
	return (word | negated) >> 63;
}

/* The number of the only bit that is set in a word. */
static __always_inline __u64 only_bit(__u64 word)
{
	return is_any(word & 0xaaaaaaaaaaaaaaaa) | is_any(word & 0xcccccccccccccccc) << 1 |
	       is_any(word & 0xf0f0f0f0f0f0f0f0) << 2 | is_any(word & 0xff00ff00ff00ff00) << 3 |
	       is_any(word & 0xffff0000ffff0000) << 4 | is_any(word & 0xffffffff00000000) << 5;
}

/* A call that watches several descriptors watches this one, too. */
static __always_inline void told_watch(struct thread *t, __s32 fd)
{
	if (t->watched == WATCHED_NONE)
		t->watched = fd;
	else if (t->watched != fd)
		t->watched = WATCHED_MANY;
}

/* A number of the list of a poll, which lies at `at` in user memory; 0 for 0, not known. */
static __always_inline __u32 number_of_list(__u64 at)
{
	return at * 0x9e3779b97f4a7c15ULL >> 32;
}

/* Whether the mux call of that kind that the thread is in watches a single descriptor. */
static __always_inline bool watches_one(const struct thread *t, __u32 way)
{
	if (way == WAY_POLL)
		return t->arg == 1;
	return way == WAY_SELECT && t->watched >= 0;
}

/* The same of several descriptors: to watch one, or none, is to wait and not to multiplex. */
static __always_inline bool watches_many(const struct thread *t, __u32 way)
{
	if (way == WAY_POLL)
		return t->arg > 1;
	return way != WAY_SELECT || t->watched == WATCHED_MANY;
}

/* WAY_SELECT_ONE or WAY_POLL_ONE if such a call said that descriptor fd is ready, or the way of a
 * peek that did. */
static __always_inline __u32 told_alone(const struct thread *t, __s32 fd)
{
	if (fd < 0 || t->only_fd == WATCHED_NONE)
		return WAY_NONE;
	return t->only_fd == fd || t->only_fd == WATCHED_ONE ? t->only_way : WAY_NONE;
}

/*
 * The kind of mux call that told the thread that descriptor fd is ready, WAY_NONE if none has. A
 * poll that io_uring or Linux AIO completed, and what select and poll say of descriptors beyond
 * those that are told apart, is not known by descriptor: mux_way stands for all. Of what is in an
 * epoll set, the file itself tells.
 */
static __always_inline __u32 told_way_of(const struct thread *t, __s32 fd)
{
	if (fd < 0)
		return WAY_NONE;
	if (told_has(t, fd))
		return t->told_way;
	if (t->mux_way == WAY_EPOLL_LT)
		return WAY_NONE;
	if (t->mux_way == WAY_SELECT || t->mux_way == WAY_POLL)
		return (__u32)fd < TOLD_WORDS * 64 ? WAY_NONE : t->mux_way;
	return t->mux_way;
}

#endif
