/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * deliver.c - see deliver.h.
 *
 * The one place that writes what outputs have to say. A pipe whose reader sleeps and a terminal
 * that is stopped take nothing, for hours: whoever presses Ctrl-C then wants the prompt back.
 */
#include <errno.h>
#include <poll.h>
#include <stdbool.h>

#include "app/deliver.h"
#include "base/now.h"
#include "base/types.h"
#include "base/write_within.h"

enum {
	CHUNK = 4096,	/* bytes: PIPE_BUF, which a pipe that polls writable takes whole */
	ROUND_MS = 100, /* after which a write that sleeps all the same is ended */
};

/* Waits for room; whether there is some. After a signal for no longer than a round. */
static bool has_room(int fd, struct signals *s)
{
	struct pollfd polled[] = {
		{.fd = fd, .events = POLLOUT},
		{.fd = s->fd, .events = POLLIN},
	};

	if (poll(polled, ARRAY_SIZE(polled), s->taken ? ROUND_MS : -1) <= 0)
		return false;
	if (polled[1].revents)
		signals_take(s);
	/* An error counts as room: the write says which. */
	return polled[0].revents;
}

/* Writes all bytes, and waits for room. */
int deliver(int fd, const char *data, size_t size, struct signals *s)
{
	uint64_t since = now_ns();

	while (size) {
		ssize_t written = -EAGAIN;

		if (has_room(fd, s))
			written = write_within(fd, data, size < CHUNK ? size : CHUNK, ROUND_MS);
		if (written > 0) {
			data += written;
			size -= (size_t)written;
			since = now_ns();
		} else if (written < 0 && written != -EAGAIN) {
			return (int)written;
		} else if (signals_give_up(s, since)) {
			return -ECANCELED;
		}
	}
	return 0;
}
