/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * files.bpf.h - what a descriptor of the current process stands for.
 *
 * What goes in: a descriptor number. What comes out: the kernel's struct file, whether a read of it
 * can wait for somebody else (socket, pipe, terminal ...), and how epoll watches it. Nothing is
 * remembered between calls: a number, and even a struct file, may be something else at the next
 * one.
 */
#ifndef IOPHASE_FILES_BPF_H
#define IOPHASE_FILES_BPF_H

enum {
	S_IFMT = 0170000,
	S_IFSOCK = 0140000,
	S_IFIFO = 0010000,
	S_IFCHR = 0020000,
	ANON_INODE_FS_MAGIC = 0x09041934, /* uapi/linux/magic.h: eventfd, timerfd, signalfd ... */
	O_NONBLOCK = 04000,
	MAX_REGISTRATIONS = 8, /* of one file in several epoll sets, as far as we look */
};

/* libbpf has it since 0.8; Ubuntu 22.04 has 0.5. */
#ifndef bpf_core_field_offset
#define bpf_core_field_offset(field) __builtin_preserve_field_info(field, BPF_FIELD_BYTE_OFFSET)
#endif

extern void *bpf_rdonly_cast(const void *object, __u32 type) __ksym __weak;

/* Whether the kernel has it (6.2): where it tells of reads and writes of sockets (6.3), it has. */
#ifdef ONLY_LIGHT
#define can_follow true
#else
#define can_follow bpf_rdonly_cast
#endif

/* The same pointer, as one that plain loads can follow; only where it can. */
#define followed(type, pointer) ((type *)bpf_rdonly_cast(pointer, bpf_core_type_id_kernel(type)))

/* A field of a kernel's struct: by a plain load where the kernel has such pointers (6.2), which
 * spares the call of a helper; this is for what is read at every call. */
#define field_of(type, pointer, field)                                                             \
	(can_follow ? followed(type, pointer)->field : BPF_CORE_READ((type *)(pointer), field))

/*
 * The current task, as a pointer that plain loads can follow, where the kernel has such pointers.
 * Of a trusted one the verifier looks each pointer that is loaded up by its name among all types
 * of the kernel, four times (6.3, 57539b1c0ac2): that was a fifth of what arming took.
 */
static __always_inline struct task_struct *task_to_follow(void)
{
	if (can_follow)
		return bpf_rdonly_cast((void *)bpf_get_current_task(),
				       bpf_core_type_id_kernel(struct task_struct));
	return bpf_get_current_task_btf();
}

/* The struct file behind a descriptor of the current process, or NULL. */
static __always_inline struct file *file_of(__u32 fd)
{
	struct task_struct *task;
	struct file **slots;
	struct fdtable *fdt;
	__u32 max;

	if (bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_get_current_task_btf)) {
		/* Typed pointers are followed by plain loads, which spares four helper calls. */
		task = task_to_follow();
		fdt = task->files->fdt;
		max = fdt->max_fds;
		slots = fdt->fd;
	} else {
		task = (struct task_struct *)bpf_get_current_task();
		fdt = BPF_CORE_READ(task, files, fdt);
		max = BPF_CORE_READ(fdt, max_fds);
		slots = BPF_CORE_READ(fdt, fd);
	}
	if (fd >= max)
		return 0;
	/* Any struct that begins with a number as wide as the slot: as a pointer of some type, the
	 * verifier would follow it. */
	return (struct file *)field_of(struct rb_node, slots + fd, __rb_parent_color);
}

/* What I/O on a file waits for. */
enum file_kind {
	FILE_NO_WAIT,	/* a disk, or nothing */
	FILE_WAITS,	/* a peer, an event or a person */
	FILE_PIPE,	/* the same, and it is a pipe or FIFO */
	FILE_SOCKET,	/* the same, and it is a socket */
	FILE_ANONYMOUS, /* the same, and it is an anonymous inode, as a signalfd is */
};

/*
 * Whether I/O on the file waits for a peer, an event or a person, not for a disk: sockets, pipes,
 * FIFOs, anonymous inodes (eventfd, timerfd, signalfd, inotify ...), and character devices that can
 * be polled: terminals, tun, fuse, input ...
 */
static __always_inline enum file_kind file_waits(struct file *file)
{
	struct inode *inode = field_of(struct file, file, f_inode);
	__u32 type = field_of(struct inode, inode, i_mode) & S_IFMT;
	struct super_block *superblock;

	if (type == S_IFSOCK)
		return FILE_SOCKET;
	if (type == S_IFIFO)
		return FILE_PIPE;
	if (type == S_IFCHR)
		return BPF_CORE_READ(file, f_op, poll) ? FILE_WAITS : FILE_NO_WAIT;
	/* Anonymous inodes had no type at first and were regular files later: ask the filesystem.
	 */
	superblock = field_of(struct inode, inode, i_sb);
	if (field_of(struct super_block, superblock, s_magic) == ANON_INODE_FS_MAGIC)
		return FILE_ANONYMOUS;
	return FILE_NO_WAIT;
}

/* Whether an anonymous inode has a name, the one that /proc shows too; `size` with its end. */
static __always_inline bool file_has_name(struct file *file, const char *want, __u32 size)
{
	char name[16] = {};

	bpf_probe_read_kernel_str(name, sizeof(name),
				  BPF_CORE_READ(file, f_path.dentry, d_name.name));
	for (__u32 i = 0; i < size; i++)
		if (name[i] != want[i])
			return false;
	return true;
}

#define file_is_named(file, name) file_has_name(file, name, sizeof(name))

/* Whether an anonymous inode is a signalfd; false for NULL. */
static __always_inline bool file_is_signalfd(struct file *file)
{
	return file && file_is_named(file, "[signalfd]");
}

/*
 * The first registration of the file with any epoll set, *end if there is none. In what follows is
 * the next one, and after the last one *end.
 */
static __always_inline void *first_registration(struct file *file, void **end)
{
	struct file___before_5_11 *old = (void *)file;

	*end = 0;
	if (bpf_core_field_exists(file->f_ep)) {
		struct hlist_head *head = field_of(struct file, file, f_ep);

		return head ? field_of(struct hlist_head, head, first) : 0;
	}
	if (bpf_core_field_exists(old->f_ep_links)) {
		/* A list_head, unlike an hlist, ends where it began. */
		*end = (void *)old + bpf_core_field_offset(old->f_ep_links);
		return BPF_CORE_READ(old, f_ep_links.next);
	}
	return 0;
}

/* The struct epitem in which the list node lies. */
static __always_inline struct epitem *epitem_of(void *node)
{
	struct epitem___before_5_11 *old = 0;
	struct epitem *item = 0;
	struct file *file = 0;

	if (bpf_core_field_exists(file->f_ep))
		return node - bpf_core_field_offset(item->fllink);
	return node - bpf_core_field_offset(old->fllink);
}

/* The epoll set behind a descriptor of the current process; NULL for -1. */
static __always_inline void *set_of(__s32 epfd)
{
	struct file *file = epfd < 0 ? 0 : file_of(epfd);

	return file ? BPF_CORE_READ(file, private_data) : 0;
}

/* The way of epoll that an event mask means: the highest bit is EPOLLET. No branch, see below. */
static __always_inline __u32 epoll_way(__u32 events)
{
	return WAY_EPOLL_LT + (events >> 31);
}

/*
 * How epoll watches the file: WAY_EPOLL_LT or WAY_EPOLL_ET, as it is registered with the set epfd.
 * If it is not, or epfd is -1, WAY_EPOLL_ET if one of its registrations has EPOLLET. WAY_NONE if
 * there is none. Both kinds of list start with the pointer to the next node. What is found is kept
 * as a number that the verifier does not know: of each that it knew it would follow what comes of
 * it.
 */
static __noinline __u32 file_registration(struct file *file, __s32 epfd)
{
	void *end, *set = 0, *node = first_registration(file, &end);
	__u32 all = 0;

	if (node == end)
		return WAY_NONE;
	for (int i = 0; i < MAX_REGISTRATIONS && node != end; i++) {
		struct epitem *item = epitem_of(node);
		__u32 events = field_of(struct epitem, item, event.events);

		node = field_of(struct hlist_head, node, first);
		/* Only where there are several does it matter which. */
		if (i == 0 && node != end)
			set = set_of(epfd);
		if (set && BPF_CORE_READ(item, ep) == set)
			return epoll_way(events);
		all |= events;
	}
	return epoll_way(all);
}

#endif
