/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * cap_rows.c - the table of capabilities: what is looked for before anything is loaded, what it is
 * for, what is lost without it, and how to get it.
 *
 * Who traces ends at the first row that is needed and not there, or goes on with a line about it;
 * `iophase check` walks them all. To look for something else, add a row.
 */
#include "base/types.h"
#include "kernel/cap_events.h"
#include "kernel/cap_probes.h"
#include "kernel/cap_rows.h"

/* The first members of a row: those that all have. */
#define ROW_OF(title, use, probes, loss, is)                                                       \
	.name = (title), .purpose = (use), .there = (probes), .without = (loss), .feature = (is)

/* Of a row that is no feature, or whose probe knows which one it is. */
#define ROW(title, use, probes, loss) ROW_OF(title, use, probes, loss, FEATURES)

/* What is lost with the tracepoints of each call. */
#define RAW_COSTS "--hooks raw is used, which runs at every system call of the machine"

/* clang-format off */

/*
 * In the order in which they are probed: whoever has no right to look must hear about the right,
 * not about what could not be seen without it.
 */
const struct cap_row cap_rows[] = {
	{ROW("/proc", "finding processes and their threads", has_proc, WITHOUT_END),
	 .missing = "/proc is not mounted here (in a chroot?)",
	 .get = "do: mount -t proc proc /proc"},
	{ROW("/proc of our own", "the same pids as iophase's", has_own_proc, WITHOUT_END),
	 .missing = "/proc is that of another pid namespace than iophase's",
	 .get = "run iophase on the host, with the host's /proc (nsenter -t PID with -m alone, or with "
		"-p alone, mixes two namespaces)"},
	{ROW("initial user namespace", "capabilities that count for BPF",
	     in_initial_user_namespace, WITHOUT_END),
	 .missing = "in a user namespace CAP_BPF and CAP_PERFMON do not count",
	 .get = "run iophase as root of the host (not in a rootless container, nor by unshare -r)"},
	{ROW("initial pid namespace", "pids that are the kernel's", in_initial_pid_namespace,
	     WITHOUT_END),
	 .missing = "in a pid namespace, as a container has one: pids here are not the kernel's",
	 .get = "run iophase on the host, with --container ID or the pids there, or in a container "
		"that has the host's pids (docker run --pid=host --privileged; Kubernetes: hostPID: "
		"true)"},
	{ROW("privileges", "tracing these targets", has_privileges, WITHOUT_END),
	 .walk = WALK_TRACE,
	 .missing = "lacking capabilities",
	 .get = "run iophase as root or with sudo"},
	{ROW("CAP_BPF", "loading BPF programs", has_right, WITHOUT_END),
	 .walk = WALK_CHECK,
	 .missing = "lacking CAP_BPF (CAP_SYS_ADMIN has it in it)",
	 .get = "sudo; or setcap cap_bpf,cap_perfmon+ep iophase; in a container --cap-add BPF"},
	{ROW("CAP_PERFMON", "BPF programs that look at the kernel", has_right, WITHOUT_END),
	 .walk = WALK_CHECK,
	 .missing = "lacking CAP_PERFMON (CAP_SYS_ADMIN has it in it)",
	 .get = "sudo; or setcap cap_bpf,cap_perfmon+ep iophase; in a container --cap-add PERFMON"},
	{ROW("CAP_SYS_PTRACE", "processes of other users", has_right, WITHOUT_WARN),
	 .walk = WALK_CHECK,
	 .missing = "lacking CAP_SYS_PTRACE",
	 .costs = "only processes of your own user can be traced, and selectors find no others",
	 .get = "sudo; or setcap cap_bpf,cap_perfmon,cap_sys_ptrace+ep iophase; in a container "
		"--cap-add SYS_PTRACE"},
	{ROW("CAP_DAC_READ_SEARCH", "reading tracefs, and what threads of others wait in", has_right,
	     WITHOUT_WARN),
	 .walk = WALK_CHECK,
	 .missing = "lacking CAP_DAC_READ_SEARCH",
	 .costs = "selectors by port, -a and ps do not find processes of other users; what threads of other users were blocked in when tracing began is not known until "
		  "their next call, and tracefs may not be read as it is usually mounted",
	 .get = "sudo; or cap_dac_read_search among the file capabilities"},
	{ROW("own threads", "what threads of your own user wait in", may_inspect_own, WITHOUT_WARN),
	 .walk = WALK_CHECK,
	 .missing = "Yama restricts ptrace",
	 .costs = "what threads were blocked in when tracing began is not known until their next "
		  "call",
	 .get = "sysctl kernel.yama.ptrace_scope=0; or CAP_SYS_PTRACE, where it is 1 or 2"},
	{ROW("bpf(2)", "the kernel half", has_bpf, WITHOUT_END),
	 .missing = "this kernel has no BPF",
	 .get = "it must be built with CONFIG_BPF_SYSCALL=y; a container may need --security-opt "
		"seccomp=unconfined"},
	{ROW("use of bpf(2)", "the same, with no filter in the way", may_use_bpf, WITHOUT_END),
	 .missing = "bpf(2) is refused in spite of CAP_BPF, as by a security module (SELinux, "
		    "AppArmor)",
	 .get = "run iophase on the host, or in a container with --security-opt seccomp=unconfined "
		"(or a profile that allows bpf and perf_event_open)"},
	{ROW("memory of BPF", "maps of the kernel half", has_memory, WITHOUT_WARN),
	 .walk = WALK_CHECK,
	 .missing = "before Linux 5.11 maps are locked memory, and that is limited",
	 .costs = "the programs may not load",
	 .get = "ulimit -l unlimited; or CAP_SYS_RESOURCE"},
	{ROW("no lockdown", "BPF that reads the kernel", may_read_kernel, WITHOUT_END),
	 .missing = "the kernel is locked down (confidentiality), so BPF cannot read it",
	 .get = "boot with lockdown=integrity or none"},
	{ROW("/sys", "what the kernel tells of itself", has_sys, WITHOUT_END),
	 .missing = "/sys is not mounted here (in a chroot?)",
	 .get = "do: mount -t sysfs sysfs /sys"},
	{ROW("BTF", "fitting the programs to this kernel", has_btf, WITHOUT_END),
	 .missing = "this kernel has no BTF (/sys/kernel/btf/vmlinux)",
	 .get = "it must be built with CONFIG_DEBUG_INFO_BTF=y"},
	{ROW("registers of tasks", "--hooks light: no hook on system calls", has_light, WITHOUT_HOOKS),
	 .light = true,
	 .missing = "BPF on this kernel cannot see the registers of a task, as --hooks light must",
	 .costs = "--hooks light cannot be used; top, ps and export use the hooks on system calls",
	 .get = "Linux 5.15 or newer, on x86-64 or arm64 (6.3 for what clients wait for)"},
	{ROW_OF("samples of CPUs", "--hooks light: time on a CPU by call", may_sample, WITHOUT_NOTE,
	     FEATURE_SAMPLES),
	 .light = true,
	 .missing = "perf_event_open(2) gives no samples of CPUs",
	 .costs = "with --hooks light all time on a CPU is in app",
	 .get = "sysctl kernel.perf_event_paranoid=2; in a container --cap-add PERFMON, or "
		"--security-opt seccomp=unconfined"},
	{ROW("barriers of BPF", "books that are never read half written", has_barriers, WITHOUT_END),
	 .missing = "this kernel's BPF has no barriers for this CPU",
	 .get = "on arm64 it has them since Linux 5.18"},
	{ROW("all of /proc", "descendants that are other users'", sees_descendants, WITHOUT_WARN),
	 .walk = WALK_TRACE,
	 .missing = "/proc hides other users' processes (hidepid), for lack of CAP_SYS_PTRACE",
	 .costs = "descendants of theirs that are there already are not traced"},
	{ROW("all of /proc", "processes of other users", sees_others, WITHOUT_WARN),
	 .walk = WALK_CHECK,
	 .missing = "/proc hides other users' processes (hidepid), for lack of CAP_SYS_PTRACE",
	 .costs = "they cannot be found, nor traced as descendants (-f)",
	 .get = "CAP_SYS_PTRACE; or mount -o remount,hidepid=0 /proc"},
	{ROW("tracefs", "a tracepoint for each system call", has_tracefs, WITHOUT_RAW),
	 .missing = "tracefs is not mounted (mount -t tracefs tracefs /sys/kernel/tracing)",
	 .costs = RAW_COSTS,
	 .get = "do: mount -t tracefs tracefs /sys/kernel/tracing"},
	{ROW("right to read tracefs", "the numbers of these tracepoints", may_read_tracefs, WITHOUT_RAW),
	 .missing = "tracefs may not be read without CAP_DAC_READ_SEARCH",
	 .costs = RAW_COSTS,
	 .get = "CAP_DAC_READ_SEARCH; or mount -o remount,mode=755 /sys/kernel/tracing"},
	{ROW("system call tracepoints", "no work at calls that are not timed", has_call_events, WITHOUT_RAW),
	 .missing = "this kernel has no system call tracepoints (CONFIG_FTRACE_SYSCALLS)",
	 .costs = RAW_COSTS,
	 .get = "it must be built with CONFIG_FTRACE_SYSCALLS=y"},
	{ROW("perf_event_open(2)", "listening to these tracepoints", may_use_call_events, WITHOUT_RAW),
	 .missing = "perf_event_open(2) is refused (kernel.perf_event_paranoid, or a seccomp filter)",
	 .costs = RAW_COSTS,
	 .get = "sysctl kernel.perf_event_paranoid=2; in a container --cap-add PERFMON, or "
		"--security-opt seccomp=unconfined"},
	{ROW_OF("skb:skb_copy_datagram_iovec", "copying told apart from the rest of a read", has_event,
	     WITHOUT_NOTE, FEATURE_COPY),
	 .event = "btf_trace_skb_copy_datagram_iovec",
	 .missing = "this kernel does not tell when socket data is copied",
	 .costs = "the copying stays in cpu",
	 .get = "a kernel with CONFIG_NET and tracepoints of skb"},
	{ROW_OF("signal:signal_deliver", "reads in signal handlers", has_event, WITHOUT_NOTE, FEATURE_SIGNAL_TAKEN),
	 .event = "btf_trace_signal_deliver",
	 .missing = "this kernel does not tell when a signal reaches its handler",
	 .costs = "reads there are not signal-driven",
	 .get = "a kernel with tracepoints of signals"},
	{ROW_OF("signal:signal_generate", "what I/O signals take to arrive", has_event, WITHOUT_NOTE, FEATURE_SIGNAL_SENT),
	 .event = "btf_trace_signal_generate",
	 .missing = "this kernel does not tell when a signal is generated",
	 .costs = "what it takes is not measured",
	 .get = "a kernel with tracepoints of signals"},
	{ROW_OF("sock:sk_data_ready", "what clients and upstreams wait for", has_connections,
	     WITHOUT_NOTE, FEATURE_CONNECTIONS),
		 .missing = "this kernel does not tell when data are ready in a socket (it is older than 6.3)",
	 .costs = "a request counts as ready when its thread is woken, or told of it; backlog and "
		  "wake-up are not measured, nor requests of io_uring",
	 .get = "Linux 6.3 or newer"},
	{ROW("io_uring:io_uring_complete", "requests of io_uring", has_uring, WITHOUT_NOTE),
	 .missing = "this kernel does not tell of io_uring's requests, or in a form of its own",
	 .costs = "they are not counted",
	 .get = "Linux 5.15 or newer, with CONFIG_IO_URING=y"},
};
/* clang-format on */

const size_t cap_row_count = ARRAY_SIZE(cap_rows);
