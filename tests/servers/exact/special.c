/*
 * Part of `exact`: datagrams and vectors of messages, splice and sendfile, anonymous inodes, and
 * the calls that must not be counted.
 *
 * In: the thread's context. Out: calls with the outcomes written beside them.
 */
#define _GNU_SOURCE
#include "exact.h"

#include <errno.h>
#include <sched.h>
#include <fcntl.h>
#include <linux/net_tstamp.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define VLEN 8

/* Two UDP sockets on loopback, each connected to the other. */
static void make_udp(int fds[2])
{
	struct sockaddr_in sa[2];
	socklen_t len = sizeof(sa[0]);

	for (int i = 0; i < 2; i++) {
		sa[i] = (struct sockaddr_in){.sin_family = AF_INET};
		sa[i].sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		fds[i] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		REQUIRE(fds[i] >= 0 && !bind(fds[i], (struct sockaddr *)&sa[i], len));
		REQUIRE(!getsockname(fds[i], (struct sockaddr *)&sa[i], &len));
	}
	for (int i = 0; i < 2; i++)
		REQUIRE(!io_connect(fds[i], (struct sockaddr *)&sa[!i], len));
}

/* Receive the n messages that were sent, with room for VLEN: on a busy machine the kernel may hand
 * over some of them a little later. */
static void receive(int fd, struct mmsghdr *vector, int n, int flags)
{
	while (n > 0) {
		int got = io_recvmmsg(fd, vector, VLEN, flags, NULL);

		REQUIRE((got > 0 && got <= n) || (got < 0 && errno == EAGAIN));
		if (got > 0)
			n -= got;
		else
			sched_yield();
	}
}

/* Vectors of messages: all, some, none, a bad one in the middle. */
static void test_vectors(int fds[2])
{
	static char out[VLEN][64], in[VLEN][64];
	struct mmsghdr send[VLEN], recv[VLEN];
	struct iovec iov[2][VLEN];

	memset(send, 0, sizeof(send));
	memset(recv, 0, sizeof(recv));
	for (int i = 0; i < VLEN; i++) {
		iov[0][i] = (struct iovec){out[i], (size_t)(i * 5)};
		iov[1][i] = (struct iovec){in[i], 64};
		send[i].msg_hdr = (struct msghdr){.msg_iov = &iov[0][i], .msg_iovlen = 1};
		recv[i].msg_hdr = (struct msghdr){.msg_iov = &iov[1][i], .msg_iovlen = 1};
	}
	EXPECT(io_sendmmsg(fds[1], send, VLEN, 0), VLEN);
	EXPECT(io_recvmmsg(fds[0], recv, VLEN, 0, NULL), VLEN);
	EXPECT(io_sendmmsg(fds[1], send, 3, 0), 3);
	receive(fds[0], recv, 3, MSG_DONTWAIT);
	EXPECT(io_recvmmsg(fds[0], recv, VLEN, MSG_DONTWAIT, NULL), -EAGAIN);
	EXPECT(io_sendmmsg(fds[1], send, 2, 0), 2);
	receive(fds[0], recv, 2, MSG_WAITFORONE);
	/* A datagram without bytes is one message of 0 bytes: ok, no eof. */
	EXPECT(io_sendmmsg(fds[1], send, 1, 0), 1);
	EXPECT(io_recvmmsg(fds[0], recv, 1, 0, NULL), 1);
	iov[0][2].iov_base = (void *)8;
	EXPECT(io_sendmmsg(fds[1], send, 5, 0), 2);
	EXPECT(io_recvmmsg(fds[0], recv, 2, 0, NULL), 2);
	EXPECT(io_sendmmsg(fds[1], send + 2, 2, 0), -EFAULT);
	EXPECT(io_recvmmsg(-1, recv, 2, 0, NULL), -EBADF);
	EXPECT(io_sendmmsg(-1, send, 2, 0), -EBADF);
}

/* A message header with two buffers of that size. */
static struct mmsghdr message_of(struct iovec iov[2], char *buf, size_t size)
{
	iov[0] = (struct iovec){buf, size};
	iov[1] = (struct iovec){buf + size, size};
	return (struct mmsghdr){.msg_hdr = {.msg_iov = iov, .msg_iovlen = 2}};
}

/* Datagrams that are longer than the buffers: what is said of their length, and what has come. */
static void test_truncated(int fds[2])
{
	struct iovec iov[4];
	char buf[SMALL] = {0};
	struct mmsghdr vec[2] = {message_of(iov, buf, 5), message_of(iov + 2, buf, 30)};

	for (int i = 0; i < 5; i++)
		EXPECT(io_sendto(fds[1], buf, SMALL, 0, NULL, 0), SMALL);
	EXPECT(io_recvfrom(fds[0], buf, 9, 0, NULL, NULL), 9);
	EXPECT(io_recvmsg(fds[0], &vec[0].msg_hdr, MSG_PEEK | MSG_TRUNC), SMALL);
	EXPECT(io_recvmsg(fds[0], &vec[0].msg_hdr, MSG_TRUNC), SMALL);
	EXPECT(io_recvmmsg(fds[0], vec, 2, MSG_TRUNC, NULL), 2);
	REQUIRE(vec[0].msg_len == SMALL && vec[1].msg_len == SMALL);
	EXPECT(io_recvmmsg(fds[0], vec, 1, MSG_PEEK, NULL), 1);
	EXPECT(io_recvfrom(fds[0], buf, SMALL, MSG_PEEK | MSG_DONTWAIT, NULL, NULL), SMALL);
	EXPECT(io_recvfrom(fds[0], buf, SMALL, 0, NULL, NULL), SMALL);
}

/* Two datagrams that the kernel hands over as one, to less room than that. */
static void test_joined(void)
{
	static char buf[2 * SMALL];
	int fds[2], size = SMALL, on = 1, next;

	make_udp(fds);
	REQUIRE(!setsockopt(fds[0], SOL_UDP, UDP_GRO, &on, sizeof(on)));
	REQUIRE(!setsockopt(fds[1], SOL_UDP, UDP_SEGMENT, &size, sizeof(size)));
	EXPECT(io_sendto(fds[1], buf, 2 * SMALL, 0, NULL, 0), 2 * SMALL);
	REQUIRE(!ioctl(fds[0], FIONREAD, &next));
	/* Linux 5.10 splits on loopback what it is to hand over as one. */
	if (next != 2 * SMALL) {
		EXPECT(io_recvfrom(fds[0], buf, SMALL, 0, NULL, NULL), SMALL);
		EXPECT(io_recvfrom(fds[0], buf, SMALL, 0, NULL, NULL), SMALL);
		close_pair(fds);
		return;
	}
	EXPECT(io_recvfrom(fds[0], buf, 150, MSG_TRUNC, NULL, NULL), 2 * SMALL);
	EXPECT(io_sendto(fds[1], buf, 2 * SMALL, 0, NULL, 0), 2 * SMALL);
	EXPECT(io_recvfrom(fds[0], buf, 150, 0, NULL, NULL), 150);
	close_pair(fds);
}

/* Notices in a socket's queue of errors: no data, and no end of them. */
static void test_notices(void)
{
	const int stamps = SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE |
			   SOF_TIMESTAMPING_OPT_TSONLY;
	char buf[SMALL] = {0}, control[512];
	struct msghdr msg = {.msg_iov = &(struct iovec){buf, SMALL}, .msg_iovlen = 1};
	int fds[2];

	make_udp(fds);
	EXPECT(io_recvmsg(fds[1], &msg, MSG_ERRQUEUE), -EAGAIN);
	REQUIRE(!setsockopt(fds[1], SOL_SOCKET, SO_TIMESTAMPING, &stamps, sizeof(stamps)));
	EXPECT(io_sendto(fds[1], buf, SMALL, 0, NULL, 0), SMALL);
	msg.msg_control = control;
	msg.msg_controllen = sizeof(control);
	EXPECT(io_recvmsg(fds[1], &msg, MSG_ERRQUEUE), 0);
	close_pair(fds);
}

void exact_datagrams(struct exact *x)
{
	char buf[SMALL] = {0};
	struct partner p;
	int fds[2];

	make_udp(fds);
	EXPECT(io_sendto(fds[1], buf, SMALL, 0, NULL, 0), SMALL);
	EXPECT(io_recvfrom(fds[0], buf, SMALL, 0, NULL, NULL), SMALL);
	EXPECT(io_sendto(fds[1], buf, 0, 0, NULL, 0), 0);
	EXPECT(io_recvfrom(fds[0], buf, SMALL, 0, NULL, NULL), 0);
	EXPECT(write_by(x, TALLY_sendmsg, fds[1], buf, 0, 0), 0);
	EXPECT(read_by(TALLY_recvmsg, fds[0], buf, SMALL, 0), 0);
	EXPECT(io_sendto(fds[1], buf, SMALL, 0, NULL, 0), SMALL);
	EXPECT(io_recvfrom(fds[0], buf, 9, MSG_TRUNC, NULL, NULL), SMALL);
	EXPECT(io_recvfrom(fds[0], buf, SMALL, MSG_DONTWAIT, NULL, NULL), -EAGAIN);
	partner_begin(&p, TALLY_recvfrom, RESTART, act_send, fds[1]);
	EXPECT(io_recvfrom(fds[0], buf, SMALL, 0, NULL, NULL), SMALL);
	partner_end(&p);
	EXPECT(io_sendto(fds[1], buf, 70000, 0, NULL, 0), -EMSGSIZE);
	test_vectors(fds);
	test_truncated(fds);
	test_joined();
	test_notices();
	close(fds[1]);
	EXPECT(io_sendto(fds[0], buf, SMALL, 0, NULL, 0), SMALL);
	EXPECT(io_recvfrom(fds[0], buf, SMALL, 0, NULL, NULL), -ECONNREFUSED);
	close(fds[0]);
}

/* splice into a pipe is a read, out of it to a socket a write; neither of a file, nor of what this
 * process has put into a pipe itself to a file. */
static void test_splice(struct exact *x)
{
	int pipe_fds[2], sock[2], null;
	char buf[SMALL] = {0};
	loff_t zero = 0;
	struct partner p;

	make_pair(x, PIPE, pipe_fds);
	make_pair(x, TCP, sock);
	EXPECT(io_write(pipe_fds[1], buf, SMALL), SMALL);
	EXPECT(io_splice_write(pipe_fds[0], NULL, sock[1], NULL, SMALL, 0), SMALL);
	EXPECT(io_splice(sock[0], NULL, pipe_fds[1], NULL, SMALL, 0), SMALL);
	EXPECT(io_read(pipe_fds[0], buf, SMALL), SMALL);
	EXPECT(io_splice_write(pipe_fds[0], NULL, sock[1], NULL, SMALL, SPLICE_F_NONBLOCK),
	       -EAGAIN);
	nonblock(sock[0], true);
	EXPECT(io_splice(sock[0], NULL, pipe_fds[1], NULL, SMALL, SPLICE_F_NONBLOCK), -EAGAIN);
	nonblock(sock[0], false);
	EXPECT(io_splice(sock[0], NULL, sock[1], NULL, SMALL, 0), -EINVAL);
	EXPECT(splice(pipe_fds[0], NULL, -1, NULL, SMALL, 0), -EBADF);
	partner_begin(&p, TALLY_splice_write, INTERRUPT, NULL, -1);
	EXPECT(io_splice_write(pipe_fds[0], NULL, sock[1], NULL, SMALL, 0), -EINTR);
	partner_end(&p);
	partner_begin(&p, TALLY_splice, ACT, act_send, sock[1]);
	EXPECT(io_splice(sock[0], NULL, pipe_fds[1], NULL, SMALL, 0), SMALL);
	partner_end(&p);
	null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	EXPECT(splice(pipe_fds[0], NULL, null, NULL, SMALL, 0), SMALL);
	close(null);
	/* From a regular file: not counted. */
	EXPECT(splice(x->file, &zero, pipe_fds[1], NULL, SMALL, 0), SMALL);
	EXPECT(io_read(pipe_fds[0], buf, SMALL), SMALL);
	close(pipe_fds[1]);
	EXPECT(io_splice_write(pipe_fds[0], NULL, sock[1], NULL, SMALL, 0), 0);
	close(pipe_fds[0]);
	close_pair(sock);
}

/* tee copies what is in one pipe into another, and leaves it where it is. */
static void test_tee(struct exact *x)
{
	char buf[SMALL] = {0};
	int in[2], out[2];
	struct partner p;

	make_pair(x, PIPE, in);
	make_pair(x, PIPE, out);
	EXPECT(io_tee(in[0], out[1], SMALL, SPLICE_F_NONBLOCK), -EAGAIN);
	partner_begin(&p, TALLY_tee, ACT, act_send, in[1]);
	EXPECT(io_tee(in[0], out[1], SMALL, 0), SMALL);
	partner_end(&p);
	EXPECT(io_tee(in[0], out[1], 7, 0), 7);
	EXPECT(io_read(in[0], buf, SMALL), SMALL);
	partner_begin(&p, TALLY_tee, INTERRUPT, NULL, -1);
	EXPECT(io_tee(in[0], out[1], SMALL, 0), -EINTR);
	partner_end(&p);
	EXPECT(io_tee(in[0], in[1], SMALL, 0), -EINVAL);
	/* A regular file is no pipe, and no I/O object here. */
	EXPECT(tee(x->file, out[1], SMALL, 0), -EINVAL);
	close(in[1]);
	EXPECT(io_tee(in[0], out[1], SMALL, 0), 0);
	close(in[0]);
	close_pair(out);
}

void exact_splices(struct exact *x)
{
	char buf[SMALL] = {0};
	off_t offset = 0;
	int sock[2], copy;

	test_splice(x);
	test_tee(x);
	/* sendfile: the fd it writes to decides. */
	make_pair(x, TCP, sock);
	EXPECT(io_sendfile(sock[1], x->file, &offset, SMALL), SMALL);
	EXPECT(io_recvfrom(sock[0], buf, SMALL, MSG_WAITALL, NULL, NULL), SMALL);
	offset = 65536;
	EXPECT(io_sendfile(sock[1], x->file, &offset, SMALL), 0);
	EXPECT(io_sendfile(sock[1], -1, NULL, SMALL), -EBADF);
	copy = memfd_create("exact", MFD_CLOEXEC);
	offset = 0;
	EXPECT(sendfile(copy, x->file, &offset, SMALL), SMALL);
	close(copy);
	close_pair(sock);
}

/* eventfd, timerfd, signalfd, inotify. */
void exact_anonymous(struct exact *x)
{
	struct itimerspec once = {.it_value.tv_nsec = 20000000};
	struct signalfd_siginfo info;
	char buf[4096];
	uint64_t one = 1;
	struct partner p;
	sigset_t set;
	int fd;

	(void)x;
	fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	EXPECT(io_read(fd, &one, sizeof(one)), -EAGAIN);
	EXPECT(io_write(fd, &one, sizeof(one)), sizeof(one));
	EXPECT(io_read(fd, &one, sizeof(one)), sizeof(one));
	EXPECT(io_read(fd, &one, 4), -EINVAL);
	EXPECT(io_write(fd, &one, 4), -EINVAL);
	nonblock(fd, false);
	partner_begin(&p, TALLY_read, INTERRUPT, NULL, -1);
	EXPECT(io_read(fd, &one, sizeof(one)), -EINTR);
	partner_end(&p);
	close(fd);

	fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	/* Not started yet: who loses the CPU here for long enough would find it expired. */
	EXPECT(io_read(fd, &one, sizeof(one)), -EAGAIN);
	REQUIRE(!timerfd_settime(fd, 0, &once, NULL));
	nonblock(fd, false);
	EXPECT(io_read(fd, &one, sizeof(one)), sizeof(one));
	close(fd);

	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN);
	REQUIRE(!pthread_sigmask(SIG_BLOCK, &set, NULL));
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	EXPECT(io_read(fd, &info, sizeof(info)), -EAGAIN);
	REQUIRE(!syscall(SYS_tgkill, getpid(), gettid(), SIGRTMIN));
	EXPECT(io_read(fd, &info, sizeof(info)), sizeof(info));
	close(fd);

	fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	EXPECT(io_read(fd, buf, sizeof(buf)), -EAGAIN);
	close(fd);
}

/* read and write on what is no I/O object: by the untallied names of libc. */
void exact_uncounted(struct exact *x)
{
	struct iovec iov;
	char buf[SMALL] = {0};
	int fd, pair[2];

	iov = (struct iovec){buf, SMALL};
	REQUIRE(lseek(x->file, 0, SEEK_SET) == 0);
	EXPECT(write(x->file, buf, SMALL), SMALL);
	EXPECT(writev(x->file, &iov, 1), SMALL);
	EXPECT(read(x->file, buf, SMALL), SMALL);
	EXPECT(readv(x->file, &iov, 1), SMALL);
	EXPECT(preadv(x->file, &iov, 1, 0), SMALL);
	EXPECT(preadv2(x->file, &iov, 1, 0, 0), SMALL);
	EXPECT(preadv2(x->file, &iov, 1, 65536, 0), 0);
	fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	EXPECT(read(fd, buf, SMALL), 0);
	EXPECT(write(fd, buf, SMALL), SMALL);
	close(fd);
	fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	EXPECT(read(fd, buf, SMALL), SMALL);
	close(fd);
	fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	EXPECT(read(fd, buf, SMALL), -EISDIR);
	close(fd);
	/* Nothing can be known of an fd that is not open. */
	EXPECT(read(-1, buf, SMALL), -EBADF);
	EXPECT(write(-1, buf, SMALL), -EBADF);

	/* One fd number, many lives: a file, a socket, a file again. */
	for (int i = 0; i < 3; i++) {
		fd = fcntl(x->file, F_DUPFD_CLOEXEC, 3);
		REQUIRE(fd >= 0 && lseek(fd, 0, SEEK_SET) == 0);
		EXPECT(read(fd, buf, SMALL), SMALL);
		EXPECT(io_recvfrom(fd, buf, SMALL, 0, NULL, NULL), -ENOTSOCK);
		make_pair(x, UNIX, pair);
		/* Among others the number would be taken between the close and the dup3. */
		if (x->alone)
			close(fd);
		REQUIRE(dup3(pair[0], fd, O_CLOEXEC) == fd);
		EXPECT(io_write(pair[1], buf, SMALL), SMALL);
		EXPECT(io_read(fd, buf, SMALL), SMALL);
		REQUIRE(dup3(x->file, fd, O_CLOEXEC) == fd);
		EXPECT(read(fd, buf, SMALL), SMALL);
		REQUIRE(dup3(pair[1], fd, O_CLOEXEC) == fd);
		EXPECT(io_write(fd, buf, SMALL), SMALL);
		close(fd);
		close_pair(pair);
	}
}
