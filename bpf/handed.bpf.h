/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * handed.bpf.h - files that one thread takes out of its epoll set and another one reads.
 *
 * What goes in: epoll_ctl(EPOLL_CTL_DEL), and reads that find nothing. What comes out: how epoll
 * watched a file that it watches no longer, for as long as what epoll said of it holds: until a
 * read finds nothing, and says so or sleeps. A poller hands connections to its workers like this.
 */
#ifndef IOPHASE_HANDED_BPF_H
#define IOPHASE_HANDED_BPF_H

enum {
	EPOLL_CTL_DEL = 2, /* uapi/linux/eventpoll.h */
	MAX_HANDED = 8192, /* files handed over at a time; beyond that the oldest are forgotten */
};

struct handed {
	__u64 ino; /* tells a file from the next one at the same address */
	__u64 way; /* enum way */
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__type(key, __u64); /* the address of the struct file */
	__type(value, struct handed);
	__uint(max_entries, MAX_HANDED);
} handed SEC(".maps");

/* Spares the look-up where nobody hands anything over, as is usual. */
bool any_handed = false;

/* The current thread is about to take descriptor fd out of the epoll set epfd. */
static __always_inline void hand_over(__u32 fd, __s32 epfd)
{
	struct file *file = file_of(fd);
	__u64 key = (__u64)file;
	struct handed value = {};

	if (!file)
		return;
	value.way = file_registration(file, epfd);
	if (value.way == WAY_NONE)
		return;
	value.ino = BPF_CORE_READ(file, f_inode, i_ino);
	/* Should the update fail, the other rules judge this file's reads. */
	if (!bpf_map_update_elem(&handed, &key, &value, BPF_ANY))
		any_handed = true;
}

/* How epoll watched the file that it watches no longer; WAY_NONE if it never did. */
static __always_inline __u32 file_handed(struct file *file)
{
	__u64 key = (__u64)file;
	struct handed *value;

	if (!any_handed)
		return WAY_NONE;
	value = bpf_map_lookup_elem(&handed, &key);
	if (!value || value->ino != BPF_CORE_READ(file, f_inode, i_ino))
		return WAY_NONE;
	return value->way;
}

/* The current thread has found nothing to read in descriptor fd: what epoll said is used up. */
static __always_inline void handed_used_up(__u32 fd)
{
	__u64 key;

	if (!any_handed)
		return;
	key = (__u64)file_of(fd);
	bpf_map_delete_elem(&handed, &key);
}

#endif
