/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_rights.c - which capabilities are named as lacking, and what an error of the kernel half
 * makes of the exit code.
 */
#include "unit.h"

#include <errno.h>

#include "kernel/refusal.h"
#include "kernel/rights.h"

/* linux/capability.h, which older systems have without the last two */
#define SYS_PTRACE (1ULL << 19)
#define SYS_ADMIN  (1ULL << 21)
#define PERFMON	   (1ULL << 38)
#define BPF	   (1ULL << 39)

static void test_lacking(void **state)
{
	static const struct {
		uint64_t effective;
		bool inspect;
		const char *names;
	} cases[] = {
		{0, true, "CAP_BPF, CAP_PERFMON, CAP_SYS_PTRACE"},
		{0, false, "CAP_BPF, CAP_PERFMON"},
		{BPF, false, "CAP_PERFMON"},
		{PERFMON, false, "CAP_BPF"},
		{BPF | PERFMON, false, ""},
		{BPF | PERFMON, true, "CAP_SYS_PTRACE"},
		{BPF | PERFMON | SYS_PTRACE, true, ""},
		{SYS_ADMIN, false, ""},
		{SYS_ADMIN, true, "CAP_SYS_PTRACE"},
		{SYS_PTRACE, true, "CAP_BPF, CAP_PERFMON"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char names[128];
		unsigned int lacking =
			rights_lacking(names, sizeof(names), cases[i].effective, cases[i].inspect);

		assert_string_equal(names, cases[i].names);
		assert_int_equal(lacking == 0, names[0] == '\0');
	}
}

static void test_lacking_fits(void **state)
{
	char names[12];

	(void)state;
	assert_int_equal(rights_lacking(names, sizeof(names), 0, true), 3);
	assert_string_equal(names, "CAP_BPF, CA");
}

static void test_refusal_code(void **state)
{
	(void)state;
	assert_int_equal(refusal_code(STEP_LOAD, -EMFILE), EXIT_FAILED);
	assert_int_equal(refusal_code(STEP_ATTACH, -EMFILE), EXIT_FAILED);
	assert_int_equal(refusal_code(STEP_MAPS, -ENOMEM), EXIT_FAILED);
	assert_int_equal(refusal_code(STEP_CONFIGURE, -ESRCH), EXIT_FAILED);
	assert_int_equal(refusal_code(STEP_LOAD, -EPERM), EXIT_DENIED);
	assert_int_equal(refusal_code(STEP_ATTACH, -EACCES), EXIT_DENIED);
	/* The verifier refuses a program so. */
	assert_int_equal(refusal_code(STEP_LOAD, -EACCES), EXIT_UNABLE);
	assert_int_equal(refusal_code(STEP_LOAD, -EINVAL), EXIT_UNABLE);
	assert_int_equal(refusal_code(STEP_ATTACH, -ENOENT), EXIT_UNABLE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lacking),
		cmocka_unit_test(test_lacking_fits),
		cmocka_unit_test(test_refusal_code),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
