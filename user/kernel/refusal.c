/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * refusal.c - see refusal.h.
 *
 * What goes in: the step that failed, and its -errno. What comes out: one line, with what helps,
 * and whether it is a right that is missing, an ability of the kernel, or neither.
 */
#include <errno.h>
#include <string.h>
#include <sys/resource.h>

#include "base/log.h"
#include "base/types.h"
#include "kernel/refusal.h"

/* The exit code for a step that failed with err. */
enum exit_code refusal_code(enum load_step step, int err)
{
	switch (-err) {
	case EPERM:
		return EXIT_DENIED;
	case EACCES:
		/* From bpf(2) that is the verifier's verdict on a program. */
		return step == STEP_LOAD ? EXIT_UNABLE : EXIT_DENIED;
	case EMFILE:
	case ENFILE:
	case ENOMEM:
	case EAGAIN:
	case EINTR:
		return EXIT_FAILED;
	}
	return step == STEP_CONFIGURE ? EXIT_FAILED : EXIT_UNABLE;
}

/* Whether the memory that we may lock is limited. */
static bool is_memory_limited(void)
{
	struct rlimit limit;

	return !getrlimit(RLIMIT_MEMLOCK, &limit) && limit.rlim_cur != RLIM_INFINITY;
}

/* What helps against an error, as the end of a sentence. */
static const char *help(enum load_step step, int err)
{
	if (err == -EMFILE)
		return "; allow more open files: ulimit -n 1024";
	if (err == -EPERM && (step == STEP_LOAD || step == STEP_MAPS) && is_memory_limited())
		return "; before Linux 5.11 maps are locked memory: ulimit -l unlimited, or "
		       "CAP_SYS_RESOURCE";
	return "";
}

/* Says in one line which step failed and why. */
enum exit_code refusal_say(enum load_step step, int err)
{
	static const char *const verbs[LOAD_STEPS] = {
		[STEP_OPEN] = "open",	  [STEP_CONFIGURE] = "configure",
		[STEP_LOAD] = "load",	  [STEP_MAPS] = "prepare the maps of",
		[STEP_ATTACH] = "attach",
	};

	log_error("cannot %s the BPF programs: %s%s", verbs[step], strerror(-err), help(step, err));
	return refusal_code(step, err);
}
