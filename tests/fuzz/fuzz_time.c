/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * fuzz_time.c - times as people write them. What is taken for one is in the limits, and means the
 * same with more zeros around it.
 */
#include <errno.h>

#include "app/time_parse.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_string(data, size), *longer = malloc(size + 2);
	uint64_t ns = 1, again = 2;
	int err = time_parse(text, &ns);

	ENSURE(longer);
	ENSURE(!err || err == -EINVAL || err == -ERANGE);
	ENSURE(err ? ns == 1 : ns < TIME_LIMIT_NS);
	longer[0] = '0';
	memcpy(longer + 1, text, size + 1);
	if (!err)
		ENSURE(!time_parse(longer, &again) && again == ns);
	free(longer);
	free(text);
	return 0;
}
