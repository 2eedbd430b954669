/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_errors.c - why calls failed: sums by errno, and the names of errors.
 */
#include <errno.h>

#include "unit.h"
#include "base/errno_name.h"
#include "books/errors.h"

static void sums_are_by_errno(void **state)
{
	struct errors e = {0}, more = {0};

	(void)state;
	errors_count(&e, EMFILE, 2);
	errors_count(&more, ECONNRESET, 5);
	errors_count(&more, EMFILE, 1);
	errors_add(&e, &more);
	assert_int_equal(e.count, 2);
	errors_sort(&e);
	assert_int_equal(e.sum[0].error, ECONNRESET);
	assert_int_equal(e.sum[0].count, 5);
	assert_int_equal(e.sum[1].error, EMFILE);
	assert_int_equal(e.sum[1].count, 3);
	errors_clear(&e);
	errors_clear(&more);
	errors_sort(&e);
	assert_int_equal(e.count, 0);
}

static void what_was_there_before_is_taken_off(void **state)
{
	struct errors later = {0}, earlier = {0};

	(void)state;
	errors_count(&earlier, EPIPE, 2);
	errors_count(&earlier, EMFILE, 3);
	errors_count(&later, EPIPE, 2);
	errors_count(&later, EMFILE, 7);
	errors_count(&later, EBADF, 1);
	errors_subtract(&later, &earlier);
	errors_sort(&later);
	assert_int_equal(later.count, 2);
	assert_int_equal(later.sum[0].error, EMFILE);
	assert_int_equal(later.sum[0].count, 4);
	assert_int_equal(later.sum[1].error, EBADF);
	errors_clear(&later);
	errors_clear(&earlier);
}

static void errors_have_their_names(void **state)
{
	(void)state;
	assert_string_equal(errno_name(EPERM), "EPERM");
	assert_string_equal(errno_name(EAGAIN), "EAGAIN");
	assert_string_equal(errno_name(ECONNRESET), "ECONNRESET");
	assert_string_equal(errno_name(EHWPOISON), "EHWPOISON");
	assert_null(errno_name(0));
	assert_null(errno_name(512));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sums_are_by_errno),
		cmocka_unit_test(what_was_there_before_is_taken_off),
		cmocka_unit_test(errors_have_their_names),
	};

	return cmocka_run_group_tests_name("errors", tests, NULL, NULL);
}
