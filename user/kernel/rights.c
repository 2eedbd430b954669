/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * rights.c - see rights.h. The table is the least set of capabilities; docs/rights.md tells it to
 * users, tests/live/rights.bats holds it against the kernel.
 *
 * What goes in: our capabilities. What comes out: the names of those that are lacking, and those
 * that are given up when the kernel half is there.
 */
#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/types.h"
#include "kernel/rights.h"

/* Newer than some headers that we build with. */
#ifndef CAP_PERFMON
#define CAP_PERFMON 38
#endif
#ifndef CAP_BPF
#define CAP_BPF 39
#endif

struct right {
	const char *name;
	unsigned int capability;
	unsigned int covered_by; /* a further one that has it in it */
	unsigned int purposes;	 /* of enum right_purpose */
};

static const struct right rights[] = {
	{"CAP_BPF", CAP_BPF, CAP_SYS_ADMIN, RIGHT_TO_TRACE | RIGHT_TO_READ},
	{"CAP_PERFMON", CAP_PERFMON, CAP_SYS_ADMIN, RIGHT_TO_TRACE},
	{"CAP_SYS_PTRACE", CAP_SYS_PTRACE, CAP_SYS_PTRACE, RIGHT_TO_INSPECT | RIGHT_TO_SEE_CALLS},
	/* /proc/PID/syscall is for its owner alone to read (0400). */
	{"CAP_DAC_READ_SEARCH", CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE, RIGHT_TO_SEE_CALLS},
	/* Before Linux 5.11 maps are locked memory. */
	{"CAP_SYS_RESOURCE", CAP_SYS_RESOURCE, CAP_SYS_RESOURCE, 0},
	{"CAP_KILL", CAP_KILL, CAP_KILL, RIGHT_TO_SIGNAL},
	{"CAP_DAC_OVERRIDE", CAP_DAC_OVERRIDE, CAP_DAC_OVERRIDE, RIGHT_TO_REPLACE},
	{"CAP_CHOWN", CAP_CHOWN, CAP_CHOWN, RIGHT_TO_REPLACE},
};

/* Our effective capabilities; the kernel is asked, since /proc may not be there. */
uint64_t rights_effective(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {{0}};

	if (syscall(SYS_capget, &header, data))
		return 0;
	return (uint64_t)data[1].effective << 32 | data[0].effective;
}

/* Whether a right is among the effective capabilities, or one that has it in it. */
static bool has(uint64_t effective, const struct right *right)
{
	return effective & (1ULL << right->capability | 1ULL << right->covered_by);
}

/* Whether a capability of this name is among the effective ones. */
bool rights_have(uint64_t effective, const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(rights); i++)
		if (!strcmp(rights[i].name, name))
			return has(effective, &rights[i]);
	return false;
}

/* Writes the names of the capabilities that are lacking. */
unsigned int rights_lacking(char *names, size_t room, uint64_t effective, unsigned int purposes)
{
	unsigned int lacking = 0;
	size_t used = 0;

	names[0] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(rights); i++) {
		const struct right *right = &rights[i];

		if (has(effective, right) || !(right->purposes & purposes))
			continue;
		used += (size_t)snprintf(names + used, room - used, "%s%s", lacking ? ", " : "",
					 right->name);
		if (used >= room)
			used = room - 1;
		lacking++;
	}
	return lacking;
}

/* What is kept of a set of capabilities: of each that is needed the smallest that has it in it. */
uint64_t rights_of(uint64_t permitted, unsigned int purposes)
{
	uint64_t kept = 0;

	for (size_t i = 0; i < ARRAY_SIZE(rights); i++) {
		uint64_t itself = 1ULL << rights[i].capability;

		if (rights[i].purposes & purposes)
			kept |= permitted & itself ? itself : 1ULL << rights[i].covered_by;
	}
	return kept & permitted;
}

/* Gives up all capabilities but those that any of the purposes needs. */
int rights_keep_only(unsigned int purposes)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {{0}};
	uint64_t kept;

	if (syscall(SYS_capget, &header, data))
		return -errno;
	kept = rights_of((uint64_t)data[1].permitted << 32 | data[0].permitted, purposes);
	for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
		data[i].permitted = data[i].effective = (uint32_t)(kept >> 32 * i);
		data[i].inheritable = 0;
	}
	/* What is not inheritable is not ambient either. */
	return syscall(SYS_capset, &header, data) ? -errno : 0;
}
