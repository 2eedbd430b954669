/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_large.c - memory by the megabyte: zeroed, as much as asked for, and given back.
 */
#include "unit.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/large.h"

static const size_t sizes[] = {1, LARGE_PAGE - 1, LARGE_PAGE, LARGE_PAGE + 1, 3 * LARGE_PAGE};

static void test_all_zero_and_all_there(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		unsigned char *p = large_alloc(sizes[i]);

		for (size_t at = 0; at < sizes[i]; at += 511)
			assert_int_equal(p[at], 0);
		assert_int_equal(p[sizes[i] - 1], 0);
		memset(p, 0xa5, sizes[i]);
		large_free(p, sizes[i]);
		/* What is used again is zero, too. */
		p = large_alloc(sizes[i]);
		assert_int_equal(p[sizes[i] / 2], 0);
		assert_int_equal(p[sizes[i] - 1], 0);
		large_free(p, sizes[i]);
	}
	large_free(NULL, 0);
	large_free(NULL, LARGE_PAGE);
}

static void test_lies_at_a_huge_page_and_goes_whole(void **state)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), size = LARGE_PAGE + page;
	char *p = large_alloc(size);

	(void)state;
	assert_int_equal((uintptr_t)p % LARGE_PAGE, 0);
	assert_int_equal(msync(p, size, MS_ASYNC), 0);
	large_free(p, size);
	/* The last page of it, which the size does not tell. */
	assert_int_equal(msync(p + 2 * LARGE_PAGE - page, page, MS_ASYNC), -1);
	assert_int_equal(errno, ENOMEM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_zero_and_all_there),
		cmocka_unit_test(test_lies_at_a_huge_page_and_goes_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
