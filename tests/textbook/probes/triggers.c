/*
 * When epoll says that something is ready: level-triggered as long as it is, edge-triggered once.
 *
 * In: the options of serve.h; --what NAME, one of
 *	partial	data come once, and one tenth of them is read after each event
 *	unread	one tenth is read, and no more; then one byte more comes
 *	spin	EPOLLOUT is left on for a socket with room, for SPIN_NS
 *	accept	two connections come before the wait, and one is accepted per event
 * --et: edge-triggered.
 * Out: the port file when all is arranged, and at the end on stdout what was seen: waits=, the
 *calls of epoll_wait, events=, those that said ready, and more per case. No wait is longer than
 *WAIT_MS.
 */
#define _GNU_SOURCE
#include "serve.h"
#include "tally.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define WAIT_MS 150
#define SPIN_NS 100000000LL
#define BYTES	100
#define PART	10

static const char *what = "partial";
static bool edge;

static const struct serve_option options[] = {
	{.name = "what", .text = &what}, {.name = "et", .flag = &edge}, {0}};

static int lfd, epfd, near_end, far_end;
static long waits, events;

/* Register a socket. */
static void watch(int fd, uint32_t interest)
{
	struct epoll_event ev = {.events = interest | (edge ? EPOLLET : 0), .data.fd = fd};

	if (io_epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &ev))
		serve_fail("epoll_ctl");
}

/* Wait once; whether something was said to be ready. */
static bool wait_once(int timeout_ms)
{
	struct epoll_event ev;
	int n = io_epoll_wait(epfd, &ev, 1, timeout_ms);

	if (n < 0)
		serve_fail("epoll_wait");
	waits++;
	events += n;
	return n > 0;
}

/* Read some; the number of bytes. */
static long read_part(int fd)
{
	char part[PART];
	ssize_t n = io_recvfrom(fd, part, sizeof(part), MSG_DONTWAIT, NULL, NULL);

	if (n < 0)
		serve_fail("recv");
	return n;
}

/* Bytes that lie in a socket's buffer. */
static int bytes_left(int fd)
{
	int n;

	if (ioctl(fd, FIONREAD, &n))
		serve_fail("FIONREAD");
	return n;
}

/* Let this many bytes come. */
static void come(size_t n)
{
	const char data[BYTES] = {0};

	if (send(far_end, data, n, MSG_NOSIGNAL) != (ssize_t)n)
		serve_fail("send");
}

/* A connection to our listener that nobody has accepted yet, or exit. */
static int connect_one(void)
{
	struct sockaddr_in sa = {.sin_family = AF_INET, .sin_port = htons((uint16_t)serve.port)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || connect(fd, (struct sockaddr *)&sa, sizeof(sa)))
		serve_fail("connect");
	return fd;
}

/* Read a tenth after each event, until there is no event within WAIT_MS. */
static void do_partial(void)
{
	watch(near_end, EPOLLIN);
	come(BYTES);
	while (wait_once(WAIT_MS))
		read_part(near_end);
	printf("left=%d ", bytes_left(near_end));
}

/* Read a tenth after the first event; does another come, for the rest, or for one byte more? */
static void do_unread(void)
{
	bool again;

	watch(near_end, EPOLLIN);
	come(BYTES);
	if (wait_once(WAIT_MS))
		read_part(near_end);
	printf("left=%d ", bytes_left(near_end));
	again = wait_once(WAIT_MS);
	come(1);
	printf("again=%d news=%d ", again, wait_once(WAIT_MS));
}

/* A clock in ns. */
static int64_t clock_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/* Wait for data, which do not come, with EPOLLOUT on. */
static void do_spin(void)
{
	int64_t start, cpu, now;

	watch(near_end, EPOLLIN | EPOLLOUT);
	start = now = clock_ns(CLOCK_MONOTONIC);
	cpu = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	while (now - start < SPIN_NS) {
		wait_once((int)((start + SPIN_NS - now + 999999) / 1000000));
		now = clock_ns(CLOCK_MONOTONIC);
	}
	printf("wall_ns=%lld cpu_ns=%lld ", (long long)(now - start),
	       (long long)(clock_ns(CLOCK_THREAD_CPUTIME_ID) - cpu));
}

/* Accept one connection per event; was the second there without one? */
static void do_accept(void)
{
	int first = connect_one(), second = connect_one(), accepted = 0, unseen = 0, fd;

	watch(lfd, EPOLLIN);
	while (wait_once(WAIT_MS)) {
		fd = io_accept4(lfd, NULL, NULL, SOCK_CLOEXEC);
		accepted += fd >= 0;
		close(fd);
	}
	for (; (fd = accept4(lfd, NULL, NULL, SOCK_CLOEXEC)) >= 0; unseen++)
		close(fd);
	close(first);
	close(second);
	printf("accepted=%d unseen=%d ", accepted, unseen);
}

/* The case that --what names, or exit. */
static void (*find_case(void))(void)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} cases[] = {{"partial", do_partial},
		     {"unread", do_unread},
		     {"spin", do_spin},
		     {"accept", do_accept}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (!strcmp(what, cases[i].name))
			return cases[i].run;
	errno = EINVAL;
	serve_fail(what);
}

int main(int argc, char **argv)
{
	void (*run)(void);

	if (serve_parse(argc, argv, options) < argc) {
		errno = EINVAL;
		serve_fail("arguments");
	}
	run = find_case();
	serve_signals();
	lfd = serve_listen(&serve.port, false, true);
	epfd = epoll_create1(EPOLL_CLOEXEC);
	far_end = connect_one();
	near_end = accept4(lfd, NULL, NULL, SOCK_CLOEXEC);
	if (epfd < 0 || near_end < 0)
		serve_fail("accept");
	if (serve.port_file)
		serve_write_number(serve.port_file, serve.port);
	serve_gate();
	run();
	printf("waits=%ld events=%ld\n", waits, events);
	serve_finish();
}
