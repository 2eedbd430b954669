/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_proc_ports.c - ports of processes, in a made-up /proc with several network namespaces.
 */
#include "proc/proc_ports.h"
#include "proc_tree.h"

#define HEADING "  sl  local_address rem_address   st\n"
#define TCP(port, inode)                                                                           \
	"   0: 0100007F:" port                                                                     \
	" 00000000:0000 0A 00000000:00000000 00:00000000 00000000   0 0 " inode " 1 0\n"
#define UDP(port, inode)                                                                           \
	"   0: 0100007F:" port                                                                     \
	" 00000000:0000 07 00000000:00000000 00:00000000 00000000   0 0 " inode " 1 0\n"

/* Puts a process in a network namespace, with a table of TCP or none. */
static void put_process(pid_t pid, const char *space, const char *tcp)
{
	char name[64];

	snprintf(name, sizeof(name), "%d/ns/net", pid);
	put_link(name, space);
	snprintf(name, sizeof(name), "%d/fd/0", pid);
	put_link(name, "/dev/null");
	snprintf(name, sizeof(name), "%d/net/tcp", pid);
	if (tcp)
		put(name, tcp);
}

/* Gives a process a descriptor. */
static void put_fd(pid_t pid, int fd, const char *what)
{
	char name[64];

	snprintf(name, sizeof(name), "%d/fd/%d", pid, fd);
	put_link(name, what);
}

/* Checks what is found of a process. */
static void finds(struct port_table *t, pid_t pid, const char *wanted)
{
	char ports[PORTS_LEN] = "untouched";

	assert_int_equal(port_table_find(t, pid, ports), 0);
	assert_string_equal(ports, wanted);
}

static void each_has_its_own(void **state)
{
	struct port_table t = {0};

	(void)state;
	put_process(1, "net:[4026531840]",
		    HEADING TCP("0050", "100") TCP("01BB", "101") TCP("0016", "102"));
	put("1/net/tcp6", HEADING TCP("0050", "103"));
	put("1/net/udp", HEADING UDP("0035", "104"));
	put_fd(1, 7, "socket:[101]");
	put_fd(1, 3, "socket:[100]");
	put_fd(1, 8, "socket:[103]");
	put_fd(1, 9, "socket:[104]");
	put_fd(1, 10, "socket:[99]");
	put_fd(1, 11, "pipe:[102]");
	put_process(2, "net:[4026531840]", NULL);
	put_fd(2, 3, "socket:[101]"); /* both have it, as workers do */
	put_process(3, "net:[4026531840]", NULL);
	put_fd(3, 3, "socket:[105]");
	for (pid_t pid = 1; pid <= 3; pid++)
		assert_int_equal(port_table_add(&t, pid), 0);
	finds(&t, 1, "80,443,53/udp");
	finds(&t, 2, "443");
	finds(&t, 3, PORTS_NONE);
	port_table_clear(&t);
}

/* What its second process shows as tables would be taken if they were read again. */
static void a_namespace_is_read_once(void **state)
{
	struct port_table t = {0};

	(void)state;
	put_process(1, "net:[1]", HEADING TCP("0050", "100"));
	put_process(2, "net:[1]", HEADING TCP("0051", "200"));
	put_process(3, "net:[2]", HEADING TCP("0052", "300"));
	put_fd(1, 3, "socket:[100]");
	put_fd(1, 4, "socket:[200]");
	put_fd(2, 3, "socket:[300]"); /* made in the other namespace */
	for (pid_t pid = 1; pid <= 3; pid++)
		assert_int_equal(port_table_add(&t, pid), 0);
	assert_int_equal(t.count, 2);
	assert_int_equal(t.spaces, 2);
	finds(&t, 1, "80");
	finds(&t, 2, "82");
	finds(&t, 3, PORTS_NONE);
	port_table_clear(&t);
}

static void what_cannot_be_read_is_an_error(void **state)
{
	char ports[PORTS_LEN] = "untouched";
	struct port_table t = {0};

	(void)state;
	put_process(1, "net:[1]", HEADING TCP("0050", "100"));
	put_process(4, "net:what", NULL);
	put("5/status", "");
	assert_int_equal(port_table_add(&t, 4), -EINVAL);
	assert_true(port_table_add(&t, 5) < 0);
	assert_int_equal(port_table_add(&t, 1), 0);
	assert_true(port_table_find(&t, 5, ports) < 0);
	assert_string_equal(ports, "untouched");
	/* Of a namespace whose tables failed all are told so. */
	port_table_clear(&t);
	put_process(6, "net:[6]", NULL);
	put("6/net/tcp/a-folder", "");
	put_process(7, "net:[6]", HEADING TCP("0050", "100"));
	assert_int_equal(port_table_add(&t, 6), -EISDIR);
	assert_int_equal(port_table_add(&t, 7), -EISDIR);
	port_table_clear(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		made_up(each_has_its_own),
		made_up(a_namespace_is_read_once),
		made_up(what_cannot_be_read_is_an_error),
	};

	return cmocka_run_group_tests_name("proc_ports", tests, NULL, NULL);
}
