/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_selector.c - which processes of a made-up /proc selectors mean, one by one and together, and
 * what is no selector.
 */
#include "../proc/proc_tree.h"
#include "target/facts.h"
#include "target/selector.h"

#define ID "4f0c2a9d1b7e83c65a1d90fe2c4b8a7730e5d6f1928c3b4a5f6e7d8091a2b3c4"

/* A line of a table of sockets: local port, state, inode. */
#define SOCKET(port, state, inode)                                                                 \
	"   0: 00000000:" port " 00000000:0000 " state                                             \
	" 00000000:00000000 00:00000000 00000000  1000        0 " inode " 1 0000000000000000 0\n"

#define HEADING "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt\n"

/* Puts a process into the tree. */
static void put_process(pid_t pid, const char *comm, const char *exe, unsigned int user,
			const char *cgroups)
{
	char name[64], text[256];

	put_stat(pid, pid, comm, 'S', 1, 0, 100);
	snprintf(name, sizeof(name), "%d/task/%d/comm", pid, pid);
	snprintf(text, sizeof(text), "%s\n", comm);
	put(name, text);
	snprintf(name, sizeof(name), "%d/exe", pid);
	put_link(name, exe);
	snprintf(name, sizeof(name), "%d/status", pid);
	snprintf(text, sizeof(text), "Name:\t%s\nTgid:\t%d\nUid:\t7\t%u\t7\t7\n", comm, pid, user);
	put(name, text);
	snprintf(name, sizeof(name), "%d/cgroup", pid);
	put(name, cgroups);
}

static int make_processes(void **state)
{
	if (begin(state))
		return -1;
	put("self/mounts", "cgroup /sys/fs/cgroup/cpu cgroup rw 0 0\n"
			   "cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0\n");
	put_process(10, "nginx", "/usr/sbin/nginx", 33,
		    "4:cpu:/web\n0::/system.slice/nginx.service\n");
	put("10/net/tcp", HEADING SOCKET("1F90", "0A", "501") SOCKET("1F91", "01", "502"));
	put("10/net/udp", HEADING SOCKET("0035", "07", "503") SOCKET("0036", "01", "504"));
	put_link("10/fd/3", "/dev/null");
	put_link("10/fd/4", "socket:[501]");
	put_link("10/fd/5", "socket:[502]");
	put_process(11, "worker: one", "/opt/my app/server (deleted)", 1000, "0::/docker/" ID "\n");
	/* In a network of its own, where another has the same number. */
	put("11/net/tcp6", HEADING SOCKET("1F90", "0A", "601"));
	put("11/net/udp", HEADING SOCKET("0035", "07", "603"));
	put_link("11/fd/3", "socket:[603]");
	put_process(12, "sleep", "/bin/sleep", 33, "4:cpu:/web/inner\n0::/website\n");
	put_link("12/fd/0", "pipe:[7]");
	put_process(13, "my srv[1]", "/srv/[", 1, "0::/\n");
	return 0;
}

/* Which of the processes 10 to 13 are selected, as bits. */
static unsigned int selected(const struct selection *s)
{
	unsigned int found = 0;

	for (pid_t pid = 10; pid <= 13; pid++) {
		struct facts f;

		facts_begin(&f, pid);
		found |= selection_has(s, &f) ? 1U << (pid - 10) : 0;
	}
	return found;
}

/* The same by words, and by words that exclude; each list ends in NULL. */
static unsigned int by_words(const char *const *include, const char *const *exclude)
{
	struct selection s = {0};
	unsigned int found;

	for (; *include; include++)
		assert_null(selection_add_word(&s, false, *include));
	for (; exclude && *exclude; exclude++)
		assert_null(selection_add_word(&s, true, *exclude));
	found = selected(&s);
	selection_clear(&s);
	return found;
}

#define WORDS(...)                                                                                 \
	(const char *const[])                                                                      \
	{                                                                                          \
		__VA_ARGS__, NULL                                                                  \
	}

enum {
	NGINX = 1,
	WORKER = 2,
	SLEEP = 4,
	BRACKETS = 8,
};

static void each_kind_by_itself(void **state)
{
	static const struct {
		const char *word;
		unsigned int found;
	} cases[] = {
		{"nginx", NGINX},
		{"ngin", 0},
		{"n*x", NGINX},
		{"worker: *", WORKER}, /* its name */
		{"server", WORKER},    /* its program's, which was deleted */
		{"name=s*", WORKER | SLEEP},
		{"name=n=x", 0},	 /* a name */
		{"my srv[1]", BRACKETS}, /* as it is, though as a glob it means another */
		{"my srv[[]1]", BRACKETS},
		{"[", BRACKETS},
		{"exe=/srv/[", BRACKETS},
		{"exe=/usr/sbin/nginx", NGINX},
		{"exe=/opt/*/server", WORKER},
		{"exe=/opt/*", 0}, /* a star is no slash */
		{"exe=/opt/my app/server", WORKER},
		{":8080", NGINX},
		{"port=8080", NGINX}, /* 11 has the listener in its network, but not open */
		{":8081", 0},	      /* a connection */
		{":53", WORKER},      /* UDP; 10 has not got it open */
		{":54", 0},	      /* connected */
		{"user=33", NGINX | SLEEP},
		{"cgroup=/web", NGINX | SLEEP},
		{"cgroup=/web/", NGINX | SLEEP},
		{"cgroup=/web/inner", SLEEP},
		{"cgroup=/website", SLEEP},
		{"cgroup=/sys/fs/cgroup/cpu/web", NGINX | SLEEP},
		{"cgroup=/sys/fs/cgroup/unified/system.slice", NGINX},
		{"cgroup=/", NGINX | WORKER | SLEEP | BRACKETS},
		{"container=4f0c2a9d1b7e", WORKER},
		{"container=" ID, WORKER},
		{"container=5", 0},
		{"all=", NGINX | WORKER},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (by_words(WORDS(cases[i].word), NULL) != cases[i].found)
			fail_msg("%s: %u", cases[i].word, by_words(WORDS(cases[i].word), NULL));
}

static void kinds_narrow_and_values_widen(void **state)
{
	(void)state;
	assert_int_equal(by_words(WORDS("nginx", "sleep"), NULL), NGINX | SLEEP);
	assert_int_equal(by_words(WORDS("nginx", "sleep", ":8080"), NULL), NGINX);
	assert_int_equal(by_words(WORDS("user=33", "user=1000", "name=s*"), NULL), WORKER | SLEEP);
	assert_int_equal(by_words(WORDS("nginx", ":53"), NULL), 0);
}

static void whoever_is_excluded_is_not_meant(void **state)
{
	(void)state;
	assert_int_equal(by_words(WORDS("all="), WORDS("nginx")), WORKER);
	assert_int_equal(by_words(WORDS("user=33"), WORDS("cgroup=/website")), NGINX);
	assert_int_equal(by_words(WORDS("*"), WORDS(":53", "user=33")), BRACKETS);
	assert_int_equal(by_words(WORDS("*"), WORDS("container=4f")), NGINX | SLEEP | BRACKETS);
}

static void nothing_selects_nothing(void **state)
{
	struct selection s = {0};

	(void)state;
	assert_int_equal(selected(&s), 0);
	assert_null(selection_add_word(&s, true, "nginx"));
	assert_int_equal(selected(&s), 0);
	selection_clear(&s);
}

static void who_is_gone_matches_nothing_but_a_star(void **state)
{
	static const char *const words[] = {"nginx",	   ":8080",	     "user=33",
					    "cgroup=/web", "container=4f0c", "all="};
	struct facts f;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		struct selection s = {0};

		facts_begin(&f, 99);
		assert_null(selection_add_word(&s, false, words[i]));
		assert_false(selection_has(&s, &f));
		selection_clear(&s);
	}
}

/* Whether one that is gone may have been what these words select and exclude. */
static bool may_have(const char *include, const char *exclude, const char *comm, bool has_sockets)
{
	struct selection s = {0};
	bool may;

	assert_null(*include ? selection_add_word(&s, false, include)
			     : selection_add(&s, false, &selector_all, ""));
	if (exclude)
		assert_null(selection_add_word(&s, true, exclude));
	may = selection_may_have_had(&s, comm, has_sockets);
	selection_clear(&s);
	return may;
}

static void who_is_gone_may_have_matched(void **state)
{
	(void)state;
	assert_true(may_have("ngin*", NULL, "nginx", false));
	assert_false(may_have("ngin*", NULL, "redis", true));
	assert_false(may_have("", NULL, "ls", false));
	assert_true(may_have("", "redis", "nginx", true));
	assert_false(may_have("", "redis", "redis", true));
	assert_false(may_have(":80", NULL, "nginx", false));
	assert_true(may_have(":80", NULL, "nginx", true));
	assert_true(may_have("user=root", NULL, "ls", false));
	/* Whether it was excluded by what is not known is not known. */
	assert_true(may_have("", ":80", "nginx", true));
}

static void what_is_no_selector(void **state)
{
	static const char *const words[] = {
		"",	      "foo=bar",      "usr=root",      "=",
		":",	      ":0",	      ":65536",	       ":http",
		":80x",	      "port=",	      "port= 80",      "exe=nginx",
		"cgroup=web", "container=",   "container=xyz", "container=4F",
		"user=",      "user=no such", "user=-1",       "user=4294967295",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		struct selection s = {0};

		if (!selection_add_word(&s, false, words[i]))
			fail_msg("'%s' was taken", words[i]);
		assert_int_equal(s.includes, 0);
		selection_clear(&s);
	}
}

/* How a selection of these words is told. */
static void assert_told(const char *const *include, const char *const *exclude, const char *wanted)
{
	struct selection s = {0};
	char text[128];

	for (; *include; include++)
		assert_null(selection_add_word(&s, false, *include));
	for (; exclude && *exclude; exclude++)
		assert_null(selection_add_word(&s, true, *exclude));
	selection_describe(&s, text, sizeof(text));
	assert_string_equal(text, wanted);
	selection_clear(&s);
}

static void in_words(void **state)
{
	struct selection s = {0};
	char text[8];

	(void)state;
	assert_told(WORDS("all="), NULL, "has a socket");
	assert_told(WORDS("all=", "all="), NULL, "has a socket");
	assert_told(WORDS("nginx"), NULL, "is called nginx");
	assert_told(WORDS("exe=/bin/*"), NULL, "runs /bin/*");
	assert_told(WORDS(":80", "nginx", "port=8080"), NULL,
		    "is called nginx and waits for clients at port 80 or 8080");
	assert_told(WORDS("user=33", "cgroup=/web", "container=4f"), NULL,
		    "is of user 33 and is in cgroup /web and is in container 4f");
	assert_told(WORDS("all="), WORDS("sshd"),
		    "has a socket, other than one that is called sshd");
	assert_told(
		WORDS("n*"), WORDS("nginx", "node", ":80"),
		"is called n*, other than one that is called nginx or node or waits for clients "
		"at port 80");
	assert_null(selection_add_word(&s, false, "nginx"));
	selection_describe(&s, text, sizeof(text));
	assert_string_equal(text, "is call");
	selection_clear(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_by_itself),
		cmocka_unit_test(kinds_narrow_and_values_widen),
		cmocka_unit_test(whoever_is_excluded_is_not_meant),
		cmocka_unit_test(nothing_selects_nothing),
		cmocka_unit_test(who_is_gone_matches_nothing_but_a_star),
		cmocka_unit_test(who_is_gone_may_have_matched),
		cmocka_unit_test(what_is_no_selector),
		cmocka_unit_test(in_words),
	};

	return cmocka_run_group_tests_name("selector", tests, make_processes, end);
}
