/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_ops.c - the table of calls: every enum op_number has its row, and no system call has two.
 */
#include "unit.h"
#include "books/ops.h"

/* Whether two rows say the same of something that must tell them apart. */
static bool same_text(const char *a, const char *b)
{
	return a && b && !strcmp(a, b);
}

static void every_call_has_a_row(void **state)
{
	(void)state;
	for (unsigned int op = 0; op < OPS_TIMED; op++)
		if (!ops[op].name && op != OP_ASIDE && op != OP_UNKNOWN)
			fail_msg("enum op_number %u has no row", op);
	for (unsigned int kind = 0; kind < REQUESTS; kind++)
		if (!ops[OP_REQUESTS + kind].name)
			fail_msg("enum request %u has no row", kind);
}

static void what_is_no_call_has_none(void **state)
{
	(void)state;
	assert_null(ops[OP_ASIDE].name);
	assert_null(ops[OP_UNKNOWN].name);
	assert_null(ops[OP_SIGNALS].name);
	for (unsigned int op = OPS; op < MAX_OPS; op++)
		assert_null(ops[op].name);
}

/* The kernel half finds a call by its number in a table of MAX_NR bytes. */
static void a_number_leads_to_its_row(void **state)
{
	(void)state;
	for (unsigned int op = 1; op < MAX_OPS; op++) {
		if (!ops[op].name || ops[op].nr < 0)
			continue;
		assert_true(op < OPS_TIMED);
		assert_true(ops[op].nr < MAX_NR);
		assert_int_equal(op_of_nr(ops[op].nr), op);
		assert_int_equal(op_of_name(ops[op].name), op);
	}
	assert_int_equal(op_of_nr(-1), OP_APP);
	assert_int_equal(op_of_name("no such call"), OP_APP);
}

static void no_two_rows_are_alike(void **state)
{
	(void)state;
	for (unsigned int a = 0; a < MAX_OPS; a++) {
		for (unsigned int b = a + 1; b < MAX_OPS; b++) {
			if (ops[a].name && ops[b].name && ops[a].nr == ops[b].nr && ops[a].nr >= 0)
				fail_msg("%s and %s have one number", ops[a].name, ops[b].name);
			if (same_text(ops[a].name, ops[b].name))
				fail_msg("%s has two rows", ops[a].name);
			if (same_text(ops[a].event ?: ops[a].name, ops[b].event ?: ops[b].name))
				fail_msg("%s and %s have one event", ops[a].name, ops[b].name);
		}
	}
}

/* Who can wait says of what class it is, and what a returned 0 is. */
static void every_row_has_its_class(void **state)
{
	(void)state;
	for (unsigned int op = 1; op < MAX_OPS; op++) {
		const struct op_traits *traits = &ops[op].traits;

		if (!ops[op].name)
			continue;
		assert_true(traits->op_class > CLASS_APP && traits->op_class < CLASSES);
		assert_non_null(op_class_name((enum op_class)traits->op_class));
		assert_true(traits->zero < OUTCOMES && traits->mux_way < WAYS);
		if (traits->flags_arg == ARG_NONE)
			assert_int_equal(traits->nowait, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_call_has_a_row),
		cmocka_unit_test(what_is_no_call_has_none),
		cmocka_unit_test(a_number_leads_to_its_row),
		cmocka_unit_test(no_two_rows_are_alike),
		cmocka_unit_test(every_row_has_its_class),
	};

	return cmocka_run_group_tests_name("ops", tests, NULL, NULL);
}
