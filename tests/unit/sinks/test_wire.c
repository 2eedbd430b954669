/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_wire.c - messages of Protocol Buffers, held against the examples of their documentation.
 */
#include "unit.h"
#include "sinks/wire.h"

/* Expects the bytes of a message. */
static void expect(const struct wire *w, const char *bytes, size_t size)
{
	assert_int_equal(w->size, size);
	assert_memory_equal(w->bytes, bytes, size);
	assert_false(w->cut);
}

static void numbers_are_varints(void **state)
{
	static struct wire w;

	(void)state;
	wire_begin(&w);
	wire_number(&w, 1, 150);
	expect(&w, "\x08\x96\x01", 3);
	wire_begin(&w);
	wire_number(&w, 1, 0);
	wire_number(&w, 15, 127);
	wire_number(&w, 16, 128);
	expect(&w, "\x08\x00\x78\x7f\x80\x01\x80\x01", 8);
	wire_begin(&w);
	wire_number(&w, 8, UINT64_MAX);
	expect(&w, "\x40\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11);
}

static void texts_and_messages_have_lengths(void **state)
{
	static struct wire inner, w;

	(void)state;
	wire_begin(&w);
	wire_text(&w, 2, "testing", 7);
	expect(&w, "\x12\x07testing", 9);
	wire_begin(&inner);
	wire_number(&inner, 1, 150);
	wire_begin(&w);
	wire_message(&w, 3, &inner);
	expect(&w, "\x1a\x03\x08\x96\x01", 5);
}

static void what_has_no_room_is_left_out_as_a_whole(void **state)
{
	static char text[WIRE_ROOM];
	static struct wire w, outer;

	(void)state;
	memset(text, 'x', sizeof(text));
	wire_begin(&w);
	wire_number(&w, 1, 7);
	wire_text(&w, 2, text, sizeof(text));
	assert_true(w.cut);
	assert_int_equal(w.size, 2);
	wire_number(&w, 3, 8);
	assert_int_equal(w.size, 4);
	wire_begin(&outer);
	wire_message(&outer, 1, &w);
	assert_true(outer.cut);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_varints),
		cmocka_unit_test(texts_and_messages_have_lengths),
		cmocka_unit_test(what_has_no_room_is_left_out_as_a_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
