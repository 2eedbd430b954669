/*
 * A thread name made to break outputs: commas, quotes, newlines, escape sequences, invalid UTF-8.
 *
 * In: hostile_comm [options of serve.h] NAME, where \xNN in NAME is the byte NN; --period-ms N
 * (50). Out: the port file (the number 0), written when the name is set; the tally. The named
 * thread blocks in recvfrom and gets a byte each period.
 */
#define _GNU_SOURCE
#include "serve.h"
#include "tally.h"

#include <ctype.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

static long period_ms = 50;

static const struct serve_option options[] = {{.name = "period-ms", .number = &period_ms}, {0}};

/* Decode \xNN in text to bytes, at most len - 1 of them, and end them with a zero byte. */
static void decode(const char *text, char *out, size_t len)
{
	size_t n = 0;

	while (*text && n < len - 1) {
		if (text[0] == '\\' && text[1] == 'x' && isxdigit((unsigned char)text[2]) &&
		    isxdigit((unsigned char)text[3])) {
			char hex[3] = {text[2], text[3], '\0'};

			out[n++] = (char)strtol(hex, NULL, 16);
			text += 4;
		} else {
			out[n++] = *text++;
		}
	}
	out[n] = '\0';
}

/* Write a byte each period until the stop. */
static void *writer(void *arg)
{
	int fd = *(int *)arg;

	while (!serve_stopping()) {
		usleep((useconds_t)period_ms * 1000);
		io_sendto(fd, "b", 1, MSG_NOSIGNAL, NULL, 0);
	}
	shutdown(fd, SHUT_RDWR);
	return NULL;
}

int main(int argc, char **argv)
{
	int fds[2], i = serve_parse(argc, argv, options);
	char name[16], c; /* a comm is at most 15 bytes */
	pthread_t thread;

	if (i + 1 != argc) {
		errno = EINVAL;
		serve_fail("usage: hostile_comm [options] NAME");
	}
	serve_signals();
	decode(argv[i], name, sizeof(name));
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) || prctl(PR_SET_NAME, name))
		serve_fail("start");
	if (serve.port_file)
		serve_write_number(serve.port_file, 0);
	serve_gate();
	errno = pthread_create(&thread, NULL, writer, &fds[1]);
	if (errno)
		serve_fail("pthread_create");
	while (io_recvfrom(fds[0], &c, 1, 0, NULL, NULL) != 0)
		;
	pthread_join(thread, NULL);
	serve_finish();
}
