/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * window.c - see window.h.
 *
 * What goes in: a window, or objects that anybody may have made. What comes out: the other one.
 */
#include <stdlib.h>
#include <string.h>

#include "base/search.h"
#include "base/xalloc.h"
#include "json/tables.h"
#include "json/window.h"
#include "json/words.h"

/* A task that was read, and what it has come to since the attach. */
struct read_task {
	struct task_sums task, ever;
};

/* What a task's calls came to, by call. */
static struct json_object *calls_write(const struct task_sums *task, bool brief)
{
	struct json_object *calls = json_object_new_object();

	for (unsigned int op = 0; op < OPS; op++) {
		struct op_sums sums = {.inflight = task->inflight[op], .ended = task->call[op]};
		struct json_object *call;

		if (!word_of_op(op))
			continue;
		if (op < OPS_TIMED) {
			memcpy(sums.ns, task_time_of(task, op)->ns, sizeof(sums.ns));
			sums.sampled = task_time_of(task, op)->sampled;
		}
		if (task->call[op])
			sums.call = *task->call[op];
		if (!SUM_OF_PHASES(sums.ns) && !sums.inflight && !sums.ended && !sums.sampled)
			continue;
		call = fields_write(&op_fields, &sums, brief);
		if (!sums.ended)
			json_object_object_del(call, "came_to");
		json_add(calls, word_of_op(op), call);
	}
	return calls;
}

/* A task, and what it has come to since the attach, as far as that is asked. */
static struct json_object *task_write(const struct task_sums *task)
{
	struct json_object *object = fields_write(&task_fields, task, false);

	json_add(object, "calls", calls_write(task, false));
	if (task->ever) {
		struct json_object *ever = fields_write(&task_fields, task->ever, true);

		json_add(ever, "calls", calls_write(task->ever, true));
		json_add(object, "ever", ever);
	}
	return object;
}

/* Whether a thread is of a process before that one. */
static bool is_before(const void *pulse, const void *pid)
{
	return ((const struct pulse *)pulse)->pid < *(const pid_t *)pid;
}

/* The threads of a process that did nothing, NULL if there is none. */
static struct json_object *quiet_write(const struct pulse_list *quiet, pid_t pid)
{
	struct json_object *array = NULL;
	size_t at =
		search_place(quiet->pulse, quiet->count, sizeof(*quiet->pulse), &pid, is_before);

	for (; at < quiet->count && quiet->pulse[at].pid == pid; at++) {
		struct quiet_one one = {.tid = quiet->pulse[at].tid};

		memcpy(one.comm, quiet->pulse[at].comm, COMM_LEN);
		if (!array)
			array = json_object_new_array();
		json_object_array_add(array, fields_write(&quiet_fields, &one, false));
	}
	return array;
}

/* The upstreams of a process, NULL if there is none. */
static struct json_object *upstreams_write(const struct upstream_list *all, pid_t pid)
{
	struct json_object *array = NULL;
	struct upstream_list own = {0};

	upstreams_join(&own, pid, all, pid);
	for (size_t i = 0; i < own.count; i++) {
		if (!array)
			array = json_object_new_array();
		json_object_array_add(array, fields_write(&upstream_fields, &own.sum[i], false));
	}
	upstreams_clear(&own);
	return array;
}

/* The sums of a process. */
struct json_object *window_write_process(const struct window *w, pid_t pid)
{
	const struct task_sums *task = task_list_find(&w->processes, pid, 0);
	const struct loop_sleep *loops = loop_sleep_find(&w->loops, pid);
	struct json_object *object = task_write(task), *part;

	if (loops)
		json_add(object, "loops", fields_write(&loop_fields, loops, false));
	part = quiet_write(&w->quiet, pid);
	if (part)
		json_add(object, "quiet", part);
	part = upstreams_write(&w->upstreams, pid);
	if (part)
		json_add(object, "upstreams", part);
	return object;
}

/* The sums of a thread. */
struct json_object *window_write_thread(const struct window *w, pid_t pid, pid_t tid)
{
	return task_write(task_list_find(&w->threads, pid, tid));
}

/* The number of a call, OPS if there is none of that name. */
static unsigned int op_of_word(const char *word)
{
	unsigned int op = 0;

	while (op < OPS && (!word_of_op(op) || strcmp(word_of_op(op), word)))
		op++;
	return op;
}

/* Reads what the calls of a task came to. */
static bool calls_read(struct json_object *calls, struct task_sums *task, struct misread *m)
{
	json_object_object_foreach(calls, word, from)
	{
		unsigned int op = op_of_word(word);
		struct op_sums sums = {0};
		bool good;

		if (op == OPS)
			return misread_say(m, "\"%.40s\" is no call that is known", word);
		good = fields_read(&op_fields, from, &sums, NULL, m);
		task->inflight[op] = sums.inflight;
		if (op < OPS_TIMED && (sums.sampled || SUM_OF_PHASES(sums.ns))) {
			memcpy(task_time(task, op)->ns, sums.ns, sizeof(sums.ns));
			task_time(task, op)->sampled = sums.sampled;
		}
		/* It holds memory, so it is kept in any case. */
		*task_call(task, op) = sums.call;
		if (!good)
			return false;
		if (sums.ended)
			continue;
		if (json_object_object_get_ex(from, "came_to", NULL))
			return misread_say(m, "no call has ended, and they came to something");
		free(task->call[op]);
		task->call[op] = NULL;
	}
	return true;
}

/* What of a task's object is no field of its table. */
static bool is_part_of_task(const char *name)
{
	static const char *const parts[] = {"calls", "ever", "loops", "quiet", "upstreams"};

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (!strcmp(parts[i], name))
			return true;
	return false;
}

/* The member of that name, if there is one, in *member; false if that is of another type. */
static bool optional(struct json_object *of, const char *name, enum json_type type,
		     struct json_object **member, struct misread *m)
{
	*member = NULL;
	if (!json_object_object_get_ex(of, name, NULL))
		return true;
	*member = json_member(of, name, type, m);
	return *member;
}

/* Reads a task without what only a process has. */
static bool task_read(struct json_object *from, struct read_task *to, struct misread *m)
{
	struct json_object *calls, *ever;

	if (!fields_read(&task_fields, from, &to->task, is_part_of_task, m))
		return false;
	calls = json_member(from, "calls", json_type_object, m);
	if (!calls || !calls_read(calls, &to->task, m) ||
	    !optional(from, "ever", json_type_object, &ever, m))
		return false;
	if (!ever)
		return true;
	to->task.ever = &to->ever;
	calls = json_member(ever, "calls", json_type_object, m);
	return fields_read(&task_fields, ever, &to->ever, is_part_of_task, m) && calls &&
	       calls_read(calls, &to->ever, m);
}

/* Adds the threads of a process that did nothing. */
static bool quiet_read(struct json_object *from, pid_t pid, struct pulse_list *quiet,
		       struct misread *m)
{
	size_t count = from ? json_object_array_length(from) : 0;

	if (!count)
		return true;
	quiet->pulse = xrealloc(quiet->pulse, quiet->count + count, sizeof(*quiet->pulse));
	for (size_t i = 0; i < count; i++) {
		struct quiet_one one = {0};
		struct pulse *pulse = &quiet->pulse[quiet->count];

		if (!fields_read(&quiet_fields, json_object_array_get_idx(from, i), &one, NULL, m))
			return false;
		*pulse = (struct pulse){.pid = pid, .tid = one.tid};
		memcpy(pulse->comm, one.comm, COMM_LEN);
		quiet->count++;
	}
	return true;
}

/* Adds the upstreams of a process. */
static bool upstreams_read(struct json_object *from, pid_t pid, struct upstream_list *list,
			   struct misread *m)
{
	for (size_t i = 0; from && i < json_object_array_length(from); i++) {
		struct upstream_sums sum = {0}, *to;
		bool good = fields_read(&upstream_fields, json_object_array_get_idx(from, i), &sum,
					NULL, m);

		sum.key.tgid = (__u32)pid;
		to = upstreams_add(list, &sum.key, sum.name);
		*to = sum; /* it holds memory, so it is kept in any case */
		if (!good)
			return false;
	}
	return true;
}

/* Adds what the loops of a process did. */
static bool loops_read(struct json_object *from, pid_t pid, struct loop_sleep_list *loops,
		       struct misread *m)
{
	struct loop_sleep loop = {.pid = pid};

	if (!from)
		return true;
	if (!fields_read(&loop_fields, from, &loop, NULL, m))
		return false;
	/* Room is doubled. */
	if (!(loops->count & (loops->count - 1)))
		loops->process = xrealloc(loops->process, loops->count ? 2 * loops->count : 1,
					  sizeof(*loops->process));
	loops->process[loops->count++] = loop;
	return true;
}

/* Reads what only a process has. */
static bool process_read(struct window *w, pid_t pid, struct json_object *from, struct misread *m)
{
	struct json_object *loops, *quiet, *upstreams;

	return optional(from, "loops", json_type_object, &loops, m) &&
	       optional(from, "quiet", json_type_array, &quiet, m) &&
	       optional(from, "upstreams", json_type_array, &upstreams, m) &&
	       loops_read(loops, pid, &w->loops, m) && quiet_read(quiet, pid, &w->quiet, m) &&
	       upstreams_read(upstreams, pid, &w->upstreams, m);
}

/* Reads the sums of a task into the heap, and what else a process has into the window. */
bool window_read_task(struct window *w, struct task_heap *heap, pid_t pid, pid_t tid,
		      struct json_object *from, bool is_process, struct misread *m)
{
	struct read_task *read = xcalloc(1, sizeof(*read));

	if (heap->count == heap->room) {
		heap->room = heap->room ? 2 * heap->room : 16;
		heap->task = xrealloc(heap->task, heap->room, sizeof(*heap->task));
	}
	heap->task[heap->count++] = &read->task;
	read->task.pid = read->ever.pid = pid;
	read->task.tid = read->ever.tid = tid;
	return task_read(from, read, m) && (!is_process || process_read(w, pid, from, m));
}

/* The order of tasks in a list. */
static int compare_tasks(const void *a, const void *b)
{
	const struct task_sums *x = *(struct task_sums *const *)a;
	const struct task_sums *y = *(struct task_sums *const *)b;

	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	return (x->tid > y->tid) - (x->tid < y->tid);
}

/* Puts the tasks of a heap into a list of the window. */
bool window_take_tasks(struct task_list *list, struct task_heap *heap, struct misread *m)
{
	if (heap->count)
		qsort(heap->task, heap->count, sizeof(*heap->task), compare_tasks);
	for (size_t i = 1; i < heap->count; i++)
		if (!compare_tasks(&heap->task[i - 1], &heap->task[i]))
			return misread_say(m, "process %d, thread %d, is there twice",
					   heap->task[i]->pid, heap->task[i]->tid);
	for (size_t i = 0; i < heap->count; i++) {
		struct task_sums *from = heap->task[i];
		struct task_sums *to = task_list_get(list, from->pid, from->tid);

		*to = *from;
		/* The list frees what it holds now. */
		memset(from->call, 0, sizeof(from->call));
		memset(from->time, 0, sizeof(from->time));
	}
	return true;
}

/* The order of threads that did nothing. */
static int compare_pulses(const void *a, const void *b)
{
	const struct pulse *x = a, *y = b;

	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	return (x->tid > y->tid) - (x->tid < y->tid);
}

/* The order of what loops did. */
static int compare_loops(const void *a, const void *b)
{
	const struct loop_sleep *x = a, *y = b;

	return (x->pid > y->pid) - (x->pid < y->pid);
}

/* Puts in order what is not a task. */
void window_sort(struct window *w)
{
	if (w->quiet.count)
		qsort(w->quiet.pulse, w->quiet.count, sizeof(*w->quiet.pulse), compare_pulses);
	if (w->loops.count)
		qsort(w->loops.process, w->loops.count, sizeof(*w->loops.process), compare_loops);
	upstreams_sort(&w->upstreams);
}

void task_heap_clear(struct task_heap *heap)
{
	for (size_t i = 0; i < heap->count; i++) {
		struct read_task *read = (struct read_task *)heap->task[i];

		task_clear(&read->task);
		task_clear(&read->ever);
		free(read);
	}
	free(heap->task);
	*heap = (struct task_heap){0};
}
