/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * values.c - see values.h.
 *
 * What goes in: a record. What comes out: the values of columns that several kinds of records have.
 */
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "base/fmt.h"
#include "sinks/values.h"

/* A name of a model, a number and two signs; the names have at most 16 bytes. */
_Static_assert(MODELS_MAX *(16 + 20 + 2) < VALUE_TEXT_MAX, "the counts of all models fit");

/* Sets a value to an integer. */
void value_integer(struct value *v, uint64_t integer)
{
	v->kind = VALUE_INTEGER;
	v->integer = integer;
}

/* Sets a value to sum / count, to three decimals; nothing if count is 0. */
void value_mean(struct value *v, uint64_t sum, uint64_t count)
{
	/* Of large sums the last digits do not matter. */
	for (; sum > UINT64_MAX / 2000; count /= 2)
		sum /= 2;
	if (!count)
		return;
	v->kind = VALUE_DECIMAL;
	v->integer = (sum * 1000 + count / 2) / count;
}

/* Sets a value to a constant text. */
void value_word(struct value *v, const char *word)
{
	v->kind = VALUE_TEXT;
	v->text = word;
}

/* Sets a value to a text of counts. */
void value_counts(struct value *v, const char *counts)
{
	v->kind = VALUE_COUNTS;
	v->text = counts;
}

/* The end of the period, RFC 3339 with milliseconds, in UTC. */
void value_time(struct value *v, const struct record *r)
{
	struct tm tm = {0};
	size_t length;

	if (!gmtime_r(&r->report->utc.tv_sec, &tm))
		return;
	length = strftime(v->buffer, sizeof(v->buffer), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(v->buffer + length, sizeof(v->buffer) - length, ".%03ldZ",
		 r->report->utc.tv_nsec / (long)NSEC_PER_MSEC);
	value_word(v, v->buffer);
}

/* The length of the period, ns. */
void value_interval(struct value *v, const struct record *r)
{
	value_integer(v, r->report->period);
}

/* The process. */
void value_pid(struct value *v, const struct record *r)
{
	value_integer(v, (uint64_t)r->task->pid);
}

/* The name of the task, safe on a terminal, on one line. */
void value_comm(struct value *v, const struct record *r)
{
	const struct comm_text comm = fmt_comm(r->task->comm, true);

	_Static_assert(sizeof(v->buffer) >= sizeof(comm.s), "room for any name");
	memcpy(v->buffer, comm.s, sizeof(comm.s));
	value_word(v, v->buffer);
}

/* The model of the task. */
void value_model(struct value *v, const struct record *r)
{
	value_word(v, r->task->model.model->name);
}

/* The process that was asked for, an ancestor or itself. */
void value_family(struct value *v, const struct record *r)
{
	if (r->task->family)
		value_integer(v, (uint64_t)r->task->family);
}

/* The connections that were let go at the limit, whosever. */
void value_let_go(struct value *v, const struct record *r)
{
	if (r->report->has_exchanges || r->report->let_go)
		value_integer(v, r->report->let_go);
}

/* The shape of the process's threads; nothing if it was not decided. */
void value_shape(struct value *v, const struct record *r)
{
	if (r->task->shape.shape)
		value_word(v, r->task->shape.shape->name);
}

/* How many reads (without any: accepts, or writes) each model had, the most first; nothing without
 * them in the period. */
void value_model_counts(struct value *v, const struct record *r)
{
	const struct model_decision *m = &r->task->model;
	size_t used = 0;

	for (unsigned int i = 0; i < m->shares && !m->before && used < sizeof(v->buffer); i++)
		used += (size_t)snprintf(v->buffer + used, sizeof(v->buffer) - used,
					 "%s%s=%" PRIu64, i ? " " : "", m->share[i].model->name,
					 m->share[i].count);
	if (m->shares && !m->before)
		value_counts(v, v->buffer);
}
