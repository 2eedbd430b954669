/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * denied.c - calls that a seccomp filter denies, among calls that are made.
 *
 * What goes in: a file to wait for, a number of rounds. Each round is a send, a recv, a recvmsg
 * that the filter answers with EPERM, and a sendmsg that it answers with SIGSYS.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define IS(call) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##call, 0, 1)

static volatile sig_atomic_t signals;

static void count_signal(int number)
{
	(void)number;
	signals++;
}

int main(int argc, char **argv)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		IS(recvmsg),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		IS(sendmsg),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {sizeof(filter) / sizeof(filter[0]), filter};
	struct msghdr message = {0};
	int pair[2], rounds, denied = 0;
	char byte = 1;

	if (argc != 3 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		return 2;
	rounds = atoi(argv[2]);
	signal(SIGSYS, count_signal);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, 2, &program))
		return 77;
	while (access(argv[1], F_OK))
		usleep(1000);
	for (int i = 0; i < rounds; i++) {
		if (send(pair[0], &byte, 1, 0) != 1 || recv(pair[1], &byte, 1, 0) != 1)
			return 1;
		denied += recvmsg(pair[1], &message, 0) == -1 && errno == EPERM;
		sendmsg(pair[0], &message, 0);
	}
	return denied == rounds && signals == rounds ? 0 : 1;
}
