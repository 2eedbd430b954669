/*
 * Linux AIO at its edges: requests refused, a control block used again for another request, more
 * requests in one call than iophase looks at, requests made by one thread and fetched by another.
 *
 * In: --gate, --tally; and which edge: --refused, --reuse, --many N or --threads. Out: the tally,
 * counted as in server_linux_aio.
 */
#define _GNU_SOURCE
#include "serve.h"
#include "tally.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MAX_REQUESTS 4096
#define ROUNDS	     100
#define NO_COMMAND   99 /* that the kernel knows */

static bool refused, reuse, threads;
static long many;

static const struct serve_option options[] = {{.name = "refused", .flag = &refused},
					      {.name = "reuse", .flag = &reuse},
					      {.name = "threads", .flag = &threads},
					      {.name = "many", .number = &many},
					      {0}};

static aio_context_t context;
static struct iocb blocks[MAX_REQUESTS], *list[MAX_REQUESTS];
static struct io_event events[MAX_REQUESTS];

/* Lay out a request to be told when fd is ready; it is told by its number. */
static void lay_poll(long number, int fd)
{
	blocks[number] = (struct iocb){
		.aio_lio_opcode = IOCB_CMD_POLL,
		.aio_fildes = (uint32_t)fd,
		.aio_buf = POLLIN,
	};
	list[number] = &blocks[number];
}

/* Submit the requests with the numbers first to first + n - 1; as many must be taken as wanted. */
static void submit(long first, long n, int wanted)
{
	int got = io_io_submit((void *)context, n, list + first);

	if (got != wanted) {
		fprintf(stderr, "io_submit: %d, not %d\n", got, wanted);
		exit(1);
	}
}

/* Fetch n completions, at most `most` at a time, and count them as requests of that kind. */
static void fetch(long n, long most, enum tally_call kind)
{
	while (n > 0) {
		int got = io_io_getevents((void *)context, 1, n < most ? n : most, events, NULL);

		if (got < 0)
			serve_fail("io_getevents");
		for (int i = 0; i < got; i++)
			tally_request(kind, (long)events[i].res);
		n -= got;
	}
}

/* Three requests of which the second is none, so the kernel takes the first; then only that. */
static void be_refused(int ready)
{
	lay_poll(0, ready);
	lay_poll(1, ready);
	lay_poll(2, ready);
	blocks[1].aio_lio_opcode = NO_COMMAND;
	submit(0, 3, 1);
	submit(1, 2, -1);
	fetch(1, 1, TALLY_aio_poll);
}

/* One control block for a poll, a read and a write in turn; while each is under way, the block asks
 * for something else, for the kernel has a copy of it. */
static void use_again(int ready, int fill)
{
	char byte;

	for (int i = 0; i < ROUNDS; i++) {
		lay_poll(0, ready);
		submit(0, 1, 1);
		blocks[0].aio_lio_opcode = IOCB_CMD_FSYNC;
		fetch(1, 1, TALLY_aio_poll);
		blocks[0].aio_lio_opcode = IOCB_CMD_PREAD;
		blocks[0].aio_buf = (uintptr_t)&byte;
		blocks[0].aio_nbytes = 1;
		submit(0, 1, 1);
		blocks[0].aio_lio_opcode = IOCB_CMD_FSYNC;
		fetch(1, 1, TALLY_aio_read);
		blocks[0].aio_lio_opcode = IOCB_CMD_PWRITE;
		blocks[0].aio_fildes = (uint32_t)fill;
		submit(0, 1, 1);
		blocks[0].aio_lio_opcode = IOCB_CMD_FSYNC;
		fetch(1, 1, TALLY_aio_write);
	}
}

/* Many requests in one call, fetched in smaller portions. */
static void be_many(int ready)
{
	for (long i = 0; i < many; i++)
		lay_poll(i, ready);
	submit(0, many, (int)many);
	fetch(many, many / 4 + 1, TALLY_aio_poll);
}

/* Fetch what the other thread asks for. */
static void *fetch_all(void *arg)
{
	fetch(ROUNDS, 4, TALLY_aio_poll);
	return arg;
}

/* Ask in this thread, fetch in another one. */
static void share(int ready)
{
	pthread_t thread;

	errno = pthread_create(&thread, NULL, fetch_all, NULL);
	if (errno)
		serve_fail("pthread_create");
	for (long i = 0; i < ROUNDS; i++) {
		lay_poll(i, ready);
		submit(i, 1, 1);
	}
	pthread_join(thread, NULL);
}

int main(int argc, char **argv)
{
	int ends[2];

	if (serve_parse(argc, argv, options) < argc || many > MAX_REQUESTS) {
		errno = EINVAL;
		serve_fail("arguments");
	}
	serve_signals();
	if (pipe2(ends, O_CLOEXEC) || syscall(SYS_io_setup, MAX_REQUESTS, &context))
		serve_fail("io_setup");
	serve_gate();
	/* One byte in the pipe: its end is ready, and stays so but for the read of --reuse. */
	if (io_write(ends[1], "x", 1) != 1)
		serve_fail("write");
	if (refused)
		be_refused(ends[0]);
	if (reuse)
		use_again(ends[0], ends[1]);
	if (many)
		be_many(ends[0]);
	if (threads)
		share(ends[0]);
	serve_finish();
}
