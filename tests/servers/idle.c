/*
 * Idle servers: block in one call for ever, the commonest state that a server is found in.
 *
 * In: idle [options of serve.h] MODE, MODE being accept connect recv read msgrcv select pselect6
 * poll epoll or epoll-et. Out: the port file, written just before the call, with the listener's
 * port; the tally, which has nothing of the preparation but the epoll_ctl calls. The epoll modes
 * have registered the listener and one connected socket.
 */
#define _GNU_SOURCE
#include "serve.h"
#include "tally.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <unistd.h>

static int lfd, conn, pipe_fds[2];

/* Wait by select or pselect6 for the listener and the connection. */
static void wait_select(bool old)
{
	fd_set set;

	FD_ZERO(&set);
	FD_SET(lfd, &set);
	FD_SET(conn, &set);
	if (old)
		io_select(conn + 1, &set, NULL, NULL, NULL);
	else
		io_pselect6(conn + 1, &set, NULL, NULL, NULL);
}

/* Register both sockets, once, and wait by epoll_wait. */
static void wait_epoll(uint32_t edge)
{
	static int epfd = -1;
	struct epoll_event ev = {.events = EPOLLIN | edge};

	if (epfd < 0) {
		epfd = epoll_create1(EPOLL_CLOEXEC);
		if (epfd < 0 || io_epoll_ctl(epfd, EPOLL_CTL_ADD, lfd, &ev) ||
		    io_epoll_ctl(epfd, EPOLL_CTL_ADD, conn, &ev))
			serve_fail("epoll");
	}
	io_epoll_wait(epfd, &ev, 1, -1);
}

/* Connect to a UNIX socket that has no room for more: it sleeps until somebody accepts. */
static void wait_connect(void)
{
	static int full = -1, fds[2];
	static struct sockaddr_storage sa;
	socklen_t len = sizeof(sa);
	sa_family_t automatic = AF_UNIX;

	if (full < 0) {
		full = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		for (int i = 0; i < 2; i++)
			fds[i] = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (bind(full, (struct sockaddr *)&automatic, sizeof(automatic)) ||
		    listen(full, 0) || getsockname(full, (struct sockaddr *)&sa, &len) ||
		    connect(fds[0], (struct sockaddr *)&sa, len))
			serve_fail("connect");
	}
	io_connect(fds[1], (struct sockaddr *)&sa, len);
}

/* Receive from a System V queue that nobody sends to. */
static void wait_message(void)
{
	struct {
		long type;
		char text;
	} message;
	int id = msgget(IPC_PRIVATE, 0600);

	if (id < 0)
		serve_fail("msgget");
	io_msgrcv(id, &message, sizeof(message.text), 0, 0);
	msgctl(id, IPC_RMID, NULL);
}

/* Block in the mode's call; false if there is no such mode. */
static bool block(const char *mode)
{
	struct pollfd p[2] = {{.fd = lfd, .events = POLLIN}, {.fd = conn, .events = POLLIN}};
	char c;

	if (!strcmp(mode, "accept"))
		io_accept(lfd, NULL, NULL);
	else if (!strcmp(mode, "connect"))
		wait_connect();
	else if (!strcmp(mode, "msgrcv"))
		wait_message();
	else if (!strcmp(mode, "recv"))
		io_recvfrom(conn, &c, 1, 0, NULL, NULL);
	else if (!strcmp(mode, "read"))
		io_read(pipe_fds[0], &c, 1);
	else if (!strcmp(mode, "select") || !strcmp(mode, "pselect6"))
		wait_select(!strcmp(mode, "select"));
	else if (!strcmp(mode, "poll"))
		io_poll(p, 2, -1);
	else if (!strcmp(mode, "epoll") || !strcmp(mode, "epoll-et"))
		wait_epoll(!strcmp(mode, "epoll") ? 0 : (uint32_t)EPOLLET);
	else
		return false;
	return true;
}

/* A listener, a connection to it, and a pipe, all silent. */
static void prepare(void)
{
	struct sockaddr_in sa = {.sin_family = AF_INET};
	int client;

	lfd = serve_listen(&serve.port, false, false);
	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	sa.sin_port = htons((uint16_t)serve.port);
	client = socket(AF_INET, SOCK_STREAM, 0);
	if (client < 0 || connect(client, (struct sockaddr *)&sa, sizeof(sa)))
		serve_fail("connect");
	conn = accept(lfd, NULL, NULL);
	if (conn < 0 || pipe(pipe_fds))
		serve_fail("accept");
	serve_track(conn);
}

int main(int argc, char **argv)
{
	int i = serve_parse(argc, argv, NULL);

	if (i + 1 != argc) {
		errno = EINVAL;
		serve_fail("usage: idle [options] MODE");
	}
	serve_signals();
	prepare();
	if (serve.port_file)
		serve_write_number(serve.port_file, serve.port);
	serve_gate();
	while (!serve_stopping())
		if (!block(argv[i])) {
			errno = EINVAL;
			serve_fail(argv[i]);
		}
	serve_finish();
}
