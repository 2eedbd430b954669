// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0
/*
 * Says which BPF programs the kernel holds, and waits until some of them are gone.
 *
 * In: nothing, or a limit in milliseconds and the ids of programs. Out: without arguments the ids
 * of all programs, one per line; with them, exit 0 as soon as none of these programs exists any
 * more, 1 after an error, 3 when the limit is over first. The benchmark waits so between two
 * tracers: detaching takes seconds and happens after the tracer has left.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <bpf/bpf.h>

#define POLL_MS 10

/* Stores in NEXT the first program id above ID; false when there is none, exit 1 after an error. */
static bool next_program(__u32 id, __u32 *next)
{
	if (bpf_prog_get_next_id(id, next) == 0)
		return true;
	if (errno == ENOENT)
		return false;
	fprintf(stderr, "progs: bpf_prog_get_next_id: %s\n", strerror(errno));
	exit(1);
}

/* Prints the id of each program in the kernel. */
static void list(void)
{
	__u32 id = 0;

	while (next_program(id, &id))
		printf("%u\n", id);
}

/* Says whether one of the N programs whose ids are the words IDS still exists. */
static bool any_left(int n, char **ids)
{
	for (int i = 0; i < n; i++) {
		__u32 id = (__u32)strtoul(ids[i], NULL, 10), next;

		/* Asks for the successor of id - 1: opening the program would keep it alive. */
		if (id && next_program(id - 1, &next) && next == id)
			return true;
	}
	return false;
}

int main(int argc, char **argv)
{
	const struct timespec pause = {.tv_nsec = POLL_MS * 1000000L};

	if (argc == 1) {
		list();
		return 0;
	}
	for (long left = strtol(argv[1], NULL, 10); any_left(argc - 2, argv + 2); left -= POLL_MS) {
		if (left <= 0)
			return 3;
		nanosleep(&pause, NULL);
	}
	return 0;
}
