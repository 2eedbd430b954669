// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0
/*
 * Attaches the empty programs of floor.bpf.c until SIGINT or SIGTERM: the floor of the benchmark.
 *
 * In: `floor` takes the tracepoint of each I/O system call, `floor --raw` the pair that sees every
 * system call; both take the scheduler's tracepoints. `floor --clock` is `floor`, but the programs
 * of the system calls read the clock once each; `floor --sockets` is `floor` and the tracepoints of
 * sockets; `floor --light` is that without any of system calls, `floor --switches` that without
 * those of sockets. Out: one line on stderr with the word `armed` when all are attached; exit 0 at
 * once when told to stop, while a child detaches; 1 after an error.
 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/prctl.h>
#include <bpf/libbpf.h>
#include "floor.skel.h"

/* The I/O system calls, by the names of their tracepoints (sendfile's is that of sendfile64). */
static const char *const calls[] = {
	"read",		"readv",	 "preadv2",	   "recvfrom",
	"recvmsg",	"recvmmsg",	 "splice",	   "accept",
	"accept4",	"write",	 "writev",	   "sendto",
	"sendmsg",	"sendmmsg",	 "sendfile64",	   "select",
	"pselect6",	"poll",		 "ppoll",	   "epoll_wait",
	"epoll_pwait",	"epoll_pwait2",	 "epoll_ctl",	   "io_submit",
	"io_getevents", "io_pgetevents", "io_uring_enter", "rt_sigtimedwait",
};

#define N_CALLS (sizeof(calls) / sizeof(calls[0]))

/* Says whether the kernel has the tracepoint syscalls/NAME, in either place tracefs may be. */
static bool has_tracepoint(const char *name)
{
	static const char *const roots[] = {"/sys/kernel/tracing", "/sys/kernel/debug/tracing"};
	char path[128];

	for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++) {
		snprintf(path, sizeof(path), "%s/events/syscalls/%s/id", roots[i], name);
		if (access(path, F_OK) == 0)
			return true;
	}
	return false;
}

/* Attaches PROG to syscalls/PREFIX_CALL; returns 1, 0 when the kernel lacks it, or -errno. */
static int attach_call(struct bpf_program *prog, const char *prefix, const char *call)
{
	char name[64];

	snprintf(name, sizeof(name), "%s_%s", prefix, call);
	if (!has_tracepoint(name))
		return 0;
	/* The link is never destroyed: its descriptor lives until the last process that holds it
	 * ends. */
	if (!bpf_program__attach_tracepoint(prog, "syscalls", name)) {
		int err = errno;

		fprintf(stderr, "floor: tracepoint %s: %s\n", name, strerror(err));
		return -err;
	}
	return 1;
}

/* Attaches the entry and exit programs to each system call's tracepoints; their number or -errno.
 */
static int attach_calls(struct floor_bpf *skel)
{
	int sum = 0;

	for (size_t i = 0; i < N_CALLS; i++) {
		int enter = attach_call(skel->progs.floor_enter, "sys_enter", calls[i]);
		int leave = enter < 0 ? enter
				      : attach_call(skel->progs.floor_exit, "sys_exit", calls[i]);

		if (leave < 0)
			return leave;
		sum += enter + leave;
	}
	return sum;
}

/* Says whether a program of type tp_btf can be attached to the event of that name. */
static bool has_event(const char *name)
{
	return libbpf_find_vmlinux_btf_id(name, BPF_TRACE_RAW_TP) > 0;
}

/* What the floor is to consist of. */
struct choice {
	bool raw, clock, sockets, calls;
};

/* The words for it. */
static const struct {
	const char *word;
	struct choice choice;
} choices[] = {
	{"--raw", {.raw = true}},
	{"--clock", {.clock = true, .calls = true}},
	{"--sockets", {.sockets = true, .calls = true}},
	{"--light", {.sockets = true}},
	{"--switches", {0}},
};

#define N_CHOICES (sizeof(choices) / sizeof(choices[0]))

/* Has the programs of sockets loaded, if they are wanted; false if the kernel lacks one. */
static bool choose_sockets(struct floor_bpf *skel, bool sockets, bool copies)
{
	/* iophase without connections and without calls does not hear of copies either. */
	bpf_program__set_autoload(skel->progs.floor_copy, copies);
	bpf_program__set_autoload(skel->progs.floor_ready, sockets);
	bpf_program__set_autoload(skel->progs.floor_received, sockets);
	bpf_program__set_autoload(skel->progs.floor_sent, sockets);
	bpf_program__set_autoload(skel->progs.floor_state, sockets);
	return !sockets || (has_event("sk_data_ready") && has_event("sock_recv_length") &&
			    has_event("sock_send_length"));
}

/* Loads and attaches everything; returns the number of per-call tracepoints, or -errno. */
static int floor_attach(struct floor_bpf *skel, const struct choice *c)
{
	bool raw = c->raw;
	int err;

	skel->rodata->read_clock = c->clock;
	if (!choose_sockets(skel, c->sockets, c->sockets || c->calls || raw))
		return -ENOENT;
	bpf_program__set_autoload(skel->progs.floor_raw_enter, raw);
	bpf_program__set_autoload(skel->progs.floor_raw_exit, raw);
	bpf_program__set_autoload(skel->progs.floor_enter, c->calls);
	bpf_program__set_autoload(skel->progs.floor_exit, c->calls);
	bpf_program__set_autoload(skel->progs.floor_submit, has_event("io_uring_submit_req"));
	bpf_program__set_autoload(skel->progs.floor_complete, has_event("io_uring_complete"));
	err = floor_bpf__load(skel);
	if (err)
		return err;
	err = floor_bpf__attach(skel);
	if (err)
		return err;
	return c->calls ? attach_calls(skel) : 0;
}

/* Ends this process at once and leaves the descriptors, whose closing takes seconds, to a child. */
static int leave(void)
{
	const struct timespec pause = {.tv_nsec = 1000000};
	pid_t parent = getpid(), pid = fork();

	if (pid < 0) {
		perror("floor: fork");
		return 1;
	}
	/*
	 * Whoever closes a descriptor last does the detaching: the child must not end first. A new
	 * parent means that the old one has closed all of its own.
	 */
	while (pid == 0 && getppid() == parent)
		nanosleep(&pause, NULL);
	_exit(0);
}

/* What the words of the command line ask for; NULL: nothing that there is. */
static const struct choice *choose(int argc, char **argv)
{
	static const struct choice plain = {.calls = true};

	if (argc < 2)
		return &plain;
	for (size_t i = 0; i < N_CHOICES && argc == 2; i++)
		if (!strcmp(argv[1], choices[i].word))
			return &choices[i].choice;
	return NULL;
}

int main(int argc, char **argv)
{
	const struct choice *choice = choose(argc, argv);
	struct floor_bpf *skel;
	sigset_t stop;
	int n, sig;

	if (!choice) {
		fprintf(stderr, "usage: floor [--raw|--clock|--sockets|--light|--switches]\n");
		return 2;
	}
	sigemptyset(&stop);
	sigaddset(&stop, SIGINT);
	sigaddset(&stop, SIGTERM);
	sigprocmask(SIG_BLOCK, &stop, NULL);
	/* A benchmark that is killed must not leave the whole machine slower. */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	skel = floor_bpf__open();
	if (!skel) {
		perror("floor: open");
		return 1;
	}
	n = floor_attach(skel, choice);
	if (n < 0) {
		fprintf(stderr, "floor: attach: %s\n", strerror(-n));
		return 1;
	}
	fprintf(stderr, "floor: armed, %d tracepoints of system calls\n", n);
	sigwait(&stop, &sig);
	return leave();
}
