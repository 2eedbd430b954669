/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * int80.c - a 64-bit process that makes system calls by their 32-bit numbers (int 0x80), or by
 * those of x32.
 *
 * What goes in: a file to wait for, a number of calls, perhaps "x32". Each is brk, whose 32-bit
 * number is that of recvfrom in 64 bits; or recvfrom of x32, of no descriptor. Exit code 77 where
 * the kernel or the machine has no calls by int 0x80; one of x32 may fail for whatever reason.
 */
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
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

/* One call of x32. */
static void call_x32(void)
{
	enum { X32_BIT = 0x40000000, RECVFROM = 45 };

	syscall(X32_BIT | RECVFROM, -1, NULL, 0, 0, NULL, NULL);
}

int main(int argc, char **argv)
{
	bool x32 = argc == 4 && !strcmp(argv[3], "x32");

	if (argc != 3 && !x32)
		return 2;
	signal(SIGSEGV, give_up);
	signal(SIGILL, give_up);
	if (!x32 && call() < 0)
		return 77;
	while (access(argv[1], F_OK))
		usleep(1000);
	for (int i = atoi(argv[2]); i > 0; i--)
		x32 ? call_x32() : (void)call();
	return 0;
}
