/*
 * The counting wrappers of tally.h.
 *
 * In: calls of io_NAME(). Out: each made, and counted (tally.c).
 */
#define _GNU_SOURCE
#include "tally.h"

#include <sys/syscall.h>
#include <unistd.h>

/*
 * The wrappers. Each makes the one system call of its name. Where an architecture lacks select,
 * poll or epoll_wait (arm64), the call that replaces it is made, and counted under its own name.
 */

/* Size of the kernel's sigset, in bytes. */
#define KERNEL_SIGSET 8

ssize_t io_read(int fd, void *buf, size_t len)
{
	return tally_count_read(TALLY_read, fd, syscall(SYS_read, fd, buf, len), len, 0);
}

ssize_t io_readv(int fd, const struct iovec *iov, int n)
{
	return tally_count_read(TALLY_readv, fd, syscall(SYS_readv, fd, iov, n),
				tally_room(iov, (size_t)n), 0);
}

ssize_t io_preadv2(int fd, const struct iovec *iov, int n, off_t offset, int flags)
{
	/* The kernel takes the offset in two halves; on 64 bits the first holds all of it. */
	return tally_count_read(TALLY_preadv2, fd,
				syscall(SYS_preadv2, fd, iov, n, offset, 0L, flags),
				tally_room(iov, (size_t)n), flags & RWF_NOWAIT ? MSG_DONTWAIT : 0);
}

ssize_t io_recvfrom(int fd, void *buf, size_t len, int flags, struct sockaddr *sa, socklen_t *salen)
{
	return tally_count_read(TALLY_recvfrom, fd,
				syscall(SYS_recvfrom, fd, buf, len, flags, sa, salen), len, flags);
}

ssize_t io_recvmsg(int fd, struct msghdr *msg, int flags)
{
	return tally_count_read(TALLY_recvmsg, fd, syscall(SYS_recvmsg, fd, msg, flags),
				tally_room(msg->msg_iov, msg->msg_iovlen), flags);
}

int io_recvmmsg(int fd, struct mmsghdr *vec, unsigned int n, int flags, struct timespec *timeout)
{
	return tally_count_messages(TALLY_recvmmsg, fd,
				    syscall(SYS_recvmmsg, fd, vec, n, flags, timeout), vec, flags);
}

ssize_t io_splice(int in, loff_t *off_in, int out, loff_t *off_out, size_t len, unsigned int flags)
{
	return tally_count_read(TALLY_splice, in,
				syscall(SYS_splice, in, off_in, out, off_out, len, flags), len, 0);
}

ssize_t io_splice_write(int in, loff_t *off_in, int out, loff_t *off_out, size_t len,
			unsigned int flags)
{
	return tally_count_bytes(TALLY_splice_write,
				 syscall(SYS_splice, in, off_in, out, off_out, len, flags));
}

ssize_t io_preadv(int fd, const struct iovec *iov, int n, off_t offset)
{
	return tally_count_read(TALLY_preadv, fd, syscall(SYS_preadv, fd, iov, n, offset, 0L),
				tally_room(iov, (size_t)n), 0);
}

ssize_t io_tee(int in, int out, size_t len, unsigned int flags)
{
	return tally_count_bytes(TALLY_tee, syscall(SYS_tee, in, out, len, flags));
}

int io_connect(int fd, const struct sockaddr *sa, socklen_t salen)
{
	return (int)tally_count(TALLY_connect, syscall(SYS_connect, fd, sa, salen), 0);
}

int io_mq_timedsend(int mq, const char *buf, size_t len, unsigned int priority,
		    const struct timespec *deadline)
{
	return tally_count_sent(TALLY_mq_timedsend,
				syscall(SYS_mq_timedsend, mq, buf, len, priority, deadline), len);
}

ssize_t io_mq_timedreceive(int mq, char *buf, size_t len, unsigned int *priority,
			   const struct timespec *deadline)
{
	return tally_count_bytes(TALLY_mq_timedreceive,
				 syscall(SYS_mq_timedreceive, mq, buf, len, priority, deadline));
}

int io_msgsnd(int id, const void *message, size_t len, int flags)
{
	return tally_count_sent(TALLY_msgsnd, syscall(SYS_msgsnd, id, message, len, flags), len);
}

ssize_t io_msgrcv(int id, void *message, size_t len, long type, int flags)
{
	return tally_count_bytes(TALLY_msgrcv, syscall(SYS_msgrcv, id, message, len, type, flags));
}

int io_accept(int fd, struct sockaddr *sa, socklen_t *salen)
{
	return (int)tally_count_within(TALLY_accept, fd, syscall(SYS_accept, fd, sa, salen), 0, 0,
				       SO_RCVTIMEO);
}

int io_accept4(int fd, struct sockaddr *sa, socklen_t *salen, int flags)
{
	return (int)tally_count_within(
		TALLY_accept4, fd, syscall(SYS_accept4, fd, sa, salen, flags), 0, 0, SO_RCVTIMEO);
}

ssize_t io_write(int fd, const void *buf, size_t len)
{
	return tally_count_write(TALLY_write, fd, syscall(SYS_write, fd, buf, len), 0);
}

ssize_t io_pwritev2(int fd, const struct iovec *iov, int n, off_t offset, int flags)
{
	/* As in io_preadv2(). */
	return tally_count_write(TALLY_pwritev2, fd,
				 syscall(SYS_pwritev2, fd, iov, n, offset, 0L, flags),
				 flags & RWF_NOWAIT ? MSG_DONTWAIT : 0);
}

ssize_t io_writev(int fd, const struct iovec *iov, int n)
{
	return tally_count_write(TALLY_writev, fd, syscall(SYS_writev, fd, iov, n), 0);
}

ssize_t io_sendto(int fd, const void *buf, size_t len, int flags, const struct sockaddr *sa,
		  socklen_t salen)
{
	return tally_count_write(TALLY_sendto, fd,
				 syscall(SYS_sendto, fd, buf, len, flags, sa, salen), flags);
}

ssize_t io_sendmsg(int fd, const struct msghdr *msg, int flags)
{
	return tally_count_write(TALLY_sendmsg, fd, syscall(SYS_sendmsg, fd, msg, flags), flags);
}

int io_sendmmsg(int fd, struct mmsghdr *vec, unsigned int n, int flags)
{
	return tally_count_messages(TALLY_sendmmsg, fd, syscall(SYS_sendmmsg, fd, vec, n, flags),
				    vec, flags);
}

ssize_t io_sendfile(int out, int in, off_t *offset, size_t len)
{
	return tally_count_bytes(TALLY_sendfile, syscall(SYS_sendfile, out, in, offset, len));
}

int io_select(int n, fd_set *r, fd_set *w, fd_set *e, struct timeval *timeout)
{
#ifdef SYS_select
	return (int)tally_count(TALLY_select, syscall(SYS_select, n, r, w, e, timeout), 0);
#else
	struct timespec ts = {0};

	if (timeout)
		ts = (struct timespec){timeout->tv_sec, timeout->tv_usec * 1000};
	return io_pselect6(n, r, w, e, timeout ? &ts : NULL);
#endif
}

int io_pselect6(int n, fd_set *r, fd_set *w, fd_set *e, struct timespec *timeout)
{
	return (int)tally_count(TALLY_pselect6, syscall(SYS_pselect6, n, r, w, e, timeout, NULL),
				0);
}

int io_poll(struct pollfd *fds, nfds_t n, int timeout_ms)
{
#ifdef SYS_poll
	return (int)tally_count(TALLY_poll, syscall(SYS_poll, fds, n, timeout_ms), 0);
#else
	struct timespec ts = {timeout_ms / 1000, timeout_ms % 1000 * 1000000};

	return io_ppoll(fds, n, timeout_ms < 0 ? NULL : &ts);
#endif
}

int io_ppoll(struct pollfd *fds, nfds_t n, struct timespec *timeout)
{
	return (int)tally_count(TALLY_ppoll,
				syscall(SYS_ppoll, fds, n, timeout, NULL, KERNEL_SIGSET), 0);
}

int io_epoll_wait(int epfd, struct epoll_event *events, int max, int timeout_ms)
{
#ifdef SYS_epoll_wait
	return (int)tally_count(TALLY_epoll_wait,
				syscall(SYS_epoll_wait, epfd, events, max, timeout_ms), 0);
#else
	return io_epoll_pwait(epfd, events, max, timeout_ms);
#endif
}

int io_epoll_pwait(int epfd, struct epoll_event *events, int max, int timeout_ms)
{
	return (int)tally_count(
		TALLY_epoll_pwait,
		syscall(SYS_epoll_pwait, epfd, events, max, timeout_ms, NULL, KERNEL_SIGSET), 0);
}

int io_epoll_pwait2(int epfd, struct epoll_event *events, int max, const struct timespec *timeout)
{
	return (int)tally_count(
		TALLY_epoll_pwait2,
		syscall(SYS_epoll_pwait2, epfd, events, max, timeout, NULL, KERNEL_SIGSET), 0);
}

int io_rt_sigtimedwait(const sigset_t *set, siginfo_t *info, const struct timespec *timeout)
{
	return (int)tally_count(TALLY_rt_sigtimedwait,
				syscall(SYS_rt_sigtimedwait, set, info, timeout, KERNEL_SIGSET), 0);
}

int io_epoll_ctl(int epfd, int op, int fd, struct epoll_event *event)
{
	return (int)tally_count(TALLY_epoll_ctl, syscall(SYS_epoll_ctl, epfd, op, fd, event), 0);
}

int io_io_uring_enter(int ring, unsigned int submit, unsigned int complete, unsigned int flags,
		      const struct io_uring_getevents_arg *arg, size_t size)
{
	return (int)tally_count(
		TALLY_io_uring_enter,
		syscall(SYS_io_uring_enter, ring, submit, complete, flags, arg, size), 0);
}

int io_io_submit(void *context, long n, struct iocb **requests)
{
	return (int)tally_count(TALLY_io_submit, syscall(SYS_io_submit, context, n, requests), 0);
}

int io_io_getevents(void *context, long min, long n, struct io_event *events,
		    struct timespec *timeout)
{
	return (int)tally_count(TALLY_io_getevents,
				syscall(SYS_io_getevents, context, min, n, events, timeout), 0);
}

int io_io_pgetevents(void *context, long min, long n, struct io_event *events,
		     struct timespec *timeout)
{
	return (int)tally_count(TALLY_io_pgetevents,
				syscall(SYS_io_pgetevents, context, min, n, events, timeout, NULL),
				0);
}
