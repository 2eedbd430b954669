/*
 * Non-blocking I/O as in the textbook: one thread asks every socket in turn, over and over.
 *
 * In: the options of serve.h, --pause-us N (sleep after a round that found nothing; 0).
 * Out: the tally.
 */
#include "serve.h"

#include <stddef.h>
#include <stdlib.h>
#include <time.h>

static long pause_us;

static const struct serve_option options[] = {{.name = "pause-us", .number = &pause_us}, {0}};

/* Sleep for --pause-us. */
static void rest(void)
{
	struct timespec t = {pause_us / 1000000, pause_us % 1000000 * 1000};

	if (pause_us)
		nanosleep(&t, NULL);
}

int main(int argc, char **argv)
{
	int lfd = serve_start(argc, argv, options, true);
	struct serve_conn **conns = NULL;
	size_t n = 0, room = 0;

	for (bool last = false; !last && !(serve_stopping() && !n);) {
		/* After the last connection the listener is left alone. */
		if (!serve_full()) {
			int fd = serve_accept(lfd);

			if (fd >= 0 && n == room) {
				room = room ? 2 * room : 64;
				conns = realloc(conns, room * sizeof(*conns));
				if (!conns)
					serve_fail("realloc");
			}
			if (fd >= 0)
				conns[n++] = serve_conn_new(fd);
		}
		for (size_t i = 0; i < n;) {
			if (serve_pump(conns[i], false) != SERVE_CLOSE) {
				i++;
				continue;
			}
			last = serve_conn_end(conns[i]);
			conns[i] = conns[--n];
		}
		rest();
	}
	free(conns);
	serve_finish();
}
