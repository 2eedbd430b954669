/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_unit.c - units of systemd in the shapes of paths that it makes for cgroups, and what is
 * none.
 */
#include "proc/unit.h"
#include "proc_tree.h"

/* A path, or a text of /proc/PID/cgroup, and the unit in it; NULL: none. */
struct found {
	const char *in, *unit;
};

static void units_are_the_last_service_or_scope_of_a_path(void **state)
{
	static const struct found paths[] = {
		{"/system.slice/nginx.service", "nginx.service"},
		{"/system.slice/system-getty.slice/getty@tty1.service", "getty@tty1.service"},
		{"/system.slice/system-postgresql.slice/postgresql@15-main.service",
		 "postgresql@15-main.service"},
		{"/init.scope", "init.scope"},
		/* what a unit makes itself below its own */
		{"/system.slice/mine.service/workers/1", "mine.service"},
		{"/system.slice/nginx.service (deleted)", "nginx.service"},
		/* users: sessions, their manager and its units */
		{"/user.slice/user-1000.slice/session-3.scope", "session-3.scope"},
		{"/user.slice/user-1000.slice/user@1000.service/app.slice/web.service",
		 "web.service"},
		{"/user.slice/user-1000.slice/user@1000.service/init.scope", "init.scope"},
		/* containers: by their scope; by the unit, where systemd runs in them */
		{"/system.slice/docker-4f0c.scope", "docker-4f0c.scope"},
		{"/system.slice/docker-4f0c.scope/system.slice/nginx.service", "nginx.service"},
		/* as seen from another cgroup namespace */
		{"/../../system.slice/nginx.service", "nginx.service"},
		/* escapes belong to the name; an underscore before it does not */
		{"/system.slice/a\\x2db\\x20c.service", "a\\x2db\\x20c.service"},
		{"/system.slice/_cpu.service", "cpu.service"},
		{"/system.slice/__x.service", "_x.service"},
		/* none */
		{"/", NULL},
		{"", NULL},
		{"/system.slice", NULL},
		{"/docker/4f0c", NULL},
		{"/.service", NULL},
		{"/_.scope", NULL},
		{"/system.slice/mine.services", NULL},
		{"/system.slice/dev-sda.device", NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		char unit[UNIT_LEN] = "?";

		assert_int_equal(unit_of_path(paths[i].in, unit), !!paths[i].unit);
		assert_string_equal(unit, paths[i].unit ? paths[i].unit : "?");
	}
}

static void the_hierarchies_of_systemd_count(void **state)
{
	static const struct found texts[] = {
		{"0::/system.slice/nginx.service\n", "nginx.service"},
		{"0::/system.slice/a:b.service\n", "a:b.service"},
		{"12:pids:/docker/4f0c\n1:name=systemd:/system.slice/cron.service\n0::/\n",
		 "cron.service"},
		{"1:name=systemd:/\n0::/system.slice/cron.service\n", "cron.service"},
		/* somebody else's */
		{"4:cpu,cpuacct:/mine.service\n0::/\n", NULL},
		{"4:name=mine:/mine.service\n", NULL},
		{"no line", NULL},
		{"", NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		char unit[UNIT_LEN] = "?";

		assert_int_equal(unit_of_text(texts[i].in, unit), !!texts[i].unit);
		assert_string_equal(unit, texts[i].unit ? texts[i].unit : "?");
	}
}

static void a_name_that_is_too_long_is_none(void **state)
{
	char path[400] = "/", unit[UNIT_LEN] = "";

	(void)state;
	memset(path + 1, 'x', 255);
	memcpy(path + 1 + 255 - 8, ".service", 9);
	assert_true(unit_of_path(path, unit));
	assert_int_equal(strlen(unit), 255);
	memset(path + 1, 'x', 256);
	memcpy(path + 1 + 256 - 8, ".service", 9);
	assert_false(unit_of_path(path, unit));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(units_are_the_last_service_or_scope_of_a_path),
		cmocka_unit_test(the_hierarchies_of_systemd_count),
		cmocka_unit_test(a_name_that_is_too_long_is_none),
	};

	return cmocka_run_group_tests_name("unit", tests, NULL, NULL);
}
