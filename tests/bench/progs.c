// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0
/*
 * Says which BPF programs the kernel holds, waits until some of them are gone, has them timed.
 *
 * In: nothing; or a limit in milliseconds and the ids of programs; or the word "times" and a line
 * on stdin whenever it is to look. Out: without arguments the ids of all programs, one per line;
 * with ids, exit 0 as soon as none of these programs exists any more, 1 after an error, 3 when the
 * limit is over first. The benchmark waits so between two tracers: detaching takes seconds and
 * happens after the tracer has left. With "times", one line at each look: id, name, runs and ns of
 * each program, which the kernel counts as long as this program runs; a dot ends it.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
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

/* Prints what the kernel has counted of each program; exit 1 after an error. */
static void print_times(void)
{
	__u32 id = 0;

	while (next_program(id, &id)) {
		struct bpf_prog_info info = {};
		__u32 size = sizeof(info);
		int fd = bpf_prog_get_fd_by_id(id);

		if (fd < 0)
			continue; /* it is gone by now */
		if (bpf_obj_get_info_by_fd(fd, &info, &size)) {
			fprintf(stderr, "progs: bpf_obj_get_info_by_fd: %s\n", strerror(errno));
			exit(1);
		}
		close(fd);
		printf("%u:%s:%llu:%llu ", id, info.name, (unsigned long long)info.run_cnt,
		       (unsigned long long)info.run_time_ns);
	}
	puts(".");
	fflush(stdout);
}

/* Has the kernel time programs until stdin ends; the exit status. */
static int watch_times(void)
{
	char line[16];

	if (bpf_enable_stats(BPF_STATS_RUN_TIME) < 0) {
		fprintf(stderr, "progs: bpf_enable_stats: %s\n", strerror(errno));
		return 1;
	}
	while (fgets(line, sizeof(line), stdin))
		print_times();
	return 0;
}

int main(int argc, char **argv)
{
	const struct timespec pause = {.tv_nsec = POLL_MS * 1000000L};

	if (argc == 1) {
		list();
		return 0;
	}
	if (!strcmp(argv[1], "times"))
		return watch_times();
	for (long left = strtol(argv[1], NULL, 10); any_left(argc - 2, argv + 2); left -= POLL_MS) {
		if (left <= 0)
			return 3;
		nanosleep(&pause, NULL);
	}
	return 0;
}
