/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * caller.c - see caller.h.
 *
 * What goes in: our effective user, and what sudo leaves in the environment; that counts only if we
 * are root, who could have had all of it anyway. What comes out: a struct caller.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/caller.h"

/* Reads a number of a user or group from the environment; whether there is one. */
static bool read_id(const char *name, unsigned int *id)
{
	const char *text = secure_getenv(name);
	unsigned long long value;
	char *end;

	if (!text || *text < '0' || *text > '9')
		return false;
	errno = 0;
	value = strtoull(text, &end, 10);
	*id = (unsigned int)value;
	/* The last one stands for no user. */
	return !errno && !*end && value < UINT32_MAX;
}

/* Who runs the program. */
struct caller caller_find(void)
{
	struct caller c = {.is_root = !geteuid(), .uid = geteuid(), .gid = getegid()};
	uid_t uid;
	gid_t gid;

	if (!c.is_root || !read_id("SUDO_UID", &uid) || !read_id("SUDO_GID", &gid))
		return c;
	c.by_sudo = true;
	c.uid = uid;
	c.gid = gid;
	return c;
}

/* Whether a user is no stranger to whoever runs the program. */
bool caller_trusts(const struct caller *c, uid_t uid)
{
	return uid == 0 || uid == c->uid;
}
