/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * run_as.c - see run_as.h.
 *
 * What goes in: the name, or number, of a user. What comes out: a process that has that user's
 * rights: first the groups, which only root may set, then the user, and then it is looked whether
 * it is so.
 */
#include <ctype.h>
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/exit_code.h"
#include "base/log.h"
#include "base/xalloc.h"
#include "target/run_as.h"

enum {
	GROUPS_FIRST = 32, /* room for so many, until it is known how many there are */
};

/* Looks up all groups that the user is in. */
static void find_groups(struct run_as *as)
{
	int room = GROUPS_FIRST;

	for (;;) {
		as->groups = room;
		as->group = xrealloc(as->group, (size_t)room, sizeof(*as->group));
		if (getgrouplist(as->name, as->gid, as->group, &as->groups) >= 0)
			return;
		room = as->groups > room ? as->groups : 2 * room;
	}
}

/* Looks a user up by name, or else by number, as chown(1) does; NULL, with errno, if there is none.
 */
static const struct passwd *find_user(const char *name)
{
	const struct passwd *user;
	unsigned long long number;
	char *end;

	errno = 0;
	user = getpwnam(name);
	if (user || !isdigit((unsigned char)*name))
		return user;
	errno = 0;
	number = strtoull(name, &end, 10);
	if (*end || errno || number >= UINT32_MAX)
		return NULL;
	return getpwuid((uid_t)number);
}

/* Looks a user up. Of a number that no user has, it is not known which groups it is to be in. */
int run_as_find(struct run_as *as, const char *name)
{
	const struct passwd *user = find_user(name);

	*as = (struct run_as){0};
	if (!user) {
		log_error("--run-as %s: %s", name,
			  !errno || errno == ENOENT || errno == ESRCH || errno == ERANGE
				  ? "no such user"
				  : strerror(errno));
		return EXIT_USAGE;
	}
	as->name = xstrdup(user->pw_name);
	as->home = xstrdup(user->pw_dir);
	as->shell = xstrdup(user->pw_shell);
	as->uid = user->pw_uid;
	as->gid = user->pw_gid;
	find_groups(as);
	return 0;
}

/* Whether all user and group ids of the process are the user's, and none but root can be root. */
static bool is_become(const struct run_as *as)
{
	uid_t uid[3];
	gid_t gid[3];

	if (getresuid(&uid[0], &uid[1], &uid[2]) || getresgid(&gid[0], &gid[1], &gid[2]))
		return false;
	for (int i = 0; i < 3; i++)
		if (uid[i] != as->uid || gid[i] != as->gid)
			return false;
	return getgroups(0, NULL) == as->groups && (!as->uid || setuid(0));
}

/* Gives up all capabilities, those that a program would inherit, too: only root loses them with its
 * user. 0 or -errno. */
static int drop_capabilities(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0}};

	return syscall(SYS_capset, &header, none) ? -errno : 0;
}

/* Says to the programs who they are run by. */
static int set_environment(const struct run_as *as)
{
	if (setenv("HOME", as->home, 1) || setenv("USER", as->name, 1) ||
	    setenv("LOGNAME", as->name, 1) || setenv("SHELL", as->shell, 1))
		return -errno;
	return 0;
}

/* Gives the calling process the rights of the user and no others. */
int run_as_become(const struct run_as *as)
{
	if (setgroups((size_t)as->groups, as->group) || setresgid(as->gid, as->gid, as->gid) ||
	    setresuid(as->uid, as->uid, as->uid) || (as->uid && drop_capabilities()))
		return -errno;
	return is_become(as) ? set_environment(as) : -EPERM;
}

void run_as_clear(struct run_as *as)
{
	free(as->name);
	free(as->home);
	free(as->shell);
	free(as->group);
	*as = (struct run_as){0};
}
