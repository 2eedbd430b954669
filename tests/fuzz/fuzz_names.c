/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * fuzz_names.c - names that anybody may choose: of threads, of files under /proc, of UNIX sockets.
 * Made safe to print they have no power over a terminal, and can be undone to the byte, out of a
 * field of CSV too.
 */
#include <limits.h>

#include "base/fmt.h"
#include "base/log.h"
#include "fuzz.h"
#include "proc/proc_text.h"
#include "sinks/csv_field.h"

/* Undoes what fmt_escaped() has done; the number of bytes. */
static size_t undo(const char *text, char *bytes)
{
	size_t length = 0;
	unsigned int byte;

	while (*text) {
		if (text[0] == '\\' && text[1] == '\\') {
			bytes[length++] = '\\';
			text += 2;
		} else if (text[0] == '\\') {
			ENSURE(sscanf(text, "\\x%2x", &byte) == 1);
			bytes[length++] = (char)byte;
			text += 4;
		} else {
			bytes[length++] = *text++;
		}
	}
	return length;
}

/* Undoes the quotes of a field of CSV, in place. */
static void unquote(char *field)
{
	char *to = field;

	if (*field != '"')
		return;
	for (const char *from = field + 1; *from; from++) {
		if (*from == '"' && !*++from)
			break;
		*to++ = *from;
	}
	*to = '\0';
}

/* A name as text, and as a field of CSV. */
static void check_escaped(const uint8_t *data, size_t size, bool utf8)
{
	char *text = malloc(4 * size + 1), *bytes = malloc(4 * size + 1), *field = NULL;
	size_t room;
	FILE *out;

	ENSURE(text && bytes);
	ENSURE(*fmt_escaped(text, (const char *)data, size, utf8) == '\0');
	ENSURE(fuzz_is_plain(text) && fmt_width(text) <= 4 * size);
	for (const char *c = text; *c && !utf8; c++)
		ENSURE((uint8_t)*c < 0x80);
	ENSURE(undo(text, bytes) == size && (!size || !memcmp(bytes, data, size)));
	out = open_memstream(&field, &room);
	ENSURE(out);
	csv_write_field(out, text);
	ENSURE(!fclose(out));
	ENSURE(!*field || !strchr("=+-@", *field));
	unquote(field);
	ENSURE(undo(field, bytes) == size && (!size || !memcmp(bytes, data, size)));
	free(field);
	free(bytes);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_string(data, size), comm[COMM_LEN], safe[64], *end;
	int number = proc_text_number(text), positive = -3;
	size_t length;

	check_escaped(data, size, true);
	check_escaped(data, size, false);
	length = log_escape(safe, sizeof(safe), text);
	ENSURE(length == strlen(safe) && length < sizeof(safe) && fuzz_is_plain(safe));
	proc_text_comm((const char *)data, size, comm);
	ENSURE(!comm[COMM_LEN - 1] && fuzz_is_plain(fmt_comm(comm, true).s));
	ENSURE(number >= -1);
	ENSURE(number < 0 || (strtoull(text, &end, 10) == (unsigned long long)number && !*end));
	ENSURE(proc_text_positive(text, &positive)
		       ? positive == -3
		       : positive > 0 && strtoll(text, NULL, 10) == positive);
	free(text);
	return 0;
}
