/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * place.c - see place.h.
 *
 * A place that cannot be written is to be noticed before anything is measured, but what is in a
 * file is to stay there until then: so it is opened early, and emptied late.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/place.h"
#include "app/safe_open.h"
#include "base/log.h"

enum {
	LOOK_MS = 20,	   /* between two looks for the reader of a FIFO */
	LOOKS_SILENT = 50, /* after which a line says what is waited for */
};

/* Whether a name leads to a FIFO. */
static bool is_fifo(const char *file)
{
	struct stat stat_of;

	return !stat(file, &stat_of) && S_ISFIFO(stat_of.st_mode);
}

/* Opens a file, a FIFO as soon as it has a reader; 0, or -errno after one line. */
static int open_file(struct place *p, struct signals *s)
{
	int err = safe_open(p->file, &p->opened);

	for (int looks = 1; err == -ENXIO && is_fifo(p->file); looks++) {
		if (looks == LOOKS_SILENT)
			log_warn("%s: a FIFO without a reader; waiting for one", p->file);
		if (signals_await(s, LOOK_MS)) {
			log_error("%s: given up: no reader came", p->file);
			return -ECANCELED;
		}
		err = safe_open(p->file, &p->opened);
	}
	/* What else has no reader: a socket, a device without a driver. */
	if (err == -ENXIO)
		log_error("%s: %s", p->file, strerror(ENXIO));
	return err;
}

const char PLACE_STDERR[] = "stderr";

/* Opens the file, "-" is stdout. */
int place_open(struct place *p, const char *file, struct signals *s)
{
	struct stat stat;

	*p = (struct place){.name = "stdout", .fd = STDOUT_FILENO};
	if (file == PLACE_STDERR) {
		p->name = file;
		p->fd = STDERR_FILENO;
	} else if (strcmp(file, "-")) {
		int err;

		p->name = p->file = file;
		err = open_file(p, s);
		if (err)
			return err;
		p->fd = p->opened.fd;
	}
	if (fstat(p->fd, &stat)) {
		int err = -errno;

		log_error("%s: %s", p->name, strerror(-err));
		return err;
	}
	p->regular = S_ISREG(stat.st_mode);
	p->dev = stat.st_dev;
	p->ino = stat.st_ino;
	return 0;
}

/* Whether both are the same file; a device may be opened twice. */
bool place_is_same(const struct place *a, const struct place *b)
{
	return a->regular && b->regular && a->dev == b->dev && a->ino == b->ino;
}

/* Measuring has begun: what a file held before goes. */
int place_begin(struct place *p)
{
	return p->file && p->regular && !p->replaced && ftruncate(p->fd, 0) ? -errno : 0;
}

/* Puts these bytes in the place of what is in the file, at once. */
int place_replace(struct place *p, const char *bytes, size_t size)
{
	int err = safe_replace(&p->opened, bytes, size);

	p->fd = p->opened.fd;
	return err;
}

/* Measuring never began: a file that was made for it goes. */
void place_abandon(struct place *p)
{
	int err = p->file ? safe_remove(&p->opened) : 0;

	if (err)
		log_warn("%s: an empty file stays: %s", p->file, strerror(-err));
	place_close(p);
}

/* Closes it; stdout stays open. */
int place_close(struct place *p)
{
	if (!p->file || p->fd < 0)
		return 0;
	p->fd = -1;
	return safe_close(&p->opened);
}
