/*
 * Calls that may not wait and sleep all the same: not for data or room, but for a page of memory.
 *
 * In: the options of serve.h, --count N (10) of each kind, --pause-ms N (20).
 * Out: the tally. Each recvfrom, of a non-blocking socket that has data, and each sendto, with
 * MSG_DONTWAIT, touches a page that userfaultfd gives only when /proc shows the thread asleep in
 * the call, and a pause later. Exit code 77: this kernel, or its rights, has no userfaultfd.
 */
#define _GNU_SOURCE
#include "asleep.h"
#include "serve.h"
#include "tally.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum {
	PAGE = 4096,
	NO_USERFAULTFD = 77,
};

static long count = 10, pause_ms = 20;

static const struct serve_option options[] = {
	{.name = "count", .number = &count}, {.name = "pause-ms", .number = &pause_ms}, {0}};

/* The page that is missed next, and the call that is going to miss it; 0: none. */
static _Atomic(char *) page;
static _Atomic long call;
static int faults, caller_tid;

/* Gives each page when the caller sleeps for it, and has done so for the pause. */
static void *giver(void *arg)
{
	const struct timespec pause = {.tv_sec = pause_ms / 1000,
				       .tv_nsec = pause_ms % 1000 * 1000000};

	(void)arg;
	for (long i = 0; i < 2 * count; i++) {
		struct uffdio_zeropage zero = {.range = {.len = PAGE}};

		while (!call)
			usleep(100);
		await_asleep(caller_tid, call);
		call = 0;
		nanosleep(&pause, NULL);
		zero.range.start = (uintptr_t)page;
		if (ioctl(faults, UFFDIO_ZEROPAGE, &zero))
			serve_fail("UFFDIO_ZEROPAGE");
	}
	return NULL;
}

/* Pages that are not there, and are asked of the giver. */
static char *missing_pages(size_t size)
{
	struct uffdio_api api = {.api = UFFD_API};
	struct uffdio_register range = {.mode = UFFDIO_REGISTER_MODE_MISSING};
	char *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (pages == MAP_FAILED)
		serve_fail("mmap");
	faults = (int)syscall(SYS_userfaultfd, O_CLOEXEC);
	if (faults < 0)
		_exit(NO_USERFAULTFD);
	range.range.start = (uintptr_t)pages;
	range.range.len = size;
	if (ioctl(faults, UFFDIO_API, &api) || ioctl(faults, UFFDIO_REGISTER, &range))
		serve_fail("userfaultfd");
	return pages;
}

int main(int argc, char **argv)
{
	pthread_t thread;
	char *pages;
	int fds[2];

	serve_parse(argc, argv, options);
	serve_signals();
	/* The first one is non-blocking, the second is not: its calls say so themselves. */
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) || fcntl(fds[0], F_SETFL, O_NONBLOCK))
		serve_fail("socketpair");
	pages = missing_pages((size_t)(2 * count * PAGE));
	caller_tid = gettid();
	errno = pthread_create(&thread, NULL, giver, NULL);
	if (errno)
		serve_fail("pthread_create");
	serve_gate();
	for (long i = 0; i < count; i++) {
		page = pages + 2 * i * PAGE;
		call = SYS_sendto;
		io_sendto(fds[1], page, 100, MSG_DONTWAIT, NULL, 0);
		page = pages + (2 * i + 1) * PAGE;
		call = SYS_recvfrom;
		io_recvfrom(fds[0], page, 100, 0, NULL, NULL);
	}
	pthread_join(thread, NULL);
	serve_finish();
}
