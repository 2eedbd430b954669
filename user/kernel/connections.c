/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * connections.c - see connections.h.
 *
 * What goes in: processes, whose files an iterator shows to the kernel half. What comes out: rows
 * of their connections; and fewer connections that have books, if there were too many.
 */
#include <errno.h>
#include <string.h>

#include "base/now.h"
#include "books/books.h"
#include "books/connections.h"
#include "iophase.skel.h"
#include "kernel/connections.h"
#include "kernel/iterate.h"
#include "proc/pids.h"

enum {
	SPARE_MIN = 1024,  /* between two looks at their number so many more than the limit, or a */
	SPARE_SHARE = 4,   /* fourth of it, may have books; */
	CALM_ROOM = 16384, /* for so many there is room before anybody has to look soon */
	KEPT_SHARE = 8,	   /* when some have been let go, an eighth less than it have some */
};

_Static_assert(sizeof(struct conn_row) <= ITERATE_MAX, "a row is a record");

/* Before load: how many connections may have books, in the kernel half's eyes. */
void connections_limit(struct connections_source *s, uint64_t max)
{
	uint64_t spare = max / SPARE_SHARE;

	s->max = max;
	s->skel->rodata->conns_max = max + (spare > SPARE_MIN ? spare : SPARE_MIN);
}

/* Takes a row. */
static void take_row(void *arg, const void *record)
{
	if (arg)
		connections_add(arg, record);
}

/* Shows the files of the living processes of a snapshot to a program; 0 or -errno. */
static int tell(const struct connections_source *s, const struct snapshot *snapshot,
		struct connection_list *list)
{
	const struct iterate_records rows = {sizeof(struct conn_row), take_row, list};
	int err = 0;

	for (size_t i = 0; i < snapshot->processes.count && !err; i++) {
		const struct task_sums *process = snapshot->processes.task[i];

		if (process->exited)
			continue;
		err = iterate(s->skel->progs.tell_connections, process->pid, &rows);
		if (err == -ESRCH)
			err = 0;
	}
	return err;
}

/* Adds the connections of the processes of a snapshot to the list. */
int connections_read(struct connections_source *s, const struct snapshot *snapshot, bool whole,
		     struct connection_list *list)
{
	struct iophase_bpf__bss *bss = s->skel->bss;
	int err = 0;

	bss->reading++;
	bss->reading_at = snapshot->at;
	bss->reading_whole = whole;
	/* At last those whose latest user has them no more, or moved while they were looked at. */
	for (int left = 0; left <= 1 && !err; left++) {
		__atomic_store_n(&bss->reading_left, left, __ATOMIC_RELEASE);
		err = tell(s, snapshot, list);
	}
	if (list)
		connections_sort(list);
	return err;
}

/* The processes of all living books. */
static struct pid_list processes_of(struct books *b)
{
	struct pid_list list = {0};
	uint32_t end = books_end(b);

	for (uint32_t i = 1; i < end; i++)
		if (__atomic_load_n(&b->threads[i].state, __ATOMIC_ACQUIRE) == THREAD_LIVE)
			pid_list_add(&list, (pid_t)b->threads[i].tgid);
	pid_list_unify(&list);
	return list;
}

/* Shows the files of processes to a program, in a further walk; 0 or -errno. */
static int walk(const struct connections_source *s, const struct bpf_program *program,
		const struct pid_list *processes)
{
	int err = 0;

	s->skel->bss->limit_walk++;
	__atomic_store_n(&s->skel->bss->limit_at, now_ns(), __ATOMIC_RELEASE);
	for (size_t i = 0; i < processes->count && !err; i++) {
		err = iterate(program, processes->pid[i], NULL);
		if (err == -ESRCH)
			err = 0;
	}
	return err;
}

/* How many connections have books. */
static int64_t count_open(const struct iophase_bpf__bss *bss)
{
	return __atomic_load_n(&bss->conns_open[CONNS_CLOSING], __ATOMIC_ACQUIRE) +
	       __atomic_load_n(&bss->conns_open[CONNS_OTHER], __ATOMIC_ACQUIRE);
}

/* Counts the connections that have books; 0 or -errno. */
static int count(const struct connections_source *s, const struct pid_list *processes)
{
	struct iophase_bpf__bss *bss = s->skel->bss;
	__s64 *other = &bss->conns_open[CONNS_OTHER];
	__s64 before = __atomic_load_n(other, __ATOMIC_ACQUIRE);
	int err;

	bss->limit_other = 0;
	memset(bss->limit_ages, 0, sizeof(bss->limit_ages));
	err = walk(s, s->skel->progs.count_connections, processes);
	/* Those that came meanwhile have been added by who opened their books. */
	if (!err)
		__atomic_fetch_add(other, (__s64)bss->limit_other - before, __ATOMIC_ACQ_REL);
	return err;
}

/* Lets the least active connections go if there are too many. */
int connections_bound(struct connections_source *s, struct books *b)
{
	struct iophase_bpf__bss *bss = s->skel->bss;
	int64_t kept = (int64_t)(s->max - s->max / KEPT_SHARE), open = count_open(bss);
	struct pid_list processes;
	int err;

	if (open <= (int64_t)s->max)
		return 0;
	processes = processes_of(b);
	err = count(s, &processes);
	open = count_open(bss);
	if (!err && open > (int64_t)s->max) {
		bss->limit_quota =
			connections_quota(&bss->limit_ages[0][0], (uint64_t)(open - kept));
		err = walk(s, s->skel->progs.let_connections_go, &processes);
	}
	pid_list_clear(&processes);
	return err;
}

/* Whether there is room for so many more that nobody has to look for a while. */
bool connections_calm(const struct connections_source *s)
{
	return count_open(s->skel->bss) + CALM_ROOM <= (int64_t)s->skel->rodata->conns_max;
}
