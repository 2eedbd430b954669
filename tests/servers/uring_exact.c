/*
 * Requests of io_uring in all the ways in which they can end, and in those in which they are not
 * told twice: the counterpart of `exact` for requests.
 *
 * In: --rounds N; --close: end with a request in flight on a ring that is closed, and wait to be
 * stopped; the common options --gate, --tally, --seconds. Out: the tally, from the completions.
 * Exit 1 where a request does not end as arranged. Requests that the kernel does not know end in an
 * error, which counts as well.
 */
#define _GNU_SOURCE
#include "io_uring/ring.h"
#include "serve.h"
#include "tally.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define CLASS_SHIFT  32 /* of the number of a request: the name that it is tallied under */
#define ANY	     (-100000)
#define EMPTY_HANDED 10	 /* reads that get no buffer */
#define MESSAGES     20	 /* to a ring that has room for 8 completions */
#define FLOOD	     700 /* requests at once, more than the 512 completions that the ring holds */

/* The kernel's numbers, which liburing may be too old to name. */
enum {
	RECV_MULTISHOT = 1 << 1,
	OP_MSG_RING = 40,
	OP_SEND_ZC = 47,
	CQE_F_NOTIF = 1 << 3,
};

static long rounds = 1;
static bool close_ring;

static const struct serve_option options[] = {
	{.name = "rounds", .number = &rounds},
	{.name = "close", .flag = &close_ring},
	{0},
};

/* End with 1: a request did not end as arranged. */
static void expect(const char *what, long got, long want)
{
	if (want == ANY || got == want)
		return;
	fprintf(stderr, "uring_exact: %s: got %ld, wanted %ld\n", what, got, want);
	exit(1);
}

/* Number a request: what it is tallied under, and which it is. */
static void number(struct io_uring_sqe *sqe, enum tally_call call, unsigned int which)
{
	sqe->user_data = (uint64_t)call << CLASS_SHIFT | which;
}

/* Take one completion, waiting for it, tally it, and return its result; *flags becomes its flags.
 */
static int take(unsigned int *flags)
{
	struct io_uring_cqe cqe;

	while (!io_uring_cq_ready(&ring))
		ring_enter(true);
	cqe = ring.cq.cqes[*ring.cq.khead & *ring.cq.kring_mask];
	io_uring_cq_advance(&ring, 1);
	*flags = cqe.flags;
	if (!(cqe.flags & CQE_F_NOTIF))
		tally_request((enum tally_call)(cqe.user_data >> CLASS_SHIFT), cqe.res);
	return cqe.res;
}

/* The same for one whose flags do not matter, which must have this result. */
static void done(const char *what, long want)
{
	unsigned int flags;

	expect(what, take(&flags), want);
}

/* A pair of connected sockets. */
static void pair(int fd[2])
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd))
		serve_fail("socketpair");
}

/* Reads that end well, at the end of file, and in errors; a write to a closed socket. */
static void reads_and_writes(void)
{
	static char buf[100];
	struct io_uring_sqe *sqe;
	int fd[2];

	pair(fd);
	sqe = ring_take();
	io_uring_prep_send(sqe, fd[0], buf, 70, 0);
	number(sqe, TALLY_uring_write, 1);
	done("send", 70);
	sqe = ring_take();
	io_uring_prep_recv(sqe, fd[1], buf, sizeof(buf), 0);
	number(sqe, TALLY_uring_read, 2);
	done("recv", 70);
	sqe = ring_take();
	io_uring_prep_recv(sqe, fd[1], buf, sizeof(buf), MSG_DONTWAIT);
	number(sqe, TALLY_uring_read, 3);
	done("recv, nothing there", -EAGAIN);
	close(fd[0]);
	sqe = ring_take();
	io_uring_prep_recv(sqe, fd[1], buf, sizeof(buf), 0);
	number(sqe, TALLY_uring_read, 4);
	done("recv at the end", 0);
	sqe = ring_take();
	io_uring_prep_send(sqe, fd[1], buf, 1, MSG_NOSIGNAL);
	number(sqe, TALLY_uring_write, 5);
	done("send to nobody", -EPIPE);
	close(fd[1]);
	sqe = ring_take();
	io_uring_prep_recv(sqe, fd[1], buf, sizeof(buf), 0);
	number(sqe, TALLY_uring_read, 6);
	done("recv on no descriptor", -EBADF);
}

/* A timeout, a read that is cancelled, and what is no read, write, accept or poll. */
static void others(void)
{
	static char buf[10];
	struct __kernel_timespec soon = {.tv_nsec = 1000000};
	struct io_uring_sqe *sqe;
	int fd[2];

	pair(fd);
	sqe = ring_take();
	io_uring_prep_nop(sqe);
	number(sqe, TALLY_uring_other, 1);
	done("nop", 0);
	sqe = ring_take();
	io_uring_prep_timeout(sqe, &soon, 0, 0);
	number(sqe, TALLY_uring_other, 2);
	done("timeout", -ETIME);
	sqe = ring_take();
	io_uring_prep_recv(sqe, fd[0], buf, sizeof(buf), 0);
	number(sqe, TALLY_uring_read, 3);
	ring_enter(false);
	sqe = ring_take();
	io_uring_prep_cancel64(sqe, (uint64_t)TALLY_uring_read << CLASS_SHIFT | 3, 0);
	number(sqe, TALLY_uring_other, 4);
	done("a cancelled recv, or its cancel", ANY);
	done("a cancel, or the recv", ANY);
	sqe = ring_take();
	sqe->opcode = 250;
	number(sqe, TALLY_uring_other, 5);
	done("no such opcode", -EINVAL);
	/* It says nothing when it ends well; before 5.17 there was no such wish. */
	sqe = ring_take();
	io_uring_prep_nop(sqe);
	sqe->flags |= IOSQE_CQE_SKIP_SUCCESS;
	number(sqe, TALLY_uring_other, 6);
	ring_enter(false);
	if (io_uring_cq_ready(&ring))
		done("a silent nop", ANY);
	close(fd[0]);
	close(fd[1]);
}

/* Reads that are asked for again and again, and find no buffers. */
static void no_buffers(void)
{
	int fd[2];

	pair(fd);
	for (unsigned int i = 0; i < EMPTY_HANDED; i++) {
		struct io_uring_sqe *sqe = ring_take();

		io_uring_prep_recv(sqe, fd[0], NULL, 0, 0);
		sqe->ioprio |= RECV_MULTISHOT;
		sqe->flags |= IOSQE_BUFFER_SELECT;
		sqe->buf_group = 77;
		number(sqe, TALLY_uring_read, 20 + i);
		ring_enter(false);
		/* Before 6.0 it is no such request; later some kernels wait for data first. */
		if (send(fd[1], "abc", 3, MSG_NOSIGNAL) != 3)
			serve_fail("send");
		tally_done(TALLY_sendto, 3, 0);
		done("recv without buffers", ANY);
	}
	close(fd[0]);
	close(fd[1]);
}

/* Two reads under one number: both count. */
static void same_number(void)
{
	static char buf[2][10];
	int fd[2][2];

	for (int i = 0; i < 2; i++) {
		struct io_uring_sqe *sqe = ring_take();

		pair(fd[i]);
		io_uring_prep_recv(sqe, fd[i][0], buf[i], sizeof(buf[i]), 0);
		number(sqe, TALLY_uring_read, 7);
	}
	ring_enter(false);
	for (int i = 0; i < 2; i++) {
		if (send(fd[i][1], "abc", 3, MSG_NOSIGNAL) != 3)
			serve_fail("send");
		tally_done(TALLY_sendto, 3, 0);
	}
	done("recv of two", 3);
	done("recv of two", 3);
	for (int i = 0; i < 2; i++) {
		close(fd[i][0]);
		close(fd[i][1]);
	}
}

/* A write that is completed twice: when it is done, and when its buffer may be used again. */
static void zero_copy(void)
{
	static char buf[100];
	struct io_uring_sqe *sqe = ring_take();
	struct sockaddr_storage sa;
	socklen_t length = sizeof(sa);
	unsigned int flags;
	long port = 0, result;
	int listener = serve_listen(&port, false, false), from = socket(AF_INET, SOCK_STREAM, 0),
	    to;

	if (from < 0 || getsockname(listener, (struct sockaddr *)&sa, &length) ||
	    io_connect(from, (struct sockaddr *)&sa, length))
		serve_fail("connect");
	to = io_accept(listener, NULL, NULL);
	if (to < 0)
		serve_fail("accept");
	io_uring_prep_send(sqe, from, buf, sizeof(buf), 0);
	sqe->opcode = OP_SEND_ZC;
	number(sqe, TALLY_uring_write, 8);
	result = take(&flags);
	expect("send_zc", result, flags & IORING_CQE_F_MORE ? (long)sizeof(buf) : ANY);
	if (flags & IORING_CQE_F_MORE)
		take(&flags);
	close(from);
	close(to);
	close(listener);
}

/* More completions than the ring has room for: all count, none twice. */
static void flood(void)
{
	for (int i = 0; i < FLOOD; i++) {
		struct io_uring_sqe *sqe = ring_take();

		io_uring_prep_nop(sqe);
		number(sqe, TALLY_uring_other, 100 + (unsigned int)i);
	}
	ring_enter(false);
	for (int i = 0; i < FLOOD; i++)
		done("nop of many", 0);
}

/* Messages to another ring: there each is a completion of nobody's request, and most find no room.
 */
static void messages(void)
{
	struct io_uring target;
	unsigned int flags;
	int sent = 0;

	if (io_uring_queue_init(4, &target, 0))
		serve_fail("io_uring_queue_init");
	for (unsigned int i = 0; i < MESSAGES; i++) {
		struct io_uring_sqe *sqe = ring_take();

		io_uring_prep_nop(sqe);
		sqe->opcode = OP_MSG_RING;
		sqe->fd = target.ring_fd;
		sqe->off = 1000 + i;
		sqe->len = 5;
		number(sqe, TALLY_uring_other, 2000 + i);
		sent += take(&flags) == 0;
	}
	if (sent)
		expect("messages", io_uring_cq_ready(&target), 8);
	io_uring_queue_exit(&target);
}

/* A thread that submits a read and ends: when data comes, the kernel cancels the read by itself. */
static void *submitter(void *arg)
{
	static char buf[10];
	struct io_uring_sqe *sqe = ring_take();

	io_uring_prep_recv(sqe, *(int *)arg, buf, sizeof(buf), 0);
	number(sqe, TALLY_uring_read, 9);
	ring_enter(false);
	return NULL;
}

static void thread_that_ends(void)
{
	pthread_t thread;
	int fd[2];

	pair(fd);
	if (pthread_create(&thread, NULL, submitter, &fd[0]) || pthread_join(thread, NULL))
		serve_fail("pthread_create");
	if (send(fd[1], "abc", 3, MSG_NOSIGNAL) != 3)
		serve_fail("send");
	tally_done(TALLY_sendto, 3, 0);
	done("recv of a thread that has ended", -ECANCELED);
	close(fd[0]);
	close(fd[1]);
}

/* Leave a read in flight on a ring that is closed, and wait to be stopped. */
static void close_in_flight(void)
{
	static char buf[10];
	struct io_uring_sqe *sqe = ring_take();
	int fd[2];

	pair(fd);
	io_uring_prep_recv(sqe, fd[0], buf, sizeof(buf), 0);
	number(sqe, TALLY_uring_read, 10);
	ring_enter(false);
	io_uring_queue_exit(&ring);
	while (!serve_stopping())
		usleep(10000);
}

int main(int argc, char **argv)
{
	serve_parse(argc, argv, options);
	serve_signals();
	ring_open(false, false, 0);
	serve_gate();
	for (long i = 0; i < rounds; i++) {
		reads_and_writes();
		others();
		no_buffers();
		same_number();
		zero_copy();
		flood();
		messages();
		thread_that_ends();
	}
	if (close_ring)
		close_in_flight();
	serve_finish();
}
