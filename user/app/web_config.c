/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * web_config.c - see web_config.h.
 *
 * What goes in: a file of YAML. What comes out: certificates, keys, users. A wrong or unknown word
 * is refused: who means to have a server protected is not to get one that is not.
 */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "app/web_config.h"
#include "base/log.h"
#include "base/xalloc.h"

enum {
	FILE_MAX_BYTES = 1 << 20, /* of a certificate, a key, or the file itself */
	/* Of bcrypt: each one more takes twice the time. A check by 16 takes four seconds, in which
	 * nobody is answered; one by 31 takes a day. */
	COST_LEAST = 4,
	COST_MOST = 16,
};

struct reading {
	const char *file;
	yaml_document_t *document;
	struct web_config *config;
};

/* One line about a place of the file; -EINVAL. */
static int refuse(const struct reading *r, const yaml_node_t *at, const char *what, const char *why)
{
	log_error("%s:%zu: %s: %s", r->file, at ? at->start_mark.line + 1 : 1, what, why);
	return -EINVAL;
}

/* The text of a scalar, or NULL. */
static const char *text_of(const yaml_node_t *node)
{
	return node && node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value
						      : NULL;
}

/* Reads a whole file into memory; NULL after one line. */
static char *read_whole(const char *path)
{
	FILE *in = fopen(path, "re");
	char *text = xcalloc(FILE_MAX_BYTES + 1, 1);
	size_t size = in ? fread(text, 1, FILE_MAX_BYTES, in) : 0;
	bool failed = !in || ferror(in);

	if (failed)
		log_error("%s: %s", path, strerror(errno));
	else if (size == FILE_MAX_BYTES)
		log_error("%s: larger than 1 MiB", path);
	if (in)
		fclose(in);
	if (!failed && size < FILE_MAX_BYTES)
		return xrealloc(text, size + 1, 1);
	free(text);
	return NULL;
}

/* Reads a file that is named from the folder of the YAML; 0 or -EINVAL after one line. */
static int read_named(const struct reading *r, const char *name, char **text)
{
	const char *slash = strrchr(r->file, '/');
	char path[PATH_MAX];

	if (*name == '/' || !slash)
		snprintf(path, sizeof(path), "%s", name);
	else
		snprintf(path, sizeof(path), "%.*s/%s", (int)(slash - r->file), r->file, name);
	free(*text);
	*text = read_whole(path);
	return *text ? 0 : -EINVAL;
}

/* Takes one line of tls_server_config. */
static int take_tls(struct reading *r, const yaml_node_t *at, const char *key, const char *value)
{
	if (!value)
		return refuse(r, at, key, "not a word");
	if (!strcmp(key, "cert_file"))
		return read_named(r, value, &r->config->cert);
	if (!strcmp(key, "key_file"))
		return read_named(r, value, &r->config->key);
	if (!strcmp(key, "client_ca_file"))
		return read_named(r, value, &r->config->client_ca);
	if (!strcmp(key, "client_auth_type")) {
		if (!strcmp(value, "RequireAndVerifyClientCert") || !strcmp(value, "NoClientCert"))
			return 0;
		return refuse(r, at, key,
			      "only NoClientCert and RequireAndVerifyClientCert are "
			      "supported");
	}
	if (!strcmp(key, "min_version")) {
		r->config->only_tls_1_3 = !strcmp(value, "TLS13");
		if (r->config->only_tls_1_3 || !strcmp(value, "TLS12"))
			return 0;
		return refuse(r, at, key, "only TLS12 and TLS13 are supported");
	}
	return refuse(r, at, key, "not supported");
}

/* The cost of a bcrypt hash, "$2b$10$..." has 10; -1: it is none, or there is no text. */
static int cost_of(const char *hash)
{
	if (!hash || strlen(hash) != 60 || strncmp(hash, "$2", 2) || !strchr("abxy", hash[2]) ||
	    hash[3] != '$' || !isdigit((unsigned char)hash[4]) ||
	    !isdigit((unsigned char)hash[5]) || hash[6] != '$')
		return -1;
	return 10 * (hash[4] - '0') + hash[5] - '0';
}

/* Takes one user. */
static int take_user(struct reading *r, const yaml_node_t *at, const char *key, const char *value)
{
	struct web_config *c = r->config;
	int cost = cost_of(value);

	if (cost < 0)
		return refuse(r, at, key, "not followed by the bcrypt hash of a password");
	if (cost < COST_LEAST || cost > COST_MOST)
		return refuse(
			r, at, key,
			"the cost of the hash is not from 4 to 16; a check by 16 takes seconds");
	c->user = xrealloc(c->user, c->users + 1, sizeof(*c->user));
	c->user[c->users++] = (struct web_user){xstrdup(key), xstrdup(value)};
	return 0;
}

/* Takes what concerns HTTP: that we speak HTTP/1.1 may be said. */
static int take_http(struct reading *r, const yaml_node_t *at, const char *key, const char *value)
{
	if (!strcmp(key, "http2") && value && !strcmp(value, "false"))
		return 0;
	return refuse(r, at, key, "not supported: HTTP/1.1 is spoken, without further headers");
}

typedef int take_line(struct reading *r, const yaml_node_t *at, const char *key, const char *value);

/* Takes each line of a mapping; 0 or -EINVAL after one line. */
static int take_lines(struct reading *r, const yaml_node_t *map, const char *name, take_line *take)
{
	int err = 0;

	if (!map || map->type != YAML_MAPPING_NODE)
		return refuse(r, map, name, "not a mapping");
	for (yaml_node_pair_t *p = map->data.mapping.pairs.start;
	     p < map->data.mapping.pairs.top && !err; p++) {
		const yaml_node_t *key = yaml_document_get_node(r->document, p->key);
		const char *text = text_of(key);

		err = text ? take(r, key, text,
				  text_of(yaml_document_get_node(r->document, p->value)))
			   : refuse(r, key, name, "a key that is no word");
	}
	return err;
}

/* Takes one section. */
static int take_section(struct reading *r, const yaml_node_t *key, const yaml_node_t *value)
{
	static const struct {
		const char *name;
		take_line *take;
	} sections[] = {
		{"tls_server_config", take_tls},
		{"basic_auth_users", take_user},
		{"http_server_config", take_http},
	};
	const char *name = text_of(key);

	for (size_t i = 0; name && i < sizeof(sections) / sizeof(sections[0]); i++)
		if (!strcmp(sections[i].name, name))
			return take_lines(r, value, name, sections[i].take);
	return refuse(r, key, name ? name : "?", "not known");
}

/* What is wrong with it all together; 0 or -EINVAL after one line. */
static int check_together(const struct reading *r)
{
	const struct web_config *c = r->config;

	if (!c->cert != !c->key)
		return refuse(r, NULL, "tls_server_config", "cert_file and key_file go together");
	if (c->client_ca && !c->cert)
		return refuse(r, NULL, "tls_server_config", "client_ca_file wants a cert_file");
	return 0;
}

/* Takes a document that was parsed; 0 or -EINVAL after one line. */
static int take_document(struct reading *r)
{
	const yaml_node_t *root = yaml_document_get_root_node(r->document);
	int err = 0;

	/* An empty file protects nothing and asks for nothing, as with Prometheus' exporters. */
	if (!root)
		return 0;
	if (root->type != YAML_MAPPING_NODE)
		return refuse(r, root, "the file", "not a mapping");
	for (yaml_node_pair_t *p = root->data.mapping.pairs.start;
	     p < root->data.mapping.pairs.top && !err; p++)
		err = take_section(r, yaml_document_get_node(r->document, p->key),
				   yaml_document_get_node(r->document, p->value));
	return err ? err : check_together(r);
}

/* Reads the file, and those that it names. */
int web_config_read(const char *file, struct web_config *config)
{
	yaml_parser_t parser;
	yaml_document_t document;
	struct reading r = {file, &document, config};
	char *text = read_whole(file);
	int err;

	*config = (struct web_config){0};
	if (!text)
		return -EINVAL;
	if (!yaml_parser_initialize(&parser)) {
		free(text);
		return -ENOMEM;
	}
	yaml_parser_set_input_string(&parser, (unsigned char *)text, strlen(text));
	if (!yaml_parser_load(&parser, &document)) {
		log_error("%s:%zu: %s", file, parser.problem_mark.line + 1,
			  parser.problem ? parser.problem : "no YAML");
		err = -EINVAL;
	} else {
		err = take_document(&r);
		yaml_document_delete(&document);
	}
	yaml_parser_delete(&parser);
	free(text);
	if (err)
		web_config_clear(config);
	return err;
}

/* Frees a text that is nobody else's business. */
static void wipe(char *text)
{
	if (text)
		explicit_bzero(text, strlen(text));
	free(text);
}

/* Frees what it holds. */
void web_config_clear(struct web_config *c)
{
	for (size_t i = 0; i < c->users; i++) {
		free(c->user[i].name);
		wipe(c->user[i].hash);
	}
	free(c->user);
	free(c->cert);
	wipe(c->key);
	free(c->client_ca);
	*c = (struct web_config){0};
}
