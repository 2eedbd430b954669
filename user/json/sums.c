/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * sums.c - see sums.h.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "json/sums.h"
#include "json/values.h"
#include "common/hist.h"

enum {
	ERRNO_MOST = ERRNO_MASK,
};

/* The least duration (ns) that counts in a bucket. */
static uint64_t bucket_from(unsigned int bucket)
{
	return bucket ? hist_bucket_upper(bucket - 1) + 1 : 0;
}

/* The histogram as pairs. */
struct json_object *hist_write(const struct hist *h)
{
	struct json_object *array = NULL;

	for (unsigned int i = 0; i < BUCKETS; i++) {
		const struct octave *o = h->octave[i / STEPS];
		struct json_object *pair;

		if (!o || !o->step[i % STEPS])
			continue;
		if (!array)
			array = json_object_new_array();
		pair = json_object_new_array();
		json_object_array_add(pair, json_object_new_uint64(bucket_from(i)));
		json_object_array_add(pair, json_object_new_uint64(o->step[i % STEPS]));
		json_object_array_add(array, pair);
	}
	return array;
}

/* Adds the pairs to an empty histogram. */
bool hist_read(struct json_object *from, struct hist *h)
{
	struct misread m = {0};

	if (!json_object_is_type(from, json_type_array))
		return false;
	for (size_t i = 0; i < json_object_array_length(from); i++) {
		struct json_object *pair = json_object_array_get_idx(from, i);
		struct octave o = {0};
		uint64_t begin, count;
		unsigned int bucket;

		if (!json_object_is_type(pair, json_type_array) ||
		    json_object_array_length(pair) != 2 ||
		    !json_read_uint(json_object_array_get_idx(pair, 0), "", UINT64_MAX, &begin,
				    &m) ||
		    !json_read_uint(json_object_array_get_idx(pair, 1), "", UINT64_MAX, &count, &m))
			return false;
		bucket = hist_bucket(begin);
		if (bucket_from(bucket) != begin)
			return false;
		o.step[bucket % STEPS] = count;
		hist_add_octave(h, bucket / STEPS, &o);
	}
	return true;
}

/* The errors by number. */
struct json_object *errors_write(const struct errors *e)
{
	struct json_object *object = e->count ? json_object_new_object() : NULL;

	for (unsigned int i = 0; i < e->count; i++) {
		char number[16];

		snprintf(number, sizeof(number), "%u", e->sum[i].error);
		json_object_object_add(object, number, json_object_new_uint64(e->sum[i].count));
	}
	return object;
}

/* Adds the errors of an object to none. */
bool errors_read(struct json_object *from, struct errors *e)
{
	struct misread m = {0};

	if (!json_object_is_type(from, json_type_object))
		return false;
	json_object_object_foreach(from, key, value)
	{
		char *end;
		unsigned long error = strtoul(key, &end, 10);
		uint64_t count;

		if (*end || end == key || !error || error > ERRNO_MOST ||
		    !json_read_uint(value, "", UINT64_MAX, &count, &m))
			return false;
		errors_count(e, (unsigned int)error, count);
	}
	return true;
}
