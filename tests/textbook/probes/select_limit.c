/*
 * What select, poll and epoll do with descriptors from FD_SETSIZE on.
 *
 * In: nothing. Out: facts as key=value, on stdout; exit 1 if a step that must work did not.
 *	fd_setsize		descriptors that an fd_set has room for
 *	select_last		select on descriptor FD_SETSIZE - 1: how many are ready (1)
 *	overflow_word		FD_SET(FD_SETSIZE), unchecked: the word that lies after the set (not
 *0) overflow_signal		the same, checked (_FORTIFY_SOURCE): the signal that ends the
 *process big_select, big_syscall	select on descriptor HIGH with a larger bitmap, by glibc's
 *function and by the system call: how many are ready, and whether that bit is set (1, 1) poll_high,
 *epoll_high	poll and epoll_wait on descriptor HIGH: how many are ready (1)
 */
#define _GNU_SOURCE
#undef _FORTIFY_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define HIGH	  1500
#define WORD_BITS (8 * sizeof(unsigned long))

/* What glibc's FD_SET calls when _FORTIFY_SOURCE is on; it ends the process for a bad descriptor.
 */
extern long __fdelt_chk(long fd);

/* Print what failed and exit with 1. */
static void fail(const char *step)
{
	fprintf(stderr, "select_limit: %s: %s\n", step, strerror(errno));
	exit(1);
}

/* A descriptor with this number that is ready to be read, or exit. */
static int ready_as(int number)
{
	int pipes[2], fd;

	if (pipe(pipes) || write(pipes[1], "x", 1) != 1)
		fail("pipe");
	fd = fcntl(pipes[0], F_DUPFD_CLOEXEC, number);
	if (fd != number)
		fail("F_DUPFD_CLOEXEC");
	return fd;
}

/* The last descriptor that fits. */
static int select_last(void)
{
	struct timeval none = {0};
	int fd = ready_as(FD_SETSIZE - 1);
	fd_set set;

	FD_ZERO(&set);
	FD_SET(fd, &set);
	return select(fd + 1, &set, NULL, NULL, &none);
}

static void set_bit(fd_set *set, int fd)
{
	FD_SET(fd, set);
}

/* The word behind a set after FD_SET of the first descriptor that does not fit. */
static unsigned long overflow_word(void)
{
	/* The compiler must not see how large the set is, as in a program that has it in a
	 * structure. */
	void (*volatile unseen)(fd_set *, int) = set_bit;
	unsigned long words[FD_SETSIZE / WORD_BITS + 1] = {0};

	unseen((fd_set *)(void *)words, FD_SETSIZE);
	return words[FD_SETSIZE / WORD_BITS];
}

/* The signal that ends a child which does the same with the check that _FORTIFY_SOURCE adds. */
static int overflow_signal(void)
{
	struct rlimit no_core = {0};
	pid_t pid = fork();
	int status;

	if (pid < 0)
		fail("fork");
	if (!pid) {
		/* glibc says why it ends the process, on stderr. */
		if (setrlimit(RLIMIT_CORE, &no_core) || !freopen("/dev/null", "w", stderr))
			_exit(1);
		_exit(__fdelt_chk(FD_SETSIZE) < 0);
	}
	if (waitpid(pid, &status, 0) != pid)
		fail("waitpid");
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

/* select with a bitmap of our own size; prints how many were ready and the descriptor's bit. */
static void big(const char *name, bool by_syscall)
{
	unsigned long bits[HIGH / WORD_BITS + 1] = {0};
	struct timespec none = {0};
	struct timeval no_time = {0};
	int n;

	bits[HIGH / WORD_BITS] |= 1UL << HIGH % WORD_BITS;
	if (by_syscall)
		n = (int)syscall(SYS_pselect6, HIGH + 1, bits, NULL, NULL, &none, NULL);
	else
		n = select(HIGH + 1, (fd_set *)(void *)bits, NULL, NULL, &no_time);
	printf("%s_ready=%d %s_bit=%d ", name, n, name,
	       (int)(bits[HIGH / WORD_BITS] >> HIGH % WORD_BITS & 1));
}

/* poll on a high descriptor. */
static int poll_high(int fd)
{
	struct pollfd one = {.fd = fd, .events = POLLIN};

	return poll(&one, 1, 0);
}

/* epoll on a high descriptor. */
static int epoll_high(int fd)
{
	struct epoll_event ev = {.events = EPOLLIN};
	int epfd = epoll_create1(EPOLL_CLOEXEC);

	if (epfd < 0 || epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &ev))
		fail("epoll_ctl");
	return epoll_wait(epfd, &ev, 1, 0);
}

int main(void)
{
	struct rlimit files;
	int fd;

	if (getrlimit(RLIMIT_NOFILE, &files))
		fail("getrlimit");
	files.rlim_cur = files.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &files))
		fail("setrlimit");
	fd = ready_as(HIGH);
	printf("fd_setsize=%zu select_last=%d overflow_word=%lu overflow_signal=%d ",
	       8 * sizeof(fd_set), select_last(), overflow_word(), overflow_signal());
	big("big_select", false);
	big("big_syscall", true);
	printf("poll_high=%d epoll_high=%d\n", poll_high(fd), epoll_high(fd));
	return fflush(stdout) ? 1 : 0;
}
