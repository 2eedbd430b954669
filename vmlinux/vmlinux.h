/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * vmlinux.h - the kernel types that iophase relies on, and no more.
 *
 * What goes in: nothing. What comes out: just the fields that the kernel half reads, under the
 * kernel's own names; libbpf relocates each to where the running kernel has it (CO-RE), so a build
 * needs no BTF. Behind each stands the kernel version that brought, renamed or removed it where
 * that is later than 5.10, the oldest that we support. scripts/check-vmlinux holds this page
 * against a kernel's BTF.
 */
#ifndef IOPHASE_VMLINUX_H
#define IOPHASE_VMLINUX_H

typedef unsigned char __u8;
typedef unsigned short __u16;
typedef unsigned int __u32;
typedef unsigned long long __u64;
typedef signed char __s8;
typedef short __s16;
typedef int __s32;
typedef long long __s64;
typedef _Bool bool;

enum {
	false = 0,
	true = 1,
};

typedef int pid_t;
typedef unsigned short umode_t;
typedef __u32 dev_t;
/* bpf_helper_defs.h names these in prototypes of helpers. */
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;

/* uapi/linux/bpf.h */
enum bpf_map_type {
	BPF_MAP_TYPE_HASH = 1,
	BPF_MAP_TYPE_ARRAY = 2,
	BPF_MAP_TYPE_LRU_HASH = 9,
	BPF_MAP_TYPE_ARRAY_OF_MAPS = 12,
	BPF_MAP_TYPE_QUEUE = 22,
	BPF_MAP_TYPE_STACK = 23,
	BPF_MAP_TYPE_SK_STORAGE = 24,
	BPF_MAP_TYPE_RINGBUF = 27, /* 5.8 */
};

enum {
	BPF_ANY = 0,
	BPF_NOEXIST = 1,
	BPF_EXIST = 2,
	BPF_F_NO_PREALLOC = 1,
	BPF_F_CLONE = 1 << 9,
	BPF_F_MMAPABLE = 1 << 10,
	BPF_SK_STORAGE_GET_F_CREATE = 1,
	BPF_RB_NO_WAKEUP = 1,
	BPF_RB_FORCE_WAKEUP = 2,
};

enum bpf_func_id {
	BPF_FUNC_get_current_task_btf = 158, /* 5.11 */
};

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

/* Scheduler: what sched_switch, sched_wakeup and the life of a task tell. */
struct mm_struct {
	unsigned long task_size;
};

struct thread_info {
#if defined(__TARGET_ARCH_x86)
	__u32 status;
#else
	unsigned long flags;
#endif
};

struct notification;

struct pid;

struct seccomp_filter {
	struct seccomp_filter *prev;
	struct notification *notif;
};

struct seccomp {
	int mode;
	struct seccomp_filter *filter;
};

struct task_struct {
	struct thread_info thread_info;
	unsigned int ptrace;
	struct seccomp seccomp;
	unsigned int __state; /* 5.14 */
	struct mm_struct *mm;
	unsigned long jobctl;
	unsigned int flags;
	pid_t pid;
	pid_t tgid;
	struct task_struct *real_parent;
	struct task_struct *group_leader;
	struct pid *thread_pid;
	__u64 start_boottime;
	const struct cred *cred;
	char comm[16];
	struct files_struct *files;
	unsigned long nvcsw;
	/* Of these newer ones have a byte: libbpf adapts what is unsigned. */
	__u32 on_rq;
	__u32 on_cpu; /* until 6.18; not in a kernel for one CPU */
};

struct task_struct___before_5_14 {
	long state; /* until 5.13 */
};

/* Files: from a descriptor to what kind of file it is. */
struct files_struct {
	struct fdtable *fdt;
};

struct fdtable {
	unsigned int max_fds;
	struct file **fd;
};

struct hlist_node {
	struct hlist_node *next;
};

struct hlist_head {
	struct hlist_node *first;
};

struct rb_node {
	unsigned long __rb_parent_color; /* read as what it is not: any word */
};

struct list_head {
	struct list_head *next;
};

struct qstr {
	const unsigned char *name;
};

struct dentry {
	struct qstr d_name;
};

struct path {
	struct dentry *dentry;
};

struct file_operations {
	void *poll;
};

struct file {
	struct path f_path;
	struct inode *f_inode;
	const struct file_operations *f_op;
	unsigned int f_flags;
	const struct cred *f_cred;
	void *private_data;	 /* of an epoll file: its struct eventpoll */
	struct hlist_head *f_ep; /* 5.11 */
};

struct in6_addr {
	union {
		__u8 u6_addr8[16];
		__be32 u6_addr32[4];
	} in6_u;
};

struct sock_common {
	__be32 skc_daddr;
	__be32 skc_rcv_saddr;
	struct in6_addr skc_v6_daddr;
	struct in6_addr skc_v6_rcv_saddr;
	__be16 skc_dport;
	__u16 skc_num;
	unsigned short skc_family;
	volatile unsigned char skc_state;
	unsigned long skc_flags;
};

struct sk_buff_head {
	__u32 qlen;
};

typedef struct {
	int counter;
} atomic_t;

struct sock {
	struct sock_common __sk_common;
	struct sk_buff_head sk_receive_queue;
	struct socket *sk_socket;
	struct pid *sk_peer_pid;
	__u8 sk_shutdown;
	__u8 sk_userlocks : 4;
	__u16 sk_type;
	__u16 sk_protocol;
	__u32 sk_ack_backlog; /* of a listener: connections that wait to be accepted */
	__u32 sk_max_ack_backlog;
	atomic_t sk_drops;
	struct bpf_local_storage *sk_bpf_storage; /* NULL: no program keeps anything there */
};

struct tcp_sock {
	__u32 copied_seq;
	__u32 rcv_nxt;
	__u32 urg_seq;
	__u16 urg_data;
};

struct request_sock_queue {
	__u8 rskq_defer_accept; /* TCP_DEFER_ACCEPT */
};

struct inet_connection_sock {
	struct request_sock_queue icsk_accept_queue;
};

struct udp_sock {
	struct sk_buff_head reader_queue;
};

/* A socket of multipath TCP. */
struct mptcp_sock {
	struct sock *first; /* of its paths */
};

typedef struct {
	atomic_t refs;
} refcount_t;

struct sockaddr_un {
	__u16 sun_family;
	char sun_path[108];
};

struct unix_address {
	refcount_t refcnt;
	int len; /* of the name, its family included */
	struct sockaddr_un name[];
};

struct unix_sock {
	struct unix_address *addr;
	struct sock *peer;
};

struct socket {
	short type;
	struct file *file;
	struct sock *sk;
};

struct bpf_iter_meta {
	struct seq_file *seq;
};

/* What an iterator over tasks is given. */
struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
};

/* What an iterator over the files of tasks is given. */
struct bpf_iter__task_file {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
	__u32 fd;
	struct file *file;
};

struct file___before_5_11 {
	struct list_head f_ep_links; /* until 5.10 */
};

struct super_block {
	unsigned long s_magic;
};

struct inode {
	umode_t i_mode;
	unsigned long i_ino;
	struct super_block *i_sb;
};

/* epoll: the registrations of a file. */
struct epoll_event {
	__u32 events;
};

struct epitem {
	struct eventpoll *ep;
	struct hlist_node fllink; /* 5.11 */
	struct epoll_event event;
};

struct epitem___before_5_11 {
	struct list_head fllink; /* until 5.10 */
};

/* System calls: the context of tracepoint/syscalls/..., and the registers that the raw pair gets.
 */
struct trace_entry {
	int pid;
};

struct trace_event_raw_sys_enter {
	struct trace_entry ent;
	long id;
	unsigned long args[6];
};

struct trace_event_raw_sys_exit {
	struct trace_entry ent;
	long id;
	long ret;
};

#if defined(__TARGET_ARCH_x86)
struct pt_regs {
	unsigned long r10;
	unsigned long r9;
	unsigned long r8;
	unsigned long dx;
	unsigned long si;
	unsigned long ax;
	unsigned long di;
	unsigned long orig_ax;
};
#elif defined(__TARGET_ARCH_arm64)
struct pt_regs {
	__u64 regs[31];
	__s32 syscallno;
	__u64 orig_x0;
};
#endif

/* Signals: what signal_generate and signal_deliver tell. */
struct kernel_siginfo {
	int si_code;
};

struct sk_buff {
	unsigned int len;
};

/* io_uring: what its tracepoints tell of a request and of its completion. */
struct io_hash_bucket {
	struct hlist_head list; /* 6.0 */
};

struct io_hash_table {
	struct io_hash_bucket *hbs; /* 6.0 */
	unsigned int hash_bits;	    /* 6.0 */
};

struct percpu_ref {
	unsigned long percpu_count_ptr;
};

struct io_ring_ctx {
	struct percpu_ref refs;
	struct io_hash_table cancel_table;	  /* 6.0 */
	struct io_hash_table cancel_table_locked; /* 6.0 until 6.12 */
};

struct io_cqe {
	__u64 user_data; /* 5.19 */
};

struct io_kiocb {
	struct file *file;
	__u8 opcode;
	struct io_cqe cqe; /* 5.19 */
	struct hlist_node hash_node;
	struct io_ring_ctx *ctx;
	unsigned int flags; /* until 6.8 */
};

struct io_kiocb___since_6_9 {
	__u64 flags; /* 6.9 */
};

/* What a request to send or receive, and to read or write, is asked for; laid over its begin. */
struct io_sr_msg {
	int len;		/* 6.0 */
	unsigned int msg_flags; /* 6.0 */
};

struct io_rw {
	__u32 len; /* 6.0 */
};

struct io_uring_cqe {
	__u64 user_data;
	__s32 res;
	__u32 flags;
};

#pragma clang attribute pop

#endif
