/*
 * Who is kept by a read? A thread counts on while it wants BYTES from a TCP socket; they come after
 * a delay. How it asks for them is the model.
 *
 * In: the options of serve.h; --how blocking, signal (SIGIO, read in the handler), posix-aio,
 * linux-aio (io_submit of a read), io_uring, io_uring-worker (IOSQE_ASYNC) or io_uring-sqpoll;
 * --rounds N (10), --delay-ms N (20).
 * Out: the port file when all is ready, and at the end on stdout medians of the rounds, ns:
 * round_ns= from the asking until the bytes are in the thread's memory; still_ns= the longest time
 * in which the thread did not count, by the wall clock; busy_ns= the longest by its own CPU clock:
 * what it, and nobody else, did for the read. supported=0, and nothing else, if this kernel cannot.
 *
 * SO_RCVLOWAT, and a buffer for more than that, let nobody read before all bytes are there: there
 * is one copy, of all of them.
 */
#define _GNU_SOURCE
#include "overlap.h"
#include "serve.h"
#include "tally.h"

#include <aio.h>
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BYTES	   (2 * 1024 * 1024)
#define MAX_ROUNDS 1000

/* A model: made ready once; asked at the start of a round; then, is it done? */
struct model {
	const char *name;
	int (*prepare)(void); /* 0 or -errno */
	void (*ask)(void);
	bool (*done)(void);
};

static const char *how = "blocking";
static long rounds = 10, delay_ms = 20;

static const struct serve_option options[] = {
	{.name = "how", .text = &how},
	{.name = "rounds", .number = &rounds},
	{.name = "delay-ms", .number = &delay_ms},
	{0},
};

static int near_end, far_end, starter[2];
static char buffer[BYTES];
static volatile size_t got; /* bytes of this round */

/* Nothing to do. */
static int no_preparation(void)
{
	return 0;
}

static void no_question(void)
{
}

/* Read what there is, or wait for it, as the socket is; exit if it is broken. */
static void read_some(void)
{
	ssize_t n = io_recvfrom(near_end, buffer + got, BYTES - got, 0, NULL, NULL);

	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		serve_fail("recv");
	got += n > 0 ? (size_t)n : 0;
}

static bool done_blocking(void)
{
	read_some();
	return got == BYTES;
}

static bool done_signal(void)
{
	return got == BYTES;
}

/* SIGIO: reads until there is no more. */
static void on_signal(int sig)
{
	int err = errno;
	size_t before;

	(void)sig;
	do {
		before = got;
		if (got < BYTES)
			read_some();
	} while (got > before);
	errno = err;
}

static int prepare_signal(void)
{
	struct sigaction sa = {.sa_handler = on_signal, .sa_flags = SA_RESTART};

	if (sigaction(SIGIO, &sa, NULL) || fcntl(near_end, F_SETOWN, getpid()) ||
	    fcntl(near_end, F_SETFL, O_ASYNC | O_NONBLOCK))
		return -errno;
	return 0;
}

static struct aiocb control;

static void ask_posix(void)
{
	control = (struct aiocb){.aio_fildes = near_end,
				 .aio_buf = buffer + got,
				 .aio_nbytes = BYTES - got,
				 .aio_sigevent.sigev_notify = SIGEV_NONE};
	if (aio_read(&control))
		serve_fail("aio_read");
}

/* Take what an asynchronous read has brought, and ask for the rest if there is one. */
static bool take(long n, void (*ask)(void))
{
	if (n <= 0) {
		errno = n ? (int)-n : ECONNRESET;
		serve_fail(how);
	}
	got += (size_t)n;
	if (got < BYTES)
		ask();
	return got == BYTES;
}

static bool done_posix(void)
{
	int err = aio_error(&control);

	return err != EINPROGRESS && take(err ? -err : aio_return(&control), ask_posix);
}

static aio_context_t context;

static int prepare_linux(void)
{
	return syscall(SYS_io_setup, 1, &context) ? -errno : 0;
}

static void ask_linux(void)
{
	struct iocb cb = {.aio_lio_opcode = IOCB_CMD_PREAD,
			  .aio_fildes = (uint32_t)near_end,
			  .aio_buf = (uint64_t)(uintptr_t)(buffer + got),
			  .aio_nbytes = BYTES - got};
	struct iocb *list = &cb;

	if (syscall(SYS_io_submit, context, 1L, &list) != 1)
		serve_fail("io_submit");
}

static bool done_linux(void)
{
	struct timespec none = {0};
	struct io_event event;

	return syscall(SYS_io_getevents, context, 0L, 1L, &event, &none) == 1 &&
	       take((long)event.res, ask_linux);
}

static int prepare_ring(void)
{
	return ring_open(RING_PLAIN);
}

static int prepare_worker(void)
{
	return ring_open(RING_WORKER);
}

static int prepare_sqpoll(void)
{
	return ring_open(RING_SQPOLL);
}

static void ask_ring(void)
{
	ring_ask(near_end, buffer + got, BYTES - got);
}

static bool done_ring(void)
{
	int n;

	return ring_done(&n) && take(n, ask_ring);
}

static const struct model models[] = {
	{"blocking", no_preparation, no_question, done_blocking},
	{"signal", prepare_signal, no_question, done_signal},
	{"posix-aio", no_preparation, ask_posix, done_posix},
	{"linux-aio", prepare_linux, ask_linux, done_linux},
	{"io_uring", prepare_ring, ask_ring, done_ring},
	{"io_uring-worker", prepare_worker, ask_ring, done_ring},
	{"io_uring-sqpoll", prepare_sqpoll, ask_ring, done_ring},
};

/* The row that --how names, or exit. */
static const struct model *find_model(void)
{
	for (size_t i = 0; i < sizeof(models) / sizeof(models[0]); i++)
		if (!strcmp(how, models[i].name))
			return &models[i];
	errno = EINVAL;
	serve_fail(how);
}

/* A clock in ns. */
static int64_t clock_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/* A connection to ourselves: near_end and far_end. */
static void connect_pair(void)
{
	struct sockaddr_in sa = {.sin_family = AF_INET};
	int lfd = serve_listen(&serve.port, false, false), all = BYTES, room = 8 * BYTES;

	/* Without the right to force it, the usual growth has to do. */
	(void)setsockopt(lfd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
	sa.sin_port = htons((uint16_t)serve.port);
	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	far_end = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (far_end < 0 || connect(far_end, (struct sockaddr *)&sa, sizeof(sa)))
		serve_fail("connect");
	near_end = accept4(lfd, NULL, NULL, SOCK_CLOEXEC);
	if (near_end < 0 || setsockopt(near_end, SOL_SOCKET, SO_RCVLOWAT, &all, sizeof(all)))
		serve_fail("SO_RCVLOWAT");
	close(lfd);
}

/* The child: sends all bytes --delay-ms after each byte that it gets from the starter. */
static noreturn void send_rounds(void)
{
	const struct timespec delay = {delay_ms / 1000, delay_ms % 1000 * 1000000};
	char go;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	close(starter[1]);
	while (read(starter[0], &go, 1) == 1) {
		nanosleep(&delay, NULL);
		for (size_t sent = 0; sent < BYTES;) {
			ssize_t n = send(far_end, buffer + sent, BYTES - sent, MSG_NOSIGNAL);

			if (n < 0)
				_exit(1);
			sent += (size_t)n;
		}
	}
	_exit(0);
}

/* About 1 us of arithmetic. */
static void count(void)
{
	static volatile uint64_t sink;

	for (uint64_t i = 0; i < 500; i++)
		sink = sink * 31 + i;
}

/* One round: until the bytes are there. */
static void round_of(const struct model *m, int64_t *whole, int64_t *still, int64_t *busy)
{
	int64_t wall = clock_ns(CLOCK_MONOTONIC), cpu = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	const int64_t start = wall;

	*still = *busy = 0;
	got = 0;
	if (write(starter[1], "g", 1) != 1)
		serve_fail("write");
	m->ask();
	for (bool done = false; !done && !serve_stopping();) {
		int64_t wall_now, cpu_now;

		done = m->done();
		count();
		wall_now = clock_ns(CLOCK_MONOTONIC);
		cpu_now = clock_ns(CLOCK_THREAD_CPUTIME_ID);
		if (wall_now - wall > *still)
			*still = wall_now - wall;
		if (cpu_now - cpu > *busy)
			*busy = cpu_now - cpu;
		wall = wall_now;
		cpu = cpu_now;
	}
	*whole = wall - start;
}

/* Order of two times, for qsort. */
static int compare(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* The median of times (ns). */
static long long median(int64_t *ns)
{
	qsort(ns, (size_t)rounds, sizeof(*ns), compare);
	return ns[rounds / 2];
}

int main(int argc, char **argv)
{
	static int64_t whole[MAX_ROUNDS], still[MAX_ROUNDS], busy[MAX_ROUNDS];
	int err, status, bad = serve_parse(argc, argv, options) < argc;
	const struct model *m = find_model();
	pid_t sender;

	if (bad || rounds < 1 || rounds > MAX_ROUNDS) {
		errno = EINVAL;
		serve_fail("arguments");
	}
	serve_signals();
	connect_pair();
	/* Touched now, so that no page fault falls into a copy. */
	memset(buffer, 'x', sizeof(buffer));
	if (pipe2(starter, O_CLOEXEC) || (sender = fork()) < 0)
		serve_fail("fork");
	if (!sender)
		send_rounds();
	err = m->prepare();
	if (serve.port_file)
		serve_write_number(serve.port_file, serve.port);
	serve_gate();
	for (long i = 0; !err && i < rounds; i++)
		round_of(m, &whole[i], &still[i], &busy[i]);
	if (err)
		printf("supported=0\n");
	else
		printf("supported=1 round_ns=%lld still_ns=%lld busy_ns=%lld\n", median(whole),
		       median(still), median(busy));
	close(starter[1]);
	if (waitpid(sender, &status, 0) != sender || status)
		serve_fail("sender");
	serve_finish();
}
