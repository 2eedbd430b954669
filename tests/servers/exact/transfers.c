/*
 * Part of `exact`: the calls of the read and write classes on sockets, pipes, FIFOs and a pty.
 *
 * In: the thread's context. Out: for each kind and each call that the kind allows: ok, ok after a
 * sleep, again, interrupted, restarted, eof, error.
 */
#define _GNU_SOURCE
#include "exact.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

static const enum tally_call readers[] = {TALLY_read,	  TALLY_readv,	 TALLY_preadv2,
					  TALLY_recvfrom, TALLY_recvmsg, TALLY_recvmmsg};
static const enum tally_call writers[] = {TALLY_write,	  TALLY_writev, TALLY_sendfile,
					  TALLY_pwritev2, TALLY_sendto, TALLY_sendmsg,
					  TALLY_sendmmsg};

/* How many of the calls above a kind allows: only sockets have them all, a tty no sendfile. */
static const struct {
	int readers, writers;
} allowed[NKINDS] = {{6, 7}, {6, 7}, {3, 4}, {3, 4}, {2, 2}};

void nonblock(int fd, bool on)
{
	int flags = fcntl(fd, F_GETFL);

	REQUIRE(!fcntl(fd, F_SETFL, on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK));
}

/* A connected TCP pair over loopback. */
static void make_tcp(int fds[2])
{
	struct sockaddr_in sa = {.sin_family = AF_INET};
	socklen_t len = sizeof(sa);
	int lfd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	REQUIRE(!bind(lfd, (struct sockaddr *)&sa, len) && !listen(lfd, 8));
	REQUIRE(!getsockname(lfd, (struct sockaddr *)&sa, &len));
	fds[1] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	REQUIRE(!io_connect(fds[1], (struct sockaddr *)&sa, len));
	fds[0] = io_accept4(lfd, NULL, NULL, SOCK_CLOEXEC);
	REQUIRE(fds[0] >= 0);
	close(lfd);
}

/* A pty in raw mode: the slave reads, the master writes. */
static void make_pty(int fds[2])
{
	struct termios t;
	char slave[64];

	fds[1] = posix_openpt(O_RDWR | O_NOCTTY);
	REQUIRE(fds[1] >= 0 && !grantpt(fds[1]) && !unlockpt(fds[1]));
	REQUIRE(!ptsname_r(fds[1], slave, sizeof(slave)));
	fds[0] = open(slave, O_RDWR | O_NOCTTY | O_CLOEXEC);
	REQUIRE(fds[0] >= 0 && !tcgetattr(fds[0], &t));
	cfmakeraw(&t);
	REQUIRE(!tcsetattr(fds[0], TCSANOW, &t));
}

void make_pair(struct exact *x, enum kind kind, int fds[2])
{
	char path[96];

	switch (kind) {
	case UNIX:
		REQUIRE(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds));
		break;
	case TCP:
		make_tcp(fds);
		break;
	case PIPE:
		REQUIRE(!pipe2(fds, O_CLOEXEC));
		break;
	case FIFO:
		snprintf(path, sizeof(path), "%s/fifo", x->dir);
		REQUIRE(!mkfifo(path, 0600));
		fds[0] = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
		fds[1] = open(path, O_WRONLY | O_CLOEXEC);
		REQUIRE(fds[0] >= 0 && fds[1] >= 0 && !unlink(path));
		nonblock(fds[0], false);
		break;
	default:
		make_pty(fds);
	}
}

void close_pair(int fds[2])
{
	close(fds[0]);
	if (fds[1] >= 0)
		close(fds[1]);
}

long read_by(enum tally_call call, int fd, void *buf, size_t len, int flags)
{
	struct iovec iov[2] = {{buf, len / 2}, {(char *)buf + len / 2, len - len / 2}};
	struct mmsghdr m = {.msg_hdr = {.msg_iov = iov, .msg_iovlen = 2}};
	int n;

	switch (call) {
	case TALLY_read:
		return io_read(fd, buf, len);
	case TALLY_readv:
		return io_readv(fd, iov, 2);
	case TALLY_preadv2:
		return io_preadv2(fd, iov, 2, -1, flags);
	case TALLY_recvfrom:
		return io_recvfrom(fd, buf, len, flags, NULL, NULL);
	case TALLY_recvmsg:
		return io_recvmsg(fd, &m.msg_hdr, flags);
	default:
		n = io_recvmmsg(fd, &m, 1, flags, NULL);
		return n == 1 ? (long)m.msg_len : n;
	}
}

long write_by(struct exact *x, enum tally_call call, int fd, void *buf, size_t len, int flags)
{
	struct iovec iov[2] = {{buf, len / 2}, {(char *)buf + len / 2, len - len / 2}};
	struct mmsghdr m = {.msg_hdr = {.msg_iov = iov, .msg_iovlen = 2}};
	off_t zero = 0;
	int n;

	switch (call) {
	case TALLY_write:
		return io_write(fd, buf, len);
	case TALLY_writev:
		return io_writev(fd, iov, 2);
	case TALLY_pwritev2:
		return io_pwritev2(fd, iov, 2, -1, flags);
	case TALLY_sendfile:
		return io_sendfile(fd, x->file, &zero, len);
	case TALLY_sendto:
		return io_sendto(fd, buf, len, flags, NULL, 0);
	case TALLY_sendmsg:
		return io_sendmsg(fd, &m.msg_hdr, flags);
	default:
		n = io_sendmmsg(fd, &m, 1, flags);
		return n == 1 ? (long)m.msg_len : n;
	}
}

/* All outcomes of one call of the read class on one kind. */
static void test_reader(struct exact *x, enum kind kind, enum tally_call call)
{
	char buf[SMALL] = {0};
	struct partner p;
	int fds[2];

	make_pair(x, kind, fds);
	EXPECT(io_write(fds[1], buf, SMALL), SMALL);
	if (kind == PTY)
		usleep(20000); /* the line discipline delivers from a work queue */
	EXPECT(read_by(call, fds[0], buf, SMALL, 0), SMALL);

	partner_begin(&p, call, ACT, act_send, fds[1]);
	EXPECT(read_by(call, fds[0], buf, SMALL, 0), SMALL);
	partner_end(&p);
	partner_begin(&p, call, INTERRUPT, NULL, -1);
	EXPECT(read_by(call, fds[0], buf, SMALL, 0), -EINTR);
	partner_end(&p);
	partner_begin(&p, call, RESTART, act_send, fds[1]);
	EXPECT(read_by(call, fds[0], buf, SMALL, 0), SMALL);
	partner_end(&p);

	nonblock(fds[0], true);
	EXPECT(read_by(call, fds[0], buf, SMALL, 0), -EAGAIN);
	nonblock(fds[0], false);
	if (kind != PTY) {
		EXPECT(io_write(fds[1], buf, SMALL), SMALL);
		EXPECT(read_by(call, fds[0], (void *)8, SMALL, 0), -EFAULT);
		EXPECT(read_by(call, fds[0], buf, SMALL, 0), SMALL);
	}
	close(fds[1]);
	fds[1] = -1;
	EXPECT(read_by(call, fds[0], buf, SMALL, 0), 0);
	close_pair(fds);
}

/* Fill the writing end until it takes no more; leaves it non-blocking. */
static void fill(int fd)
{
	char buf[4096] = {0};

	nonblock(fd, true);
	while (io_write(fd, buf, sizeof(buf)) > 0)
		;
	REQUIRE(errno == EAGAIN);
}

/* All outcomes of one call of the write class on one kind. */
static void test_writer(struct exact *x, enum kind kind, enum tally_call call)
{
	char buf[SMALL] = {0};
	struct partner p;
	int fds[2];

	make_pair(x, kind, fds);
	EXPECT(write_by(x, call, fds[1], buf, SMALL, 0), SMALL);
	/*
	 * TCP's buffers grow and drain by themselves: "full" is not a state that lasts. Before
	 * Linux 6.5, sendfile to a full UNIX socket adds to its last buffer instead of EAGAIN.
	 */
	if ((kind == UNIX && call != TALLY_sendfile) || kind == PIPE || kind == FIFO) {
		fill(fds[1]);
		EXPECT(write_by(x, call, fds[1], buf, SMALL, 0), -EAGAIN);
		nonblock(fds[1], false);
		partner_begin(&p, call, INTERRUPT, NULL, -1);
		EXPECT(write_by(x, call, fds[1], buf, SMALL, 0), -EINTR);
		partner_end(&p);
		partner_begin(&p, call, RESTART, act_drain, fds[0]);
		EXPECT(write_by(x, call, fds[1], buf, SMALL, 0), SMALL);
		partner_end(&p);
	}
	if (kind != PTY && kind != TCP) {
		close(fds[0]);
		EXPECT(write_by(x, call, fds[1], buf, SMALL, 0), -EPIPE);
		fds[0] = fds[1];
		fds[1] = -1;
	}
	close_pair(fds);
}

/* Reads of no bytes, though there are some: they say nothing about the peer. */
static void test_nothing(int fds[2])
{
	struct iovec none[2] = {{0}};
	struct msghdr msg = {.msg_iov = none, .msg_iovlen = 2};
	int there = 0;
	char c;

	/* On a busy machine TCP brings them later; without any, MSG_DONTWAIT finds nothing. */
	while (!there) {
		REQUIRE(!ioctl(fds[0], FIONREAD, &there));
		usleep(100);
	}
	EXPECT(io_read(fds[0], &c, 0), 0);
	EXPECT(io_readv(fds[0], none, 2), 0);
	EXPECT(io_preadv2(fds[0], none, 2, -1, 0), 0);
	EXPECT(io_recvfrom(fds[0], &c, 0, MSG_DONTWAIT, NULL, NULL), 0);
	EXPECT(io_recvmsg(fds[0], &msg, MSG_DONTWAIT), 0);
	EXPECT(io_recvmmsg(fds[0], NULL, 0, MSG_DONTWAIT, NULL), 0);
}

/* Time limits of sockets: of writes and of accepts (test_flags() has those of reads). */
static void test_limits(struct exact *x)
{
	const struct timeval tv = {.tv_usec = 20000};
	char buf[SMALL] = {0};
	int fds[2], lfd;

	make_pair(x, UNIX, fds);
	fill(fds[1]);
	nonblock(fds[1], false);
	REQUIRE(!setsockopt(fds[1], SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv)));
	EXPECT(write_by(x, TALLY_write, fds[1], buf, SMALL, 0), -EAGAIN);
	EXPECT(write_by(x, TALLY_sendto, fds[1], buf, SMALL, 0), -EAGAIN);
	EXPECT(write_by(x, TALLY_sendto, fds[1], buf, SMALL, MSG_DONTWAIT), -EAGAIN);
	close_pair(fds);
	lfd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	REQUIRE(lfd >= 0 && !listen(lfd, 8));
	REQUIRE(!setsockopt(lfd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)));
	EXPECT(io_accept4(lfd, NULL, NULL, 0), -EAGAIN);
	close(lfd);
}

/* Flags of sockets: peek, do not wait, wait for all; a receive timeout; reads of no bytes. */
static void test_flags(struct exact *x)
{
	struct timeval tv = {.tv_usec = 20000};
	char buf[SMALL] = {0};
	long ret;
	int fds[2];

	/* The calls of sockets: the last three of either kind. */
	for (int i = 3; i < 6; i++) {
		const enum tally_call writer = writers[i + 1];

		make_pair(x, UNIX, fds);
		EXPECT(read_by(readers[i], fds[0], buf, SMALL, MSG_DONTWAIT), -EAGAIN);
		EXPECT(write_by(x, writer, fds[1], buf, SMALL, MSG_DONTWAIT), SMALL);
		EXPECT(read_by(readers[i], fds[0], buf, 7, MSG_PEEK), 7);
		EXPECT(read_by(readers[i], fds[0], buf, SMALL, MSG_WAITALL), SMALL);
		fill(fds[1]);
		nonblock(fds[1], false);
		EXPECT(write_by(x, writer, fds[1], buf, SMALL, MSG_DONTWAIT), -EAGAIN);
		close_pair(fds);
		make_pair(x, TCP, fds);
		REQUIRE(!setsockopt(fds[0], SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)));
		EXPECT(read_by(readers[i], fds[0], buf, SMALL, 0), -EAGAIN);
		close_pair(fds);
	}
	make_pair(x, TCP, fds);
	/* EAGAIN, or EOPNOTSUPP where this kernel's sockets do not know RWF_NOWAIT. */
	ret = read_by(TALLY_preadv2, fds[0], buf, SMALL, RWF_NOWAIT);
	REQUIRE(ret == -1 && (errno == EAGAIN || errno == EOPNOTSUPP));
	EXPECT(io_write(fds[1], buf, SMALL), SMALL);
	EXPECT(read_by(TALLY_preadv2, fds[0], buf, SMALL, 0), SMALL);
	EXPECT(io_preadv2(fds[0], &(struct iovec){buf, SMALL}, 1, 0, 0), -ESPIPE);
	EXPECT(io_preadv(fds[0], &(struct iovec){buf, SMALL}, 1, 0), -ESPIPE);
	EXPECT(io_write(fds[1], buf, SMALL), SMALL);
	test_nothing(fds);
	EXPECT(io_recvfrom(fds[0], buf, SMALL, MSG_WAITALL | MSG_PEEK, NULL, NULL), SMALL);
	/* TCP throws away what is to be cut off. */
	EXPECT(io_recvfrom(fds[0], buf, SMALL, MSG_WAITALL | MSG_TRUNC, NULL, NULL), SMALL);
	close_pair(fds);
	make_pair(x, PIPE, fds);
	EXPECT(io_read(fds[0], buf, 0), 0);
	EXPECT(io_readv(fds[0], NULL, 0), 0);
	EXPECT(io_read(fds[1], buf, SMALL), -EBADF);
	EXPECT(io_write(fds[0], buf, SMALL), -EBADF);
	close_pair(fds);
}

void exact_transfers(struct exact *x)
{
	for (int kind = 0; kind < NKINDS; kind++) {
		for (int i = 0; i < allowed[kind].readers; i++)
			test_reader(x, (enum kind)kind, readers[i]);
		for (int i = 0; i < allowed[kind].writers; i++)
			test_writer(x, (enum kind)kind, writers[i]);
	}
	test_flags(x);
	test_limits(x);
}
