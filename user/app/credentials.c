/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * credentials.c - see credentials.h.
 *
 * What goes in: what a client says it is. What comes out: whether it may be believed. Hashes are
 * checked by libcrypt.
 */
#include <crypt.h>
#include <stdlib.h>
#include <string.h>

#include "app/credentials.h"
#include "base/now.h"
#include "base/types.h"
#include "base/xalloc.h"

enum {
	CHECKS_MAX = 4,	 /* of hashes in a second: each may take 50 ms of a CPU, */
	CHECKS_REST = 5, /* and all together a fifth of the time, whatever a hash costs */
};

/* What nobody's password has as its hash: an unknown name takes as long as a known one. */
static const char NOBODY[] = "$2b$10$ZkN0RjJ4Q1hVb2tUS2xzVuwSxxmZ0KcPcmZ2pGsQWBzH9v1Dq8b9e";

/* Whether both texts are equal, in a time that does not tell where they are not. */
static bool same(const char *a, const char *b)
{
	size_t length = strlen(b);
	unsigned char differs = strlen(a) != length;

	for (size_t i = 0; i < length; i++)
		differs |= (unsigned char)(a[differs ? 0 : i] ^ b[i]);
	return !differs;
}

/* Whether a password has this hash. */
static bool has_hash(const char *password, const char *hash)
{
	struct crypt_data *data = xcalloc(1, sizeof(*data));
	const char *got = crypt_rn(password, hash, data, sizeof(*data));
	bool right = got && same(got, hash);

	explicit_bzero(data, sizeof(*data));
	free(data);
	return right;
}

/* Whether another hash may be checked in this second. */
static bool may_check(struct credentials *c, uint64_t now)
{
	uint64_t paid = (now - c->paid) / CHECKS_REST;

	c->paid = now;
	c->spent -= paid < c->spent ? paid : c->spent;
	if (c->spent > NSEC_PER_SEC / CHECKS_REST)
		return false;
	if (now - c->second >= NSEC_PER_SEC) {
		c->second = now;
		c->checks = 0;
	}
	return c->checks++ < CHECKS_MAX;
}

/* Whether they are those of a user. */
enum credentials_verdict credentials_check(struct credentials *c, const struct web_config *config,
					   const char *name, const char *password, uint64_t now)
{
	size_t user = 0;
	uint64_t began;
	bool right;

	if (!c->right) {
		c->users = config->users;
		c->right = xcalloc(c->users + 1, sizeof(char *));
	}
	while (user < config->users && !same(name, config->user[user].name))
		user++;
	if (c->right[user] && same(password, c->right[user]))
		return CREDENTIALS_RIGHT;
	if (!may_check(c, now))
		return CREDENTIALS_TOO_MANY;
	began = c->clock ? c->clock() : now_ns();
	right = has_hash(password, user < config->users ? config->user[user].hash : NOBODY);
	c->spent += (c->clock ? c->clock() : now_ns()) - began;
	if (!right || user == config->users)
		return CREDENTIALS_WRONG;
	free(c->right[user]);
	c->right[user] = xstrdup(password);
	return CREDENTIALS_RIGHT;
}

/* Forgets all. */
void credentials_clear(struct credentials *c)
{
	for (size_t i = 0; i < c->users; i++) {
		if (c->right[i])
			explicit_bzero(c->right[i], strlen(c->right[i]));
		free(c->right[i]);
	}
	free(c->right);
	*c = (struct credentials){0};
}
