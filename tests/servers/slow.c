/*
 * A slow machine: runs a command whose system calls, and those of all that it starts, each go
 * through long seccomp filters that let everything pass.
 *
 * In: N, the number of filters, of 4,000 instructions each (some 2 us a call); a command with its
 * arguments. Out: what the command does, and its exit status; 1 if it cannot be run, 2 for bad
 * usage.
 */
#define _GNU_SOURCE
#include <err.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#define LENGTH 4000 /* instructions; the kernel takes 4,096 */

int main(int argc, char **argv)
{
	static struct sock_filter code[LENGTH];
	struct sock_fprog prog = {.len = LENGTH, .filter = code};

	if (argc < 3)
		errx(2, "usage: slow N COMMAND [ARGUMENT]...");
	/* An argument is looked at, or the kernel would remember the answer by the call's number.
	 */
	code[0] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
					       offsetof(struct seccomp_data, args[0]));
	for (unsigned int i = 1; i < LENGTH - 1; i++)
		code[i] = (struct sock_filter)BPF_STMT(BPF_ALU | BPF_ADD | BPF_K, i);
	code[LENGTH - 1] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	for (int n = atoi(argv[1]); n > 0; n--)
		if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog))
			err(1, "seccomp");
	execvp(argv[2], argv + 2);
	err(1, "%s", argv[2]);
}
