/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * fuzz_syscall.c - /proc/PID/task/TID/syscall. What was read is written again as the kernel writes
 * it, and read again: it is the same.
 */
#include <errno.h>
#include <inttypes.h>

#include "fuzz.h"
#include "proc/proc_text.h"

/* Writes what was read as fs/proc/base.c does. */
static void write_call(char *text, size_t room, const struct proc_call *call)
{
	const uint64_t *arg = call->arg;

	if (call->where == PROC_RUNNING)
		snprintf(text, room, "running\n");
	else if (call->where == PROC_ELSEWHERE)
		snprintf(text, room, "-1 0x7ffc0 0x7f1c0\n");
	else
		snprintf(text, room,
			 "%d 0x%" PRIx64 " 0x%" PRIx64 " 0x%" PRIx64 " 0x%" PRIx64 " 0x%" PRIx64
			 " 0x%" PRIx64 " 0x7ffc0 0x7f1c0\n",
			 call->nr, arg[0], arg[1], arg[2], arg[3], arg[4], arg[5]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_string(data, size), written[256];
	struct proc_call call = {0}, again = {0};
	int err = proc_text_call(text, &call);

	ENSURE(!err || err == -EPROTO);
	if (!err) {
		ENSURE(call.where != PROC_IN_CALL || strtoll(text, NULL, 10) == call.nr);
		write_call(written, sizeof(written), &call);
		ENSURE(!proc_text_call(written, &again));
		ENSURE(again.where == call.where && again.nr == call.nr);
		ENSURE(!memcmp(again.arg, call.arg, sizeof(call.arg)));
	}
	free(text);
	return 0;
}
