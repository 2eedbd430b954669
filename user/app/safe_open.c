/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * safe_open.c - see safe_open.h.
 *
 * What goes in: a name. What comes out: a descriptor. Whoever may write to /tmp can lead a program
 * of root's anywhere by a symbolic link; fs.protected_symlinks is there against it, but it is off
 * unless a distribution sets it, and looks at the last part of a name only. So the name is walked
 * part by part, each without following, and links are read here.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "app/safe_open.h"
#include "base/log.h"

enum {
	LINKS_MAX = 40, /* that one name may lead through, as in the kernel */
	FLAGS = O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
	FOLDER_FLAGS = O_PATH | O_DIRECTORY | O_CLOEXEC,
};

struct walk {
	int file;	     /* the descriptor, once the walk is over; before, -1 */
	int folder;	     /* where we are */
	char rest[PATH_MAX]; /* of the name, from there */
	unsigned int links;
	bool made;
	bool refused; /* a link was, of this user: */
	uid_t owner;
};

/* Goes on from another folder; 0, or the -errno of opening it. */
static int enter(struct walk *w, int folder)
{
	if (folder < 0)
		return -errno;
	close(w->folder);
	w->folder = folder;
	return 0;
}

/* Goes on in a folder of the one where we are; 0 or -errno. */
static int descend(struct walk *w, const char *name, char *rest, int flags)
{
	int err = enter(w, openat(w->folder, name, FOLDER_FLAGS | flags));

	memmove(w->rest, rest, strlen(rest) + 1);
	return err;
}

/* Opens the last part of the name, which is no link; 0 or -errno. */
static int open_last(struct walk *w, const char *name)
{
	w->file = openat(w->folder, name, FLAGS | O_NOFOLLOW | O_CREAT | O_EXCL, 0666);
	w->made = w->file >= 0;
	/* Still with O_CREAT: fs.protected_regular and protected_fifos look at no other open. */
	if (w->file < 0 && errno == EEXIST)
		w->file = openat(w->folder, name, FLAGS | O_NOFOLLOW | O_CREAT, 0666);
	return w->file < 0 ? -errno : 0;
}

/* Puts what a link says before the rest of the name; 0 or -errno. */
static int follow(struct walk *w, const char *name, const char *rest)
{
	char target[PATH_MAX], longer[PATH_MAX];
	ssize_t length = readlinkat(w->folder, name, target, sizeof(target) - 1);

	if (length < 0)
		return -errno;
	target[length] = '\0';
	if (snprintf(longer, sizeof(longer), "%s%s", target, rest) >= (int)sizeof(longer))
		return -ENAMETOOLONG;
	memcpy(w->rest, longer, sizeof(longer));
	return *target == '/' ? enter(w, open("/", FOLDER_FLAGS)) : 0;
}

/* Follows a link unless it is somebody else's; 0 or -errno. */
static int take_link(struct walk *w, const char *name, char *rest, uid_t owner)
{
	struct statfs fs;

	if (owner != geteuid() && owner != 0) {
		w->refused = true;
		w->owner = owner;
		return -EPERM;
	}
	if (++w->links > LINKS_MAX)
		return -ELOOP;
	/* Those of /proc/self/fd lead to what may have no name; only the kernel can make them. */
	if (fstatfs(w->folder, &fs) || fs.f_type != PROC_SUPER_MAGIC)
		return follow(w, name, rest);
	if (*rest)
		return descend(w, name, rest, 0);
	w->file = openat(w->folder, name, FLAGS);
	return w->file < 0 ? -errno : 0;
}

/* Takes the next part of the name; 0 or -errno. */
static int step(struct walk *w)
{
	char *start = w->rest + strspn(w->rest, "/"), *rest, name[NAME_MAX + 1];
	size_t length = strcspn(start, "/");
	struct stat stat;

	if (!length)
		return -EISDIR;
	if (length > NAME_MAX)
		return -ENAMETOOLONG;
	memcpy(name, start, length);
	name[length] = '\0';
	rest = start + length;
	if (fstatat(w->folder, name, &stat, AT_SYMLINK_NOFOLLOW)) {
		if (errno != ENOENT || *rest)
			return -errno;
	} else if (S_ISLNK(stat.st_mode)) {
		return take_link(w, name, rest, stat.st_uid);
	}
	return *rest ? descend(w, name, rest, O_NOFOLLOW) : open_last(w, name);
}

/* Opens a file for writing, as it is, made if it is not there. */
int safe_open(const char *file, bool *made)
{
	struct walk w = {.file = -1, .folder = open(*file == '/' ? "/" : ".", FOLDER_FLAGS)};
	int err = w.folder < 0 ? -errno : 0;

	if (!err && snprintf(w.rest, sizeof(w.rest), "%s", file) >= (int)sizeof(w.rest))
		err = -ENAMETOOLONG;
	while (!err && w.file < 0)
		err = step(&w);
	if (w.folder >= 0)
		close(w.folder);
	if (w.refused)
		log_error("%s: leads through a symbolic link of user %u, who is neither root nor "
			  "the one that runs iophase",
			  file, w.owner);
	else if (err && err != -ENXIO)
		log_error("%s: %s", file, strerror(-err));
	*made = w.made;
	return err ? err : w.file;
}
