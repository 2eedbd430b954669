/*
 * What all workloads share; see serve.h.
 *
 * In: the command line, SIGTERM, SIGALRM. Out: the port file and the tally file. Nothing is
 * printed in the normal case: a write to a pipe or a terminal would be an I/O call of the target.
 */
#define _GNU_SOURCE
#include "serve.h"
#include "tally.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

/* A stop that has not ended after this many ticks of STOP_TICK_US is a failure. */
#define STOP_TICKS   50
#define STOP_TICK_US 100000

struct serve serve = {.seconds = 60, .size = 16384};

static volatile sig_atomic_t stopping;
static _Atomic int max_fd;
static _Atomic long tickets, closed;

static const struct serve_option common[] = {
	{.name = "port", .number = &serve.port},
	{.name = "port-file", .text = &serve.port_file},
	{.name = "tally", .text = &serve.tally_file},
	{.name = "gate", .text = &serve.gate},
	{.name = "connections", .number = &serve.connections},
	{.name = "seconds", .number = &serve.seconds},
	{.name = "size", .number = &serve.size},
	{.name = "compute-us", .number = &serve.compute_us},
	{.name = "read", .flag = &serve.use_read},
	{.name = "readv", .flag = &serve.use_readv},
	{.name = "recvmsg", .flag = &serve.use_recvmsg},
	{0},
};

noreturn void serve_fail(const char *what)
{
	fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what, strerror(errno));
	exit(1);
}

/* Print one line about a bad argument to stderr and exit with 2. */
static noreturn void usage(const char *arg, const char *why)
{
	fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, arg, why);
	exit(2);
}

/* The row for an option's name in a table, or NULL. */
static const struct serve_option *find(const struct serve_option *o, const char *name)
{
	for (; o && o->name; o++)
		if (!strcmp(o->name, name))
			return o;
	return NULL;
}

int serve_parse(int argc, char **argv, const struct serve_option *own)
{
	int i;

	for (i = 1; i < argc && !strncmp(argv[i], "--", 2); i++) {
		const struct serve_option *o = find(own, argv[i] + 2);
		char *end = NULL;

		if (!argv[i][2])
			return i + 1;
		if (!o)
			o = find(common, argv[i] + 2);
		if (!o)
			usage(argv[i], "unknown option");
		if (o->flag) {
			*o->flag = true;
			continue;
		}
		if (i + 1 == argc)
			usage(argv[i], "needs a value");
		i++;
		if (o->text) {
			*o->text = argv[i];
			continue;
		}
		*o->number = strtol(argv[i], &end, 10);
		if (end == argv[i] || *end || *o->number < 0)
			usage(argv[i], "not a number");
	}
	if (serve.size < 1)
		usage("--size", "must be at least 1");
	return i;
}

/* Shut down every socket that may be open: blocked calls return, listeners hang up. */
static void shutdown_all(void)
{
	int err = errno;

	for (int fd = STDERR_FILENO + 1; fd <= atomic_load(&max_fd); fd++)
		shutdown(fd, SHUT_RDWR);
	errno = err;
}

/*
 * SIGTERM and SIGALRM. The timer ticks on, because a signal that comes just before a blocking
 * call interrupts nothing: the next tick does.
 */
static void on_stop(int sig)
{
	struct itimerval tick = {.it_value.tv_usec = STOP_TICK_US,
				 .it_interval.tv_usec = STOP_TICK_US};
	static volatile sig_atomic_t ticks;

	(void)sig;
	stopping = 1;
	if (!ticks)
		setitimer(ITIMER_REAL, &tick, NULL);
	shutdown_all();
	if (++ticks > STOP_TICKS) {
		if (serve.tally_file)
			(void)tally_save(serve.tally_file);
		_exit(1);
	}
}

void serve_signals(void)
{
	/* Without SA_RESTART: the interrupted call must return, and so be counted. */
	struct sigaction sa = {.sa_handler = on_stop};
	struct rlimit files;

	tally_open();
	if (getrlimit(RLIMIT_NOFILE, &files))
		serve_fail("getrlimit");
	files.rlim_cur = files.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &files))
		serve_fail("setrlimit");
	if (signal(SIGPIPE, SIG_IGN) == SIG_ERR || sigaction(SIGTERM, &sa, NULL) ||
	    sigaction(SIGALRM, &sa, NULL))
		serve_fail("sigaction");
	alarm((unsigned int)serve.seconds);
}

int serve_listen(long *port, bool reuseport, bool nonblock)
{
	struct sockaddr_in sa = {.sin_family = AF_INET, .sin_port = htons((uint16_t)*port)};
	socklen_t len = sizeof(sa);
	int one = 1, fd;

	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | (nonblock ? SOCK_NONBLOCK : 0), 0);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)))
		serve_fail("socket");
	if (reuseport && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one)))
		serve_fail("SO_REUSEPORT");
	if (bind(fd, (struct sockaddr *)&sa, sizeof(sa)) || listen(fd, 4096))
		serve_fail("bind");
	if (getsockname(fd, (struct sockaddr *)&sa, &len))
		serve_fail("getsockname");
	*port = ntohs(sa.sin_port);
	serve_track(fd);
	return fd;
}

void serve_write_number(const char *path, long number)
{
	char tmp[4096];
	int fd;

	if (snprintf(tmp, sizeof(tmp), "%s.tmp", path) >= (int)sizeof(tmp)) {
		errno = ENAMETOOLONG;
		serve_fail(path);
	}
	fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0 || dprintf(fd, "%ld\n", number) < 0 || close(fd) || rename(tmp, path))
		serve_fail(path);
}

void serve_gate(void)
{
	const struct timespec pause = {.tv_nsec = 5000000};

	while (serve.gate && access(serve.gate, F_OK) && !stopping)
		nanosleep(&pause, NULL);
}

void serve_close_gate(void)
{
	if (serve.gate && unlink(serve.gate))
		serve_fail(serve.gate);
}

int serve_start(int argc, char **argv, const struct serve_option *own, bool nonblock)
{
	int fd, i = serve_parse(argc, argv, own);

	if (i < argc)
		usage(argv[i], "unexpected argument");
	serve_signals();
	fd = serve_listen(&serve.port, false, nonblock);
	if (serve.port_file)
		serve_write_number(serve.port_file, serve.port);
	serve_gate();
	return fd;
}

bool serve_stopping(void)
{
	return stopping;
}

void serve_stop(void)
{
	stopping = 1;
	shutdown_all();
}

bool serve_ticket(void)
{
	if (stopping)
		return false;
	if (!serve.connections || atomic_fetch_add(&tickets, 1) < serve.connections)
		return true;
	atomic_fetch_sub(&tickets, 1);
	return false;
}

void serve_ticket_return(void)
{
	if (serve.connections)
		atomic_fetch_sub(&tickets, 1);
}

bool serve_full(void)
{
	return stopping || (serve.connections && atomic_load(&tickets) >= serve.connections);
}

int serve_accept(int lfd)
{
	int fd = io_accept4(lfd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	/* The ticket comes after: one held during a fruitless accept would turn another thread
	 * away from a connection that nobody would look at again. */
	if (fd < 0 || serve_ticket())
		return fd;
	close(fd);
	return -1;
}

bool serve_closed(void)
{
	return atomic_fetch_add(&closed, 1) + 1 == serve.connections;
}

void serve_track(int fd)
{
	int old = atomic_load(&max_fd);

	while (old < fd && !atomic_compare_exchange_weak(&max_fd, &old, fd))
		;
	/* The handler may have run between the accept and here. */
	if (stopping)
		shutdown(fd, SHUT_RDWR);
}

/* CPU time of this thread, in ns. */
static int64_t thread_cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

void serve_compute(void)
{
	static volatile uint64_t sink;
	int64_t end;

	if (!serve.compute_us)
		return;
	end = thread_cpu_ns() + serve.compute_us * 1000;
	/* About 10 us of arithmetic between two looks at the clock, which is a system call. */
	while (thread_cpu_ns() < end)
		for (uint64_t i = 0; i < 5000; i++)
			sink = sink * 31 + i;
}

struct serve_conn *serve_conn_new(int fd)
{
	struct serve_conn *c = calloc(1, sizeof(*c));
	int one = 1;

	if (!c || !(c->buf = malloc((size_t)serve.size)))
		serve_fail("malloc");
	c->fd = fd;
	/* A reset connection has no options any more: its read will say so. */
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	serve_track(fd);
	return c;
}

bool serve_conn_end(struct serve_conn *c)
{
	close(c->fd);
	free(c->buf);
	free(c);
	return serve_closed();
}

/* One read in the way that the options name: bytes, 0 at the end, or -1 with errno. */
static ssize_t read_some(int fd, void *buf, size_t len)
{
	struct iovec iov[2] = {{buf, len / 2}, {(char *)buf + len / 2, len - len / 2}};
	struct msghdr msg = {.msg_iov = iov, .msg_iovlen = 2};

	if (serve.use_read)
		return io_read(fd, buf, len);
	if (serve.use_readv)
		return io_readv(fd, iov, 2);
	if (serve.use_recvmsg)
		return io_recvmsg(fd, &msg, 0);
	return io_recvfrom(fd, buf, len, 0, NULL, NULL);
}

/* One write in the way that the options name: bytes, or -1 with errno. */
static ssize_t write_some(int fd, void *buf, size_t len)
{
	struct iovec iov[2] = {{buf, len / 2}, {(char *)buf + len / 2, len - len / 2}};
	struct msghdr msg = {.msg_iov = iov, .msg_iovlen = 2};

	if (serve.use_read)
		return io_write(fd, buf, len);
	if (serve.use_readv)
		return io_writev(fd, iov, 2);
	if (serve.use_recvmsg)
		return io_sendmsg(fd, &msg, MSG_NOSIGNAL);
	return io_sendto(fd, buf, len, MSG_NOSIGNAL, NULL, 0);
}

/* Write all pending bytes: SERVE_READ when none is left. */
static enum serve_want flush(struct serve_conn *c)
{
	while (c->sent < c->len) {
		ssize_t n = write_some(c->fd, c->buf + c->sent, c->len - c->sent);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN ? SERVE_WRITE : SERVE_CLOSE;
		c->sent += (size_t)n;
	}
	c->sent = c->len = 0;
	return SERVE_READ;
}

enum serve_want serve_pump(struct serve_conn *c, bool drain)
{
	enum serve_want want;
	ssize_t n;

	if (c->len) {
		want = flush(c);
		if (want != SERVE_READ || !drain)
			return want;
	}
	do {
		n = read_some(c->fd, c->buf, (size_t)serve.size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return SERVE_READ;
		if (n <= 0)
			return SERVE_CLOSE;
		c->len = (size_t)n;
		serve_compute();
		want = flush(c);
		if (want != SERVE_READ)
			return want;
	} while (drain);
	return SERVE_READ;
}

noreturn void serve_finish(void)
{
	int err = serve.tally_file ? tally_save(serve.tally_file) : 0;

	if (err) {
		errno = -err;
		serve_fail(serve.tally_file);
	}
	exit(0);
}
