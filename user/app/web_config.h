/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * web_config.h - TLS and users of the HTTP server, by a file as Prometheus' exporters have it.
 */
#ifndef IOPHASE_WEB_CONFIG_H
#define IOPHASE_WEB_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

/* A user who may read, and the hash of the password (bcrypt). */
struct web_user {
	char *name, *hash;
};

struct web_config {
	char *cert, *key;  /* PEM, or NULL: without TLS */
	char *client_ca;   /* PEM: only clients with a certificate of these; or NULL */
	bool only_tls_1_3; /* else 1.2, too */
	struct web_user *user;
	size_t users; /* 0: everybody may read */
};

/*
 * Reads the file (YAML), and those that it names, which are found from its folder. Returns 0, or
 * -EINVAL or another -errno after one line. What it says and we cannot do is an error, too.
 */
int web_config_read(const char *file, struct web_config *config);

void web_config_clear(struct web_config *config);

#endif
