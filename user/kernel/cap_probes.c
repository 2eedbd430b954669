/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * cap_probes.c - see cap_probes.h.
 *
 * What goes in: /proc, /sys and the kernel's answers. What comes out: whether a thing is there, may
 * be used, or cannot be looked for.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "kernel/barriers.h"
#include "kernel/cap_probes.h"
#include "kernel/guards.h"
#include "kernel/rights.h"
#include "kernel/tracefs.h"
#include "proc/container.h"
#include "proc/proc_view.h"

enum {
	PARANOID_USUAL = 2, /* beyond this kernel.perf_event_paranoid is a distribution's */
};

/* Whether a line of a file holds a string; false too if there is no such file. */
static bool file_holds(const char *path, const char *text)
{
	char line[256];
	bool holds = false;
	FILE *file = fopen(path, "re");

	if (!file)
		return false;
	while (!holds && fgets(line, sizeof(line), file))
		holds = strstr(line, text);
	fclose(file);
	return holds;
}

/* What it is if it is there. */
static enum cap_state lacks_unless(bool there)
{
	return there ? CAP_WORKS : CAP_LACKS;
}

/* What it is if we may use it. */
static enum cap_state denied_unless(bool allowed)
{
	return allowed ? CAP_WORKS : CAP_DENIED;
}

/* Whether any /proc is mounted. */
enum cap_state has_proc(struct probing *p, const struct cap_row *row)
{
	(void)p, (void)row;
	return lacks_unless(proc_view() != PROC_MISSING);
}

/* Whether it is that of our own pid namespace. */
enum cap_state has_own_proc(struct probing *p, const struct cap_row *row)
{
	(void)p, (void)row;
	return proc_view() == PROC_MISSING ? CAP_UNKNOWN
					   : lacks_unless(proc_view() != PROC_FOREIGN);
}

/* Whether our pids are the kernel's. */
enum cap_state in_initial_pid_namespace(struct probing *p, const struct cap_row *row)
{
	enum proc_view view = proc_view();
	char id[CONTAINER_ID_LEN] = "";

	(void)row;
	if (view == PROC_MISSING || view == PROC_FOREIGN)
		return CAP_UNKNOWN;
	if (view == PROC_WHOLE)
		return CAP_WORKS;
	/* In a cgroup namespace, as engines make one, the paths do not tell. */
	if (!proc_container(getpid(), id) && *id)
		snprintf(p->why, sizeof(p->why),
			 "in the pid namespace of container %.*s: pids here are not the kernel's",
			 CONTAINER_SHORT_LEN - 1, id);
	return CAP_LACKS;
}

/* Whether /sys is mounted: it has what the kernel tells of itself. */
enum cap_state has_sys(struct probing *p, const struct cap_row *row)
{
	(void)p, (void)row;
	return lacks_unless(!access("/sys/kernel", F_OK));
}

/* In another user namespace all capabilities are worth nothing to BPF. */
enum cap_state in_initial_user_namespace(struct probing *p, const struct cap_row *row)
{
	char link[64];
	ssize_t length = readlink("/proc/self/ns/user", link, sizeof(link) - 1);

	(void)row;
	if (length < 0)
		/* A kernel without user namespaces, or nobody to ask. */
		return proc_view() == PROC_MISSING ? CAP_UNKNOWN : CAP_WORKS;
	link[length] = '\0';
	/* PROC_USER_INIT_INO, linux/proc_ns.h */
	p->nested = strcmp(link, "user:[4026531837]");
	return denied_unless(!p->nested);
}

/* The capabilities that we have and that count for anything here. */
static uint64_t effective(const struct probing *p)
{
	return p->nested ? 0 : rights_effective();
}

/* Whether we have all the capabilities that we need; p->why names those that are missing. */
enum cap_state has_privileges(struct probing *p, const struct cap_row *row)
{
	unsigned int purposes = RIGHT_TO_TRACE;
	char names[128];

	(void)row;
	for (size_t i = 0; i < p->wanted->pids && purposes == RIGHT_TO_TRACE; i++)
		if (!proc_may_look(p->wanted->pid[i]))
			purposes |= RIGHT_TO_INSPECT;
	if (!rights_lacking(names, sizeof(names), effective(p), purposes))
		return CAP_WORKS;
	snprintf(p->why, sizeof(p->why), "lacking %s", names);
	return CAP_DENIED;
}

/* Whether we have the capability that has the row's name. */
enum cap_state has_right(struct probing *p, const struct cap_row *row)
{
	return denied_unless(rights_have(effective(p), row->name));
}

/* Whether Yama lets us see what threads of our own user are blocked in. */
enum cap_state may_inspect_own(struct probing *p, const struct cap_row *row)
{
	unsigned int scope = yama_scope();

	(void)row;
	if (!scope || (scope < YAMA_NOBODY && rights_have(effective(p), "CAP_SYS_PTRACE")))
		return CAP_WORKS;
	snprintf(p->why, sizeof(p->why), "kernel.yama.ptrace_scope is %u", scope);
	return CAP_DENIED;
}

/* Whether, if descendants are to be traced, /proc shows all that there are. */
enum cap_state sees_descendants(struct probing *p, const struct cap_row *row)
{
	(void)row;
	return denied_unless(!p->wanted->follow || !proc_hides_others());
}

/* Whether /proc shows the processes of others. */
enum cap_state sees_others(struct probing *p, const struct cap_row *row)
{
	(void)p, (void)row;
	return proc_view() == PROC_MISSING ? CAP_UNKNOWN : denied_unless(!proc_hides_others());
}

/* Asks bpf(2) for an element of no map: whatever it answers, it does nothing. */
static int bpf_errno(void)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.map_fd = (__u32)-1;
	return syscall(SYS_bpf, BPF_MAP_LOOKUP_ELEM, &attr, sizeof(attr)) < 0 ? errno : 0;
}

/* Whether there is a bpf(2); a seccomp filter may say that there is none. */
enum cap_state has_bpf(struct probing *p, const struct cap_row *row)
{
	(void)row;
	if (bpf_errno() != ENOSYS)
		return CAP_WORKS;
	if (!seccomp_filters())
		return CAP_LACKS;
	snprintf(
		p->why, sizeof(p->why),
		"there is no bpf(2) here, says the kernel or the seccomp filter that we run under");
	return CAP_DENIED;
}

/* Whether bpf(2) is refused in spite of the capability. */
enum cap_state may_use_bpf(struct probing *p, const struct cap_row *row)
{
	int err = bpf_errno();

	(void)row;
	if (err == ENOSYS || (err == EPERM && !rights_have(effective(p), "CAP_BPF"))) {
		snprintf(p->why, sizeof(p->why), "it takes bpf(2) and CAP_BPF to know");
		return CAP_UNKNOWN;
	}
	if (err == EPERM && seccomp_filters())
		snprintf(p->why, sizeof(p->why),
			 "bpf(2) is refused in spite of CAP_BPF, by the seccomp filter of a "
			 "container or service");
	return denied_unless(err != EPERM);
}

/* Whether BPF may read the kernel's memory. */
enum cap_state may_read_kernel(struct probing *p, const struct cap_row *row)
{
	struct statfs fs;

	(void)row;
	if (file_holds("/sys/kernel/security/lockdown", "[confidentiality]"))
		return CAP_DENIED;
	if (!statfs("/sys/kernel/security", &fs) && fs.f_type == SECURITYFS_MAGIC)
		return CAP_WORKS;
	snprintf(p->why, sizeof(p->why), "securityfs is not mounted at /sys/kernel/security");
	return CAP_UNKNOWN;
}

/* Makes a small map with no memory that may be locked: 0 or the errno. */
static int small_map_errno(void)
{
	struct rlimit limit, none;
	union bpf_attr attr;
	int fd, err;

	if (getrlimit(RLIMIT_MEMLOCK, &limit))
		return errno;
	none = (struct rlimit){0, limit.rlim_max};
	if (setrlimit(RLIMIT_MEMLOCK, &none))
		return errno;
	memset(&attr, 0, sizeof(attr));
	attr.map_type = BPF_MAP_TYPE_ARRAY;
	attr.key_size = sizeof(__u32);
	attr.value_size = sizeof(__u32);
	attr.max_entries = 1;
	fd = (int)syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof(attr));
	err = fd < 0 ? errno : 0;
	if (fd >= 0)
		close(fd);
	return setrlimit(RLIMIT_MEMLOCK, &limit) ? errno : err;
}

/* Whether maps may have the memory that they take: before Linux 5.11 it counted as locked. */
enum cap_state has_memory(struct probing *p, const struct cap_row *row)
{
	struct rlimit limit;

	(void)row;
	if (bpf_errno() == EPERM || !rights_have(effective(p), "CAP_BPF")) {
		snprintf(p->why, sizeof(p->why), "it takes bpf(2) and CAP_BPF to know");
		return CAP_UNKNOWN;
	}
	if (!small_map_errno() || rights_have(effective(p), "CAP_SYS_RESOURCE"))
		return CAP_WORKS;
	return denied_unless(!getrlimit(RLIMIT_MEMLOCK, &limit) && limit.rlim_max == RLIM_INFINITY);
}

/* Whether the kernel half can keep its stores in order here. */
enum cap_state has_barriers(struct probing *p, const struct cap_row *row)
{
	(void)p, (void)row;
	switch (barriers_probe()) {
	case 0:
		return CAP_WORKS;
	case -EPERM:
	case -EACCES:
		return CAP_DENIED;
	}
	return CAP_LACKS;
}

/* Whether tracefs is mounted. Also looks for a tracepoint of system calls in it. */
enum cap_state has_tracefs(struct probing *p, const struct cap_row *row)
{
	bool denied;

	(void)row;
	p->caps->tracefs = tracefs_find(&denied);
	p->event = denied ? -EACCES : -ENODEV;
	if (p->caps->tracefs)
		p->event = tracefs_event(p->caps->tracefs, "sys_enter_recvfrom");
	return lacks_unless(denied || p->caps->tracefs);
}

/* Whether we may read it. */
enum cap_state may_read_tracefs(struct probing *p, const struct cap_row *row)
{
	(void)row;
	if (p->event == -ENODEV)
		return CAP_UNKNOWN;
	return denied_unless(p->event != -EACCES && p->event != -EPERM);
}

/* Whether it has the tracepoints of system calls. */
enum cap_state has_call_events(struct probing *p, const struct cap_row *row)
{
	(void)row;
	if (p->event == -ENODEV || p->event == -EACCES || p->event == -EPERM)
		return CAP_UNKNOWN;
	return lacks_unless(p->event >= 0);
}

/* Says what refuses perf_event_open(2). */
static void explain_perf(struct probing *p)
{
	char by[64] = "by a security module";

	if (seccomp_filters())
		snprintf(by, sizeof(by), "as by the seccomp filter of a container or service");
	else if (perf_paranoid() > PARANOID_USUAL)
		snprintf(by, sizeof(by), "kernel.perf_event_paranoid is %d", perf_paranoid());
	snprintf(p->why, sizeof(p->why), "perf_event_open(2) is refused (%s)", by);
}

/* Whether the kernel lets us listen to them: some need more for it than CAP_PERFMON. */
enum cap_state may_use_call_events(struct probing *p, const struct cap_row *row)
{
	int fd;

	(void)row;
	if (p->event < 0)
		return CAP_UNKNOWN;
	fd = tracefs_open(p->event);
	if (fd >= 0)
		close(fd);
	if (fd != -EACCES && fd != -EPERM)
		return CAP_WORKS;
	if (!rights_have(effective(p), "CAP_PERFMON"))
		return CAP_UNKNOWN;
	explain_perf(p);
	return CAP_DENIED;
}
