/*
 * The counting wrappers of tally.h.
 *
 * In: calls of io_NAME(). Out: the counters, printed as CSV with the header
 * call,calls,ok,eof,again,timeout,interrupted,error,bytes and one line per call that was made.
 *
 * An outcome: ok; eof (a read that returned 0); again (EAGAIN; EALREADY; EINPROGRESS of a connect;
 * ENOMSG of a queue); timeout (a mux, or a look for events, that returned 0; ETIME; ETIMEDOUT of a
 * queue); interrupted (EINTR; a cancelled request); error (any other).
 * Bytes are counted for the read and write classes and for messages of queues.
 */
#define _GNU_SOURCE
#include "tally.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum class { READ, ACCEPT, CONNECT, WRITE, QUEUE, MUX, CONTROL, ASYNC, SIGNAL };
enum outcome { OK, EOF_, AGAIN, TIMEOUT, INTERRUPTED, ERROR, NOUTCOMES };

struct counter {
	_Atomic uint64_t outcome[NOUTCOMES];
	_Atomic uint64_t bytes;
} __attribute__((aligned(64)));

static const struct {
	const char *name;
	enum class class;
} calls[TALLY_NCALLS] = {
#define X(name, class) {#name, class},
	TALLY_CALLS(X)
#undef X
};

static struct counter *counters;

void tally_open(void)
{
	counters = mmap(NULL, sizeof(*counters) * TALLY_NCALLS, PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (counters == MAP_FAILED) {
		perror("tally: mmap");
		exit(1);
	}
}

/* Add n to a counter; order does not matter, only the sum. */
static void add(_Atomic uint64_t *c, uint64_t n)
{
	atomic_fetch_add_explicit(c, n, memory_order_relaxed);
}

/* The outcome of a call of this class that returned ret with this errno. */
static enum outcome outcome_of(enum class class, long ret, int err)
{
	if (ret > 0)
		return OK;
	if (ret == 0)
		return class == READ ? EOF_ : class == MUX || class == ASYNC ? TIMEOUT : OK;
	if (err == EAGAIN || err == EALREADY || (class == CONNECT && err == EINPROGRESS) ||
	    (class == QUEUE && err == ENOMSG))
		return AGAIN;
	if (err == ETIME || (class == QUEUE && err == ETIMEDOUT))
		return TIMEOUT;
	return err == EINTR ? INTERRUPTED : ERROR;
}

/* Count one call that returned ret and moved bytes; returns ret and keeps errno. */
static long count(enum tally_call call, long ret, uint64_t bytes)
{
	int err = errno;

	add(&counters[call].outcome[outcome_of(calls[call].class, ret, err)], 1);
	if (bytes)
		add(&counters[call].bytes, bytes);
	errno = err;
	return ret;
}

/* Count one call whose result is a number of bytes. */
static long count_bytes(enum tally_call call, long ret)
{
	return count(call, ret, ret > 0 ? (uint64_t)ret : 0);
}

/* Count one call that returns 0 when all of its len bytes went. */
static int count_sent(enum tally_call call, long ret, size_t len)
{
	return (int)count(call, ret, ret == 0 ? len : 0);
}

/* Count one call on a vector of messages: its bytes are the sum of the messages it moved. */
static int count_messages(enum tally_call call, long ret, const struct mmsghdr *vec)
{
	uint64_t bytes = 0;

	for (long i = 0; i < ret; i++)
		bytes += vec[i].msg_len;
	return (int)count(call, ret, bytes);
}

void tally_restarted(enum tally_call call)
{
	add(&counters[call].outcome[INTERRUPTED], 1);
}

void tally_done(enum tally_call call, long ret, int err)
{
	enum class class = calls[call].class;

	errno = err;
	count(call, ret, ret > 0 && (class == READ || class == WRITE) ? (uint64_t)ret : 0);
}

void tally_request(enum tally_call request, long result)
{
	int err = result == -ECANCELED ? EINTR : (int)-result;

	tally_done(request, result < 0 ? -1 : result, err);
}

uint64_t tally_calls(enum tally_call call)
{
	uint64_t sum = 0;

	for (int o = 0; o < NOUTCOMES; o++)
		sum += atomic_load(&counters[call].outcome[o]);
	return sum;
}

/* Append a string to the text that ends at p; returns the new end. */
static char *put_text(char *p, const char *s)
{
	while (*s)
		*p++ = *s++;
	return p;
}

/* Append a comma and a decimal number; printf is not async-signal-safe. */
static char *put_number(char *p, uint64_t n)
{
	char digits[20];
	int i = 0;

	do {
		digits[i++] = (char)('0' + n % 10);
		n /= 10;
	} while (n);
	*p++ = ',';
	while (i)
		*p++ = digits[--i];
	return p;
}

int tally_print(int fd)
{
	/* A line is a name of at most 15 and 8 numbers of at most 20 digits. */
	char text[(TALLY_NCALLS + 1) * 192], *p = text;

	p = put_text(p, "call,calls,ok,eof,again,timeout,interrupted,error,bytes\n");
	for (int c = 0; c < TALLY_NCALLS; c++) {
		uint64_t n = tally_calls((enum tally_call)c);

		if (!n)
			continue;
		p = put_text(p, calls[c].name);
		p = put_number(p, n);
		for (int o = 0; o < NOUTCOMES; o++)
			p = put_number(p, atomic_load(&counters[c].outcome[o]));
		p = put_number(p, atomic_load(&counters[c].bytes));
		*p++ = '\n';
	}
	for (char *q = text; q < p;) {
		ssize_t n = write(fd, q, (size_t)(p - q));

		if (n < 0)
			return -errno;
		q += n;
	}
	return 0;
}

int tally_save(const char *path)
{
	char tmp[4096], *p;
	int fd, err;

	if (strlen(path) + 5 > sizeof(tmp))
		return -ENAMETOOLONG;
	p = put_text(tmp, path);
	p = put_text(p, ".tmp");
	*p = '\0';
	fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		return -errno;
	err = tally_print(fd);
	if (close(fd) && !err)
		err = -errno;
	if (!err && rename(tmp, path))
		err = -errno;
	return err;
}

/*
 * The wrappers. Each makes the one system call of its name. Where an architecture lacks select,
 * poll or epoll_wait (arm64), the call that replaces it is made, and counted under its own name.
 */

/* Size of the kernel's sigset, in bytes. */
#define KERNEL_SIGSET 8

ssize_t io_read(int fd, void *buf, size_t len)
{
	return count_bytes(TALLY_read, syscall(SYS_read, fd, buf, len));
}

ssize_t io_readv(int fd, const struct iovec *iov, int n)
{
	return count_bytes(TALLY_readv, syscall(SYS_readv, fd, iov, n));
}

ssize_t io_preadv2(int fd, const struct iovec *iov, int n, off_t offset, int flags)
{
	/* The kernel takes the offset in two halves; on 64 bits the first holds all of it. */
	return count_bytes(TALLY_preadv2, syscall(SYS_preadv2, fd, iov, n, offset, 0L, flags));
}

ssize_t io_recvfrom(int fd, void *buf, size_t len, int flags, struct sockaddr *sa, socklen_t *salen)
{
	return count_bytes(TALLY_recvfrom, syscall(SYS_recvfrom, fd, buf, len, flags, sa, salen));
}

ssize_t io_recvmsg(int fd, struct msghdr *msg, int flags)
{
	return count_bytes(TALLY_recvmsg, syscall(SYS_recvmsg, fd, msg, flags));
}

int io_recvmmsg(int fd, struct mmsghdr *vec, unsigned int n, int flags, struct timespec *timeout)
{
	return count_messages(TALLY_recvmmsg, syscall(SYS_recvmmsg, fd, vec, n, flags, timeout),
			      vec);
}

ssize_t io_splice(int in, loff_t *off_in, int out, loff_t *off_out, size_t len, unsigned int flags)
{
	return count_bytes(TALLY_splice, syscall(SYS_splice, in, off_in, out, off_out, len, flags));
}

ssize_t io_preadv(int fd, const struct iovec *iov, int n, off_t offset)
{
	return count_bytes(TALLY_preadv, syscall(SYS_preadv, fd, iov, n, offset, 0L));
}

ssize_t io_tee(int in, int out, size_t len, unsigned int flags)
{
	return count_bytes(TALLY_tee, syscall(SYS_tee, in, out, len, flags));
}

int io_connect(int fd, const struct sockaddr *sa, socklen_t salen)
{
	return (int)count(TALLY_connect, syscall(SYS_connect, fd, sa, salen), 0);
}

int io_mq_timedsend(int mq, const char *buf, size_t len, unsigned int priority,
		    const struct timespec *deadline)
{
	return count_sent(TALLY_mq_timedsend,
			  syscall(SYS_mq_timedsend, mq, buf, len, priority, deadline), len);
}

ssize_t io_mq_timedreceive(int mq, char *buf, size_t len, unsigned int *priority,
			   const struct timespec *deadline)
{
	return count_bytes(TALLY_mq_timedreceive,
			   syscall(SYS_mq_timedreceive, mq, buf, len, priority, deadline));
}

int io_msgsnd(int id, const void *message, size_t len, int flags)
{
	return count_sent(TALLY_msgsnd, syscall(SYS_msgsnd, id, message, len, flags), len);
}

ssize_t io_msgrcv(int id, void *message, size_t len, long type, int flags)
{
	return count_bytes(TALLY_msgrcv, syscall(SYS_msgrcv, id, message, len, type, flags));
}

int io_accept(int fd, struct sockaddr *sa, socklen_t *salen)
{
	return (int)count(TALLY_accept, syscall(SYS_accept, fd, sa, salen), 0);
}

int io_accept4(int fd, struct sockaddr *sa, socklen_t *salen, int flags)
{
	return (int)count(TALLY_accept4, syscall(SYS_accept4, fd, sa, salen, flags), 0);
}

ssize_t io_write(int fd, const void *buf, size_t len)
{
	return count_bytes(TALLY_write, syscall(SYS_write, fd, buf, len));
}

ssize_t io_pwritev2(int fd, const struct iovec *iov, int n, off_t offset, int flags)
{
	/* As in io_preadv2(). */
	return count_bytes(TALLY_pwritev2, syscall(SYS_pwritev2, fd, iov, n, offset, 0L, flags));
}

ssize_t io_writev(int fd, const struct iovec *iov, int n)
{
	return count_bytes(TALLY_writev, syscall(SYS_writev, fd, iov, n));
}

ssize_t io_sendto(int fd, const void *buf, size_t len, int flags, const struct sockaddr *sa,
		  socklen_t salen)
{
	return count_bytes(TALLY_sendto, syscall(SYS_sendto, fd, buf, len, flags, sa, salen));
}

ssize_t io_sendmsg(int fd, const struct msghdr *msg, int flags)
{
	return count_bytes(TALLY_sendmsg, syscall(SYS_sendmsg, fd, msg, flags));
}

int io_sendmmsg(int fd, struct mmsghdr *vec, unsigned int n, int flags)
{
	return count_messages(TALLY_sendmmsg, syscall(SYS_sendmmsg, fd, vec, n, flags), vec);
}

ssize_t io_sendfile(int out, int in, off_t *offset, size_t len)
{
	return count_bytes(TALLY_sendfile, syscall(SYS_sendfile, out, in, offset, len));
}

int io_select(int n, fd_set *r, fd_set *w, fd_set *e, struct timeval *timeout)
{
#ifdef SYS_select
	return (int)count(TALLY_select, syscall(SYS_select, n, r, w, e, timeout), 0);
#else
	struct timespec ts = {0};

	if (timeout)
		ts = (struct timespec){timeout->tv_sec, timeout->tv_usec * 1000};
	return io_pselect6(n, r, w, e, timeout ? &ts : NULL);
#endif
}

int io_pselect6(int n, fd_set *r, fd_set *w, fd_set *e, struct timespec *timeout)
{
	return (int)count(TALLY_pselect6, syscall(SYS_pselect6, n, r, w, e, timeout, NULL), 0);
}

int io_poll(struct pollfd *fds, nfds_t n, int timeout_ms)
{
#ifdef SYS_poll
	return (int)count(TALLY_poll, syscall(SYS_poll, fds, n, timeout_ms), 0);
#else
	struct timespec ts = {timeout_ms / 1000, timeout_ms % 1000 * 1000000};

	return io_ppoll(fds, n, timeout_ms < 0 ? NULL : &ts);
#endif
}

int io_ppoll(struct pollfd *fds, nfds_t n, struct timespec *timeout)
{
	return (int)count(TALLY_ppoll, syscall(SYS_ppoll, fds, n, timeout, NULL, KERNEL_SIGSET), 0);
}

int io_epoll_wait(int epfd, struct epoll_event *events, int max, int timeout_ms)
{
#ifdef SYS_epoll_wait
	return (int)count(TALLY_epoll_wait, syscall(SYS_epoll_wait, epfd, events, max, timeout_ms),
			  0);
#else
	return io_epoll_pwait(epfd, events, max, timeout_ms);
#endif
}

int io_epoll_pwait(int epfd, struct epoll_event *events, int max, int timeout_ms)
{
	return (int)count(
		TALLY_epoll_pwait,
		syscall(SYS_epoll_pwait, epfd, events, max, timeout_ms, NULL, KERNEL_SIGSET), 0);
}

int io_epoll_pwait2(int epfd, struct epoll_event *events, int max, const struct timespec *timeout)
{
	return (int)count(
		TALLY_epoll_pwait2,
		syscall(SYS_epoll_pwait2, epfd, events, max, timeout, NULL, KERNEL_SIGSET), 0);
}

int io_rt_sigtimedwait(const sigset_t *set, siginfo_t *info, const struct timespec *timeout)
{
	return (int)count(TALLY_rt_sigtimedwait,
			  syscall(SYS_rt_sigtimedwait, set, info, timeout, KERNEL_SIGSET), 0);
}

int io_epoll_ctl(int epfd, int op, int fd, struct epoll_event *event)
{
	return (int)count(TALLY_epoll_ctl, syscall(SYS_epoll_ctl, epfd, op, fd, event), 0);
}

int io_io_uring_enter(int ring, unsigned int submit, unsigned int complete, unsigned int flags,
		      const struct io_uring_getevents_arg *arg, size_t size)
{
	return (int)count(TALLY_io_uring_enter,
			  syscall(SYS_io_uring_enter, ring, submit, complete, flags, arg, size), 0);
}

int io_io_submit(void *context, long n, struct iocb **requests)
{
	return (int)count(TALLY_io_submit, syscall(SYS_io_submit, context, n, requests), 0);
}

int io_io_getevents(void *context, long min, long n, struct io_event *events,
		    struct timespec *timeout)
{
	return (int)count(TALLY_io_getevents,
			  syscall(SYS_io_getevents, context, min, n, events, timeout), 0);
}

int io_io_pgetevents(void *context, long min, long n, struct io_event *events,
		     struct timespec *timeout)
{
	return (int)count(TALLY_io_pgetevents,
			  syscall(SYS_io_pgetevents, context, min, n, events, timeout, NULL), 0);
}
