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
#define DAC_READ   (1ULL << 2)
#define SYS_PTRACE (1ULL << 19)
#define SYS_ADMIN  (1ULL << 21)
#define PERFMON	   (1ULL << 38)
#define BPF	   (1ULL << 39)

#define TRACE	RIGHT_TO_TRACE
#define INSPECT RIGHT_TO_INSPECT
#define CALLS	RIGHT_TO_SEE_CALLS

static void test_lacking(void **state)
{
	static const struct {
		uint64_t effective;
		unsigned int purposes;
		const char *names;
	} cases[] = {
		{0, TRACE | INSPECT, "CAP_BPF, CAP_PERFMON, CAP_SYS_PTRACE"},
		{0, TRACE, "CAP_BPF, CAP_PERFMON"},
		{BPF, TRACE, "CAP_PERFMON"},
		{PERFMON, TRACE, "CAP_BPF"},
		{BPF | PERFMON, TRACE, ""},
		{BPF | PERFMON, TRACE | INSPECT, "CAP_SYS_PTRACE"},
		{BPF | PERFMON | SYS_PTRACE, TRACE | INSPECT, ""},
		{SYS_ADMIN, TRACE, ""},
		{SYS_ADMIN, TRACE | INSPECT, "CAP_SYS_PTRACE"},
		{SYS_PTRACE, TRACE | INSPECT, "CAP_BPF, CAP_PERFMON"},
		{BPF | PERFMON, CALLS, "CAP_SYS_PTRACE, CAP_DAC_READ_SEARCH"},
		{SYS_PTRACE, CALLS, "CAP_DAC_READ_SEARCH"},
		{SYS_PTRACE | DAC_READ, CALLS, ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char names[128];
		unsigned int lacking =
			rights_lacking(names, sizeof(names), cases[i].effective, cases[i].purposes);

		assert_string_equal(names, cases[i].names);
		assert_int_equal(lacking == 0, names[0] == '\0');
	}
}

static void test_lacking_fits(void **state)
{
	char names[12];

	(void)state;
	assert_int_equal(rights_lacking(names, sizeof(names), 0, TRACE | INSPECT), 3);
	assert_string_equal(names, "CAP_BPF, CA");
}

/* What is kept once the kernel half is there: of what we have, the least that is enough. */
static void test_kept(void **state)
{
	static const struct {
		uint64_t permitted;
		unsigned int purposes;
		uint64_t kept;
	} cases[] = {
		{~0ULL, RIGHT_TO_READ, BPF},
		{BPF | PERFMON | SYS_PTRACE | DAC_READ, RIGHT_TO_READ, BPF},
		{SYS_ADMIN | PERFMON | SYS_PTRACE, RIGHT_TO_READ, SYS_ADMIN},
		{PERFMON, RIGHT_TO_READ, 0},
		{~0ULL, RIGHT_TO_READ | INSPECT, BPF | SYS_PTRACE},
		{~0ULL, CALLS, SYS_PTRACE | DAC_READ},
		{~0ULL, RIGHT_TO_READ | RIGHT_TO_SIGNAL, BPF | 1ULL << 5 /* CAP_KILL */},
		{~0ULL, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(rights_of(cases[i].permitted, cases[i].purposes), cases[i].kept);
}

static void test_have(void **state)
{
	(void)state;
	assert_true(rights_have(BPF, "CAP_BPF"));
	assert_true(rights_have(SYS_ADMIN, "CAP_BPF"));
	assert_false(rights_have(SYS_ADMIN, "CAP_SYS_PTRACE"));
	assert_false(rights_have(BPF, "CAP_PERFMON"));
	assert_false(rights_have(~0ULL, "CAP_NONE"));
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
		cmocka_unit_test(test_lacking),	     cmocka_unit_test(test_lacking_fits),
		cmocka_unit_test(test_kept),	     cmocka_unit_test(test_have),
		cmocka_unit_test(test_refusal_code),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
