/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * listen.c - see listen.h.
 *
 * What goes in: an address and a port as text. What comes out: a socket, or one line.
 */
#include <errno.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "app/endpoint.h"
#include "app/listen.h"
#include "base/log.h"

enum {
	BACKLOG = 64,
};

/* A socket that listens there, or -errno after one line. */
int listen_open(const char *listen_text)
{
	struct addrinfo hints = {.ai_flags = AI_PASSIVE | AI_NUMERICSERV,
				 .ai_socktype = SOCK_STREAM},
			*found;
	char host[ENDPOINT_HOST_LEN];
	const char *port;
	int fd, err, one = 1;

	if (!endpoint_split(listen_text, host, &port))
		return -EINVAL; /* the option was read so */
	err = getaddrinfo(*host ? host : NULL, port, &hints, &found);
	if (err) {
		log_error("--listen '%s': %s", listen_text, gai_strerror(err));
		return -EINVAL;
	}
	fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) ||
	    bind(fd, found->ai_addr, found->ai_addrlen) || listen(fd, BACKLOG)) {
		err = -errno;
		log_error("--listen '%s': %s", listen_text, strerror(-err));
		if (fd >= 0)
			close(fd);
		fd = err;
	}
	freeaddrinfo(found);
	return fd;
}
