/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * threads.c - see threads.h.
 *
 * What goes in: threads that were there before us, or whose death the kernel half has not seen.
 * What comes out: books opened, seeded, and closed again, in the memory shared with the kernel
 * half.
 */
#include <errno.h>
#include <linux/membarrier.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "base/now.h"
#include "kernel/pools.h"
#include "kernel/threads.h"
#include "iophase.skel.h"

enum {
	LOST_STEPS = 131072, /* from one lost thread to the next: twice as many as there can be */
};

/*
 * The place of a tid in the map tids, or NULL for one that no pid can be. It is shared memory,
 * since the kernel half writes to its neighbours; of millions of possible tids we map just these
 * pages.
 */
static uint16_t *tid_entry(const struct pools *p, pid_t tid)
{
	uint32_t page = tid / TIDS_PER_PAGE;
	size_t size = TIDS_PER_PAGE * sizeof(uint16_t);

	if (tid <= 0 || page >= p->tid_pages)
		return NULL;
	if (!p->tids[page])
		p->tids[page] = pools_map_part(p->skel->maps.tids, page * size, size);
	return p->tids[page] ? &p->tids[page][tid % TIDS_PER_PAGE] : NULL;
}

/* The books of a traced thread, or NULL. */
static struct thread *thread_of(const struct pools *p, pid_t tid)
{
	uint16_t *entry = tid_entry(p, tid);
	uint16_t index = entry ? __atomic_load_n(entry, __ATOMIC_ACQUIRE) : 0;

	return index && index < p->books.thread_count ? &p->books.threads[index] : NULL;
}

/* What is known of a lost thread with that tid; false if there is none. */
static bool find_lost(const struct pools *p, pid_t tid, struct lost_thread *lost)
{
	uint32_t key = (uint32_t)tid;

	return __atomic_load_n(&p->skel->bss->any_lost, __ATOMIC_ACQUIRE) &&
	       !bpf_map_lookup_elem(bpf_map__fd(p->skel->maps.lost_threads), &key, lost);
}

bool threads_has_lost(const struct pools *p, pid_t tid)
{
	struct lost_thread lost;

	return find_lost(p, tid, &lost);
}

bool threads_has(const struct pools *p, pid_t tid)
{
	return thread_of(p, tid) != NULL;
}

/*
 * Takes the books of a thread out of the maps. False if the kernel half has done so meanwhile:
 * whoever takes the claim away ends the books.
 */
static bool take_out(struct pools *p, uint32_t index)
{
	uint32_t key = p->books.threads[index].tid;
	uint16_t *entry = tid_entry(p, (pid_t)key);

	if (!entry || *entry != index)
		return false;
	if (bpf_map_delete_elem(bpf_map__fd(p->skel->maps.claims), &key))
		return false;
	*entry = 0;
	p->dropped++;
	return true;
}

/* Ends the books of a living thread that is gone, if the kernel half has not done so meanwhile. */
void threads_end_missed(struct pools *p, uint32_t index)
{
	if (!take_out(p, index))
		return;
	books_close(&p->books, index, now_ns());
	p->lost[LOST_DEATHS]++;
}

/*
 * Waits until no program of the kernel half runs that found books in the maps before: they run with
 * the RCU read lock held, and the kernel waits for all who do. Where it may not, since CPUs run
 * without ticks, none runs as long as we sleep.
 */
static void wait_for_programs(void)
{
	const struct timespec pause = {.tv_nsec = 100 * NSEC_PER_MSEC};

	if (syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0))
		nanosleep(&pause, NULL);
}

/* Takes the books of the living threads that a process has now out of the maps; their number. */
static size_t take_out_all(struct pools *p, pid_t pid, struct pid_list *taken)
{
	uint32_t end = books_end(&p->books);
	size_t before = taken->count;

	for (uint32_t i = 1; i < end; i++) {
		const struct thread *t = &p->books.threads[i];

		if ((pid_t)t->tgid == pid &&
		    __atomic_load_n(&t->state, __ATOMIC_ACQUIRE) == THREAD_LIVE && take_out(p, i))
			pid_list_add(taken, (pid_t)i);
	}
	return taken->count - before;
}

/* Remembers that a thread whose books have been closed lives on. */
void threads_remember(struct pools *p, uint32_t index)
{
	const struct thread *t = &p->books.threads[index];
	struct let_go left = {.at = t->since, .start = t->start};
	uint32_t tid = t->tid;

	/* In no snapshot yet, it is counted when it comes back. Should it fail, it is then, too. */
	if (!p->skel->bss->window_from)
		return;
	p->remembers = true;
	(void)bpf_map_update_elem(bpf_map__fd(p->skel->maps.left_threads), &tid, &left, BPF_ANY);
}

/* Whether a thread has been let go before. */
static enum again again(const struct pools *p, const struct thread_id *id)
{
	uint32_t tid = (uint32_t)id->tid;
	struct let_go left;

	if (!p->remembers ||
	    bpf_map_lookup_elem(bpf_map__fd(p->skel->maps.left_threads), &tid, &left))
		return AGAIN_NOT;
	return again_of(&left, id->start, p->skel->bss->window_from);
}

/* Forgets the lost threads that a process has now; their number. */
static size_t forget_lost(const struct pools *p, pid_t pid)
{
	int fd = bpf_map__fd(p->skel->maps.lost_threads);
	uint32_t *before = NULL, key, next;
	struct pid_list tids = {0};
	struct lost_thread lost;
	size_t count;

	if (!__atomic_load_n(&p->skel->bss->any_lost, __ATOMIC_ACQUIRE))
		return 0;
	/* Should the one before die meanwhile, it begins anew: what was seen before is seen again.
	 */
	for (int i = 0; i < LOST_STEPS && !bpf_map_get_next_key(fd, before, &next); i++) {
		key = next;
		before = &key;
		if (!bpf_map_lookup_elem(fd, &key, &lost) && (pid_t)lost.tgid == pid)
			pid_list_add(&tids, (pid_t)key);
	}
	for (size_t i = 0; i < tids.count; i++) {
		key = (uint32_t)tids.pid[i];
		(void)bpf_map_delete_elem(fd, &key);
	}
	count = tids.count;
	pid_list_clear(&tids);
	return count;
}

/* Takes the books of all living threads of a process out of the maps, and its lost ones. */
void threads_take_out(struct pools *p, pid_t pid, struct pid_list *taken)
{
	/* One of them may just have made a thread, which is found in the next pass. */
	while (forget_lost(p, pid) + take_out_all(p, pid, taken))
		wait_for_programs();
}

/* Counts a thread as one that has no books, for that reason, once; has the kernel half look after
 * whom it makes. */
static void lose_thread(struct pools *p, const struct thread_id *id, enum lost kind)
{
	struct lost_thread lost;
	uint32_t key = (uint32_t)id->tid;

	if (find_lost(p, id->tid, &lost) && lost.start == id->start)
		return;
	lost = (struct lost_thread){id->start, (uint32_t)id->pid, (uint32_t)id->family};
	__atomic_store_n(&p->skel->bss->any_lost, true, __ATOMIC_RELEASE);
	if (bpf_map_update_elem(bpf_map__fd(p->skel->maps.lost_threads), &key, &lost, BPF_ANY))
		p->lost[LOST_CHILDREN]++;
	p->lost[kind]++;
}

/* Claims the tid for the thread; 0, -EEXIST if a birth has, or -ENOSPC, counted. */
static int claim(struct pools *p, const struct thread_id *id)
{
	int claims = bpf_map__fd(p->skel->maps.claims);
	uint32_t key = (uint32_t)id->tid, holder = id->start;

	if (!bpf_map_update_elem(claims, &key, &id->start, BPF_NOEXIST))
		return 0;
	if (errno == EEXIST) {
		if (bpf_map_lookup_elem(claims, &key, &holder) || holder == id->start)
			return -EEXIST;
		/* It has been left behind by the last thread with that tid. */
		if (!bpf_map_update_elem(claims, &key, &id->start, BPF_EXIST))
			return 0;
	}
	lose_thread(p, id, LOST_CLAIMS);
	return -ENOSPC;
}

/* Takes free books for a thread that was there before us, and opens them. */
int threads_add(struct pools *p, const struct thread_id *id)
{
	uint16_t *entry = tid_entry(p, id->tid);
	uint32_t key = (uint32_t)id->tid, index;
	int err;

	if (!entry) { /* pid_max has grown since we looked, or there is no memory to map it */
		lose_thread(p, id, LOST_THREADS);
		return -ENOSPC;
	}
	if (*entry && p->books.threads[*entry].start != id->start)
		threads_end_missed(p, *entry);
	if (*entry)
		return -EEXIST;
	err = claim(p, id);
	if (err)
		return err;
	if (pools_take(p, &index)) {
		bpf_map_delete_elem(bpf_map__fd(p->skel->maps.claims), &key);
		lose_thread(p, id, LOST_THREADS);
		return -ENOSPC;
	}
	books_open(&p->books, index, id, now_ns());
	p->books.threads[index].again = again(p, id);
	p->added++;
	__atomic_store_n(entry, index, __ATOMIC_RELEASE);
	return 0;
}

/* Tells the kernel half what an added thread was found doing. */
void threads_seed(struct pools *p, pid_t tid, unsigned int op, enum phase phase,
		  const struct call_seed *call)
{
	union seed seed = {.valid = 1, .op = op, .phase = phase};
	struct thread *t = thread_of(p, tid);

	if (!t)
		return;
	t->seed_call = *call;
	__atomic_store_n(&t->seed.word, seed.word, __ATOMIC_RELEASE);
}

/* Tells the kernel half that an added thread was found stopped, in no call. */
void threads_seed_stopped(struct pools *p, pid_t tid, unsigned int restart_op)
{
	union seed seed = {
		.valid = SEED_STOPPED, .op = OP_APP, .phase = PHASE_WAIT, .restart_op = restart_op};
	struct thread *t = thread_of(p, tid);

	if (t)
		__atomic_store_n(&t->seed.word, seed.word, __ATOMIC_RELEASE);
}

/* Names an added thread. */
void threads_name(struct pools *p, pid_t tid, const char comm[COMM_LEN])
{
	struct thread *t = thread_of(p, tid);

	/* If it has got a name in the meantime, that is the newer one. */
	if (t && !t->comm[0])
		memcpy(t->comm, comm, sizeof(t->comm));
}

/* Takes an added thread out again that turned out to be dead. */
void threads_drop(struct pools *p, pid_t tid)
{
	uint16_t *entry = tid_entry(p, tid);
	uint32_t index = entry ? *entry : 0;

	if (!index || !take_out(p, index))
		return;
	books_free(&p->books, index);
	pools_release(p, index);
}

/* The number of traced threads that are alive. */
uint64_t threads_live(const struct pools *p)
{
	const struct iophase_bpf__bss *bss = p->skel->bss;
	uint64_t deaths = __atomic_load_n(&bss->deaths, __ATOMIC_ACQUIRE);

	return p->added - p->dropped + __atomic_load_n(&bss->births, __ATOMIC_ACQUIRE) - deaths;
}
