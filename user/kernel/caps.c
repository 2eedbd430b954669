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
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "base/log.h"
#include "base/types.h"
#include "kernel/caps.h"
#include "kernel/kernel_btf.h"
#include "kernel/rights.h"
#include "kernel/tracefs.h"
#include "proc/proc_view.h"

/* The tests build a variant that takes any kernel for one older than 6.3. */
#ifndef NO_EVENTS_OF_SOCKETS
#define NO_EVENTS_OF_SOCKETS false
#endif

/* What the probes share. */
struct probing {
	struct caps *caps;
	const struct caps_wanted *wanted;
	struct btf *btf; /* the kernel's types, once they are there */
	bool raw;	 /* the way in is to be the raw pair */
	int event;	 /* a tracepoint of system calls, -errno: why there is none */
	char why[256];	 /* set by a probe that knows better than its row what is missing */
};

struct cap_row;

/* Whether it is there. */
typedef bool probe(struct probing *p, const struct cap_row *row);

/* What becomes of us without it. */
enum without {
	WITHOUT_END,  /* the program ends, with the row's exit code */
	WITHOUT_RAW,  /* the raw pair is used; a warning says so */
	WITHOUT_WARN, /* we go on; a warning says what is lost */
	WITHOUT_NOTE, /* we go on, as on many a machine; the report says what is lost */
};

struct cap_row {
	const char *name;
	probe *there;
	const char *event; /* of has_event() */
	enum without without;
	enum exit_code exit_code;
	enum feature feature; /* that it is; FEATURES: none, or the probe knows which one */
	const char *missing;  /* what is missing; how to get it, or what is lost */
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

/* In another user namespace all capabilities are worth nothing to BPF. */
static bool in_initial_user_namespace(struct probing *p, const struct cap_row *row)
{
	char link[64];
	ssize_t length = readlink("/proc/self/ns/user", link, sizeof(link) - 1);

	(void)p, (void)row;
	if (length < 0)
		return true; /* a kernel without user namespaces */
	link[length] = '\0';
	return !strcmp(link, "user:[4026531837]"); /* PROC_USER_INIT_INO, linux/proc_ns.h */
}

/* Asks bpf(2) for an element of no map: whatever it answers, it does nothing. */
static int bpf_errno(void)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.map_fd = (__u32)-1;
	return syscall(SYS_bpf, BPF_MAP_LOOKUP_ELEM, &attr, sizeof(attr)) < 0 ? errno : 0;
}

static bool has_bpf(struct probing *p, const struct cap_row *row)
{
	(void)p, (void)row;
	return bpf_errno() != ENOSYS;
}

static bool may_use_bpf(struct probing *p, const struct cap_row *row)
{
	(void)p, (void)row;
	return bpf_errno() != EPERM;
}

static bool may_read_kernel(struct probing *p, const struct cap_row *row)
{
	(void)p, (void)row;
	return !file_holds("/sys/kernel/security/lockdown", "[confidentiality]");
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
static bool has_uring(struct probing *p, const struct cap_row *row)
{
	int request = event_arguments(p->btf, "btf_trace_io_uring_submit_req");
	int entry = event_arguments(p->btf, "btf_trace_io_uring_submit_sqe");
	int complete = event_arguments(p->btf, "btf_trace_io_uring_complete");
	static const struct {
		enum feature form;
		int request, entry, complete;
	} forms[] = {
		{FEATURE_IO_URING_6_14, 1, -1, 3},
		{FEATURE_IO_URING_6_3, 1, -1, 7},
		{FEATURE_IO_URING_6_0, -1, 2, 7},
		{FEATURE_IO_URING_5_15, -1, 7, 4},
	};

	(void)row;
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++)
		if (forms[i].request == request && forms[i].entry == entry &&
		    forms[i].complete == complete) {
			feature_add(&p->caps->features, forms[i].form);
			return true;
		}
	return false;
}

/*
 * Whether it tells when data are ready in a socket, when they are read, and when it is written.
 * Without it the ends of calls are used.
 */
static bool has_connections(struct probing *p, const struct cap_row *row)
{
	static const char *const events[] = {
		"btf_trace_sk_data_ready",
		"btf_trace_sock_recv_length",
		"btf_trace_sock_send_length",
		"btf_trace_inet_sock_set_state",
	};

	(void)row;
	for (size_t i = 0; i < ARRAY_SIZE(events); i++)
		if (NO_EVENTS_OF_SOCKETS ||
		    btf__find_by_name_kind(p->btf, events[i], BTF_KIND_TYPEDEF) <= 0) {
			feature_add(&p->caps->features, FEATURE_CONNECTIONS_BY_CALLS);
			return false;
		}
	return true;
}

/* Whether the kernel has the row's event. */
static bool has_event(struct probing *p, const struct cap_row *row)
{
	return btf__find_by_name_kind(p->btf, row->event, BTF_KIND_TYPEDEF) > 0;
}

/* Reads the kernel's types. */
static bool has_btf(struct probing *p, const struct cap_row *row)
{
	/* libbpf would print lines of its own about what is missing. */
	libbpf_print_fn_t printer = libbpf_set_print(NULL);
	struct btf *btf = kernel_btf_load();
	bool have = !libbpf_get_error(btf);

	(void)row;
	libbpf_set_print(printer);
	if (have)
		p->btf = btf;
	else if (can_open("/sys/kernel/btf/vmlinux"))
		snprintf(p->why, sizeof(p->why),
			 "the libbpf that iophase was built with is too old to read this kernel's "
			 "BTF; build it with a newer one");
	return have;
}

/* Whether any /proc is mounted. */
static bool has_proc(struct probing *p, const struct cap_row *row)
{
	(void)p, (void)row;
	return proc_view() != PROC_MISSING;
}

/* Whether /sys is mounted: it has what the kernel tells of itself. */
static bool has_sys(struct probing *p, const struct cap_row *row)
{
	(void)p, (void)row;
	return !access("/sys/kernel", F_OK);
}

/* Whether it is that of our own pid namespace. */
static bool has_own_proc(struct probing *p, const struct cap_row *row)
{
	(void)p, (void)row;
	return proc_view() != PROC_FOREIGN;
}

/* Whether our pids are the kernel's. */
static bool in_initial_pid_namespace(struct probing *p, const struct cap_row *row)
{
	(void)p, (void)row;
	return proc_view() != PROC_NESTED;
}

/* Whether we have all the capabilities that we need; p->why names those that are missing. */
static bool has_privileges(struct probing *p, const struct cap_row *row)
{
	unsigned int purposes = RIGHT_TO_TRACE;
	char names[128];

	(void)row;
	for (size_t i = 0; i < p->wanted->pids && purposes == RIGHT_TO_TRACE; i++)
		if (!proc_may_inspect(p->wanted->pid[i]))
			purposes |= RIGHT_TO_INSPECT;
	if (!rights_lacking(names, sizeof(names), rights_effective(), purposes))
		return true;
	snprintf(p->why, sizeof(p->why),
		 "not permitted: lacking %s; run iophase as root or with sudo", names);
	return false;
}

/* Whether, if descendants are to be traced, /proc shows all that there are. */
static bool sees_descendants(struct probing *p, const struct cap_row *row)
{
	(void)row;
	return !p->wanted->follow || !proc_hides_others();
}

/* Whether tracefs is mounted. Also looks for a tracepoint of system calls in it. */
static bool has_tracefs(struct probing *p, const struct cap_row *row)
{
	bool denied;

	(void)row;
	p->caps->tracefs = tracefs_find(&denied);
	p->event = denied ? -EACCES : -ENOENT;
	if (p->caps->tracefs)
		p->event = tracefs_event(p->caps->tracefs, "sys_enter_recvfrom");
	return denied || p->caps->tracefs;
}

static bool may_read_tracefs(struct probing *p, const struct cap_row *row)
{
	(void)row;
	return p->event != -EACCES && p->event != -EPERM;
}

static bool has_call_events(struct probing *p, const struct cap_row *row)
{
	(void)row;
	return p->event >= 0;
}

/* Whether the kernel lets us listen to it: some need more for it than CAP_PERFMON. */
static bool may_use_call_events(struct probing *p, const struct cap_row *row)
{
	int fd = tracefs_open(p->event);

	(void)row;
	if (fd >= 0)
		close(fd);
	return fd != -EACCES && fd != -EPERM;
}

/*
 * In the order in which they are probed: whoever has no right to look must hear about the right,
 * not about what could not be seen without it.
 */
static const struct cap_row rows[] = {
	{"/proc", has_proc, NULL, WITHOUT_END, EXIT_UNABLE, FEATURES,
	 "/proc is not mounted here (in a chroot?); do: mount -t proc proc /proc"},
	{"/proc of our own", has_own_proc, NULL, WITHOUT_END, EXIT_UNABLE, FEATURES,
	 "/proc is that of another pid namespace than iophase's; run iophase with the /proc of the "
	 "host"},
	{"initial user namespace", in_initial_user_namespace, NULL, WITHOUT_END, EXIT_DENIED,
	 FEATURES,
	 "not permitted: in a user namespace CAP_BPF and CAP_PERFMON do not count; run iophase as "
	 "root of the host"},
	{"privileges", has_privileges, NULL, WITHOUT_END, EXIT_DENIED, FEATURES,
	 "not permitted: run iophase as root"},
	{"bpf(2)", has_bpf, NULL, WITHOUT_END, EXIT_UNABLE, FEATURES,
	 "this kernel has no BPF; it must be built with CONFIG_BPF_SYSCALL=y"},
	{"use of bpf(2)", may_use_bpf, NULL, WITHOUT_END, EXIT_DENIED, FEATURES,
	 "not permitted: bpf(2) is refused in spite of CAP_BPF, as by the seccomp filter of a "
	 "container; run iophase on the host"},
	{"no lockdown", may_read_kernel, NULL, WITHOUT_END, EXIT_UNABLE, FEATURES,
	 "the kernel is locked down (confidentiality), so BPF cannot read it; boot with "
	 "lockdown=integrity or none"},
	{"/sys", has_sys, NULL, WITHOUT_END, EXIT_UNABLE, FEATURES,
	 "/sys is not mounted here (in a chroot?); do: mount -t sysfs sysfs /sys"},
	{"BTF", has_btf, NULL, WITHOUT_END, EXIT_UNABLE, FEATURES,
	 "this kernel has no BTF (/sys/kernel/btf/vmlinux); it must be built with "
	 "CONFIG_DEBUG_INFO_BTF=y"},
	{"initial pid namespace", in_initial_pid_namespace, NULL, WITHOUT_END, EXIT_UNABLE,
	 FEATURES,
	 "in a pid namespace: pids here are not the kernel's; run iophase on the host "
	 "(docker run --pid=host)"},
	{"all of /proc", sees_descendants, NULL, WITHOUT_WARN, EXIT_DONE, FEATURES,
	 "/proc hides other users' processes (hidepid), for lack of CAP_SYS_PTRACE: descendants of "
	 "theirs that are there already are not traced"},
	{"tracefs", has_tracefs, NULL, WITHOUT_END, EXIT_UNABLE, FEATURES,
	 "tracefs is not mounted; do: mount -t tracefs tracefs /sys/kernel/tracing (or use --hooks "
	 "raw)"},
	{"right to read tracefs", may_read_tracefs, NULL, WITHOUT_RAW, EXIT_DONE, FEATURES,
	 "tracefs may not be read without CAP_DAC_READ_SEARCH: using --hooks raw"},
	{"system call tracepoints", has_call_events, NULL, WITHOUT_RAW, EXIT_DONE, FEATURES,
	 "this kernel has no system call tracepoints (CONFIG_FTRACE_SYSCALLS): using --hooks raw"},
	{"perf_event_open(2)", may_use_call_events, NULL, WITHOUT_RAW, EXIT_DONE, FEATURES,
	 "perf_event_open(2) is refused (kernel.perf_event_paranoid, or a seccomp filter): using "
	 "--hooks raw"},
	{"skb:skb_copy_datagram_iovec", has_event, "btf_trace_skb_copy_datagram_iovec",
	 WITHOUT_NOTE, EXIT_DONE, FEATURE_COPY,
	 "this kernel does not tell when socket data is copied: the copying stays in cpu"},
	{"signal:signal_deliver", has_event, "btf_trace_signal_deliver", WITHOUT_NOTE, EXIT_DONE,
	 FEATURE_SIGNAL_TAKEN,
	 "this kernel does not tell when a signal reaches its handler: reads there are not "
	 "signal-driven"},
	{"signal:signal_generate", has_event, "btf_trace_signal_generate", WITHOUT_NOTE, EXIT_DONE,
	 FEATURE_SIGNAL_SENT,
	 "this kernel does not tell when a signal is generated: what it takes is not measured"},
	{"sock:sk_data_ready", has_connections, NULL, WITHOUT_NOTE, EXIT_DONE, FEATURE_CONNECTIONS,
	 "this kernel does not tell when data are ready in a socket (it is older than 6.3): a "
	 "request counts as ready when its thread is woken, or told of it; backlog and wake-up are "
	 "not measured, nor requests of io_uring"},
	{"io_uring:io_uring_complete", has_uring, NULL, WITHOUT_NOTE, EXIT_DONE, FEATURES,
	 "this kernel does not tell of io_uring's requests, or in a form of its own: they are not "
	 "counted"},
};

/* Goes on, or not, without what a row has looked for in vain; 0 or the exit code. */
static enum exit_code go_without(struct probing *p, const struct cap_row *row)
{
	const char *line = p->why[0] ? p->why : row->missing;

	switch (row->without) {
	case WITHOUT_END:
		log_error("%s", line);
		return row->exit_code;
	case WITHOUT_RAW:
		p->raw = true;
		notes_warn(&p->caps->lacks, "%s", line);
		break;
	case WITHOUT_WARN:
		notes_warn(&p->caps->lacks, "%s", line);
		break;
	case WITHOUT_NOTE:
		notes_add(&p->caps->lacks, "%s", line);
		break;
	}
	return EXIT_DONE;
}

/* Whether a row is about a way in that is not to be used. */
static bool is_of_other_way(const struct probing *p, const struct cap_row *row)
{
	return p->raw && (row->without == WITHOUT_RAW || row->there == has_tracefs);
}

/* Probes everything; 0, or the exit code after one line. */
int caps_check(struct caps *caps, const struct caps_wanted *wanted)
{
	struct probing p = {.caps = caps, .wanted = wanted, .raw = wanted->hooks == HOOKS_RAW};
	enum exit_code code = EXIT_DONE;

	*caps = (struct caps){0};
	for (size_t i = 0; i < ARRAY_SIZE(rows) && !code; i++) {
		const struct cap_row *row = &rows[i];
		bool there;

		if (is_of_other_way(&p, row))
			continue;
		there = row->there(&p, row);
		log_info("%s: %s", row->name, there ? "yes" : "no");
		if (!there)
			code = go_without(&p, row);
		else if (row->feature != FEATURES)
			feature_add(&caps->features, row->feature);
	}
	feature_add(&caps->features, p.raw ? FEATURE_RAW_EVENTS : FEATURE_CALL_EVENTS);
	btf__free(p.btf);
	return code;
}

void caps_clear(struct caps *caps)
{
	notes_clear(&caps->lacks);
}
