/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * http.c - see http.h.
 *
 * What goes in: requests of whoever reaches the port. What comes out: texts. Clients may be slow,
 * many, or hostile: connections are few, each request has an end to its patience, and what costs
 * something (metrics, the check of a password) is done once and remembered.
 */
#include <errno.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>

#include "app/credentials.h"
#include "app/endpoint.h"
#include "app/http.h"
#include "app/listen.h"
#include "app/negotiate.h"
#include "base/log.h"
#include "base/now.h"
#include "base/types.h"
#include "base/xalloc.h"

enum {
	CONNECTIONS_MAX = 64,
	CONNECTIONS_PER_ADDRESS = 32,
	SILENCE_S = 10,	       /* in which nothing comes or goes */
	MEMORY_MAX = 32 << 10, /* of one connection, for headers */
	STEPS_MAX = 64,	       /* without a look at anything else */
};

#define PATIENCE (30 * NSEC_PER_SEC) /* from a connection, or a request, to its end */
#define FRESH	 NSEC_PER_SEC	     /* so long the metrics are those of the request before */

/* A connection of a client. */
struct client {
	struct client *next;
	int fd;
	uint64_t since; /* ns: its begin, or that of its latest request's end */
};

/* A text as it was rendered. */
struct page {
	char *text;
	size_t size;
	uint64_t at; /* ns; 0: never */
};

struct http {
	struct http_setup setup;
	struct web_config config;
	struct MHD_Daemon *daemon;
	struct client *clients;
	struct page page[2][2]; /* by dialect, and whether it is compressed */
	struct credentials credentials;
};

/* What is said at a path. */
struct path {
	const char *path;
	enum MHD_Result (*answer)(struct http *h, struct MHD_Connection *c);
};

/* Queues a response, with a type and one more header; MHD_NO ends the connection. */
static enum MHD_Result respond(struct MHD_Connection *c, unsigned int status,
			       struct MHD_Response *response, const char *type, const char *header,
			       const char *value)
{
	enum MHD_Result result = MHD_NO;

	if (!response)
		return MHD_NO;
	if (MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type) &&
	    (!header || MHD_add_response_header(response, header, value)))
		result = MHD_queue_response(c, status, response);
	MHD_destroy_response(response);
	return result;
}

/* Queues a line of text. */
static enum MHD_Result say(struct MHD_Connection *c, unsigned int status, const char *line,
			   const char *header, const char *value)
{
	return respond(
		c, status,
		MHD_create_response_from_buffer(strlen(line), (void *)line, MHD_RESPMEM_PERSISTENT),
		"text/plain; charset=utf-8", header, value);
}

/* Compresses a text; 0 or -ENOMEM. */
static int compress_text(const char *text, size_t size, struct page *to)
{
	z_stream z = {.next_in = (Bytef *)text, .avail_in = (uInt)size};
	int result;

	/* 15 bits of window, and 16 for the header of gzip. */
	if (deflateInit2(&z, Z_BEST_SPEED, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		return -ENOMEM;
	to->size = deflateBound(&z, size);
	to->text = xrealloc(to->text, to->size, 1);
	z.next_out = (Bytef *)to->text;
	z.avail_out = (uInt)to->size;
	result = deflate(&z, Z_FINISH);
	to->size -= z.avail_out;
	deflateEnd(&z);
	return result == Z_STREAM_END ? 0 : -ENOMEM;
}

/* The metrics as they are now, or were a moment ago; NULL if there is no memory for them. */
static const struct page *metrics_page(struct http *h, enum dialect dialect, bool gzip)
{
	struct page *plain = &h->page[dialect][false], *compressed = &h->page[dialect][true];
	uint64_t now = now_ns();

	if (!plain->at || now - plain->at >= FRESH) {
		free(plain->text);
		*plain = (struct page){.at = now};
		h->setup.render(h->setup.context, dialect, &plain->text, &plain->size);
	}
	if (!gzip)
		return plain;
	if (compressed->at != plain->at && compress_text(plain->text, plain->size, compressed))
		return NULL;
	compressed->at = plain->at;
	return compressed;
}

/* A header of the request, or NULL. */
static const char *header_of(struct MHD_Connection *c, const char *name)
{
	return MHD_lookup_connection_value(c, MHD_HEADER_KIND, name);
}

static enum MHD_Result answer_metrics(struct http *h, struct MHD_Connection *c)
{
	static const char *const types[] = {
		[DIALECT_OPENMETRICS] =
			"application/openmetrics-text; version=1.0.0; charset=utf-8",
		[DIALECT_PROMETHEUS] = "text/plain; version=0.0.4; charset=utf-8",
	};
	enum dialect dialect = negotiate_dialect(header_of(c, MHD_HTTP_HEADER_ACCEPT));
	bool gzip = negotiate_gzip(header_of(c, MHD_HTTP_HEADER_ACCEPT_ENCODING));
	const struct page *page = metrics_page(h, dialect, gzip);
	struct MHD_Response *response;

	if (!page)
		return MHD_NO;
	response = MHD_create_response_from_buffer(page->size, page->text, MHD_RESPMEM_MUST_COPY);
	if (response)
		MHD_add_response_header(response, MHD_HTTP_HEADER_VARY, "Accept, Accept-Encoding");
	return respond(c, MHD_HTTP_OK, response, types[dialect],
		       gzip ? MHD_HTTP_HEADER_CONTENT_ENCODING : NULL, "gzip");
}

static enum MHD_Result answer_healthy(struct http *h, struct MHD_Connection *c)
{
	(void)h;
	return say(c, MHD_HTTP_OK, "Healthy\n", NULL, NULL);
}

static enum MHD_Result answer_landing(struct http *h, struct MHD_Connection *c)
{
	static const char page[] =
		"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
		"<title>iophase</title></head>\n<body><h1>iophase " IOPHASE_VERSION "</h1>\n"
		"<p>Which I/O models the servers of this machine use, where their threads' time goes, "
		"and what their clients wait for.</p>\n"
		"<ul><li><a href=\"metrics\">Metrics</a></li>"
		"<li><a href=\"-/healthy\">Health</a></li></ul></body></html>\n";

	(void)h;
	return respond(c, MHD_HTTP_OK,
		       MHD_create_response_from_buffer(sizeof(page) - 1, (void *)page,
						       MHD_RESPMEM_PERSISTENT),
		       "text/html; charset=utf-8", NULL, NULL);
}

static const struct path paths[] = {
	{"/metrics", answer_metrics},
	{"/-/healthy", answer_healthy},
	{"/", answer_landing},
};

/*
 * Whether name and password are all that the client sent: libmicrohttpd before 0.9.77 gives them as
 * strings, which end at the first NUL. In base64 four letters are three bytes, less one for each
 * "=" at the end.
 */
static bool are_whole(struct MHD_Connection *c, const char *name, const char *password)
{
	const char *sent = MHD_lookup_connection_value(c, MHD_HEADER_KIND, "Authorization");
	const char *letters = sent ? strrchr(sent, ' ') : NULL;
	size_t bytes = letters ? strcspn(letters + 1, "=") * 3 / 4 : 0;

	return bytes == strlen(name) + sizeof(":") - 1 + strlen(password);
}

/* Whether the client may read; else *status is why not. */
static bool may_read(struct http *h, struct MHD_Connection *c, unsigned int *status)
{
	char *password = NULL, *user;
	enum credentials_verdict verdict;

	if (!h->config.users)
		return true;
	user = MHD_basic_auth_get_username_password(c, &password);
	verdict = user && are_whole(c, user, password ? password : "")
			  ? credentials_check(&h->credentials, &h->config, user,
					      password ? password : "", now_ns())
			  : CREDENTIALS_WRONG;
	if (password)
		explicit_bzero(password, strlen(password));
	MHD_free(password);
	MHD_free(user);
	*status = verdict == CREDENTIALS_TOO_MANY ? MHD_HTTP_TOO_MANY_REQUESTS
						  : MHD_HTTP_UNAUTHORIZED;
	return verdict == CREDENTIALS_RIGHT;
}

/* The path of what a request names: also of one that names the server as well, as proxies are sent
 * and as RFC 9112 (3.2.2) has servers accept. */
static const char *path_of(const char *url)
{
	const char *host = strstr(url, "://"), *path;

	if (*url == '/' || !host)
		return url;
	path = strchr(host + 3, '/');
	return path ? path : "/";
}

/* Answers a request whose headers are all there. */
static enum MHD_Result answer(struct http *h, struct MHD_Connection *c, const char *url)
{
	unsigned int status;

	if (!may_read(h, c, &status))
		return status == MHD_HTTP_UNAUTHORIZED
			       ? say(c, status, "Unauthorized\n", MHD_HTTP_HEADER_WWW_AUTHENTICATE,
				     "Basic realm=\"iophase\", charset=\"UTF-8\"")
			       : say(c, status, "Too many wrong passwords\n",
				     MHD_HTTP_HEADER_RETRY_AFTER, "1");
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		if (!strcmp(paths[i].path, url))
			return paths[i].answer(h, c);
	return say(c, MHD_HTTP_NOT_FOUND, "Not found\n", NULL, NULL);
}

/* A request: the library calls this for its headers, for each part of its body, and at its end. */
static enum MHD_Result on_request(void *arg, struct MHD_Connection *c, const char *url,
				  const char *method, const char *version, const char *body,
				  size_t *body_size, void **state)
{
	(void)version;
	(void)body;
	/* An answer to the headers alone: whatever else comes is not read. */
	if (strcmp(method, MHD_HTTP_METHOD_GET) && strcmp(method, MHD_HTTP_METHOD_HEAD))
		return say(c, MHD_HTTP_METHOD_NOT_ALLOWED, "Only GET and HEAD\n",
			   MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
	if (!*state || *body_size) {
		*state = arg;
		*body_size = 0;
		return MHD_YES;
	}
	return answer(arg, c, path_of(url));
}

/* A client has come or gone. */
static void on_connection(void *arg, struct MHD_Connection *c, void **context,
			  enum MHD_ConnectionNotificationCode code)
{
	const union MHD_ConnectionInfo *fd =
		MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);
	struct http *h = arg;
	struct client *client;

	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		client = xcalloc(1, sizeof(*client));
		*client = (struct client){h->clients, fd ? fd->connect_fd : -1, now_ns()};
		h->clients = client;
		*context = client;
		return;
	}
	for (struct client **at = &h->clients; *at; at = &(*at)->next) {
		if (*at != *context)
			continue;
		client = *at;
		*at = client->next;
		free(client);
		break;
	}
	*context = NULL;
}

/* A request has ended: the connection has all its time again. */
static void on_completed(void *arg, struct MHD_Connection *c, void **state,
			 enum MHD_RequestTerminationCode how)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct client *client = info ? info->socket_context : NULL;

	(void)arg;
	(void)how;
	*state = NULL;
	if (client)
		client->since = now_ns();
}

/* What the library has to say: of clients that do wrong, which is no matter of ours. */
static void on_message(void *arg, const char *format, va_list args)
{
	char line[256];

	(void)arg;
	vsnprintf(line, sizeof(line), format, args);
	line[strcspn(line, "\n")] = '\0';
	log_info("http: %s", line);
}

/* Starts the library on a socket; NULL if it does not. */
static struct MHD_Daemon *start(struct http *h, int fd)
{
	const struct web_config *c = &h->config;
	struct MHD_OptionItem tls[] = {
		{MHD_OPTION_HTTPS_MEM_CERT, 0, c->cert},
		{MHD_OPTION_HTTPS_MEM_KEY, 0, c->key},
		{MHD_OPTION_HTTPS_PRIORITIES, 0,
		 (void *)(c->only_tls_1_3 ? "NORMAL:-VERS-ALL:+VERS-TLS1.3"
					  : "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2")},
		{c->client_ca ? MHD_OPTION_HTTPS_MEM_TRUST : MHD_OPTION_END, 0, c->client_ca},
		{MHD_OPTION_END, 0, NULL},
	};
	struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};

	return MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_ERROR_LOG | (c->cert ? MHD_USE_TLS : 0), 0,
				NULL, NULL, on_request, h, MHD_OPTION_EXTERNAL_LOGGER, on_message,
				NULL, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT,
				(unsigned int)CONNECTIONS_MAX, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
				(unsigned int)CONNECTIONS_PER_ADDRESS,
				MHD_OPTION_CONNECTION_TIMEOUT, (unsigned int)SILENCE_S,
				MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MEMORY_MAX,
				MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_NOTIFY_CONNECTION,
				on_connection, h, MHD_OPTION_NOTIFY_COMPLETED, on_completed, h,
				MHD_OPTION_ARRAY, c->cert ? tls : none, MHD_OPTION_END);
}

/* Opens it. */
int http_open(struct http **opened, const struct http_setup *setup)
{
	struct http *h = xcalloc(1, sizeof(*h));
	int fd, err = 0;

	h->setup = *setup;
	if (setup->web_config)
		err = web_config_read(setup->web_config, &h->config);
	fd = err ? err : listen_open(setup->listen);
	if (fd >= 0) {
		h->daemon = start(h, fd);
		if (h->daemon) {
			*opened = h;
			return 0;
		}
		log_error("--listen '%s': the HTTP server does not start%s", setup->listen,
			  h->config.cert ? "; are the certificate and the key right?" : "");
		close(fd);
		fd = -EINVAL;
	}
	web_config_clear(&h->config);
	free(h);
	return fd;
}

/* What becomes ready when there is something to do. */
int http_fd(const struct http *h)
{
	return MHD_get_daemon_info(h->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
}

/* Where clients find the metrics. */
char *http_address(const struct http *h)
{
	const union MHD_DaemonInfo *info =
		MHD_get_daemon_info(h->daemon, MHD_DAEMON_INFO_BIND_PORT);
	char host[ENDPOINT_HOST_LEN];
	const char *port;

	endpoint_split(h->setup.listen, host, &port);
	return xasprintf("%s://%s%s%s:%u/metrics", h->config.cert ? "https" : "http",
			 strchr(host, ':') ? "[" : "", *host ? host : "localhost",
			 strchr(host, ':') ? "]" : "", info ? info->port : 0);
}

/* Has the connections end that have taken too long: the library finds that nothing comes any more.
 */
static void end_slow_ones(struct http *h)
{
	uint64_t now = now_ns();

	for (struct client *c = h->clients; c; c = c->next)
		if (now - c->since > PATIENCE && c->fd >= 0)
			shutdown(c->fd, SHUT_RDWR);
}

/* Does what there is to do. */
void http_step(struct http *h)
{
	unsigned long long wait = 0;

	end_slow_ones(h);
	/* What TLS has read and nobody has looked at makes no descriptor ready. */
	for (int i = 0; i < STEPS_MAX && !wait; i++) {
		MHD_run(h->daemon);
		if (MHD_get_timeout(h->daemon, &wait) != MHD_YES)
			break;
	}
}

/* Ends all connections. */
void http_close(struct http *h)
{
	if (!h)
		return;
	MHD_stop_daemon(h->daemon);
	for (int i = 0; i < 4; i++)
		free(h->page[i / 2][i % 2].text);
	credentials_clear(&h->credentials);
	web_config_clear(&h->config);
	free(h);
}
