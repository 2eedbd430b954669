/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * fuzz_stat.c - /proc/PID/task/TID/stat. Whatever the name of a thread is, it does not shift the
 * fields behind it; and what is no such text leaves the result as it was.
 */
#include <errno.h>

#include "fuzz.h"
#include "proc/proc_text.h"

/* Any text. */
static void check_text(const char *text)
{
	struct proc_stat stat, before;
	int err;

	memset(&stat, 0x5a, sizeof(stat));
	before = stat;
	err = proc_text_stat(text, &stat);
	ENSURE(!err || err == -EPROTO);
	if (err)
		ENSURE(!memcmp(&stat, &before, sizeof(stat)));
	else
		ENSURE(!stat.comm[COMM_LEN - 1] && stat.dead == !!strchr("ZXx", stat.state));
}

/* The input as the name of a thread. */
static void check_name(const uint8_t *data, size_t size)
{
	size_t length = size < COMM_LEN - 1 ? size : COMM_LEN - 1;
	char name[COMM_LEN] = "", text[256];
	struct proc_stat stat;

	/* The kernel's names end in a zero byte. */
	if (length)
		memcpy(name, data, length);
	length = strlen(name);
	memset(name + length, 0, sizeof(name) - length);
	snprintf(text, sizeof(text),
		 "%d (%s) S 42 7 7 0 -1 2097156 11 12 13 14 15 16 17 18 20 0 1 0 4321 4096 5 6\n",
		 7, name);
	ENSURE(!proc_text_stat(text, &stat));
	ENSURE(!memcmp(stat.comm, name, COMM_LEN));
	ENSURE(stat.state == 'S' && stat.ppid == 42 && stat.start == 4321);
	ENSURE(stat.kernel_thread && stat.exiting && !stat.io_worker && !stat.dead);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_string(data, size);

	check_text(text);
	check_name(data, size);
	free(text);
	return 0;
}
