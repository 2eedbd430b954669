/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_service_labels.c - what a service is called by each label.
 */
#include <string.h>

#include "unit.h"
#include "judge/service_labels.h"

/* The name by a label of a process of which these are known. */
static const char *called(enum service_label label, const char *exe, const char *container,
			  const char *unit)
{
	static char name[SERVICE_NAME_LEN];

	service_name(label, &(struct service_facts){exe, container, unit}, name);
	return name;
}

static void each_label_takes_its_own_fact(void **state)
{
	static const char id[] = "4f0c2a9d1b7e83c65a1d90fe2c4b8a77";

	(void)state;
	assert_string_equal(called(LABEL_COMM, "/usr/sbin/nginx", id, "nginx.service"), "");
	assert_string_equal(called(LABEL_EXE, "/usr/sbin/nginx", id, "nginx.service"),
			    "/usr/sbin/nginx");
	assert_string_equal(called(LABEL_CONTAINER, "/usr/sbin/nginx", id, "nginx.service"),
			    "4f0c2a9d1b7e");
	assert_string_equal(called(LABEL_UNIT, "/usr/sbin/nginx", id, "nginx.service"),
			    "nginx.service");
}

static void who_has_none_goes_by_its_comm(void **state)
{
	(void)state;
	for (unsigned int label = 0; label < SERVICE_LABELS; label++)
		assert_string_equal(called((enum service_label)label, "", "", ""), "");
}

static void a_program_that_was_replaced_is_the_same(void **state)
{
	(void)state;
	assert_string_equal(called(LABEL_EXE, "/opt/server (deleted)", "", ""), "/opt/server");
	assert_string_equal(called(LABEL_EXE, " (deleted)", "", ""), " (deleted)");
}

static void of_a_long_path_the_end_counts(void **state)
{
	char path[1000];
	const char *name;

	(void)state;
	memset(path, 'x', sizeof(path));
	strcpy(path + 900, "/server");
	name = called(LABEL_EXE, path, "", "");
	assert_int_equal(strlen(name), SERVICE_NAME_LEN - 1);
	assert_string_equal(name + SERVICE_NAME_LEN - 1 - strlen("/server"), "/server");
	assert_memory_equal(name, "...x", 4);
	strcpy(path + 255, "");
	assert_string_equal(called(LABEL_EXE, path, "", ""), path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_label_takes_its_own_fact),
		cmocka_unit_test(who_has_none_goes_by_its_comm),
		cmocka_unit_test(a_program_that_was_replaced_is_the_same),
		cmocka_unit_test(of_a_long_path_the_end_counts),
	};

	return cmocka_run_group_tests_name("service labels", tests, NULL, NULL);
}
