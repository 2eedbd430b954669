/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * limited.c - runs a program with a user, with just these capabilities, under a seccomp filter.
 *
 * What goes in: [--uid N] [--caps NAME,...] [--file-caps NAME,...] [--deny CALL=ERROR]... PROGRAM
 * [ARGUMENT...], as root. The capabilities are ambient ones, or, with --file-caps, those of the
 * program's file, whose path is then given whole. The filter is that of a container: it answers a
 * call with an error. Where it must be left out, the exit code is 77.
 */
#include <endian.h>
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

enum {
	DENIALS_MAX = 4,
	NOT_HERE = 77,
};

struct word {
	const char *name;
	unsigned int number;
};

static const struct word capabilities[] = {
	{"dac_read_search", 2}, {"kill", 5},	 {"sys_ptrace", 19}, {"sys_admin", 21},
	{"sys_resource", 24},	{"perfmon", 38}, {"bpf", 39},	     {NULL, 0},
};

static const struct word calls[] = {
	{"bpf", SYS_bpf},
	{"perf_event_open", SYS_perf_event_open},
	{NULL, 0},
};

static const struct word errors[] = {
	{"EPERM", EPERM},
	{"EACCES", EACCES},
	{"ENOSYS", ENOSYS},
	{NULL, 0},
};

/* Says what failed, and ends. */
static void fail(const char *what)
{
	fprintf(stderr, "limited: %s: %s\n", what, strerror(errno));
	exit(NOT_HERE);
}

/* The number of a word of that many bytes. */
static unsigned int number_of(const struct word *words, const char *name, size_t length)
{
	for (; words->name; words++)
		if (strlen(words->name) == length && !memcmp(words->name, name, length))
			return words->number;
	fprintf(stderr, "limited: '%.*s' is not known\n", (int)length, name);
	exit(2);
}

/* The set of a list of capabilities. */
static uint64_t set_of(const char *list)
{
	uint64_t set = 0;

	while (*list) {
		size_t length = strcspn(list, ",");

		set |= 1ULL << number_of(capabilities, list, length);
		list += length + (list[length] == ',');
	}
	return set;
}

/* Gives a file capabilities, all of them effective. */
static void set_file(const char *file, uint64_t set)
{
	struct vfs_cap_data data = {
		.magic_etc = htole32(VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE),
		.data = {{.permitted = htole32((uint32_t)set)},
			 {.permitted = htole32((uint32_t)(set >> 32))}},
	};

	if (setxattr(file, "security.capability", &data, XATTR_CAPS_SZ_2, 0))
		fail(file);
}

/* Answers calls with errors from now on: CALL=ERROR each. */
static void deny(char *const *denials, size_t count)
{
	struct sock_filter filter[2 * DENIALS_MAX + 2] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	};
	struct sock_fprog program = {1, filter};

	for (size_t i = 0; i < count; i++) {
		size_t length = strcspn(denials[i], "=");
		const char *error = denials[i] + length + (denials[i][length] == '=');

		filter[program.len++] = (struct sock_filter)BPF_JUMP(
			BPF_JMP | BPF_JEQ | BPF_K, number_of(calls, denials[i], length), 0, 1);
		filter[program.len++] = (struct sock_filter)BPF_STMT(
			BPF_RET | BPF_K,
			SECCOMP_RET_ERRNO | number_of(errors, error, strlen(error)));
	}
	filter[program.len++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	/* As root: then nobody has to promise to gain no rights, and file capabilities count. */
	if (count && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
		fail("seccomp");
}

/* Becomes another user, with these capabilities and no others. */
static void become(uid_t uid, uint64_t set)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2];

	for (int i = 0; i < 2; i++)
		data[i].effective = data[i].permitted = data[i].inheritable =
			(uint32_t)(set >> 32 * i);
	if (prctl(PR_SET_KEEPCAPS, 1) || setgroups(0, NULL) || setresgid(uid, uid, uid) ||
	    setresuid(uid, uid, uid))
		fail("another user");
	if (syscall(SYS_capset, &header, data))
		fail("capabilities");
	for (unsigned long cap = 0; cap < 64; cap++)
		if (set >> cap & 1 && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0))
			fail("ambient capabilities");
}

int main(int argc, char **argv)
{
	uint64_t ambient = 0, file = 0;
	char *denials[DENIALS_MAX];
	size_t denied = 0;
	long uid = -1;
	int i;

	for (i = 1; i + 1 < argc && !strncmp(argv[i], "--", 2); i += 2) {
		if (!strcmp(argv[i], "--uid"))
			uid = atol(argv[i + 1]);
		else if (!strcmp(argv[i], "--caps"))
			ambient = set_of(argv[i + 1]);
		else if (!strcmp(argv[i], "--file-caps"))
			file = set_of(argv[i + 1]);
		else if (!strcmp(argv[i], "--deny") && denied < DENIALS_MAX)
			denials[denied++] = argv[i + 1];
		else
			return 2;
	}
	if (i >= argc)
		return 2;
	if (file)
		set_file(argv[i], file);
	deny(denials, denied);
	if (uid >= 0)
		become((uid_t)uid, ambient);
	execvp(argv[i], argv + i);
	fail(argv[i]);
}
