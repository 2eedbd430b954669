/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * credentials.h - whether a name and a password are those of a user.
 *
 * A check of a hash takes long on purpose, so what was right is remembered, and there are few
 * checks in a second, which together take a fifth of it.
 */
#ifndef IOPHASE_CREDENTIALS_H
#define IOPHASE_CREDENTIALS_H

#include <stdint.h>

#include "app/web_config.h"

enum credentials_verdict {
	CREDENTIALS_WRONG,
	CREDENTIALS_RIGHT,
	CREDENTIALS_TOO_MANY, /* not checked: too many have been in this second */
};

/* A zeroed one has seen nobody. */
struct credentials {
	char **right; /* the password that was right, by user of the configuration; or NULL */
	size_t users;
	uint64_t second;	 /* ns: the begin of the latest one in which a hash was checked, */
	unsigned int checks;	 /* and how many were */
	uint64_t spent;		 /* ns that checks took, less a fifth of the time since, */
	uint64_t paid;		 /* until then */
	uint64_t (*clock)(void); /* in ns; NULL: now_ns() */
};

/* Whether they are those of a user; `now` in ns. */
enum credentials_verdict credentials_check(struct credentials *c, const struct web_config *config,
					   const char *name, const char *password, uint64_t now);

void credentials_clear(struct credentials *c);

#endif
