/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * values.h - columns that several kinds of records have, and how to write further ones.
 */
#ifndef IOPHASE_VALUES_H
#define IOPHASE_VALUES_H

#include "sinks/record.h"

/* Sets a value to an integer, to a mean (nothing if `count` is 0), or to a constant text. */
void value_integer(struct value *v, uint64_t integer);
void value_mean(struct value *v, uint64_t sum, uint64_t count);
void value_word(struct value *v, const char *word);
/* Sets it to a text of NAME=INTEGER. */
void value_counts(struct value *v, const char *counts);

void value_time(struct value *v, const struct record *r);     /* end of the period, RFC 3339, UTC */
void value_interval(struct value *v, const struct record *r); /* the period, ns */
void value_pid(struct value *v, const struct record *r);
void value_comm(struct value *v, const struct record *r);
void value_model(struct value *v, const struct record *r);
void value_family(struct value *v, const struct record *r); /* the process that was asked for */
/* Connections of all processes that were let go; none where they are not measured. */
void value_let_go(struct value *v, const struct record *r);
void value_shape(struct value *v, const struct record *r); /* none if it was not decided */
/* Reads (without any: accepts, or writes) of each model, the most first; none without them. */
void value_model_counts(struct value *v, const struct record *r);

/* Defines a column that is an integer, and measured if `measured`. */
#define INTEGER_COLUMN(function, measured, number)                                                 \
	static void function(struct value *v, const struct record *r)                              \
	{                                                                                          \
		if (measured)                                                                      \
			value_integer(v, number);                                                  \
	}

/* Defines a column that is a mean: nothing if `count` is 0. */
#define MEAN_COLUMN(function, sum, count)                                                          \
	static void function(struct value *v, const struct record *r)                              \
	{                                                                                          \
		value_mean(v, sum, count);                                                         \
	}

#endif
