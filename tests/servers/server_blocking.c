/*
 * Blocking I/O, one thread: accept a connection, echo until its end, take the next.
 *
 * In: the options of serve.h. Out: the tally.
 */
#define _GNU_SOURCE
#include "serve.h"
#include "tally.h"

int main(int argc, char **argv)
{
	int lfd = serve_start(argc, argv, NULL, false);

	while (serve_ticket()) {
		int fd = io_accept(lfd, NULL, NULL);
		struct serve_conn *c;

		if (fd < 0) {
			serve_ticket_return();
			continue;
		}
		c = serve_conn_new(fd);
		serve_pump(c, true);
		serve_conn_end(c);
	}
	serve_finish();
}
