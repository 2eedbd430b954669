/*
 * Part of `exact`: waiting for signals.
 *
 * In: the thread's context. Out: calls of rt_sigtimedwait with every outcome.
 */
#define _GNU_SOURCE
#include "exact.h"

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SIGNAL	 (SIGRTMIN + 3)
#define SHORT_NS 10000000

/* Sends the signal to one thread. */
static void act_signal(int tid)
{
	REQUIRE(!syscall(SYS_tgkill, getpid(), tid, SIGNAL));
}

/* ok at once and after a sleep, with and without siginfo; timeouts; a handler; bad arguments. */
void exact_signals(struct exact *x)
{
	const struct timespec brief = {.tv_nsec = SHORT_NS}, zero = {0}, wrong = {.tv_sec = -1};
	int tid = (int)syscall(SYS_gettid);
	sigset_t set, old;
	struct partner p;
	siginfo_t info;

	(void)x;
	sigemptyset(&set);
	sigaddset(&set, SIGNAL);
	REQUIRE(!pthread_sigmask(SIG_BLOCK, &set, &old));
	EXPECT(io_rt_sigtimedwait(&set, &info, &zero), -EAGAIN);
	EXPECT(io_rt_sigtimedwait(&set, NULL, &brief), -EAGAIN);
	act_signal(tid);
	EXPECT(io_rt_sigtimedwait(&set, NULL, NULL), SIGNAL);
	act_signal(tid);
	EXPECT(io_rt_sigtimedwait(&set, &info, &zero), SIGNAL);
	partner_begin(&p, TALLY_rt_sigtimedwait, ACT, act_signal, tid);
	EXPECT(io_rt_sigtimedwait(&set, &info, NULL), SIGNAL);
	partner_end(&p);
	partner_begin(&p, TALLY_rt_sigtimedwait, INTERRUPT, NULL, -1);
	EXPECT(io_rt_sigtimedwait(&set, &info, NULL), -EINTR);
	partner_end(&p);
	EXPECT(io_rt_sigtimedwait(&set, &info, &wrong), -EINVAL);
	EXPECT(io_rt_sigtimedwait((void *)8, &info, NULL), -EFAULT);
	REQUIRE(!pthread_sigmask(SIG_SETMASK, &old, NULL));
}
