/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * fuzz.c - see fuzz.h.
 *
 * stderr is turned away only while the program's own code runs: libFuzzer writes there too. The
 * sanitizers are told to keep to the real one.
 */
#include <sanitizer/common_interface_defs.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"

static int real_stderr = -1, kept = -1;

/* Opens what stderr is kept in, once. */
static void prepare(void)
{
	if (kept >= 0)
		return;
	real_stderr = dup(STDERR_FILENO);
	kept = memfd_create("stderr", MFD_CLOEXEC);
	ENSURE(real_stderr >= 0 && kept >= 0);
	/* A descriptor, of the type that the interface wants. */
	__sanitizer_set_report_fd((void *)(intptr_t)real_stderr);
}

/* Says which promise was broken, and ends the program in a way that libFuzzer notices. */
_Noreturn void fuzz_broken(const char *file, int line, const char *condition)
{
	dprintf(real_stderr >= 0 ? real_stderr : STDERR_FILENO, "%s:%d: broken: %s\n", file, line,
		condition);
	abort();
}

/* A string of the bytes. */
char *fuzz_string(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	ENSURE(text);
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

/* Takes bytes of the input. */
void fuzz_take(struct fuzz_bytes *b, void *to, size_t size)
{
	size_t take = size < b->left ? size : b->left;

	memset(to, 0, size);
	if (take)
		memcpy(to, b->data, take);
	b->data += take;
	b->left -= take;
}

/* Whether there is no control character in a text. */
bool fuzz_is_plain(const char *text)
{
	for (const unsigned char *c = (const unsigned char *)text; *c; c++)
		if (*c < 0x20 || *c == 0x7f)
			return false;
	return true;
}

/* Keeps stderr. */
void fuzz_listen(void)
{
	prepare();
	ENSURE(!ftruncate(kept, 0) && lseek(kept, 0, SEEK_SET) == 0);
	ENSURE(dup2(kept, STDERR_FILENO) == STDERR_FILENO);
}

/* Gives stderr back, and what was written meanwhile. */
char *fuzz_told(void)
{
	off_t length = lseek(kept, 0, SEEK_CUR);
	char *text = malloc((size_t)length + 1);

	ENSURE(text && dup2(real_stderr, STDERR_FILENO) == STDERR_FILENO);
	ENSURE(pread(kept, text, (size_t)length, 0) == length);
	text[length] = '\0';
	return text;
}

/* Whether all lines are messages. */
bool fuzz_is_messages(const char *text)
{
	static const char prefix[] = "iophase: ";

	while (*text) {
		const char *end = strchr(text, '\n');

		if (!end || strncmp(text, prefix, strlen(prefix)))
			return false;
		for (const char *c = text; c < end; c++)
			if ((unsigned char)*c < 0x20 || *c == 0x7f)
				return false;
		text = end + 1;
	}
	return true;
}
