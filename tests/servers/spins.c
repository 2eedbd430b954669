/*
 * Programs that are busy with I/O calls and never read a byte, the others' connection silent.
 *
 * In: spins [options of serve.h] MODE. hungup: epoll_wait, level-triggered, returns at once for
 * ever, since a pipe whose writer is gone stays in the set. again: recvfrom says EAGAIN for ever.
 * limit: epoll_wait with a limit of 2 ms. timer: epoll_wait for a timerfd of 2 ms, level-triggered,
 * which is read each time, and for an edge-triggered connection. send, dontwait, mmsg: datagrams,
 * which nobody reads, are written, by sendto, by sendto with MSG_DONTWAIT, or by sendmmsg to a
 * non-blocking socket.
 * Out: the port file, with port 0, just before the first call; the tally.
 */
#define _GNU_SOURCE
#include "serve.h"
#include "tally.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum {
	LIMIT_MS = 2,
};

static int epfd, sockets[2];

/* Register a descriptor. */
static void watch(int fd, uint32_t edge)
{
	struct epoll_event ev = {.events = EPOLLIN | edge, .data.fd = fd};

	if (io_epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &ev))
		serve_fail("epoll_ctl");
}

/* A pipe that nobody will write to stays ready. */
static void spin_hungup(void)
{
	struct epoll_event ev;
	int fds[2];

	if (pipe(fds))
		serve_fail("pipe");
	close(fds[1]);
	watch(fds[0], 0);
	while (!serve_stopping())
		io_epoll_wait(epfd, &ev, 1, -1);
}

/* Ask for ever, and be told that there is nothing. */
static void spin_again(void)
{
	char c;

	while (!serve_stopping())
		io_recvfrom(sockets[0], &c, 1, 0, NULL, NULL);
}

/* Wait for a short time, again and again. */
static void spin_limit(void)
{
	struct epoll_event ev;

	watch(sockets[0], 0);
	while (!serve_stopping())
		io_epoll_wait(epfd, &ev, 1, LIMIT_MS);
}

/* Be driven by a timer. */
static void spin_timer(void)
{
	const struct timespec limit = {.tv_nsec = LIMIT_MS * 1000000L};
	const struct itimerspec each = {limit, limit};
	int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	struct epoll_event ev;
	uint64_t expired;

	if (timer < 0 || timerfd_settime(timer, 0, &each, NULL))
		serve_fail("timerfd");
	watch(timer, 0);
	watch(sockets[0], EPOLLET);
	while (!serve_stopping())
		if (io_epoll_wait(epfd, &ev, 1, -1) == 1)
			io_read(timer, &expired, sizeof(expired));
}

/* A UDP socket that is connected to another one, and never has to wait for it. */
static int open_sink(int flags)
{
	struct sockaddr_in sa = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int sink = socket(AF_INET, SOCK_DGRAM, 0), fd = socket(AF_INET, SOCK_DGRAM | flags, 0);
	socklen_t len = sizeof(sa);

	if (bind(sink, (struct sockaddr *)&sa, len) ||
	    getsockname(sink, (struct sockaddr *)&sa, &len) ||
	    connect(fd, (struct sockaddr *)&sa, len))
		serve_fail("a pair of UDP sockets");
	return fd;
}

/* Write datagrams with flags. */
static void send_all(int flags)
{
	int fd = open_sink(0);

	while (!serve_stopping())
		io_sendto(fd, "x", 1, flags, NULL, 0);
}

static void spin_send(void)
{
	send_all(0);
}

static void spin_dontwait(void)
{
	send_all(MSG_DONTWAIT);
}

/* Write two datagrams at a time. */
static void spin_mmsg(void)
{
	struct iovec iov = {.iov_base = "x", .iov_len = 1};
	struct mmsghdr two[2] = {{.msg_hdr = {.msg_iov = &iov, .msg_iovlen = 1}},
				 {.msg_hdr = {.msg_iov = &iov, .msg_iovlen = 1}}};
	int fd = open_sink(SOCK_NONBLOCK);

	while (!serve_stopping())
		io_sendmmsg(fd, two, 2, 0);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *mode;
		void (*spin)(void);
	} modes[] = {
		{"hungup", spin_hungup}, {"again", spin_again}, {"limit", spin_limit},
		{"timer", spin_timer},	 {"send", spin_send},	{"dontwait", spin_dontwait},
		{"mmsg", spin_mmsg},
	};
	int i = serve_parse(argc, argv, NULL);

	serve_signals();
	epfd = epoll_create1(EPOLL_CLOEXEC);
	if (epfd < 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, sockets))
		serve_fail("epoll_create1, socketpair");
	if (serve.port_file)
		serve_write_number(serve.port_file, 0);
	serve_gate();
	for (size_t m = 0; i < argc && m < sizeof(modes) / sizeof(*modes); m++) {
		if (strcmp(modes[m].mode, argv[i]))
			continue;
		modes[m].spin();
		serve_finish();
	}
	errno = EINVAL;
	serve_fail("usage: spins [options] MODE");
}
