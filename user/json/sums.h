/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * sums.h - histograms and errors as JSON.
 *
 * A histogram is an array of pairs [from, count]: so many durations (ns) were not less than `from`
 * and less than the next bucket's begin; `from` is a bucket's begin, and buckets that are empty are
 * left out. Errors are an object: how often by the number of the errno.
 */
#ifndef IOPHASE_SUMS_H
#define IOPHASE_SUMS_H

#include <json-c/json.h>

#include "books/errors.h"
#include "books/hist.h"

/* NULL where there is nothing. */
struct json_object *hist_write(const struct hist *h);
struct json_object *errors_write(const struct errors *e);

/* Adds what is told to what is empty; false if it is none. */
bool hist_read(struct json_object *from, struct hist *h);
bool errors_read(struct json_object *from, struct errors *e);

#endif
