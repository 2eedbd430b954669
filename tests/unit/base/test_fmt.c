/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_fmt.c - numbers, bars and names as people read them.
 */
#include "unit.h"
#include "base/fmt.h"

#define MS NSEC_PER_MSEC
#define S  NSEC_PER_SEC
#define H  (3600 * S)

static void counts(void **state)
{
	(void)state;
	assert_string_equal(fmt_count(0, ROOM_FULL).s, "0");
	assert_string_equal(fmt_count(999, ROOM_FULL).s, "999");
	assert_string_equal(fmt_count(1000, ROOM_FULL).s, "1,000");
	assert_string_equal(fmt_count(12345, ROOM_FULL).s, "12,345");
	assert_string_equal(fmt_count(9999999, ROOM_FULL).s, "9,999,999");
	assert_string_equal(fmt_count(10000000, ROOM_FULL).s, "10.0M");
	assert_string_equal(fmt_count(99999, ROOM_SHORT).s, "99,999");
	assert_string_equal(fmt_count(100000, ROOM_SHORT).s, "100k");
	assert_string_equal(fmt_count(9999, ROOM_TIGHT).s, "9,999");
	assert_string_equal(fmt_count(12345, ROOM_TIGHT).s, "12.3k");
	assert_string_equal(fmt_count(999499, ROOM_TIGHT).s, "999k");
	assert_string_equal(fmt_count(999500, ROOM_TIGHT).s, "1.0M");
	assert_string_equal(fmt_count(UINT64_MAX, ROOM_FULL).s, "18.4E");
}

static void rates(void **state)
{
	(void)state;
	assert_string_equal(fmt_rate(0, S, ROOM_FULL).s, "0.0");
	assert_string_equal(fmt_rate(2, 10 * S, ROOM_FULL).s, "0.2");
	assert_string_equal(fmt_rate(9, S, ROOM_FULL).s, "9.0");
	assert_string_equal(fmt_rate(10, S, ROOM_FULL).s, "10");
	assert_string_equal(fmt_rate(1198, S, ROOM_FULL).s, "1,198");
	assert_string_equal(fmt_rate(5, 0, ROOM_FULL).s, "0.0");
	assert_string_equal(fmt_rate(UINT64_MAX, 1, ROOM_FULL).s, "18.4E");
}

static void durations(void **state)
{
	(void)state;
	assert_string_equal(fmt_duration(0, ROOM_FULL).s, "0 ns");
	assert_string_equal(fmt_duration(999, ROOM_FULL).s, "999 ns");
	assert_string_equal(fmt_duration(1000, ROOM_FULL).s, "1.0 us");
	assert_string_equal(fmt_duration(99949, ROOM_FULL).s, "99.9 us");
	assert_string_equal(fmt_duration(99951, ROOM_FULL).s, "100 us");
	assert_string_equal(fmt_duration(741000, ROOM_FULL).s, "741 us");
	assert_string_equal(fmt_duration(999499, ROOM_FULL).s, "999 us");
	assert_string_equal(fmt_duration(999500, ROOM_FULL).s, "1.0 ms");
	assert_string_equal(fmt_duration(12100000, ROOM_FULL).s, "12.1 ms");
	assert_string_equal(fmt_duration(12100000, ROOM_TIGHT).s, "12.1ms");
	assert_string_equal(fmt_duration(10 * S, ROOM_FULL).s, "10.0 s");
	assert_string_equal(fmt_duration(600 * S, ROOM_FULL).s, "600 s");
	assert_string_equal(fmt_duration(2 * H, ROOM_FULL).s, "2.0 h");
	assert_string_equal(fmt_duration(2400 * H, ROOM_FULL).s, "100 d");
	assert_string_equal(fmt_duration(UINT64_MAX, ROOM_FULL).s, ">999 d");
}

static void amounts(void **state)
{
	(void)state;
	assert_string_equal(fmt_amount(17210000000, 20 * S).s, "17.21 s");
	assert_string_equal(fmt_amount(4999999, S).s, "0.00 s");
	assert_string_equal(fmt_amount(5000000, S).s, "0.01 s");
	assert_string_equal(fmt_amount(999995000000, S).s, "1,000.00 s");
	assert_string_equal(fmt_amount(12345678, S - 1).s, "12.35 ms");
	assert_string_equal(fmt_amount(999999 * S, S).s, "999,999.00 s");
	assert_string_equal(fmt_amount(1000000 * S, S).s, "1,000,000 s");
	assert_string_equal(fmt_amount(UINT64_MAX, UINT64_MAX).s, "18.4G s");
}

static void bytes(void **state)
{
	(void)state;
	assert_string_equal(fmt_bytes(0, ROOM_FULL).s, "0 B");
	assert_string_equal(fmt_bytes(999, ROOM_FULL).s, "999 B");
	assert_string_equal(fmt_bytes(1000, ROOM_FULL).s, "1.0 KiB");
	assert_string_equal(fmt_bytes(1 << 20, ROOM_FULL).s, "1.0 MiB");
	assert_string_equal(fmt_bytes(4300000, ROOM_FULL).s, "4.1 MiB");
	assert_string_equal(fmt_bytes(4300000, ROOM_TIGHT).s, "4.1MiB");
	assert_string_equal(fmt_bytes(1023ULL << 20, ROOM_FULL).s, "1.0 GiB");
	assert_string_equal(fmt_bytes(UINT64_MAX, ROOM_FULL).s, "16.0 EiB");
}

static void percents(void **state)
{
	(void)state;
	assert_string_equal(fmt_percent(0, 0, ROOM_FULL).s, "-");
	assert_string_equal(fmt_percent(1, 0, ROOM_FULL).s, "-");
	assert_string_equal(fmt_percent(0, 5, ROOM_FULL).s, "0.0 %");
	assert_string_equal(fmt_percent(987, 1000, ROOM_FULL).s, "98.7 %");
	assert_string_equal(fmt_percent(1, 1, ROOM_TIGHT).s, "100.0%");
	assert_string_equal(fmt_percent(UINT64_MAX, 1, ROOM_FULL).s, ">9999 %");
}

static void no_number_is_wider_than_its_column(void **state)
{
	(void)state;
	for (unsigned int bit = 0; bit < 64; bit++)
		for (int less = 0; less < 2; less++) {
			uint64_t n = (1ULL << bit) - (uint64_t)less;

			assert_uint_in_range(strlen(fmt_count(n, ROOM_FULL).s), 1, 9);
			assert_uint_in_range(strlen(fmt_count(n, ROOM_TIGHT).s), 1, 5);
			assert_uint_in_range(strlen(fmt_rate(n, S, ROOM_TIGHT).s), 1, 5);
			assert_uint_in_range(strlen(fmt_duration(n, ROOM_FULL).s), 1, 7);
			assert_uint_in_range(strlen(fmt_duration(n, ROOM_TIGHT).s), 1, 6);
			assert_uint_in_range(strlen(fmt_bytes(n, ROOM_FULL).s), 1, 8);
			assert_uint_in_range(strlen(fmt_bytes(n, ROOM_TIGHT).s), 1, 7);
			assert_uint_in_range(strlen(fmt_amount(n, n).s), 1, 12);
		}
}

static void bars(void **state)
{
	(void)state;
	assert_string_equal(fmt_bar(0, 10, 10, true).s, "");
	assert_string_equal(fmt_bar(1, 0, 10, true).s, "");
	assert_string_equal(fmt_bar(5, 10, 2, true).s, "█");
	assert_string_equal(fmt_bar(15, 32, 2, true).s, "█");
	assert_string_equal(fmt_bar(7, 16, 2, true).s, "▉");
	assert_string_equal(fmt_bar(9, 16, 2, true).s, "█▏");
	assert_string_equal(fmt_bar(1, 1000000, 10, true).s, "▏");
	assert_string_equal(fmt_bar(1, 1, 3, true).s, "███");
	/* More than the whole cannot be, and must not run over. */
	assert_string_equal(fmt_bar(9, 1, 3, true).s, "███");
	assert_int_equal(fmt_width(fmt_bar(1, 1, 1000, true).s), BAR_CELLS_MAX);
	assert_string_equal(fmt_bar(1, 2, 10, false).s, "#####");
	assert_string_equal(fmt_bar(1, 1000000, 10, false).s, "#");
	assert_string_equal(fmt_bar(0, 1000000, 10, false).s, "");
	assert_string_equal(fmt_bar(14, 100, 10, false).s, "#");
	assert_string_equal(fmt_bar(16, 100, 10, false).s, "##");
	assert_string_equal(fmt_bar(1, 1, 3, false).s, "###");
}

/* A comm of exactly these bytes through fmt_comm(). */
static struct comm_text comm(const char *s, bool utf8)
{
	char bytes16[COMM_LEN] = {0};

	memcpy(bytes16, s, strnlen(s, COMM_LEN));
	return fmt_comm(bytes16, utf8);
}

static void plain_names_stay(void **state)
{
	(void)state;
	assert_string_equal(comm("", true).s, "");
	assert_string_equal(comm("nginx", false).s, "nginx");
	assert_string_equal(comm("a b,\"c'd/~", true).s, "a b,\"c'd/~");
	assert_string_equal(comm("caf\xc3\xa9", true).s, "caf\xc3\xa9");
	assert_string_equal(comm("caf\xc3\xa9", false).s, "caf\\xc3\\xa9");
	/* Not terminated. */
	assert_string_equal(comm("0123456789abcdefX", true).s, "0123456789abcdef");
}

static void what_a_terminal_would_obey_is_escaped(void **state)
{
	(void)state;
	assert_string_equal(comm("\033[31m", true).s, "\\x1b[31m");
	assert_string_equal(comm("a\nb\r\t\x7f", true).s, "a\\x0ab\\x0d\\x09\\x7f");
	/* C1: CSI as one character of UTF-8, and as a bare byte. */
	assert_string_equal(comm("\xc2\x9b"
				 "31m",
				 true)
				    .s,
			    "\\xc2\\x9b31m");
	assert_string_equal(comm("\x9b"
				 "31m",
				 true)
				    .s,
			    "\\x9b31m");
	assert_string_equal(comm("\xc2\xa1", true).s, "\xc2\xa1");
	/* Right-to-left override, zero width space, line separator, byte order mark, tag. */
	assert_string_equal(comm("\xe2\x80\xae", true).s, "\\xe2\\x80\\xae");
	assert_string_equal(comm("\xe2\x80\x8b", true).s, "\\xe2\\x80\\x8b");
	assert_string_equal(comm("\xe2\x80\xa8", true).s, "\\xe2\\x80\\xa8");
	assert_string_equal(comm("\xef\xbb\xbf", true).s, "\\xef\\xbb\\xbf");
	assert_string_equal(comm("\xf3\xa0\x81\x81", true).s, "\\xf3\\xa0\\x81\\x81");
}

static void what_is_no_utf8_is_escaped(void **state)
{
	(void)state;
	assert_string_equal(comm("\xff\xfe", true).s, "\\xff\\xfe");
	assert_string_equal(comm("\xc3(", true).s, "\\xc3(");
	assert_string_equal(comm("\xc3", true).s, "\\xc3");
	assert_string_equal(comm("\xe6\x97", true).s, "\\xe6\\x97");
	/* Longer than need be; a surrogate; beyond the last character; a lone continuation. */
	assert_string_equal(comm("\xc0\xaf", true).s, "\\xc0\\xaf");
	assert_string_equal(comm("\xe0\x80\xaf", true).s, "\\xe0\\x80\\xaf");
	assert_string_equal(comm("\xf0\x80\x80\xaf", true).s, "\\xf0\\x80\\x80\\xaf");
	assert_string_equal(comm("\xed\xa0\x80", true).s, "\\xed\\xa0\\x80");
	assert_string_equal(comm("\xf4\x90\x80\x80", true).s, "\\xf4\\x90\\x80\\x80");
	assert_string_equal(comm("\x80z", true).s, "\\x80z");
	/* Cut off in the middle of a character by the kernel's 15 bytes. */
	assert_string_equal(comm("0123456789abcd\xc3", true).s, "0123456789abcd\\xc3");
}

static void a_backslash_is_doubled(void **state)
{
	(void)state;
	assert_string_equal(comm("a\\x1bb", true).s, "a\\\\x1bb");
	assert_string_equal(comm("\\\\", false).s, "\\\\\\\\");
}

static void random_bytes_give_safe_text(void **state)
{
	(void)state;
	srand(99);
	for (int round = 0; round < 20000; round++) {
		char bytes16[COMM_LEN];
		struct comm_text t;

		for (int i = 0; i < COMM_LEN; i++)
			bytes16[i] = (char)(rand() % 256);
		t = fmt_comm(bytes16, round % 2);
		assert_true(strlen(t.s) < sizeof(t.s));
		for (const char *s = t.s; *s; s++) {
			unsigned char c = (unsigned char)*s;

			assert_true(c >= 0x20 && c != 0x7f && (c < 0x80 || round % 2));
		}
	}
}

static void widths(void **state)
{
	(void)state;
	assert_int_equal(fmt_width(""), 0);
	assert_int_equal(fmt_width("abc"), 3);
	assert_int_equal(fmt_width("caf\xc3\xa9"), 4);
	assert_int_equal(fmt_width("日本"), 4);
	assert_int_equal(fmt_width("e\xcc\x81"), 1);
	assert_int_equal(fmt_width("▏█"), 2);
	assert_int_equal(fmt_width("🙂"), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts),
		cmocka_unit_test(rates),
		cmocka_unit_test(durations),
		cmocka_unit_test(amounts),
		cmocka_unit_test(bytes),
		cmocka_unit_test(percents),
		cmocka_unit_test(no_number_is_wider_than_its_column),
		cmocka_unit_test(bars),
		cmocka_unit_test(plain_names_stay),
		cmocka_unit_test(what_a_terminal_would_obey_is_escaped),
		cmocka_unit_test(what_is_no_utf8_is_escaped),
		cmocka_unit_test(a_backslash_is_doubled),
		cmocka_unit_test(random_bytes_give_safe_text),
		cmocka_unit_test(widths),
	};

	return cmocka_run_group_tests_name("fmt", tests, NULL, NULL);
}
