/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_words.c - each number of an enum has a word of its own, and what was lost a name.
 */
#include <string.h>

#include "unit.h"
#include "books/connections.h"
#include "books/evidence.h"
#include "books/loop_sleep.h"
#include "books/ops.h"
#include "judge/report.h"
#include "json/words.h"

/* Each number below `count` has a word, no other has the same, and there is none beyond. */
static void expect_words(word_of *word, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		assert_non_null(word(i));
		for (unsigned int j = 0; j < i; j++)
			assert_string_not_equal(word(i), word(j));
	}
	assert_null(word(count));
}

static void test_each_number_has_a_word(void **state)
{
	(void)state;
	expect_words(word_of_outcome, OUTCOMES);
	expect_words(word_of_phase, PHASES);
	expect_words(word_of_way, WAYS);
	expect_words(word_of_counter, COUNTERS);
	expect_words(word_of_sleep, SLEEPS);
	expect_words(word_of_away, AWAY_KINDS);
	expect_words(word_of_evidence, EVIDENCE_SUMS);
	expect_words(word_of_role, ROLE_LISTENER + 1);
	expect_words(word_of_conn_state, CONN_STATES);
	expect_words(word_of_key, CONNECTION_KEYS);
	expect_words(word_of_op, OPS);
	expect_words(loss_name, LOSTS);
}

static void test_keys_are_those_of_the_option(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < CONNECTION_KEYS; i++) {
		assert_int_equal(connection_keys[i].value, i);
		assert_string_equal(connection_keys[i].word, word_of_key(i));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_number_has_a_word),
		cmocka_unit_test(test_keys_are_those_of_the_option),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
