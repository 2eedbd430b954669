/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * caps.c - what we may do and what this kernel can do.
 *
 * What goes in: what is wanted, /proc, /sys and the kernel's answers. What comes out: a struct
 * caps, or one line about the first thing that is missing and how to get it. Versions are never
 * compared: distributions move features back. To probe for something else, add a row to the table.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "kernel/caps.h"
#include "base/log.h"
#include "proc/proc.h"
#include "base/types.h"

/* Newer than some headers that we build with. */
#ifndef CAP_PERFMON
#define CAP_PERFMON 38
#endif
#ifndef CAP_BPF
#define CAP_BPF 39
#endif

/* What the probes share. */
struct probing {
	struct caps *caps;
	const struct caps_wanted *wanted;
	char why[256]; /* set by a probe that knows better than its row what is missing */
};

/* Whether it is there. */
typedef bool probe(struct probing *p);

struct cap_row {
	const char *name;
	probe *there;
	enum exit_code exit_code; /* without it; EXIT_DONE: go on */
	bool warn;		  /* go on, but not silently */
	const char *missing;	  /* what is missing, how to get it or what is lost */
};

/* Whether a file can be opened; errno says why not. */
static bool can_open(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return false;
	close(fd);
	return true;
}

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

/* Our effective capabilities, one bit each; none if /proc does not tell. */
static uint64_t effective_capabilities(void)
{
	uint64_t effective = 0;
	char line[256];
	FILE *file = fopen("/proc/self/status", "re");

	if (!file)
		return 0;
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "CapEff: %" SCNx64, &effective) == 1)
			break;
	fclose(file);
	return effective;
}

/* In another user namespace all capabilities are worth nothing to BPF. */
static bool in_initial_user_namespace(struct probing *p)
{
	char link[64];
	ssize_t length = readlink("/proc/self/ns/user", link, sizeof(link) - 1);

	(void)p;
	if (length < 0)
		return true; /* a kernel without user namespaces */
	link[length] = '\0';
	return !strcmp(link, "user:[4026531837]"); /* PROC_USER_INIT_INO, linux/proc_ns.h */
}

/* Whether /proc would tell what the threads of the targets are blocked in. */
static bool may_inspect_targets(const struct caps_wanted *wanted)
{
	for (size_t i = 0; i < wanted->pids; i++) {
		struct proc_call call;
		int err = proc_call(wanted->pid[i], wanted->pid[i], &call);

		if (err == -EPERM || err == -EACCES)
			return false;
	}
	return true;
}

/* Where tracefs is mounted, NULL if nowhere; *denied if it may be but we must not look. */
static const char *find_tracefs(bool *denied)
{
	static const struct {
		const char *tracefs, *events;
	} place[] = {
		{"/sys/kernel/tracing", "/sys/kernel/tracing/events"},
		{"/sys/kernel/debug/tracing", "/sys/kernel/debug/tracing/events"},
	};

	*denied = false;
	for (size_t i = 0; i < ARRAY_SIZE(place); i++) {
		if (can_open(place[i].events))
			return place[i].tracefs;
		/* Nobody but root gets into debugfs: that says nothing about tracefs in it. */
		if (errno == EACCES && i == 0)
			*denied = true;
	}
	return NULL;
}

/* Adds the name of a capability to the list in p->why if it is missing. */
static void name_missing(struct probing *p, bool missing, const char *name)
{
	size_t used = strlen(p->why);

	if (missing)
		snprintf(p->why + used, sizeof(p->why) - used, "%s%s", used ? ", " : "", name);
}

/* Whether we have all the capabilities that we need; p->why names those that are missing. */
static bool have_privileges(struct probing *p)
{
	uint64_t have = effective_capabilities();
	bool admin = have & 1ULL << CAP_SYS_ADMIN, denied = false;
	char names[sizeof(p->why)];

	if (p->wanted->hooks == HOOKS_SYSCALLS)
		find_tracefs(&denied);
	name_missing(p, !admin && !(have & 1ULL << CAP_BPF), "CAP_BPF");
	name_missing(p, !admin && !(have & 1ULL << CAP_PERFMON), "CAP_PERFMON");
	name_missing(p, !(have & 1ULL << CAP_SYS_PTRACE) && !may_inspect_targets(p->wanted),
		     "CAP_SYS_PTRACE");
	name_missing(p, denied, "CAP_DAC_READ_SEARCH");
	if (!p->why[0])
		return true;
	memcpy(names, p->why, sizeof(names));
	snprintf(p->why, sizeof(p->why),
		 "not permitted: lacking %.150s; run iophase as root or with sudo", names);
	return false;
}

/* Asks bpf(2) for an element of no map: whatever it answers, it does nothing. */
static int bpf_errno(void)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.map_fd = (__u32)-1;
	return syscall(SYS_bpf, BPF_MAP_LOOKUP_ELEM, &attr, sizeof(attr)) < 0 ? errno : 0;
}

static bool have_bpf(struct probing *p)
{
	(void)p;
	return bpf_errno() != ENOSYS;
}

static bool may_use_bpf(struct probing *p)
{
	(void)p;
	return bpf_errno() != EPERM;
}

static bool may_read_kernel(struct probing *p)
{
	(void)p;
	return !file_holds("/sys/kernel/security/lockdown", "[confidentiality]");
}

/* Whether the kernel has a tracepoint, by the name of its type. */
static bool has_event(const struct btf *btf, const char *type)
{
	return btf__find_by_name_kind(btf, type, BTF_KIND_TYPEDEF) > 0;
}

/* The arguments of a tracepoint, by the name of its type; -1 if the kernel has none such. */
static int event_arguments(const struct btf *btf, const char *type)
{
	int id = btf__find_by_name_kind(btf, type, BTF_KIND_TYPEDEF);
	const struct btf_type *t;

	if (id < 0)
		return -1;
	t = btf__type_by_id(btf, btf__type_by_id(btf, id)->type);
	t = btf__type_by_id(btf, t->type);
	/* The first one is not the event's, but whoever listens to it. */
	return btf_is_func_proto(t) ? btf_vlen(t) - 1 : -1;
}

/* The form in which the kernel tells of io_uring's requests: by the arguments of its events. */
static enum uring_events find_uring(const struct btf *btf)
{
	int request = event_arguments(btf, "btf_trace_io_uring_submit_req");
	int entry = event_arguments(btf, "btf_trace_io_uring_submit_sqe");
	int complete = event_arguments(btf, "btf_trace_io_uring_complete");
	static const struct {
		enum uring_events form;
		int request, entry, complete;
	} forms[] = {
		{URING_6_14, 1, -1, 3},
		{URING_6_3, 1, -1, 7},
		{URING_6_0, -1, 2, 7},
		{URING_5_15, -1, 7, 4},
	};

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++)
		if (forms[i].request == request && forms[i].entry == entry &&
		    forms[i].complete == complete)
			return forms[i].form;
	return URING_NONE;
}

/* Also looks for what BTF alone tells: it is large, and this spares reading it twice. */
static bool have_btf(struct probing *p)
{
	/* libbpf would print lines of its own about what is missing. */
	libbpf_print_fn_t printer = libbpf_set_print(NULL);
	struct btf *btf = btf__load_vmlinux_btf();
	bool have = !libbpf_get_error(btf);

	libbpf_set_print(printer);
	if (!have && can_open("/sys/kernel/btf/vmlinux"))
		snprintf(p->why, sizeof(p->why),
			 "the libbpf that iophase was built with is too old to read this kernel's "
			 "BTF; build it with a newer one");
	if (!have)
		return false;
	p->caps->have_copy = has_event(btf, "btf_trace_skb_copy_datagram_iovec");
	p->caps->have_signals = has_event(btf, "btf_trace_signal_deliver");
	p->caps->have_sent = has_event(btf, "btf_trace_signal_generate");
	p->caps->uring = find_uring(btf);
	btf__free(btf);
	return true;
}

static bool have_tracefs(struct probing *p)
{
	bool denied;

	if (p->wanted->hooks != HOOKS_SYSCALLS)
		return true;
	p->caps->tracefs = find_tracefs(&denied);
	return p->caps->tracefs;
}

static bool have_syscall_tracepoints(struct probing *p)
{
	char path[PATH_MAX];

	if (p->wanted->hooks != HOOKS_SYSCALLS)
		return true;
	snprintf(path, sizeof(path), "%s/events/syscalls/sys_enter_recvfrom/id", p->caps->tracefs);
	p->caps->have_syscall_tracepoints = can_open(path);
	if (!p->caps->have_syscall_tracepoints)
		p->caps->hooks = HOOKS_RAW;
	return p->caps->have_syscall_tracepoints;
}

static bool have_copy(struct probing *p)
{
	return p->caps->have_copy;
}

static bool have_signals(struct probing *p)
{
	return p->caps->have_signals;
}

static bool have_sent(struct probing *p)
{
	return p->caps->have_sent;
}

static bool have_uring(struct probing *p)
{
	return p->caps->uring != URING_NONE;
}

/*
 * In the order in which they are probed: whoever has no right to look must hear about the right,
 * not about what could not be seen without it.
 */
static const struct cap_row rows[] = {
	{"initial user namespace", in_initial_user_namespace, EXIT_DENIED, false,
	 "not permitted: in a user namespace CAP_BPF and CAP_PERFMON do not count; run iophase as "
	 "root of the host"},
	{"privileges", have_privileges, EXIT_DENIED, false, "not permitted: run iophase as root"},
	{"bpf(2)", have_bpf, EXIT_UNABLE, false,
	 "this kernel has no BPF; it must be built with CONFIG_BPF_SYSCALL=y"},
	{"use of bpf(2)", may_use_bpf, EXIT_DENIED, false,
	 "not permitted: bpf(2) is refused in spite of CAP_BPF, as by the seccomp filter of a "
	 "container; run iophase on the host"},
	{"no lockdown", may_read_kernel, EXIT_UNABLE, false,
	 "the kernel is locked down (confidentiality), so BPF cannot read it; boot with "
	 "lockdown=integrity or none"},
	{"BTF", have_btf, EXIT_UNABLE, false,
	 "this kernel has no BTF (/sys/kernel/btf/vmlinux); it must be built with "
	 "CONFIG_DEBUG_INFO_BTF=y"},
	{"tracefs", have_tracefs, EXIT_UNABLE, false,
	 "tracefs is not mounted; do: mount -t tracefs tracefs /sys/kernel/tracing (or use --hooks "
	 "raw)"},
	{"system call tracepoints", have_syscall_tracepoints, EXIT_DONE, true,
	 "this kernel has no system call tracepoints (CONFIG_FTRACE_SYSCALLS): using --hooks raw"},
	{"skb:skb_copy_datagram_iovec", have_copy, EXIT_DONE, false,
	 "this kernel does not tell when socket data is copied: the copying stays in cpu"},
	{"signal:signal_deliver", have_signals, EXIT_DONE, false,
	 "this kernel does not tell when a signal reaches its handler: reads there are not "
	 "signal-driven"},
	{"signal:signal_generate", have_sent, EXIT_DONE, false,
	 "this kernel does not tell when a signal is generated: what it takes is not measured"},
	{"io_uring:io_uring_complete", have_uring, EXIT_DONE, false,
	 "this kernel does not tell of io_uring's requests, or in a form of its own: they are not "
	 "counted"},
};

_Static_assert(ARRAY_SIZE(rows) <= LACKS_MAX + 5, "the rows that end the program are no lacks");

/* Probes everything; 0, or the exit code after one line. */
int caps_check(struct caps *caps, const struct caps_wanted *wanted)
{
	struct probing p = {.caps = caps, .wanted = wanted};

	*caps = (struct caps){.hooks = wanted->hooks};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct cap_row *row = &rows[i];
		bool there = row->there(&p);
		const char *line = p.why[0] ? p.why : row->missing;

		log_info("%s: %s", row->name, there ? "yes" : "no");
		if (there)
			continue;
		if (row->exit_code != EXIT_DONE) {
			log_error("%s", line);
			return row->exit_code;
		}
		if (row->warn)
			log_warn("%s", row->missing);
		caps->said[caps->lacks] = row->warn;
		caps->lack[caps->lacks++] = row->missing;
	}
	return 0;
}
