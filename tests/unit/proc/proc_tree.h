/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * proc_tree.h - a made-up /proc for the tests of user/proc*.c.
 */
#ifndef IOPHASE_PROC_TREE_H
#define IOPHASE_PROC_TREE_H

#include <errno.h>
#include <limits.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "proc/proc.h"
#include "proc/proc_file.h"
#include "unit.h"

static char root[] = "/tmp/iophase-test-proc-XXXXXX";

/* The path of a file of the tree, with its directories made. */
static inline const char *make_way(const char *name)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", root, name);
	for (char *slash = path + sizeof(root); (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		assert_true(!mkdir(path, 0755) || errno == EEXIST);
		*slash = '/';
	}
	return path;
}

/* Puts a file of `length` bytes into the tree. */
static inline void put_bytes(const char *name, const void *bytes, size_t length)
{
	FILE *file = fopen(make_way(name), "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, length, file), length);
	fclose(file);
}

/* Puts a file with a text into the tree. */
static inline void put(const char *name, const char *text)
{
	put_bytes(name, text, strlen(text));
}

/* Puts what the kernel says of a thread into the tree. */
static inline void put_stat(pid_t pid, pid_t tid, const char *comm, char state, pid_t ppid,
			    unsigned int flags, uint32_t start)
{
	char name[64], text[256];

	snprintf(name, sizeof(name), "%d/task/%d/stat", pid, tid);
	snprintf(text, sizeof(text),
		 "%d (%s) %c %d 7 7 0 -1 %u 11 12 13 14 15 16 17 18 20 0 1 0 %u 4096 5 6\n", tid,
		 comm, state, ppid, flags, start);
	put(name, text);
}

/* Puts a symbolic link into the tree. */
static inline void put_link(const char *name, const char *target)
{
	assert_int_equal(symlink(target, make_way(name)), 0);
}

/* Removes everything below and including a directory. */
static inline void remove_tree(const char *path)
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		execlp("rm", "rm", "-rf", "--", path, (char *)NULL);
		_exit(127);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

/* Begins a test with an empty tree. */
static inline int begin(void **state)
{
	(void)state;
	memcpy(root + sizeof(root) - 7, "XXXXXX", 6);
	proc_root = mkdtemp(root);
	return proc_root ? 0 : -1;
}

/* Ends it. */
static inline int end(void **state)
{
	(void)state;
	remove_tree(root);
	proc_root = "/proc";
	return 0;
}

#define made_up(test) cmocka_unit_test_setup_teardown(test, begin, end)

#endif
