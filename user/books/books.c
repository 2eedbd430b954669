/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * books.c - reads the pools of the kernel half while it writes them.
 *
 * What goes in: struct threads, rows and octaves in shared memory. What comes out: sums of tasks.
 */
#include <string.h>

#include "books/books.h"
#include "books/loop_sleep.h"
#include "books/ops.h"
#include "common/bounded.h"
#include "common/clock.h"
#include "common/hist.h"
#include "base/large.h"

#define COPY_TRIES 1000

/*
 * An adopted thread that nothing was found out about until we must report: on a CPU in its own
 * code. Said in its seed, so that the kernel half goes on from what we reported.
 */
static void settle_seed(struct thread *t)
{
	union seed seed = {.word = __atomic_load_n(&t->seed.word, __ATOMIC_ACQUIRE)};

	if (t->op != OP_UNKNOWN && t->phase != PHASE_UNKNOWN)
		return;
	/* /proc may have told that it was asleep, and not in what. */
	if (!seed.valid)
		seed = (union seed){.op = OP_UNKNOWN, .phase = PHASE_UNKNOWN};
	if (seed.op != OP_UNKNOWN && seed.phase < PHASES)
		return;
	if (!seed.valid)
		seed.valid = SEED_VALID;
	if (seed.op == OP_UNKNOWN)
		seed.op = OP_APP;
	if (seed.phase >= PHASES)
		seed.phase = PHASE_CPU;
	__atomic_store_n(&t->seed.word, seed.word, __ATOMIC_RELEASE);
}

/*
 * Copies the books of one thread and charges its call and phase in progress until now (ns). Returns
 * false if they moved during every try.
 */
static bool copy_thread(struct thread *t, uint64_t now, struct thread *copy)
{
	bool whole = false;

	settle_seed(t);
	for (int i = 0; i < COPY_TRIES && !whole; i++) {
		uint32_t seq = __atomic_load_n(&t->seq, __ATOMIC_ACQUIRE);

		if (seq % 2)
			continue;
		memcpy(copy, t, sizeof(*copy));
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		whole = __atomic_load_n(&t->seq, __ATOMIC_RELAXED) == seq;
	}
	if (!whole)
		memcpy(copy, t, sizeof(*copy));
	if (copy->state != THREAD_LIVE)
		return whole;
	clock_learn_phase(copy, PHASE_CPU);
	clock_learn_op(copy, OP_APP);
	clock_move(copy, now, copy->op, copy->phase);
	return whole;
}

/* Copies the books of all threads as they stand at now (ns). */
void books_copy(struct books *b, uint64_t now, struct books_copy *copy)
{
	uint32_t end = books_end(b);

	if (copy->room < end) {
		books_copy_clear(copy);
		copy->room = end + end / 4;
		copy->thread = large_alloc(copy->room * sizeof(*copy->thread));
	}
	copy->count = 0;
	copy->torn = 0;
	for (uint32_t i = 1; i < end; i++) {
		struct thread *t = &b->threads[i];

		if (__atomic_load_n(&t->state, __ATOMIC_ACQUIRE) == THREAD_FREE)
			continue;
		if (!copy_thread(t, now, &copy->thread[copy->count++]))
			copy->torn++;
	}
}

void books_copy_clear(struct books_copy *copy)
{
	large_free(copy->thread, copy->room * sizeof(*copy->thread));
	*copy = (struct books_copy){0};
}

/* Adds what is counted in the octaves of `list` to the histogram. */
static void add_octaves(const struct books *b, const __u32 *list, struct hist *h)
{
	for (unsigned int i = 0; i < OCTAVES; i++)
		if (list[i] && list[i] < b->octave_count)
			hist_add_octave(h, i, &b->octaves[list[i]]);
}

/* Adds the row of one call to the sums of that call. */
static void add_row(const struct books *b, const struct row *row, struct call_sums *call)
{
	for (int i = 0; i < OUTCOMES; i++)
		call->outcome[i] += row->outcome[i];
	call->bytes += row->bytes;
	call->peeks += row->peeks;
	for (int i = 0; i < ERRORS_KEPT && row->error[i]; i++)
		errors_count(&call->errors, row->error[i] & ERRNO_MASK,
			     row->error[i] >> ERRNO_BITS);
	if (row->wait_max > call->wait_max)
		call->wait_max = row->wait_max;
	if (row->busy_max > call->busy_max)
		call->busy_max = row->busy_max;
	add_octaves(b, row->wait, &call->wait);
	add_octaves(b, row->busy, &call->busy);
}

/* Whether anything is in the row; a row is kept when its thread's books are used again. */
static bool row_used(const struct row *row)
{
	/* Without hooks on calls it is not known of all how many have ended. */
	if (row->bytes || row->wait_max)
		return true;
	for (int i = 0; i < OUTCOMES; i++)
		if (row->outcome[i])
			return true;
	return false;
}

/*
 * Adds the turn of an event loop in progress: what the wait before it brought counts already; how
 * long it has taken so far does not, and is kept apart (struct sleep_marks).
 */
static void add_turn(const struct thread *t, struct task_sums *task)
{
	unsigned int bucket = hist_bucket(t->turn_events);
	struct octave one = {0};
	struct call_sums *turns;

	if (!t->turn)
		return;
	one.step[bucket % STEPS] = 1;
	turns = task_call(task, turn_op(t));
	turns->outcome[turn_outcome(t)]++;
	turns->bytes += t->turn_events;
	hist_add_octave(&turns->busy, bucket / STEPS, &one);
	if (t->turn_events > turns->busy_max)
		turns->busy_max = t->turn_events;
}

/* Adds the time of a thread in call op. */
static void add_time(const struct thread *t, unsigned int op, struct task_sums *task)
{
	struct time_sums *time;

	if (!SUM_OF_PHASES(t->ns[op]) && !t->sampled[op])
		return;
	time = task_time(task, op);
	for (int p = 0; p < PHASES; p++)
		time->ns[p] += t->ns[op][p];
	time->sampled += t->sampled[op];
}

/* Adds a thread's books to the sums of a task: its process, or itself. */
void books_add(const struct books *b, const struct thread *t, struct task_sums *task)
{
	bool live = t->state == THREAD_LIVE;
	__u32 call = clock_call(t);
	enum counter alone;
	uint64_t ns = sleep_alone(t, &alone);

	task->threads += live;
	task->stopped += live && t->stopped;
	task->light = b->light;
	task->family = (pid_t)t->family;
	task->threads_ever += t->again != AGAIN_SOON;
	task->threads_back += t->again == AGAIN_LATE;
	evidence_note(&task->evidence, t);
	task->wall += t->since - t->born;
	if (live && call != OP_APP && call != OP_WORKER)
		task->inflight[call % OPS]++;
	for (int i = 0; i < REQUESTS; i++)
		task->inflight[OP_REQUESTS + i] += (unsigned int)t->inflight[i];
	if (live && call != OP_APP && t->aio)
		task->inflight_aio++;
	counters_add(task->count, t->count);
	if (live)
		task->count[alone] += ns;
	add_turn(t, task);
	for (unsigned int op = 0; op < OPS_TIMED; op++)
		add_time(t, op, task);
	for (int op = 0; op < OPS; op++) {
		if (t->row[op] && t->row[op] < b->row_count && row_used(&b->rows[t->row[op]]))
			add_row(b, &b->rows[t->row[op]], task_call(task, op));
	}
}

/* Fills an empty list with the upstreams that have answered. */
void books_read_upstreams(const struct books *b, uint32_t used, struct upstream_list *list)
{
	for (uint32_t i = 1; i < b->upstream_count && i <= used; i++) {
		const struct upstream *u = &b->upstreams[i];
		struct upstream_sums *sum;

		if (!u->key.tgid || !u->asked)
			continue;
		sum = upstreams_add(list, &u->key, u->name);
		sum->asked = u->asked;
		sum->ns = u->ns;
		sum->max = u->max;
		sum->connections = u->connections;
		sum->connections_ever = u->connections_ever;
		add_octaves(b, u->took, &sum->took);
	}
	upstreams_sort(list);
}

/* Zeroes the counts of one row and its octaves; the row keeps its octaves. */
static void clear_row(struct books *b, struct row *row)
{
	for (unsigned int i = 0; i < OCTAVES; i++) {
		if (row->wait[i] && row->wait[i] < b->octave_count)
			memset(&b->octaves[row->wait[i]], 0, sizeof(struct octave));
		if (row->busy[i] && row->busy[i] < b->octave_count)
			memset(&b->octaves[row->busy[i]], 0, sizeof(struct octave));
	}
	memset(row->outcome, 0, sizeof(row->outcome));
	row->bytes = 0;
	row->peeks = 0;
	memset(row->error, 0, sizeof(row->error));
	row->wait_max = 0;
	row->busy_max = 0;
}

/* Zeroes all that a thread's books count; rows and octaves stay with them. */
static void clear_counts(struct books *b, struct thread *t)
{
	for (int op = 0; op < MAX_OPS; op++)
		if (t->row[op] && t->row[op] < b->row_count)
			clear_row(b, &b->rows[t->row[op]]);
	memset(t->ns, 0, sizeof(t->ns));
	memset(t->sampled, 0, sizeof(t->sampled));
	memset(t->count, 0, sizeof(t->count));
	memset(t->inflight, 0, sizeof(t->inflight));
	t->listener = 0;
	t->accepts_at = 0;
}

/* Says the last word of the books of a thread that is gone: dead, at now (ns). */
void books_close(struct books *b, uint32_t index, uint64_t now)
{
	struct thread *t = &b->threads[index];

	clock_learn_phase(t, PHASE_CPU);
	clock_learn_op(t, OP_APP);
	clock_move(t, now, OP_APP, PHASE_CPU);
	__atomic_store_n(&t->state, THREAD_DEAD, __ATOMIC_RELEASE);
}

/* Makes thread `index` ready for the next thread. */
void books_free(struct books *b, uint32_t index)
{
	clear_counts(b, &b->threads[index]);
	__atomic_store_n(&b->threads[index].state, THREAD_FREE, __ATOMIC_RELEASE);
}

/* Makes thread `index` the books of a thread that was there before us, from now (ns) on. */
void books_open(struct books *b, uint32_t index, const struct thread_id *id, uint64_t now)
{
	struct thread *t = &b->threads[index];

	clock_start(t, id->pid, id->tid, now, OP_UNKNOWN, PHASE_UNKNOWN);
	t->start = id->start;
	t->adopted = 1;
	t->unsure = b->light ? UNSURE_SAMPLES : 0;
	t->parent = id->tid == id->pid ? id->parent : 0;
	t->family = (__u32)id->family;
	memset(t->comm, 0, sizeof(t->comm));
	__atomic_store_n(&t->state, THREAD_LIVE, __ATOMIC_RELEASE);
}

/* The first index that no thread has used yet. */
uint32_t books_end(struct books *b)
{
	if (!b->end)
		b->end = 1;
	/* Books once used are used again before further ones: the end never comes back. */
	while (b->end < b->thread_count && b->threads[b->end].born)
		b->end++;
	return b->end;
}
