/*
 * One process that mixes I/O models: a thread for each, with its own connection and its own number
 * of reads, so that the share of each model is known exactly.
 *
 * In: the options of serve.h; --blocking N, --nonblocking N, --select N, --poll N, --epoll-lt N,
 * --epoll-et N: the reads of that thread, 0 (the default) for no such thread.
 * Out: the tally; the port file, whose number is that of a port that nobody need connect to.
 *
 * The peers are child processes, which send a byte as soon as they have got one back, and which the
 * tally leaves out. The threads' names are their models'.
 */
#define _GNU_SOURCE
#include "serve.h"
#include "tally.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void wait_select(int fd, int epfd);
static void wait_poll(int fd, int epfd);
static void wait_epoll(int fd, int epfd);
static void pause_a_while(int fd, int epfd);

/* One model: how a thread gets to know that it may read. */
static struct kind {
	const char *name;
	void (*wait)(int fd, int epfd); /* NULL: it does not wait */
	bool nonblock;			/* the socket, which is asked again after EAGAIN */
	uint32_t events;		/* of its registration with epoll, 0: none */
	long reads;
	pthread_t thread;
	int fd;
	pid_t peer;
} kinds[] = {
	{.name = "blocking"},
	{.name = "nonblocking", .wait = pause_a_while, .nonblock = true},
	{.name = "select", .wait = wait_select},
	{.name = "poll", .wait = wait_poll},
	{.name = "epoll-lt", .wait = wait_epoll, .events = EPOLLIN},
	{.name = "epoll-et", .wait = wait_epoll, .nonblock = true, .events = EPOLLIN | EPOLLET},
};

#define KINDS ((int)(sizeof(kinds) / sizeof(*kinds)))

static const struct serve_option options[] = {
	{.name = "blocking", .number = &kinds[0].reads},
	{.name = "nonblocking", .number = &kinds[1].reads},
	{.name = "select", .number = &kinds[2].reads},
	{.name = "poll", .number = &kinds[3].reads},
	{.name = "epoll-lt", .number = &kinds[4].reads},
	{.name = "epoll-et", .number = &kinds[5].reads},
	{0},
};

/* A pipe that never has anything to say: to watch a single descriptor is not to multiplex. */
static int silent[2];

/* Wait by select. */
static void wait_select(int fd, int epfd)
{
	fd_set set;

	(void)epfd;
	FD_ZERO(&set);
	FD_SET(fd, &set);
	FD_SET(silent[0], &set);
	io_pselect6((fd > silent[0] ? fd : silent[0]) + 1, &set, NULL, NULL, NULL);
}

/* Wait by poll. */
static void wait_poll(int fd, int epfd)
{
	struct pollfd p[] = {{.fd = fd, .events = POLLIN}, {.fd = silent[0], .events = POLLIN}};

	(void)epfd;
	io_poll(p, 2, -1);
}

/* Wait by epoll_wait. */
static void wait_epoll(int fd, int epfd)
{
	struct epoll_event event;

	(void)fd;
	io_epoll_wait(epfd, &event, 1, -1);
}

/* Sleep 50 us, before the next try. */
static void pause_a_while(int fd, int epfd)
{
	static const struct timespec time = {.tv_nsec = 50000};

	(void)fd;
	(void)epfd;
	nanosleep(&time, NULL);
}

/* The other end of a connection: sends a byte for each that comes back, until it is closed. */
static _Noreturn void be_peer(int fd)
{
	char c = 'x';

	while (write(fd, &c, 1) == 1 && read(fd, &c, 1) == 1)
		continue;
	_exit(0);
}

/* Make a kind's connection and the process at its other end. */
static void connect_peer(struct kind *k)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) ||
	    (k->nonblock && fcntl(pair[0], F_SETFL, O_NONBLOCK)))
		serve_fail("socketpair");
	k->peer = fork();
	if (k->peer < 0)
		serve_fail("fork");
	if (!k->peer) {
		/* The ends of all connections so far are open here too: theirs must be ours alone.
		 */
		for (struct kind *other = kinds; other < k; other++)
			if (other->reads)
				close(other->fd);
		close(pair[0]);
		/* Only our connection's end stops us. */
		signal(SIGTERM, SIG_IGN);
		be_peer(pair[1]);
	}
	close(pair[1]);
	k->fd = pair[0];
	serve_track(k->fd);
}

/* One thread: its reads, each of one byte, which it sends back. */
static void *work(void *arg)
{
	struct kind *k = arg;
	struct epoll_event event = {.events = k->events};
	int epfd = -1;
	char c;

	pthread_setname_np(pthread_self(), k->name);
	if (k->events) {
		epfd = epoll_create1(EPOLL_CLOEXEC);
		if (epfd < 0 || io_epoll_ctl(epfd, EPOLL_CTL_ADD, k->fd, &event))
			serve_fail("epoll");
	}
	for (long left = k->reads; left && !serve_stopping();) {
		if (k->wait)
			k->wait(k->fd, epfd);
		if (io_recvfrom(k->fd, &c, 1, 0, NULL, NULL) != 1)
			continue;
		left--;
		io_sendto(k->fd, &c, 1, MSG_NOSIGNAL, NULL, 0);
	}
	close(k->fd);
	return NULL;
}

int main(int argc, char **argv)
{
	serve_start(argc, argv, options, true);
	if (pipe2(silent, O_CLOEXEC))
		serve_fail("pipe2");
	for (struct kind *k = kinds; k < kinds + KINDS; k++)
		if (k->reads)
			connect_peer(k);
	for (struct kind *k = kinds; k < kinds + KINDS; k++) {
		if (!k->reads)
			continue;
		errno = pthread_create(&k->thread, NULL, work, k);
		if (errno)
			serve_fail("pthread_create");
	}
	for (struct kind *k = kinds; k < kinds + KINDS; k++) {
		if (!k->reads)
			continue;
		pthread_join(k->thread, NULL);
		if (waitpid(k->peer, NULL, 0) != k->peer)
			serve_fail("waitpid");
	}
	serve_finish();
}
