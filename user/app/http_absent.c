/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * http_absent.c - in the place of http.c in a build without an HTTP server (make HTTP=0), as for a
 * program that is linked statically: libmicrohttpd's TLS cannot be.
 */
#include <errno.h>
#include <stddef.h>

#include "app/http.h"
#include "base/log.h"
#include "base/xalloc.h"

/* There is none. */
int http_open(struct http **h, const struct http_setup *setup)
{
	(void)setup;
	*h = NULL;
	log_error("this iophase was built without an HTTP server (HTTP=0); -o openmetrics:FILE "
		  "writes the same into a file");
	return -EOPNOTSUPP;
}

/* Nothing becomes ready. */
int http_fd(const struct http *h)
{
	(void)h;
	return -1;
}

/* Nobody finds anything. */
char *http_address(const struct http *h)
{
	(void)h;
	return xstrdup("");
}

/* There is nothing to do. */
void http_step(struct http *h)
{
	(void)h;
}

/* There is nothing to end. */
void http_close(struct http *h)
{
	(void)h;
}
