/*
 * Counting wrappers around raw I/O system calls: what a workload did, in its own words.
 *
 * In: one io_NAME() per system call that iophase times; each makes exactly the system call of its
 * name, once (never the one that glibc would choose), and returns what syscall(2) returns: a
 * result, or -1 with errno.
 * Out: per call name the number of calls, of each outcome, and the bytes, as CSV.
 *
 * The counters live in shared memory and are atomic, so threads and forked children all count.
 */
#ifndef TALLY_H
#define TALLY_H

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>

/* The calls, sorted by name (the order of the CSV), each with its class. Those named aio_X and
 * uring_X are no calls but requests that the kernel completed: counted from what it says of them.
 */
#define TALLY_CALLS(X)                                                                             \
	X(accept, ACCEPT)                                                                          \
	X(accept4, ACCEPT)                                                                         \
	X(aio_other, CONTROL)                                                                      \
	X(aio_poll, CONTROL)                                                                       \
	X(aio_read, READ)                                                                          \
	X(aio_write, WRITE)                                                                        \
	X(connect, CONNECT)                                                                        \
	X(epoll_ctl, CONTROL)                                                                      \
	X(epoll_pwait, MUX)                                                                        \
	X(epoll_pwait2, MUX)                                                                       \
	X(epoll_wait, MUX)                                                                         \
	X(io_getevents, ASYNC)                                                                     \
	X(io_pgetevents, ASYNC)                                                                    \
	X(io_submit, CONTROL)                                                                      \
	X(io_uring_enter, CONTROL)                                                                 \
	X(mq_timedreceive, QUEUE)                                                                  \
	X(mq_timedsend, QUEUE)                                                                     \
	X(msgrcv, QUEUE)                                                                           \
	X(msgsnd, QUEUE)                                                                           \
	X(poll, MUX)                                                                               \
	X(ppoll, MUX)                                                                              \
	X(preadv, READ)                                                                            \
	X(preadv2, READ)                                                                           \
	X(pwritev2, WRITE)                                                                         \
	X(pselect6, MUX)                                                                           \
	X(read, READ)                                                                              \
	X(readv, READ)                                                                             \
	X(recvfrom, READ)                                                                          \
	X(recvmmsg, READ)                                                                          \
	X(recvmsg, READ)                                                                           \
	X(rt_sigtimedwait, SIGNAL)                                                                 \
	X(select, MUX)                                                                             \
	X(sendfile, WRITE)                                                                         \
	X(sendmmsg, WRITE)                                                                         \
	X(sendmsg, WRITE)                                                                          \
	X(sendto, WRITE)                                                                           \
	X(splice, READ)                                                                            \
	X(splice_write, WRITE)                                                                     \
	X(tee, WRITE)                                                                              \
	X(uring_accept, ACCEPT)                                                                    \
	X(uring_other, CONTROL)                                                                    \
	X(uring_poll, CONTROL)                                                                     \
	X(uring_read, READ)                                                                        \
	X(uring_write, WRITE)                                                                      \
	X(write, WRITE)                                                                            \
	X(writev, WRITE)

enum tally_call {
#define X(name, class) TALLY_##name,
	TALLY_CALLS(X)
#undef X
		TALLY_NCALLS
};

/* Make the shared counters; call once, before any thread or child; exits with 1 on failure. */
void tally_open(void);

/* Count one call that the kernel ended with a restart code and made again behind our back. */
void tally_restarted(enum tally_call call);

/* Count one call that somebody made for us: its result, and its errno if that is -1. */
void tally_done(enum tally_call call, long ret, int err);

/* Count one request that the kernel completed: its result, or -errno. */
void tally_request(enum tally_call request, long result);

/* Number of calls made so far under this name, any outcome. */
uint64_t tally_calls(enum tally_call call);

/* Write the CSV to fd; async-signal-safe; 0 or -errno. */
int tally_print(int fd);

/* Write the CSV to path through a temporary file and a rename; async-signal-safe; 0 or -errno. */
int tally_save(const char *path);

/* What the wrappers count with; each of these returns the result of the call and keeps errno. */

/* One call that returned ret and moved bytes. */
long tally_count(enum tally_call call, long ret, uint64_t bytes);

/* One call whose result is a number of bytes. */
long tally_count_bytes(enum tally_call call, long ret);

/* One read of fd that had room for so many bytes; flags are those of recv. */
long tally_count_read(enum tally_call call, int fd, long ret, size_t room, int flags);

/* One write to fd; flags are those of send. */
long tally_count_write(enum tally_call call, int fd, long ret, int flags);

/* One call on fd that moved bytes and may wait for as long as that option of the socket allows. */
long tally_count_within(enum tally_call call, int fd, long ret, uint64_t bytes, int flags,
			int option);

/* One call that returns 0 when all of its len bytes went. */
int tally_count_sent(enum tally_call call, long ret, size_t len);

/* One call on a vector of messages: its bytes are the sum of the messages it moved. */
int tally_count_messages(enum tally_call call, int fd, long ret, const struct mmsghdr *vec,
			 int flags);

/* The bytes that a vector of n buffers has room for. */
size_t tally_room(const struct iovec *iov, size_t n);

/* The wrappers. */

ssize_t io_read(int fd, void *buf, size_t len);
ssize_t io_readv(int fd, const struct iovec *iov, int n);
ssize_t io_preadv2(int fd, const struct iovec *iov, int n, off_t offset, int flags);
ssize_t io_recvfrom(int fd, void *buf, size_t len, int flags, struct sockaddr *sa,
		    socklen_t *salen);
ssize_t io_recvmsg(int fd, struct msghdr *msg, int flags);
int io_recvmmsg(int fd, struct mmsghdr *vec, unsigned int n, int flags, struct timespec *timeout);
ssize_t io_splice(int in, loff_t *off_in, int out, loff_t *off_out, size_t len, unsigned int flags);
/* The same call, where the data leave a pipe for something else or have been read before. */
ssize_t io_splice_write(int in, loff_t *off_in, int out, loff_t *off_out, size_t len,
			unsigned int flags);

ssize_t io_preadv(int fd, const struct iovec *iov, int n, off_t offset);
ssize_t io_tee(int in, int out, size_t len, unsigned int flags);

int io_connect(int fd, const struct sockaddr *sa, socklen_t salen);
int io_accept(int fd, struct sockaddr *sa, socklen_t *salen);
int io_accept4(int fd, struct sockaddr *sa, socklen_t *salen, int flags);

ssize_t io_write(int fd, const void *buf, size_t len);
ssize_t io_pwritev2(int fd, const struct iovec *iov, int n, off_t offset, int flags);
ssize_t io_writev(int fd, const struct iovec *iov, int n);
ssize_t io_sendto(int fd, const void *buf, size_t len, int flags, const struct sockaddr *sa,
		  socklen_t salen);
ssize_t io_sendmsg(int fd, const struct msghdr *msg, int flags);
int io_sendmmsg(int fd, struct mmsghdr *vec, unsigned int n, int flags);
ssize_t io_sendfile(int out, int in, off_t *offset, size_t count);

/* Queues of messages. A time limit (deadline) is a time of CLOCK_REALTIME; NULL: none. */
int io_mq_timedsend(int mq, const char *buf, size_t len, unsigned int priority,
		    const struct timespec *deadline);
ssize_t io_mq_timedreceive(int mq, char *buf, size_t len, unsigned int *priority,
			   const struct timespec *deadline);
int io_msgsnd(int id, const void *message, size_t len, int flags);
ssize_t io_msgrcv(int id, void *message, size_t len, long type, int flags);

/* Timeouts as the kernel takes them: timeval (us), timespec (ns), or milliseconds. */
int io_select(int n, fd_set *r, fd_set *w, fd_set *e, struct timeval *timeout);
int io_pselect6(int n, fd_set *r, fd_set *w, fd_set *e, struct timespec *timeout);
int io_poll(struct pollfd *fds, nfds_t n, int timeout_ms);
int io_ppoll(struct pollfd *fds, nfds_t n, struct timespec *timeout);
int io_epoll_wait(int epfd, struct epoll_event *events, int max, int timeout_ms);
int io_epoll_pwait(int epfd, struct epoll_event *events, int max, int timeout_ms);
int io_epoll_pwait2(int epfd, struct epoll_event *events, int max, const struct timespec *timeout);
int io_rt_sigtimedwait(const sigset_t *set, siginfo_t *info, const struct timespec *timeout);

/* The rings of io_uring: ring is a descriptor; arg is NULL or what the flags say it is. */
struct io_uring_getevents_arg;
int io_io_uring_enter(int ring, unsigned int submit, unsigned int complete, unsigned int flags,
		      const struct io_uring_getevents_arg *arg, size_t size);

/* The kernel's own asynchronous requests; context is what io_setup gave. */
struct iocb;
struct io_event;
int io_io_submit(void *context, long n, struct iocb **requests);
int io_io_getevents(void *context, long min, long n, struct io_event *events,
		    struct timespec *timeout);
int io_io_pgetevents(void *context, long min, long n, struct io_event *events,
		     struct timespec *timeout);

int io_epoll_ctl(int epfd, int op, int fd, struct epoll_event *event);

#endif
