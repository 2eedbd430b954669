/*
 * Multiplexing with select: one thread waits for all sockets at once, then reads each ready one.
 *
 * In: the options of serve.h; --select makes the old select system call (default: pselect6, which
 * glibc's select makes today). Sockets from FD_SETSIZE on are refused. Out: the tally.
 */
#define _GNU_SOURCE
#include "serve.h"
#include "tally.h"

#include <stddef.h>
#include <unistd.h>

static bool old_select;

static const struct serve_option options[] = {{.name = "select", .flag = &old_select}, {0}};

static struct serve_conn *conns[FD_SETSIZE];
static fd_set readers, writers;
static int lfd, top;
static long open_conns;

/* Take one connection; the listener is given up with the last connection. */
static void accept_one(void)
{
	int fd;

	if (serve_full()) {
		FD_CLR(lfd, &readers);
		return;
	}
	fd = serve_accept(lfd);
	if (fd < 0)
		return;
	if (fd >= FD_SETSIZE) {
		close(fd);
		serve_ticket_return();
		return;
	}
	conns[fd] = serve_conn_new(fd);
	open_conns++;
	FD_SET(fd, &readers);
	if (fd > top)
		top = fd;
}

/* Echo on one ready socket; true when it was the last connection of all. */
static bool serve_one(int fd)
{
	enum serve_want want = serve_pump(conns[fd], false);

	FD_CLR(fd, &readers);
	FD_CLR(fd, &writers);
	if (want == SERVE_READ)
		FD_SET(fd, &readers);
	else if (want == SERVE_WRITE)
		FD_SET(fd, &writers);
	if (want != SERVE_CLOSE)
		return false;
	open_conns--;
	return serve_conn_end(conns[fd]);
}

int main(int argc, char **argv)
{
	lfd = serve_start(argc, argv, options, true);
	FD_SET(lfd, &readers);
	top = lfd;
	for (bool last = false; !last && !(serve_stopping() && !open_conns);) {
		fd_set r = readers, w = writers;
		int n = old_select ? io_select(top + 1, &r, &w, NULL, NULL)
				   : io_pselect6(top + 1, &r, &w, NULL, NULL);

		if (n > 0 && FD_ISSET(lfd, &r))
			accept_one();
		for (int fd = 0; n > 0 && fd <= top; fd++)
			if (fd != lfd && (FD_ISSET(fd, &r) || FD_ISSET(fd, &w)))
				last |= serve_one(fd);
	}
	serve_finish();
}
