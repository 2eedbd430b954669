/*
 * Asynchronous I/O as POSIX has it: aio_read, which glibc serves by helper threads.
 *
 * In: the options of serve.h; --notify suspend (default: a thread sleeps in aio_suspend), signal
 * (it takes completions from rt_sigtimedwait) or thread (glibc starts one per completion); --lio:
 * lio_listio in place of aio_read. Out: the tally; the reads in it are those of the helpers, each
 * counted from what aio_return says.
 */
#define _GNU_SOURCE
#include "serve.h"
#include "tally.h"

#include <aio.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <time.h>

#define MAX_CONNS 256
#define TICK_NS	  5000000 /* after which a waiter looks for new connections, or for the end */

/* A request that is always under way on a connection. */
struct request {
	struct aiocb cb;
	struct serve_conn *conn;
	_Atomic bool used;
};

static const char *notify = "suspend";
static bool use_lio;

static const struct serve_option options[] = {
	{.name = "notify", .text = &notify}, {.name = "lio", .flag = &use_lio}, {0}};

static struct request requests[MAX_CONNS];
static _Atomic long running;
static atomic_bool over;

static void complete(struct request *r);

/* A completion by a thread. */
static void on_thread(union sigval value)
{
	complete(value.sival_ptr);
}

/* Ask for the next bytes of a connection. */
static void submit(struct request *r)
{
	struct aiocb *cb = &r->cb;

	*cb = (struct aiocb){
		.aio_fildes = r->conn->fd,
		.aio_buf = r->conn->buf,
		.aio_nbytes = (size_t)serve.size,
		.aio_lio_opcode = LIO_READ,
	};
	cb->aio_sigevent.sigev_value.sival_ptr = r;
	cb->aio_sigevent.sigev_notify = SIGEV_NONE;
	if (!strcmp(notify, "signal")) {
		cb->aio_sigevent.sigev_notify = SIGEV_SIGNAL;
		cb->aio_sigevent.sigev_signo = SIGRTMIN;
	} else if (!strcmp(notify, "thread")) {
		cb->aio_sigevent.sigev_notify = SIGEV_THREAD;
		cb->aio_sigevent.sigev_notify_function = on_thread;
	}
	if (use_lio ? lio_listio(LIO_NOWAIT, &cb, 1, NULL) : aio_read(cb))
		serve_fail("aio_read");
}

/* Write all of it back; false if the connection is broken. */
static bool echo(struct serve_conn *c, size_t len)
{
	for (size_t sent = 0; sent < len;) {
		ssize_t n = io_sendto(c->fd, c->buf + sent, len - sent, MSG_NOSIGNAL, NULL, 0);

		if (n < 0 && errno != EINTR)
			return false;
		sent += n > 0 ? (size_t)n : 0;
	}
	return true;
}

/* A request has been served: count its read, echo, and ask again, or close. */
static void complete(struct request *r)
{
	int err = aio_error(&r->cb);
	ssize_t n = aio_return(&r->cb);

	tally_done(TALLY_read, n, err);
	if (n > 0) {
		serve_compute();
		if (echo(r->conn, (size_t)n)) {
			submit(r);
			return;
		}
	}
	serve_conn_end(r->conn);
	atomic_store(&r->used, false);
	atomic_fetch_sub(&running, 1);
}

/* Take completions from aio_suspend. */
static void *wait_suspend(void *arg)
{
	const struct timespec tick = {.tv_nsec = TICK_NS};
	const struct aiocb *list[MAX_CONNS] = {0};

	while (!atomic_load(&over)) {
		for (int i = 0; i < MAX_CONNS; i++)
			list[i] = atomic_load(&requests[i].used) ? &requests[i].cb : NULL;
		(void)aio_suspend(list, MAX_CONNS, &tick);
		for (int i = 0; i < MAX_CONNS; i++)
			if (list[i] && aio_error(list[i]) != EINPROGRESS)
				complete(&requests[i]);
	}
	return arg;
}

/* Take completions from rt_sigtimedwait. */
static void *wait_signal(void *arg)
{
	struct timespec tick = {.tv_nsec = TICK_NS};
	siginfo_t info;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN);
	while (!atomic_load(&over))
		if (io_rt_sigtimedwait(&set, &info, &tick) > 0)
			complete(info.si_value.sival_ptr);
	return arg;
}

/* Start the thread that takes completions, if one is needed; only main gets the stop signals. */
static void start_waiter(pthread_t *thread)
{
	void *(*waiter)(void *) = !strcmp(notify, "signal") ? wait_signal : wait_suspend;
	sigset_t all, old;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	errno = pthread_create(thread, NULL, waiter, NULL);
	if (errno)
		serve_fail("pthread_create");
	sigaddset(&old, SIGRTMIN);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
}

/* Begin with a connection, or exit. */
static void start(int fd)
{
	struct request *r = requests;

	while (r < requests + MAX_CONNS && atomic_load(&r->used))
		r++;
	if (r == requests + MAX_CONNS) {
		errno = EMFILE;
		serve_fail("accept");
	}
	atomic_fetch_add(&running, 1);
	r->conn = serve_conn_new(fd);
	submit(r);
	/* Only now may another thread look at it. */
	atomic_store(&r->used, true);
}

int main(int argc, char **argv)
{
	const struct timespec pause = {.tv_nsec = 2000000};
	int lfd = serve_start(argc, argv, options, false);
	bool by_thread = !strcmp(notify, "thread");
	pthread_t waiter;

	if (!by_thread && strcmp(notify, "signal") && strcmp(notify, "suspend")) {
		errno = EINVAL;
		serve_fail(notify);
	}
	if (!by_thread)
		start_waiter(&waiter);
	while (serve_ticket()) {
		int fd = io_accept4(lfd, NULL, NULL, SOCK_CLOEXEC);

		if (fd >= 0)
			start(fd);
		else
			serve_ticket_return();
	}
	while (atomic_load(&running))
		nanosleep(&pause, NULL);
	atomic_store(&over, true);
	if (!by_thread)
		pthread_join(waiter, NULL);
	serve_finish();
}
