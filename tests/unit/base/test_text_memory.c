/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_text_memory.c - a stream into memory: all bytes in their order, whatever the pieces.
 */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "base/text_memory.h"

static void test_nothing_is_an_empty_text(void **state)
{
	char *text = NULL;
	size_t size = 1;

	(void)state;
	memory_close(memory_open(&text, &size));
	assert_int_equal(size, 0);
	assert_string_equal(text, "");
	free(text);
}

/* Pieces of 1, 2, 3, ... bytes, far beyond the first room; byte i is i modulo 251. */
static void test_pieces_of_any_size(void **state)
{
	unsigned char piece[5000];
	size_t all = 0, size = 0;
	char *text = NULL;
	FILE *out = memory_open(&text, &size);

	(void)state;
	for (size_t length = 1; length <= sizeof(piece); length += 7) {
		for (size_t i = 0; i < length; i++)
			piece[i] = (unsigned char)((all + i) % 251);
		assert_int_equal(fwrite(piece, 1, length, out), length);
		all += length;
	}
	memory_close(out);
	assert_int_equal(size, all);
	for (size_t i = 0; i < all; i++)
		assert_int_equal((unsigned char)text[i], i % 251);
	assert_int_equal(text[all], 0);
	free(text);
}

/* One piece that ends where the room does, or one byte beside that: the zero byte has its place. */
static void test_the_zero_has_room(void **state)
{
	static char piece[8194];

	(void)state;
	memset(piece, 'a', sizeof(piece));
	for (size_t length = 8190; length <= sizeof(piece); length++) {
		char *text = NULL;
		size_t size = 0;
		FILE *out = memory_open(&text, &size);

		assert_int_equal(fwrite(piece, 1, length, out), length);
		memory_close(out);
		assert_int_equal(size, length);
		assert_int_equal(strlen(text), length);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_is_an_empty_text),
		cmocka_unit_test(test_pieces_of_any_size),
		cmocka_unit_test(test_the_zero_has_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
