/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_ports.c - the text of ports, and what is left of it where there is little room.
 */
#include "unit.h"

#include "base/ports.h"

#define WRITE(text, ...)                                                                           \
	do {                                                                                       \
		struct port port[] = {__VA_ARGS__};                                                \
                                                                                                   \
		ports_write(text, port, sizeof(port) / sizeof(port[0]));                           \
	} while (0)

static void they_are_sorted_and_each_is_there_once(void **state)
{
	char text[PORTS_LEN];

	(void)state;
	WRITE(text, {53, true}, {443, false}, {80, false}, {443, false}, {53, true}, {53, false});
	assert_string_equal(text, "53,80,443,53/udp");
	WRITE(text, {65535, true});
	assert_string_equal(text, "65535/udp");
	ports_write(text, NULL, 0);
	assert_string_equal(text, PORTS_NONE);
}

/* What is not said is counted, however many there are. */
static void of_too_many_the_rest_is_counted(void **state)
{
	static struct port port[65536];
	char text[PORTS_LEN], *plus;

	(void)state;
	for (size_t count = 1; count <= 65536; count = count < 60 ? count + 1 : 2 * count) {
		size_t said = 1;

		for (size_t i = 0; i < count; i++)
			port[i] = (struct port){(uint16_t)(65535 - i), count % 2};
		ports_write(text, port, count);
		assert_true(strlen(text) < PORTS_LEN);
		for (const char *c = text; *c; c++)
			said += *c == ',';
		plus = strchr(text, '+');
		assert_int_equal(said + (plus ? strtoul(plus + 1, NULL, 10) : 0), count);
		if (count <= 12)
			assert_null(plus);
	}
}

/* Checks what is left of a text in so many columns. */
static void cut(const char *from, size_t columns, const char *to)
{
	char text[64];

	snprintf(text, sizeof(text), "%s", from);
	ports_cut(text, columns);
	assert_string_equal(text, to);
}

static void what_has_no_room_is_counted(void **state)
{
	(void)state;
	cut("80,443", 6, "80,443");
	cut("80,443", 5, "80+1");
	cut("80,443,8080,53/udp", 18, "80,443,8080,53/udp");
	cut("80,443,8080,53/udp", 17, "80,443,8080+1");
	cut("80,443,8080,53/udp", 12, "80,443+2");
	cut("80,443,8080,53/udp", 7, "80+3");
	cut("80,443+98", 9, "80,443+98");
	cut("80,443+98", 8, "80+99");
	cut("80,443,1+98", 8, "80+100");
	/* The first one stays. */
	cut("65535,1", 3, "65535+1");
	cut("65535", 3, "65535");
	cut("none", 0, "none");
	cut("", 0, "");
}

/* A recording may be anybody's. */
static void any_text_can_be_cut(void **state)
{
	static const char *const texts[] = {
		",",	 ",,", "a,b+", "a,b+-2", "+",	   "+,",  "a,b+18446744073709551615",
		",+,+9", "a+", "+9,9", "a,b+ 7", ",,,,,,", "1,2+"};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		for (size_t columns = 0; columns < 30; columns++) {
			char *text = strdup(texts[i]);

			ports_cut(text, columns); /* the sanitizers look at where it writes */
			assert_true(strlen(text) <= strlen(texts[i]));
			free(text);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(they_are_sorted_and_each_is_there_once),
		cmocka_unit_test(of_too_many_the_rest_is_counted),
		cmocka_unit_test(what_has_no_room_is_counted),
		cmocka_unit_test(any_text_can_be_cut),
	};

	return cmocka_run_group_tests_name("ports", tests, NULL, NULL);
}
