/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_wheres.c - in which containers processes are, in a made-up /proc: what is looked up and
 * when, and what stays known of those that have ended.
 */
#include "app/wheres.h"
#include "proc/proc_tree.h"

#define ID    "4f0c2a9d1b7e83c65a1d90fe2c4b8a7730e5d6f1928c3b4a5f6e7d8091a2b3c4"
#define OTHER "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

/* Puts a process into the tree that was started at that time, with these files. */
static void put_process(pid_t pid, char state, uint32_t start, const char *cgroup,
			const char *nspid)
{
	char name[64], text[256];

	put_stat(pid, pid, "x", state, 1, 0, start);
	snprintf(name, sizeof(name), "%d/cgroup", pid);
	put(name, cgroup);
	snprintf(name, sizeof(name), "%d/status", pid);
	snprintf(text, sizeof(text), "Name:\tx\nPid:\t%d\nNSpid:\t%d%s\n", pid, pid, nspid);
	put(name, text);
}

/* What is known of a process: of one that is not there, an empty one. */
static struct where told(const struct wheres *w, pid_t pid)
{
	struct task_list list = {0};
	struct where where;

	task_list_get(&list, pid, 0);
	wheres_tell(w, &list);
	where = list.task[0]->where;
	task_list_clear(&list);
	return where;
}

/* Checks what is known of a process: "" and 0 for nothing. */
static void expect(const struct wheres *w, pid_t pid, const char *id, pid_t inside)
{
	struct where where = told(w, pid);

	assert_int_equal(strnlen(where.container, WHERE_ID_LEN), strlen(id));
	assert_memory_equal(where.container, id, strlen(id));
	assert_int_equal(where.inside, inside);
}

static void processes_are_where_their_files_say(void **state)
{
	struct task_list list = {0};
	struct wheres w = {0};

	(void)state;
	put_process(10, 'S', 1, "0::/docker/" ID "\n", "\t7\t1");
	put_process(20, 'S', 1, "0::/\n", "");
	put_process(30, 'S', 1, "0::/docker/" ID "\n", "\t30"); /* the same number by chance */
	put_process(40, 'S', 0, "0::/\n", "\t2");		/* started with the machine */
	put("50/cgroup", "0::/docker/" ID "\n");
	for (pid_t pid = 0; pid <= 50; pid += 10)
		task_list_get(&list, pid, 0);
	wheres_renew(&w, &list);
	assert_int_equal(w.count, 5);
	expect(&w, 0, "", 0);
	expect(&w, 10, ID, 1);
	expect(&w, 20, "", 0);
	expect(&w, 30, ID, 0);
	expect(&w, 40, "", 2);
	/* It has no stat: it is not there. */
	expect(&w, 50, "", 0);
	wheres_clear(&w);
	task_list_clear(&list);
}

static void who_has_ended_keeps_what_was_known(void **state)
{
	struct task_list list = {0};
	struct wheres w = {0};

	(void)state;
	put_process(10, 'S', 1, "0::/docker/" ID "\n", "\t1");
	put_process(20, 'S', 1, "0::/docker/" ID "\n", "\t2");
	wheres_look(&w, 20);
	wheres_look(&w, 10);
	for (pid_t pid = 10; pid <= 30; pid += 10)
		task_list_get(&list, pid, 0)->exited = pid != 20;
	/* A dead process is in no cgroup of v1 any more; and the number of another one is reused.
	 */
	put_process(10, 'S', 2, "0::/docker/" OTHER "\n", "\t9");
	put_process(20, 'Z', 1, "1:pids:/\n", "\t2");
	put_process(30, 'S', 1, "0::/docker/" ID "\n", "\t3");
	wheres_renew(&w, &list);
	expect(&w, 10, ID, 1);
	expect(&w, 20, ID, 2);
	expect(&w, 30, "", 0);
	wheres_clear(&w);
	task_list_clear(&list);
}

static void who_gets_a_number_again_is_somebody_else(void **state)
{
	struct task_list list = {0};
	struct wheres w = {0};
	struct task_sums *t = task_list_get(&list, 10, 0);

	(void)state;
	put_process(10, 'S', 1, "0::/docker/" ID "\n", "\t1");
	wheres_renew(&w, &list);
	t->exited = true;
	wheres_renew(&w, &list);
	expect(&w, 10, ID, 1);
	t->exited = false;
	put_process(10, 'S', 2, "0::/\n", "");
	wheres_renew(&w, &list);
	expect(&w, 10, "", 0);
	/* What cannot be read of the next one is not that of the last one. */
	put_process(10, 'S', 3, "0::/docker/" OTHER "\n", "\t5");
	wheres_renew(&w, &list);
	expect(&w, 10, OTHER, 5);
	put_process(10, 'S', 4, "0::/\n", "");
	put("10/status", "Name:\tx\n");
	wheres_renew(&w, &list);
	expect(&w, 10, "", 0);
	wheres_clear(&w);
	task_list_clear(&list);
}

static void who_moves_is_found_in_its_turn(void **state)
{
	enum {
		COUNT = WHERES_AGAIN + 44,
	};
	struct task_list list = {0};
	struct wheres w = {0};
	unsigned int moved = 0;

	(void)state;
	for (pid_t pid = 1; pid <= COUNT; pid++) {
		put_process(pid, 'S', 1, "0::/\n", "");
		task_list_get(&list, pid, 0);
	}
	/* The new ones are looked up once, all of them. */
	wheres_renew(&w, &list);
	for (pid_t pid = 1; pid <= COUNT; pid++)
		put_process(pid, 'S', 1, "0::/docker/" ID "\n", "");
	wheres_renew(&w, &list);
	for (pid_t pid = 1; pid <= COUNT; pid++)
		moved += *told(&w, pid).container != '\0';
	assert_int_equal(moved, WHERES_AGAIN);
	wheres_renew(&w, &list);
	for (pid_t pid = 1; pid <= COUNT; pid++)
		expect(&w, pid, ID, 0);
	/* Who is in no snapshot any more is forgotten. */
	task_list_clear(&list);
	wheres_renew(&w, &list);
	assert_int_equal(w.count, 0);
	wheres_clear(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		made_up(processes_are_where_their_files_say),
		made_up(who_has_ended_keeps_what_was_known),
		made_up(who_gets_a_number_again_is_somebody_else),
		made_up(who_moves_is_found_in_its_turn),
	};

	return cmocka_run_group_tests_name("wheres", tests, NULL, NULL);
}
