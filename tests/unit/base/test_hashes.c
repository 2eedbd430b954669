/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_hashes.c - a text is new once.
 */
#include "unit.h"
#include "base/hashes.h"

static void each_text_is_new_once(void **state)
{
	struct hashes h = {0};
	char text[16];

	(void)state;
	for (unsigned int round = 0; round < 2; round++)
		for (unsigned int i = 0; i < 20000; i++) {
			snprintf(text, sizeof(text), "svc%u", i);
			assert_int_equal(hashes_add(&h, hash_of_text(text)), round == 0);
		}
	assert_int_equal(h.count, 20000);
	hashes_clear(&h);
	assert_int_equal(h.count, 0);
	assert_true(hashes_add(&h, hash_of_text("")));
	assert_false(hashes_add(&h, hash_of_text("")));
	hashes_clear(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_text_is_new_once),
	};

	return cmocka_run_group_tests_name("hashes", tests, NULL, NULL);
}
