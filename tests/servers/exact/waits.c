/*
 * Part of `exact`: accepts, multiplexing calls, epoll_ctl, and calls on fds that cannot serve them.
 *
 * In: the thread's context. Out: calls with the outcomes written beside them.
 */
#define _GNU_SOURCE
#include "exact.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* Milliseconds of a timeout that expires, and one that is never waited for in full. */
#define SHORT_MS 10
#define LONG_MS	 60000

/* Socket calls count whatever their fd is. */
void exact_bad_fds(struct exact *x)
{
	static const enum tally_call readers[] = {TALLY_recvfrom, TALLY_recvmsg, TALLY_recvmmsg};
	static const enum tally_call writers[] = {TALLY_sendto, TALLY_sendmsg, TALLY_sendmmsg};
	char buf[SMALL] = {0};
	int fds[2];

	make_pair(x, PIPE, fds);
	for (int i = 0; i < 3; i++) {
		EXPECT(read_by(readers[i], -1, buf, SMALL, 0), -EBADF);
		EXPECT(read_by(readers[i], fds[0], buf, SMALL, 0), -ENOTSOCK);
		EXPECT(read_by(readers[i], x->file, buf, SMALL, 0), -ENOTSOCK);
		EXPECT(write_by(x, writers[i], -1, buf, SMALL, 0), -EBADF);
		EXPECT(write_by(x, writers[i], fds[1], buf, SMALL, 0), -ENOTSOCK);
	}
	close_pair(fds);
}

/* accept or accept4, by name. */
static int accept_by(enum tally_call call, int fd)
{
	return call == TALLY_accept ? io_accept(fd, NULL, NULL)
				    : io_accept4(fd, NULL, NULL, SOCK_CLOEXEC);
}

/* Accept a connection that must come, and close it. */
static void accept_ok(enum tally_call call, int lfd)
{
	int fd = accept_by(call, lfd);

	REQUIRE(fd >= 0);
	close(fd);
}

void exact_accepts(struct exact *x)
{
	static const enum tally_call calls[] = {TALLY_accept, TALLY_accept4};
	struct sockaddr_in sa = {.sin_family = AF_INET};
	struct partner p;
	int lfd;

	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	lfd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	REQUIRE(!bind(lfd, (struct sockaddr *)&sa, sizeof(sa)));
	EXPECT(io_accept(lfd, NULL, NULL), -EINVAL);
	REQUIRE(!listen(lfd, 16));
	for (int i = 0; i < 2; i++) {
		act_connect(lfd);
		accept_ok(calls[i], lfd);
		partner_begin(&p, calls[i], ACT, act_connect, lfd);
		accept_ok(calls[i], lfd);
		partner_end(&p);
		partner_begin(&p, calls[i], RESTART, act_connect, lfd);
		accept_ok(calls[i], lfd);
		partner_end(&p);
		partner_begin(&p, calls[i], INTERRUPT, NULL, -1);
		EXPECT(accept_by(calls[i], lfd), -EINTR);
		partner_end(&p);
		nonblock(lfd, true);
		EXPECT(accept_by(calls[i], lfd), -EAGAIN);
		nonblock(lfd, false);
		EXPECT(accept_by(calls[i], -1), -EBADF);
		EXPECT(accept_by(calls[i], x->file), -ENOTSOCK);
	}
	close(lfd);
}

/* One call of the mux class that waits for fd (for epoll: of epfd) to be readable; timeout in ms.
 */
static int wait_by(enum tally_call call, int epfd, int fd, int ms)
{
	struct timespec ts = {ms / 1000, ms % 1000 * 1000000};
	struct timeval tv = {ms / 1000, ms % 1000 * 1000};
	struct pollfd pfd = {.fd = fd, .events = POLLIN};
	struct epoll_event ev[4];
	fd_set set;

	FD_ZERO(&set);
	FD_SET(fd, &set);
	switch (call) {
	case TALLY_select:
		return io_select(fd + 1, &set, NULL, NULL, &tv);
	case TALLY_pselect6:
		return io_pselect6(fd + 1, &set, NULL, NULL, &ts);
	case TALLY_poll:
		return io_poll(&pfd, 1, ms);
	case TALLY_ppoll:
		return io_ppoll(&pfd, 1, &ts);
	case TALLY_epoll_wait:
		return io_epoll_wait(epfd, ev, 4, ms);
	case TALLY_epoll_pwait:
		return io_epoll_pwait(epfd, ev, 4, ms);
	default:
		return io_epoll_pwait2(epfd, ev, 4, &ts);
	}
}

/* Makes an eventfd readable. */
static void act_event(int fd)
{
	uint64_t one = 1;

	EXPECT(io_write(fd, &one, sizeof(one)), sizeof(one));
}

/* ok at once, ok after a sleep, timeouts of both kinds, both signals (none restarts a mux). */
static void test_wait(enum tally_call call)
{
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), epfd = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event ev = {.events = EPOLLIN};
	struct partner p;
	uint64_t n;

	REQUIRE(fd >= 0 && epfd >= 0);
	EXPECT(io_epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &ev), 0);
	EXPECT(wait_by(call, epfd, fd, 0), 0);
	EXPECT(wait_by(call, epfd, fd, SHORT_MS), 0);
	act_event(fd);
	EXPECT(wait_by(call, epfd, fd, 0), 1);
	EXPECT(wait_by(call, epfd, fd, LONG_MS), 1);
	EXPECT(io_read(fd, &n, sizeof(n)), sizeof(n));
	partner_begin(&p, call, ACT, act_event, fd);
	EXPECT(wait_by(call, epfd, fd, LONG_MS), 1);
	partner_end(&p);
	EXPECT(io_read(fd, &n, sizeof(n)), sizeof(n));
	partner_begin(&p, call, INTERRUPT, NULL, -1);
	EXPECT(wait_by(call, epfd, fd, LONG_MS), -EINTR);
	partner_end(&p);
	close(epfd);
	close(fd);
}

void exact_waits(struct exact *x)
{
	static const enum tally_call calls[] = {
#ifdef __x86_64__
		TALLY_select,	   TALLY_poll,	   TALLY_epoll_wait,
#endif
		TALLY_epoll_pwait, TALLY_pselect6, TALLY_ppoll,	     TALLY_epoll_pwait2};
	struct timespec zero = {0};
	struct epoll_event ev[1];
	struct pollfd closed = {.fd = 1 << 20, .events = POLLIN};

	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++)
		if (calls[i] != TALLY_epoll_pwait2 || x->has_pwait2)
			test_wait(calls[i]);
	EXPECT(io_pselect6(-1, NULL, NULL, NULL, &zero), -EINVAL);
	EXPECT(io_pselect6(0, NULL, NULL, NULL, &zero), 0);
	/* A closed fd is an event for poll, not an error. */
	EXPECT(io_ppoll(&closed, 1, &zero), 1);
	EXPECT(io_ppoll((struct pollfd *)8, 1, &zero), -EFAULT);
	EXPECT(io_ppoll(NULL, 0, &zero), 0);
	EXPECT(io_epoll_pwait(-1, ev, 1, 0), -EBADF);
	EXPECT(io_epoll_pwait(x->file, ev, 1, 0), -EINVAL);
	if (x->has_pwait2)
		EXPECT(io_epoll_pwait2(-1, ev, 1, &zero), -EBADF);
#ifdef __x86_64__
	EXPECT(io_select(-1, NULL, NULL, NULL, NULL), -EINVAL);
	EXPECT(io_poll(&closed, 1, 0), 1);
	EXPECT(io_poll((struct pollfd *)8, 1, 0), -EFAULT);
	EXPECT(io_epoll_wait(x->file, ev, 1, 0), -EINVAL);
#endif
}

void exact_epoll_ctl(struct exact *x)
{
	int fd = eventfd(0, EFD_CLOEXEC), epfd = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event ev = {.events = EPOLLIN | EPOLLET};

	EXPECT(io_epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &ev), 0);
	EXPECT(io_epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &ev), -EEXIST);
	EXPECT(io_epoll_ctl(epfd, EPOLL_CTL_MOD, fd, &ev), 0);
	EXPECT(io_epoll_ctl(epfd, EPOLL_CTL_DEL, fd, NULL), 0);
	EXPECT(io_epoll_ctl(epfd, EPOLL_CTL_DEL, fd, NULL), -ENOENT);
	EXPECT(io_epoll_ctl(epfd, EPOLL_CTL_ADD, -1, &ev), -EBADF);
	EXPECT(io_epoll_ctl(epfd, EPOLL_CTL_ADD, x->file, &ev), -EPERM);
	EXPECT(io_epoll_ctl(epfd, EPOLL_CTL_ADD, epfd, &ev), -EINVAL);
	EXPECT(io_epoll_ctl(-1, EPOLL_CTL_ADD, fd, &ev), -EBADF);
	EXPECT(io_epoll_ctl(epfd, EPOLL_CTL_ADD, fd, (void *)8), -EFAULT);
	close(epfd);
	close(fd);
}
