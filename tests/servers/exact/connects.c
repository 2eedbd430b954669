/*
 * Part of `exact`: connect, of sockets that wait and that do not.
 *
 * In: the thread's context. Out: calls with the outcomes written beside them.
 */
#define _GNU_SOURCE
#include "exact.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/un.h>
#include <unistd.h>

/* An address of either kind. */
struct address {
	struct sockaddr_storage storage;
	socklen_t len;
};

/* A socket that listens with the least room there is, and its address. */
static int listen_on(int family, struct address *a)
{
	struct sockaddr_in in = {.sin_family = AF_INET};
	sa_family_t automatic = AF_UNIX; /* the kernel gives an abstract name */
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (family == AF_INET)
		REQUIRE(!bind(fd, (struct sockaddr *)&in, sizeof(in)));
	else
		REQUIRE(!bind(fd, (struct sockaddr *)&automatic, sizeof(automatic)));
	a->len = sizeof(a->storage);
	REQUIRE(!getsockname(fd, (struct sockaddr *)&a->storage, &a->len));
	REQUIRE(!listen(fd, 0));
	return fd;
}

/* Connects, and checks the result. */
#define CONNECT(fd, a, want)                                                                       \
	EXPECT(io_connect(fd, (struct sockaddr *)&(a)->storage, (a)->len), want)

/* A new socket of that kind, which does not wait if it is told so. */
static int make_socket(int family, int flags)
{
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);

	REQUIRE(fd >= 0);
	return fd;
}

/* Accepts a connection of the listening socket fd, and closes it. */
static void act_accept(int fd)
{
	int c = io_accept4(fd, NULL, NULL, SOCK_CLOEXEC);

	REQUIRE(c >= 0);
	close(c);
}

/* A UNIX socket whose listener has no room: whoever waits sleeps until there is some. */
static void test_full(void)
{
	struct partner p;
	struct address a;
	int lfd = listen_on(AF_UNIX, &a), first = make_socket(AF_UNIX, 0), fd;

	CONNECT(first, &a, 0);
	fd = make_socket(AF_UNIX, SOCK_NONBLOCK);
	CONNECT(fd, &a, -EAGAIN);
	nonblock(fd, false);
	partner_begin(&p, TALLY_connect, INTERRUPT, NULL, -1);
	CONNECT(fd, &a, -EINTR);
	partner_end(&p);
	partner_begin(&p, TALLY_connect, ACT, act_accept, lfd);
	CONNECT(fd, &a, 0);
	partner_end(&p);
	close(fd);
	fd = make_socket(AF_UNIX, 0);
	partner_begin(&p, TALLY_connect, RESTART, act_accept, lfd);
	CONNECT(fd, &a, 0);
	partner_end(&p);
	close(fd);
	close(first);
	close(lfd);
}

/* A TCP connection that is asked for without waiting goes on by itself. */
static void test_going_on(void)
{
	struct address a;
	int lfd = listen_on(AF_INET, &a), fd = make_socket(AF_INET, SOCK_NONBLOCK), other;
	struct pollfd wait = {.fd = fd, .events = POLLOUT};
	struct pollfd queued = {.fd = lfd, .events = POLLIN};

	CONNECT(fd, &a, -EINPROGRESS);
	EXPECT(io_ppoll(&wait, 1, NULL), 1);
	/* On this side it is there before the other one has it in its queue. */
	EXPECT(io_ppoll(&queued, 1, NULL), 1);
	CONNECT(fd, &a, 0);
	CONNECT(fd, &a, -EISCONN);
	/* That one fills the queue: the next one's packet is dropped, to be sent again after 1 s.
	 */
	other = make_socket(AF_INET, SOCK_NONBLOCK);
	CONNECT(other, &a, -EINPROGRESS);
	CONNECT(other, &a, -EALREADY);
	close(other);
	close(fd);
	close(lfd);
}

void exact_connects(struct exact *x)
{
	int lfd, fd, udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct address a;

	test_full();
	test_going_on();
	lfd = listen_on(AF_INET, &a);
	CONNECT(udp, &a, 0);
	CONNECT(-1, &a, -EBADF);
	CONNECT(x->file, &a, -ENOTSOCK);
	close(lfd);
	fd = make_socket(AF_INET, 0);
	CONNECT(fd, &a, -ECONNREFUSED);
	close(fd);
	close(udp);
}
