/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * fuzz.h - what the fuzz targets have in common: a promise that is held against what came out, the
 * input as a string, numbers taken from it, and what was written to stderr.
 */
#ifndef IOPHASE_FUZZ_H
#define IOPHASE_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What libFuzzer calls with each input. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the program with one line if the condition does not hold. */
#define ENSURE(condition)                                                                          \
	do {                                                                                       \
		if (!(condition))                                                                  \
			fuzz_broken(__FILE__, __LINE__, #condition);                               \
	} while (0)

_Noreturn void fuzz_broken(const char *file, int line, const char *condition);

/* A string of the bytes, just as long, so that the sanitizer sees who reads behind it; to be freed.
 */
char *fuzz_string(const uint8_t *data, size_t size);

/* Fills memory with the next bytes of the input; zeros where there are none. */
struct fuzz_bytes {
	const uint8_t *data;
	size_t left;
};

void fuzz_take(struct fuzz_bytes *b, void *to, size_t size);

/* Whether nothing in the text moves a cursor, or begins a line. */
bool fuzz_is_plain(const char *text);

/* From here on stderr is kept, until fuzz_told() gives it back: as a string, to be freed. */
void fuzz_listen(void);
char *fuzz_told(void);

/* Whether a text is whole lines, and each begins as the messages of the program do. */
bool fuzz_is_messages(const char *text);

#endif
