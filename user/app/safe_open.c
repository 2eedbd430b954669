/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * safe_open.c - see safe_open.h.
 *
 * What goes in: a name. What comes out: a descriptor. Whoever may write to /tmp can lead a program
 * of root's anywhere, by a symbolic or a hard link, or have its data by a FIFO; sysctls are there
 * against it (fs.protected_symlinks and others), but they are off unless a distribution sets them,
 * and look at the last part of a name only. So the name is walked part by part, each without
 * following, links are read here, and folders are held open: replacing one leads nobody astray.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "app/caller.h"
#include "app/safe_open.h"
#include "base/log.h"

enum {
	LINKS_MAX = 40, /* that one name may lead through, as in the kernel */
	FLAGS = O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
	FOLDER_FLAGS = O_PATH | O_DIRECTORY | O_CLOEXEC,
};

struct walk {
	struct caller caller;
	struct safe_file *to; /* its descriptor is -1 until the walk is over */
	int folder;	      /* where we are */
	char rest[PATH_MAX];  /* of the name, from there */
	unsigned int links;
	char refused[160]; /* why we go no further, or empty */
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

/* Goes no further; writes why, as by printf. Returns -EPERM. */
__attribute__((format(printf, 2, 3))) static int refuse(struct walk *w, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(w->refused, sizeof(w->refused), format, args);
	va_end(args);
	return -EPERM;
}

/* Whether others than those whom we trust may put something into the folder where we are. */
static bool is_shared(const struct walk *w)
{
	struct stat stat;

	return fstat(w->folder, &stat) || !caller_trusts(&w->caller, stat.st_uid) ||
	       stat.st_mode & (S_IWGRP | S_IWOTH);
}

/*
 * Whether root may write to a file that was there, in a folder that others can write to: they may
 * have put it there, as theirs, or as another name of any file. 0 or -EPERM.
 */
static int may_write(struct walk *w, int fd)
{
	struct stat stat;

	if (!w->caller.is_root || !is_shared(w))
		return 0;
	if (fstat(fd, &stat))
		return -errno;
	if (!caller_trusts(&w->caller, stat.st_uid))
		return refuse(w, "belongs to user %u, in a folder that others can write to",
			      stat.st_uid);
	if (S_ISREG(stat.st_mode) && stat.st_nlink > 1)
		return refuse(
			w, "has another name (a hard link), in a folder that others can write to");
	return 0;
}

/* Gives a file that we have made to who called sudo; 0 or -errno. */
static int give(const struct walk *w, int fd)
{
	return w->caller.by_sudo && fchown(fd, w->caller.uid, w->caller.gid) ? -errno : 0;
}

/* What may_write() says, before the open: a FIFO opens only when it has a reader. */
static int may_open(struct walk *w, const char *name)
{
	int fd = openat(w->folder, name, O_PATH | O_NOFOLLOW | O_CLOEXEC), err;

	if (fd < 0)
		return -errno;
	err = may_write(w, fd);
	close(fd);
	return err;
}

/* Opens the last part of the name, which is no link; 0 or -errno. */
static int open_last(struct walk *w, const char *name)
{
	int fd = openat(w->folder, name, FLAGS | O_NOFOLLOW | O_CREAT | O_EXCL, 0666), err;

	w->to->made = fd >= 0;
	if (fd < 0 && errno == EEXIST) {
		err = may_open(w, name);
		if (err)
			return err;
		/* Still with O_CREAT: fs.protected_regular, protected_fifos look at no other. */
		fd = openat(w->folder, name, FLAGS | O_NOFOLLOW | O_CREAT, 0666);
	}
	if (fd < 0)
		return -errno;
	err = w->to->made ? give(w, fd) : may_write(w, fd);
	if (err) {
		close(fd);
		return err;
	}
	snprintf(w->to->name, sizeof(w->to->name), "%s", name);
	w->to->folder = w->folder;
	w->to->fd = fd;
	w->folder = -1; /* it is the file's from now on */
	return 0;
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

/* Follows a link unless it is, or as root may be, somebody else's; 0 or -errno. */
static int take_link(struct walk *w, const char *name, char *rest, uid_t owner)
{
	struct statfs fs;

	if (!caller_trusts(&w->caller, owner))
		return refuse(w,
			      "leads through a symbolic link of user %u, who is neither root nor "
			      "the one that runs iophase",
			      owner);
	/* Whose it is proves nothing there: it may have been moved, or be one more name. */
	if (w->caller.is_root && is_shared(w))
		return refuse(w, "leads through a symbolic link in a folder that others can write "
				 "to, which root does not follow; name the file itself");
	if (++w->links > LINKS_MAX)
		return -ELOOP;
	/* Those of /proc/self/fd lead to what may have no name; only the kernel can make them. */
	if (fstatfs(w->folder, &fs) || fs.f_type != PROC_SUPER_MAGIC)
		return follow(w, name, rest);
	if (*rest)
		return descend(w, name, rest, 0);
	w->to->fd = openat(w->folder, name, FLAGS);
	return w->to->fd < 0 ? -errno : 0;
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
int safe_open(const char *file, struct safe_file *to)
{
	struct walk w = {
		.caller = caller_find(),
		.to = to,
		.folder = open(*file == '/' ? "/" : ".", FOLDER_FLAGS),
	};
	int err = w.folder < 0 ? -errno : 0;

	*to = (struct safe_file){.fd = -1, .folder = -1};
	if (!err && snprintf(w.rest, sizeof(w.rest), "%s", file) >= (int)sizeof(w.rest))
		err = -ENAMETOOLONG;
	while (!err && to->fd < 0)
		err = step(&w);
	if (w.folder >= 0)
		close(w.folder);
	if (w.refused[0])
		log_error("%s: %s", file, w.refused);
	else if (err && err != -ENXIO)
		log_error("%s: %s", file, strerror(-err));
	return err;
}

/* Removes a file that was made, by its name, unless that stands for something else by now. */
int safe_remove(const struct safe_file *f)
{
	struct stat here, there;

	if (!f->made || fstat(f->fd, &here) ||
	    fstatat(f->folder, f->name, &there, AT_SYMLINK_NOFOLLOW) ||
	    here.st_dev != there.st_dev || here.st_ino != there.st_ino)
		return 0;
	return unlinkat(f->folder, f->name, 0) ? -errno : 0;
}

/* Writes all bytes from the beginning of a file on; 0 or -errno. */
static int write_whole(int fd, const char *bytes, size_t size)
{
	for (size_t done = 0; done < size;) {
		ssize_t written = pwrite(fd, bytes + done, size - done, (off_t)done);

		if (written < 0 && errno != EINTR)
			return -errno;
		done += written > 0 ? (size_t)written : 0;
	}
	return 0;
}

/* Fills a new file and gives it the owner and mode of another one; 0 or -errno. */
static int fill_new(int fd, int like, const char *bytes, size_t size)
{
	struct stat old, new;

	if (fstat(like, &old) || fstat(fd, &new))
		return -errno;
	if ((old.st_uid != new.st_uid || old.st_gid != new.st_gid) &&
	    fchown(fd, old.st_uid, old.st_gid))
		return -errno;
	if (fchmod(fd, old.st_mode & 0777))
		return -errno;
	return write_whole(fd, bytes, size);
}

/* Puts a new file in the place of the one that was opened. */
int safe_replace(struct safe_file *f, const char *bytes, size_t size)
{
	char name[NAME_MAX + 1];
	int fd, err;

	if (f->folder < 0)
		return ftruncate(f->fd, 0) ? -errno : write_whole(f->fd, bytes, size);
	/* A name that nobody takes for data: who reads the folder looks for the end of a name. */
	snprintf(name, sizeof(name), ".iophase-%d.tmp", getpid());
	fd = openat(f->folder, name, FLAGS | O_NOFOLLOW | O_CREAT | O_EXCL, 0600);
	if (fd < 0)
		return -errno;
	err = fill_new(fd, f->fd, bytes, size);
	if (!err && renameat(f->folder, name, f->folder, f->name))
		err = -errno;
	if (err) {
		close(fd);
		unlinkat(f->folder, name, 0);
		return err;
	}
	close(f->fd);
	f->fd = fd;
	return 0;
}

/* Closes it. */
int safe_close(struct safe_file *f)
{
	int err = f->fd >= 0 && close(f->fd) ? -errno : 0;

	if (f->folder >= 0)
		close(f->folder);
	f->fd = f->folder = -1;
	return err;
}
