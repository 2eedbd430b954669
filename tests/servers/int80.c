/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * int80.c - a 64-bit process that makes system calls by their 32-bit numbers (int 0x80).
 *
 * What goes in: a file to wait for, a number of calls. Each is brk, whose 32-bit number is that of
 * recvfrom in 64 bits. Exit code 77 where the kernel or the machine has no such calls.
 */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static void give_up(int number)
{
	(void)number;
	_exit(77);
}

/* One call; what it returned. */
static long call(void)
{
#if defined(__x86_64__)
	long result = 45;

	__asm__ volatile("int $0x80" : "+a"(result) : "b"(0L) : "memory", "r8", "r9", "r10", "r11");
	return result;
#else
	return -1;
#endif
}

int main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	signal(SIGSEGV, give_up);
	signal(SIGILL, give_up);
	if (call() < 0)
		return 77;
	while (access(argv[1], F_OK))
		usleep(1000);
	for (int i = atoi(argv[2]); i > 0; i--)
		call();
	return 0;
}
