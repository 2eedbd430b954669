/*
 * The client: opens connections to an echo server on loopback, makes round trips, checks the bytes.
 *
 * In: --port N, --connections C (1), --requests R per connection (1), --size BYTES (64),
 * --pause-us U between the requests of a connection (0), --seconds S bound (60), --threads T (1).
 * Out: one line on stdout, and exit code 0 if every byte came back right, else 1.
 * With --until-deadline the requests go on until --seconds are over, which is then no error.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAX_THREADS 64
#define MAX_EVENTS  256
#define PER_ADDRESS 14000

/* Times are ns. */
struct conn {
	int fd;
	uint32_t events;
	bool done;
	long left;
	size_t sent, got; /* bytes of the request under way */
	int64_t start;
	int64_t due; /* when the next request starts; 0: one is under way */
};

struct worker {
	pthread_t thread;
	struct conn *conns;
	long nconns, open, epfd;
	uint64_t requests, bytes_sent, bytes_received;
	int64_t *latency;
	size_t nlatency, room;
	char *buf;
	const char *failure;
	int err;
};

static long port, connections = 1, requests = 1, size = 64, pause_us, seconds = 60, threads = 1;
static bool until_deadline;
static char *pattern;
static int64_t deadline;

/* CLOCK_MONOTONIC in ns. */
static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/* Note the worker's first failure. */
static void fail(struct worker *w, const char *what, int err)
{
	if (!w->failure) {
		w->failure = what;
		w->err = err;
	}
}

/* Change what a connection waits for, if it changes. */
static void want(struct worker *w, struct conn *c, uint32_t events)
{
	struct epoll_event ev = {.events = events, .data.ptr = c};

	if (events != c->events && epoll_ctl((int)w->epfd, EPOLL_CTL_MOD, c->fd, &ev))
		fail(w, "epoll_ctl", errno);
	c->events = events;
}

/* Close a connection. */
static void finish(struct worker *w, struct conn *c)
{
	close(c->fd);
	c->done = true;
	w->open--;
}

/* Keep one round trip's time, in ns. */
static void record(struct worker *w, int64_t ns)
{
	if (w->nlatency == w->room) {
		w->room = w->room ? 2 * w->room : 4096;
		w->latency = realloc(w->latency, w->room * sizeof(*w->latency));
		if (!w->latency) {
			perror("load: realloc");
			exit(1);
		}
	}
	w->latency[w->nlatency++] = ns;
}

/* Send what the socket takes of the request under way. */
static void send_some(struct worker *w, struct conn *c)
{
	while (c->sent < (size_t)size) {
		ssize_t n = send(c->fd, pattern + c->sent, (size_t)size - c->sent, MSG_NOSIGNAL);

		if (n < 0 && errno == EAGAIN)
			break;
		if (n < 0) {
			fail(w, "send", errno);
			finish(w, c);
			return;
		}
		c->sent += (size_t)n;
		w->bytes_sent += (uint64_t)n;
	}
	want(w, c, c->sent < (size_t)size ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

/* Start the next request of a connection. */
static void start_request(struct worker *w, struct conn *c)
{
	c->sent = c->got = 0;
	c->due = 0;
	c->start = now_ns();
	send_some(w, c);
}

/* One round trip is complete: count it and see what comes next. */
static void complete(struct worker *w, struct conn *c)
{
	int64_t now = now_ns();

	record(w, now - c->start);
	w->requests++;
	c->left--;
	if (until_deadline ? now >= deadline : !c->left)
		finish(w, c);
	else if (pause_us)
		c->due = now + pause_us * 1000;
	else
		start_request(w, c);
}

/* Read echoed bytes and compare them. */
static void receive_some(struct worker *w, struct conn *c)
{
	ssize_t n = recv(c->fd, w->buf, (size_t)size, 0);

	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0) {
		fail(w, n ? "recv" : "recv: the server closed the connection", n ? errno : 0);
		finish(w, c);
		return;
	}
	w->bytes_received += (uint64_t)n;
	if (c->due || c->got + (size_t)n > (size_t)size ||
	    memcmp(w->buf, pattern + c->got, (size_t)n)) {
		fail(w, "the echoed bytes differ", 0);
		finish(w, c);
		return;
	}
	c->got += (size_t)n;
	if (c->got == (size_t)size)
		complete(w, c);
}

/*
 * Give a worker's further connections other addresses of ours, 127.0.0.2 and so on: of one address
 * there are 28,232 ports, and to find one takes long when half of them are taken. False on failure.
 */
static bool choose_address(int fd, long number)
{
	struct sockaddr_in sa = {.sin_family = AF_INET};
	int one = 1;

	if (number < PER_ADDRESS)
		return true;
	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK + (uint32_t)(number / PER_ADDRESS));
	return !setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof(one)) &&
	       !bind(fd, (struct sockaddr *)&sa, sizeof(sa));
}

/* Open one connection and register it; false on failure. */
static bool open_conn(struct worker *w, struct conn *c)
{
	struct sockaddr_in sa = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	struct epoll_event ev = {.events = EPOLLIN, .data.ptr = c};
	int one = 1;

	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	c->left = requests;
	c->events = EPOLLIN;
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd < 0 || !choose_address(c->fd, c - w->conns) ||
	    connect(c->fd, (struct sockaddr *)&sa, sizeof(sa)) ||
	    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) ||
	    epoll_ctl((int)w->epfd, EPOLL_CTL_ADD, c->fd, &ev)) {
		fail(w, "connect", errno);
		return false;
	}
	/* Connected blocking, because a refusal is an answer; used non-blocking from here on. */
	if (fcntl(c->fd, F_SETFL, O_NONBLOCK)) {
		fail(w, "fcntl", errno);
		return false;
	}
	w->open++;
	return true;
}

/* Start requests that are due; returns ms until the next one, or until the deadline. */
static int start_due(struct worker *w)
{
	int64_t now = now_ns(), next = deadline;

	for (long i = 0; pause_us && i < w->nconns; i++) {
		struct conn *c = &w->conns[i];

		if (c->done || !c->due)
			continue;
		if (until_deadline && now >= deadline)
			finish(w, c);
		else if (c->due <= now)
			start_request(w, c);
		else if (c->due < next)
			next = c->due;
	}
	return next <= now ? 0 : (int)((next - now + 999999) / 1000000);
}

/* One thread: opens its connections, runs them to their end. */
static void *work(void *arg)
{
	struct epoll_event events[MAX_EVENTS];
	struct worker *w = arg;

	for (long i = 0; i < w->nconns && open_conn(w, &w->conns[i]); i++)
		;
	for (long i = 0; !w->failure && i < w->nconns; i++)
		start_request(w, &w->conns[i]);
	while (w->open && !w->failure) {
		int timeout = start_due(w), n;

		/* Under --until-deadline the last echoes may be under way: 1 s of grace. */
		if (now_ns() > deadline + (until_deadline ? 1000000000LL : 0)) {
			fail(w, "not done in time", 0);
			break;
		}
		n = epoll_wait((int)w->epfd, events, MAX_EVENTS, timeout ? timeout : 1);
		for (int i = 0; i < n; i++) {
			struct conn *c = events[i].data.ptr;

			if (!c->done && events[i].events & ~(uint32_t)EPOLLOUT)
				receive_some(w, c);
			if (!c->done && events[i].events & EPOLLOUT && !c->due)
				send_some(w, c);
		}
	}
	return NULL;
}

/* Order of two times, for qsort. */
static int compare(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* Add the workers up and print the line; returns the exit code. */
static int report(struct worker *w, int64_t elapsed)
{
	struct worker sum = {0};
	int code = 0;

	for (long t = 0; t < threads; t++) {
		if (w[t].failure) {
			fprintf(stderr, "load: %s%s%s\n", w[t].failure, w[t].err ? ": " : "",
				w[t].err ? strerror(w[t].err) : "");
			code = 1;
		}
		sum.requests += w[t].requests;
		sum.bytes_sent += w[t].bytes_sent;
		sum.bytes_received += w[t].bytes_received;
		for (size_t i = 0; i < w[t].nlatency; i++)
			record(&sum, w[t].latency[i]);
	}
	if (sum.nlatency)
		qsort(sum.latency, sum.nlatency, sizeof(*sum.latency), compare);
	else
		record(&sum, 0), sum.nlatency = 1;
	printf("requests=%llu bytes_sent=%llu bytes_received=%llu seconds=%.6f rate=%.1f "
	       "p50_us=%.1f p99_us=%.1f\n",
	       (unsigned long long)sum.requests, (unsigned long long)sum.bytes_sent,
	       (unsigned long long)sum.bytes_received, (double)elapsed / 1e9,
	       (double)sum.requests / ((double)elapsed / 1e9),
	       (double)sum.latency[(sum.nlatency - 1) / 2] / 1e3,
	       (double)sum.latency[(sum.nlatency - 1) * 99 / 100] / 1e3);
	free(sum.latency);
	if (fflush(stdout))
		code = 1;
	return code;
}

/* Read a non-negative number or exit with 2. */
static long number(const char *s)
{
	char *end;
	long n = strtol(s, &end, 10);

	if (end == s || *end || n < 0) {
		fprintf(stderr, "load: %s: not a number\n", s);
		exit(2);
	}
	return n;
}

/* Set the globals from argv, or exit with 2. */
static void parse(int argc, char **argv)
{
	static const struct option longs[] = {
		{"port", 1, NULL, 'p'},	    {"connections", 1, NULL, 'c'},
		{"requests", 1, NULL, 'r'}, {"size", 1, NULL, 's'},
		{"pause-us", 1, NULL, 'u'}, {"seconds", 1, NULL, 'S'},
		{"threads", 1, NULL, 't'},  {"until-deadline", 0, NULL, 'd'},
		{NULL, 0, NULL, 0}};
	int o;

	while ((o = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (o == 'p')
			port = number(optarg);
		else if (o == 'c')
			connections = number(optarg);
		else if (o == 'r')
			requests = number(optarg);
		else if (o == 's')
			size = number(optarg);
		else if (o == 'u')
			pause_us = number(optarg);
		else if (o == 'S')
			seconds = number(optarg);
		else if (o == 't')
			threads = number(optarg);
		else if (o == 'd')
			until_deadline = true;
		else
			exit(2);
	}
	if (!port || !connections || !requests || !size || !threads || threads > MAX_THREADS ||
	    threads > connections || optind < argc) {
		fprintf(stderr, "load: --port is needed; counts are at least 1; threads at most "
				"connections and 64\n");
		exit(2);
	}
}

int main(int argc, char **argv)
{
	static struct worker w[MAX_THREADS];
	struct rlimit files;
	int64_t start;

	parse(argc, argv);
	if (!getrlimit(RLIMIT_NOFILE, &files)) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	pattern = malloc((size_t)size);
	for (long i = 0; pattern && i < size; i++)
		pattern[i] = (char)(i * 131 + i / 251);
	start = now_ns();
	deadline = start + seconds * 1000000000LL;
	for (long t = 0; t < threads; t++) {
		w[t].nconns = connections / threads + (t < connections % threads);
		w[t].conns = calloc((size_t)w[t].nconns, sizeof(struct conn));
		w[t].buf = malloc((size_t)size);
		w[t].epfd = epoll_create1(EPOLL_CLOEXEC);
		if (!pattern || !w[t].conns || !w[t].buf || w[t].epfd < 0 ||
		    pthread_create(&w[t].thread, NULL, work, &w[t])) {
			perror("load: start");
			return 1;
		}
	}
	for (long t = 0; t < threads; t++)
		pthread_join(w[t].thread, NULL);
	return report(w, now_ns() - start);
}
