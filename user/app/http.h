/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * http.h - metrics over HTTP, by libmicrohttpd: /metrics, /-/healthy and a page that leads there.
 *
 * It has no thread of its own: who waits for its descriptor calls it when that is ready, and now
 * and then.
 */
#ifndef IOPHASE_HTTP_H
#define IOPHASE_HTTP_H

#include "app/web_config.h"
#include "sinks/exposition.h"

struct http;

/* Writes the metrics as they are now to memory that http frees; `context` is the caller's. */
typedef void http_render(void *context, enum dialect dialect, char **text, size_t *size);

struct http_setup {
	const char *listen;	/* "127.0.0.1:9435", "[::1]:9435", ":9435" */
	const char *web_config; /* a file, or NULL */
	http_render *render;
	void *context;
};

/* Opens it: from here on clients can connect. Returns 0, or -errno after one line. */
int http_open(struct http **h, const struct http_setup *setup);

/* What becomes ready when there is something to do. */
int http_fd(const struct http *h);

/* Where clients find the metrics: "http://127.0.0.1:9435/metrics"; the caller frees it. */
char *http_address(const struct http *h);

/* Does what there is to do, and ends connections that have been slow for too long. */
void http_step(struct http *h);

/* Ends all connections; NULL is none. */
void http_close(struct http *h);

#endif
