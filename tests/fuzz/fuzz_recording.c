/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * fuzz_recording.c - a recorded run: it is read to its end, or one of its lines is wrong, and why
 * is said in one line.
 */
#include "fuzz.h"
#include "json/recording.h"

/* Counts the reports. */
static bool count(const struct report *r, void *context)
{
	ENSURE(r);
	++*(unsigned int *)context;
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct recording_style style = {.threads = true, .connections = 3};
	char *text = fuzz_string(data, size);
	struct misread why = {0};
	unsigned int reports = 0;

	(void)recording_read(text, size, &style, count, &reports, &why);
	free(text);
	return 0;
}
