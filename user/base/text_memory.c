/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * text_memory.c - see text_memory.h.
 *
 * What goes in: what is written. What comes out: the same in one piece of memory. open_memstream(3)
 * does so, too; but it copies all of it each time that it grows, and writes zeros into the rest. Of
 * the ten megabytes of a report on ten thousand threads, that was two fifths of all page faults.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text_memory.h"
#include "base/xalloc.h"

enum {
	FIRST_ROOM = 8192, /* bytes */
};

/* What has been written so far. */
struct text_memory {
	char **text;
	size_t *size;
	char *bytes;
	size_t used, room; /* of bytes */
};

/* Takes `size` bytes more; returns how many. */
static ssize_t text_memory_write(void *cookie, const char *bytes, size_t size)
{
	struct text_memory *m = cookie;

	if (m->room - m->used <= size) {
		m->room = 2 * m->room + size + 1;
		m->bytes = xrealloc(m->bytes, m->room, 1);
	}
	memcpy(m->bytes + m->used, bytes, size);
	m->used += size;
	return (ssize_t)size;
}

/* Hands over what has been written; 0. */
static int text_memory_close(void *cookie)
{
	struct text_memory *m = cookie;

	m->bytes[m->used] = '\0';
	*m->text = m->bytes;
	*m->size = m->used;
	free(m);
	return 0;
}

/* A stream that writes into memory. */
FILE *memory_open(char **text, size_t *size)
{
	static const cookie_io_functions_t functions = {.write = text_memory_write,
							.close = text_memory_close};
	struct text_memory *m = xcalloc(1, sizeof(*m));
	FILE *stream;

	*m = (struct text_memory){.text = text, .size = size, .room = FIRST_ROOM};
	m->bytes = xrealloc(NULL, m->room, 1);
	stream = fopencookie(m, "w", functions);
	if (!stream)
		xalloc_failed();
	return stream;
}

/* Closes it. */
void memory_close(FILE *stream)
{
	if (fclose(stream))
		xalloc_failed();
}
