/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * collector.c - the only file that sees the skeleton and libbpf.
 *
 * What goes in: how to collect, and the threads to collect from. What comes out: snapshots.
 */
#define _GNU_SOURCE /* vasprintf */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "books.h"
#include "collector.h"
#include "iophase.skel.h"
#include "ledger.h"
#include "log.h"
#include "ops.h"
#include "proc.h"
#include "xalloc.h"

/*
 * Pools: room for twice the threads that are there now, and some. An index of a thread is 16 bits
 * wide. The tests build a variant with so little room that it overflows.
 */
#ifndef THREADS_SPARE
#define THREADS_SPARE	1024
#define ROWS_PER_THREAD 5
#define OCTAVES_PER_ROW 6
#endif
#define THREADS_MAX	65000
#define EVENT_NAME_MAX	64
#define EVENT_PATH_MAX	4096
#define ROUND_UP(n, to) (((n) + (to)-1) / (to) * (to))

struct collector {
	struct iophase_bpf *skel;
	struct books books;
	struct ledger ledger;
	uint64_t lost_here[LOSTS]; /* what user space itself could not do */
	uint64_t added, dropped;
	unsigned int attached; /* system calls with a pair of tracepoints */
	bool lacks[MAX_OPS];   /* this kernel has no tracepoints for it */
};

/* ns of CLOCK_MONOTONIC, the clock of bpf_ktime_get_ns(). */
static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

/* Sends libbpf's own messages, which may hold a verifier's long log, to where -v sends ours. */
static int print_libbpf(enum libbpf_print_level level, const char *format, va_list args)
{
	char *text, *rest, *line;

	if (level == LIBBPF_DEBUG)
		return 0;
	if (vasprintf(&text, format, args) < 0)
		return -ENOMEM;
	rest = text;
	while ((line = strsep(&rest, "\n")))
		if (*line)
			log_info("%s", line);
	free(text);
	return 0;
}

/* Sets the number of entries of a map and remembers it; 0 or -errno. */
static int size_map(struct bpf_map *map, uint32_t entries, uint32_t *count)
{
	*count = entries;
	return bpf_map__set_max_entries(map, entries);
}

/* Sets the sizes of all pools from the number of threads now alive; 0 or -errno. */
static int size_pools(struct collector *c, unsigned int alive)
{
	struct iophase_bpf *skel = c->skel;
	uint32_t threads = 2 * alive + THREADS_SPARE, pages, unused;
	int err = 0, pid_max = proc_pid_max();

	if (pid_max < 0)
		return pid_max;
	if (threads > THREADS_MAX)
		threads = THREADS_MAX;
	pages = ROUND_UP(pid_max + 1, TIDS_PER_PAGE) / TIDS_PER_PAGE;
	err = err ?: size_map(skel->maps.tids, pages, &unused);
	err = err ?: size_map(skel->maps.threads, threads + 1, &c->books.thread_count);
	err = err ?: size_map(skel->maps.rows, threads * ROWS_PER_THREAD + 1, &c->books.row_count);
	err = err
		      ?: size_map(skel->maps.octaves,
				  threads * ROWS_PER_THREAD * OCTAVES_PER_ROW + 1,
				  &c->books.octave_count);
	err = err ?: size_map(skel->maps.free_threads, c->books.thread_count - 1, &unused);
	err = err ?: size_map(skel->maps.free_rows, c->books.row_count - 1, &unused);
	err = err ?: size_map(skel->maps.free_octaves, c->books.octave_count - 1, &unused);
	err = err ?: size_map(skel->maps.claims, threads + 1, &unused);
	c->books.tid_count = pages * TIDS_PER_PAGE;
	return err;
}

/* Writes the table of calls and the other knobs into the kernel half's read-only data. */
static int set_knobs(struct collector *c, const struct collector_setup *setup)
{
	struct iophase_bpf__rodata *knobs = c->skel->rodata;

	for (unsigned int op = 0; op < MAX_OPS; op++) {
		knobs->op_traits[op] = ops[op].traits;
		if (ops[op].name && ops[op].nr >= 0 && ops[op].nr < MAX_NR)
			knobs->op_of_nr[ops[op].nr] = op;
	}
	knobs->op_of_nr[SYS_restart_syscall] = OP_RESTART;
	knobs->follow = setup->follow;
	return proc_tty_majors(knobs->tty_major);
}

/* Switches the optional programs on that the setup asks for. */
static void choose_programs(struct iophase_bpf *skel, const struct collector_setup *setup)
{
	bool raw = setup->raw;

	bpf_program__set_autoload(skel->progs.sys_enter_restart, !raw);
	bpf_program__set_autoload(skel->progs.sys_enter_3, !raw);
	bpf_program__set_autoload(skel->progs.sys_enter_4, !raw);
	bpf_program__set_autoload(skel->progs.sys_enter_6, !raw);
	bpf_program__set_autoload(skel->progs.sys_exit, !raw);
	bpf_program__set_autoload(skel->progs.sys_enter_raw, raw);
	bpf_program__set_autoload(skel->progs.sys_exit_raw, raw);
	bpf_program__set_autoload(skel->progs.skb_copy_datagram_iovec, setup->copies);
}

/* Maps the values of an array map into our memory; NULL and errno on failure. */
static void *map_values(struct bpf_map *map)
{
	size_t size = (size_t)bpf_map__max_entries(map) * ROUND_UP(bpf_map__value_size(map), 8);
	void *at = mmap(NULL, ROUND_UP(size, (size_t)sysconf(_SC_PAGESIZE)), PROT_READ | PROT_WRITE,
			MAP_SHARED, bpf_map__fd(map), 0);

	return at == MAP_FAILED ? NULL : at;
}

/* Maps all pools; 0 or -errno. */
static int map_pools(struct collector *c)
{
	c->books.tids = map_values(c->skel->maps.tids);
	c->books.threads = map_values(c->skel->maps.threads);
	c->books.rows = map_values(c->skel->maps.rows);
	c->books.octaves = map_values(c->skel->maps.octaves);
	if (!c->books.tids || !c->books.threads || !c->books.rows || !c->books.octaves)
		return -errno;
	return 0;
}

/* Puts the indexes 1 .. count-1 on the stack, the lowest on top; 0 or -errno. */
static int fill_stack(struct bpf_map *stack, uint32_t count)
{
	for (uint32_t i = count - 1; i > 0; i--)
		if (bpf_map_update_elem(bpf_map__fd(stack), NULL, &i, BPF_ANY))
			return -errno;
	return 0;
}

/* Fills the stacks of free indexes; 0 or -errno. */
static int fill_pools(struct collector *c)
{
	int err = fill_stack(c->skel->maps.free_threads, c->books.thread_count);

	err = err ?: fill_stack(c->skel->maps.free_rows, c->books.row_count);
	return err ?: fill_stack(c->skel->maps.free_octaves, c->books.octave_count);
}

/*
 * Whether a link could not be made, with the reason in errno: before 1.0, libbpf put it into the
 * pointer. Links live as long as the program; see collector_leave().
 */
static bool link_error(const struct bpf_link *link)
{
	long err = libbpf_get_error(link);

	if (err)
		errno = -err;
	return err;
}

/* Attaches the programs that are told by their section what to; 0 or -errno. */
static int attach_events(struct collector *c, const struct collector_setup *setup)
{
	struct bpf_program *const programs[] = {
		c->skel->progs.sched_switch,
		c->skel->progs.sched_wakeup,
		c->skel->progs.sched_process_fork,
		c->skel->progs.sched_process_exec,
		c->skel->progs.sched_process_exit,
		setup->copies ? c->skel->progs.skb_copy_datagram_iovec : NULL,
		setup->raw ? c->skel->progs.sys_exit_raw : NULL,
		setup->raw ? c->skel->progs.sys_enter_raw : NULL,
	};

	for (size_t i = 0; i < ARRAY_SIZE(programs); i++)
		if (programs[i] && link_error(bpf_program__attach(programs[i])))
			return -errno;
	return 0;
}

/* Whether this kernel has the tracepoint syscalls/NAME. */
static bool has_event(const char *tracefs, const char *name)
{
	char path[EVENT_PATH_MAX];

	snprintf(path, sizeof(path), "%s/events/syscalls/%s/id", tracefs, name);
	return access(path, R_OK) == 0;
}

/*
 * The program for the start of a call: the kernel lets none attach to a tracepoint that has fewer
 * arguments than the program reads.
 */
static struct bpf_program *enter_program(const struct iophase_bpf *skel, const struct op *op)
{
	switch (op->traits.flags_arg) {
	case 3:
		return skel->progs.sys_enter_4;
	case 5:
		return skel->progs.sys_enter_6;
	default:
		return skel->progs.sys_enter_3;
	}
}

/*
 * Attaches to the pair of tracepoints of one system call. Returns 1, 0 if this kernel has no such
 * pair, or -errno.
 */
static int attach_pair(struct collector *c, const char *tracefs, const char *event,
		       struct bpf_program *enter_prog)
{
	char enter[EVENT_NAME_MAX], leave[EVENT_NAME_MAX];

	snprintf(enter, sizeof(enter), "sys_enter_%s", event);
	snprintf(leave, sizeof(leave), "sys_exit_%s", event);
	if (!has_event(tracefs, enter) || !has_event(tracefs, leave))
		return 0;
	/* The end first: a call seen to end only is tolerated, one seen to begin only is a loss. */
	if (link_error(bpf_program__attach_tracepoint(c->skel->progs.sys_exit, "syscalls", leave)))
		return -errno;
	if (link_error(bpf_program__attach_tracepoint(enter_prog, "syscalls", enter)))
		return -errno;
	return 1;
}

/* Attaches to the tracepoints of every row of the table of calls that this kernel has; 0 or -errno.
 */
static int attach_calls(struct collector *c, const char *tracefs)
{
	int got = attach_pair(c, tracefs, "restart_syscall", c->skel->progs.sys_enter_restart);

	for (unsigned int i = 1; i < MAX_OPS && got >= 0; i++) {
		const struct op *op = &ops[i];

		if (!op->name)
			continue;
		got = 0;
		if (op->nr >= 0)
			got = attach_pair(c, tracefs, op->event ?: op->name,
					  enter_program(c->skel, op));
		c->lacks[i] = got == 0;
		c->attached += got > 0;
	}
	return got < 0 ? got : 0;
}

/* Says in one line why the kernel half could not be had, and returns err. */
static int refuse(const char *step, int err)
{
	log_error("cannot %s the BPF programs: %s", step, strerror(-err));
	return err;
}

/* Loads and attaches the kernel half. */
int collector_open(struct collector **out, const struct collector_setup *setup)
{
	struct collector *c = xcalloc(1, sizeof(*c));
	int err;

	*out = c;
	libbpf_set_print(print_libbpf);
	c->ledger.threads = setup->threads;
	c->skel = iophase_bpf__open();
	if (!c->skel)
		return refuse("open", -errno);
	choose_programs(c->skel, setup);
	err = size_pools(c, setup->thread_count);
	err = err ?: set_knobs(c, setup);
	if (err)
		return refuse("configure", err);
	err = iophase_bpf__load(c->skel);
	if (err)
		return refuse("load", err);
	err = map_pools(c);
	err = err ?: fill_pools(c);
	if (err)
		return refuse("prepare the maps of", err);
	err = attach_events(c, setup);
	if (!err && !setup->raw)
		err = attach_calls(c, setup->tracefs);
	return err ? refuse("attach", err) : 0;
}

/* Lets the kernel half work, or makes it stop. */
void collector_arm(struct collector *c, bool armed)
{
	__atomic_store_n(&c->skel->bss->armed, armed, __ATOMIC_RELEASE);
}

/* The place of a tid in tids, or NULL for one that no pid can be. */
static uint16_t *tid_entry(const struct collector *c, pid_t tid)
{
	return tid > 0 && (uint32_t)tid < c->books.tid_count ? &c->books.tids[tid] : NULL;
}

/* The books of a traced thread, or NULL. */
static struct thread *thread_of(const struct collector *c, pid_t tid)
{
	uint16_t *entry = tid_entry(c, tid);
	uint16_t index = entry ? __atomic_load_n(entry, __ATOMIC_ACQUIRE) : 0;

	return index && index < c->books.thread_count ? &c->books.threads[index] : NULL;
}

bool collector_has_thread(const struct collector *c, pid_t tid)
{
	return thread_of(c, tid) != NULL;
}

/* Takes free books for a thread that was there before us, and opens them. */
int collector_add_thread(struct collector *c, pid_t pid, pid_t tid)
{
	int claims = bpf_map__fd(c->skel->maps.claims);
	uint16_t *entry = tid_entry(c, tid);
	uint32_t key = tid, value = pid, index;

	if (!entry)
		return -ERANGE;
	if (*entry)
		return -EEXIST;
	if (bpf_map_update_elem(claims, &key, &value, BPF_NOEXIST)) {
		if (errno != EEXIST)
			c->lost_here[LOST_CLAIMS]++;
		return -errno;
	}
	if (bpf_map_lookup_and_delete_elem(bpf_map__fd(c->skel->maps.free_threads), NULL, &index)) {
		bpf_map_delete_elem(claims, &key);
		c->lost_here[LOST_THREADS]++;
		return -ENOSPC;
	}
	books_open(&c->books, index, pid, tid, now_ns());
	c->added++;
	__atomic_store_n(entry, index, __ATOMIC_RELEASE);
	return 0;
}

/* Tells the kernel half what an added thread was found doing. */
void collector_seed_thread(struct collector *c, pid_t tid, unsigned int op, enum phase phase,
			   uint64_t vector)
{
	union seed seed = {.valid = 1, .op = op, .phase = phase};
	struct thread *t = thread_of(c, tid);

	if (!t)
		return;
	t->seed_arg = vector;
	__atomic_store_n(&t->seed.word, seed.word, __ATOMIC_RELEASE);
}

/* Gives the index of freed books back to the kernel half. */
static int release_thread(void *arg, uint32_t index)
{
	struct collector *c = arg;

	if (bpf_map_update_elem(bpf_map__fd(c->skel->maps.free_threads), NULL, &index, BPF_ANY))
		return -errno;
	return 0;
}

/* Takes an added thread out again that turned out to be dead. */
void collector_drop_thread(struct collector *c, pid_t tid)
{
	uint16_t *entry = tid_entry(c, tid);
	uint32_t key = tid, index = entry ? *entry : 0;

	if (!index)
		return;
	*entry = 0;
	books_free(&c->books, index);
	bpf_map_delete_elem(bpf_map__fd(c->skel->maps.claims), &key);
	c->dropped++;
	if (release_thread(c, index))
		c->lost_here[LOST_THREADS]++;
}

/* The number of traced threads that are alive. */
uint64_t collector_live(const struct collector *c)
{
	const struct iophase_bpf__bss *bss = c->skel->bss;
	uint64_t deaths = __atomic_load_n(&bss->deaths, __ATOMIC_ACQUIRE);

	return c->added - c->dropped + __atomic_load_n(&bss->births, __ATOMIC_ACQUIRE) - deaths;
}

/* Reads and frees the books of threads that have died. */
int collector_reap(struct collector *c)
{
	return ledger_reap(&c->ledger, &c->books, release_thread, c);
}

/* How often the kernel skipped one of our programs since another one was running (since 5.12). */
static uint64_t count_missed(const struct collector *c)
{
	struct bpf_program *prog;
	uint64_t missed = 0;

	bpf_object__for_each_program(prog, c->skel->obj)
	{
		struct bpf_prog_info info = {0};
		__u32 size = sizeof(info);

		if (bpf_program__fd(prog) >= 0 &&
		    !bpf_obj_get_info_by_fd(bpf_program__fd(prog), &info, &size))
			missed += info.recursion_misses;
	}
	return missed;
}

/* How the epoll sets of a process watch most files; of as many of either kind, the edge decides. */
static enum way registered_way(pid_t pid)
{
	struct proc_epoll epoll;

	if (proc_epoll(pid, &epoll) || !(epoll.level_triggered || epoll.edge_triggered))
		return WAY_NONE;
	return epoll.edge_triggered >= epoll.level_triggered ? WAY_EPOLL_ET : WAY_EPOLL_LT;
}

/* Whether a task has neither read nor accepted, so that its model is what it waits in. */
static bool is_idle(const struct task_sums *task)
{
	for (int way = 0; way < WAYS; way++)
		if (task->reads[way] || task->accepts[way])
			return false;
	return true;
}

/* Fills in what only /proc knows: names of the living, and how the epoll sets of the idle watch. */
static void ask_proc(struct snapshot *s)
{
	for (size_t i = 0; i < s->processes.count; i++) {
		struct task_sums *task = s->processes.task[i];

		if (task->exited)
			continue;
		proc_comm(task->pid, task->pid, task->comm);
		if (is_idle(task))
			task->registered = registered_way(task->pid);
	}
	for (size_t i = 0; i < s->threads.count; i++) {
		struct task_sums *task = s->threads.task[i];

		if (task->exited)
			continue;
		proc_comm(task->pid, task->tid, task->comm);
		if (is_idle(task))
			task->registered = registered_way(task->pid);
	}
}

/* Reads all books into *s. */
int collector_read(struct collector *c, struct snapshot *s)
{
	int err = collector_reap(c);

	if (err)
		return err;
	s->at = now_ns();
	clock_gettime(CLOCK_REALTIME, &s->utc);
	ledger_read(&c->ledger, &c->books, s);
	for (int i = 0; i < LOSTS; i++)
		s->lost[i] = c->skel->bss->lost[i] + c->lost_here[i];
	s->missed = count_missed(c);
	ask_proc(s);
	return 0;
}

/* The names of the system calls that are timed, and of those that this kernel lacks, for -v. */
void collector_describe(const struct collector *c)
{
	if (c->attached)
		log_info("%u system calls, each by its own pair of tracepoints", c->attached);
	else
		log_info("all system calls, by the raw pair sys_enter and sys_exit");
	for (unsigned int op = 0; op < MAX_OPS; op++)
		if (c->lacks[op])
			log_info("this kernel has no tracepoints for %s", ops[op].name);
	log_info("room for %u threads", c->books.thread_count - 1);
}

/* Leaves the detaching to a process in the background. */
void collector_leave(struct collector *c)
{
	pid_t pid;

	/*
	 * Each of the ~50 tracepoints waits for an RCU grace period when its last descriptor is
	 * closed. A child that still holds them lets us, and the user's prompt, not wait for that.
	 */
	collector_arm(c, false);
	pid = fork();
	if (pid)
		return;
	setsid();
	for (int fd = 0; fd <= 2; fd++)
		close(fd);
	_exit(0);
}
