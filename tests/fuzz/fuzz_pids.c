/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * fuzz_pids.c - lists of pids. Each is positive and there once; what is refused is refused in one
 * line; a list that is taken is taken again as it is printed.
 */
#include <ctype.h>
#include <limits.h>

#include "app/option_types.h"
#include "fuzz.h"
#include "proc/pids.h"

static const struct option_row row = {.name = "pid"};

/* What is to be found in a list that was taken: as many different pids as numbers in the text. */
static void check_taken(const struct pid_list *pids, const char *text)
{
	size_t numbers = 0;

	for (const char *c = text; *c; c++) {
		ENSURE(isdigit((unsigned char)*c) || strchr(", \t\r\n", *c));
		numbers += isdigit((unsigned char)*c) && !isdigit((unsigned char)c[1]);
	}
	ENSURE(pids->count && pids->count <= numbers);
	for (size_t i = 0; i < pids->count; i++) {
		ENSURE(pids->pid[i] > 0);
		for (size_t j = 0; j < i; j++)
			ENSURE(pids->pid[i] != pids->pid[j]);
	}
}

/* Writes the list as it is written by hand, and reads it again. */
static void check_again(const struct pid_list *pids)
{
	struct pid_list again = {0};
	char *text = malloc(pids->count * 12 + 1), *end = text;

	ENSURE(text);
	for (size_t i = 0; i < pids->count; i++)
		end += sprintf(end, "%s%d", i ? "," : "", pids->pid[i]);
	ENSURE(!read_pids(&row, text, &again) && again.count == pids->count);
	ENSURE(!memcmp(again.pid, pids->pid, pids->count * sizeof(*pids->pid)));
	pid_list_clear(&again);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_string(data, size), *told;
	struct pid_list pids = {0};
	int err;

	fuzz_listen();
	err = read_pids(&row, text, &pids);
	told = fuzz_told();
	ENSURE(fuzz_is_messages(told));
	if (err) {
		ENSURE(*told);
	} else {
		check_taken(&pids, text);
		check_again(&pids);
	}
	pid_list_clear(&pids);
	free(told);
	free(text);
	return 0;
}
