/*
 * The partner of exact.h: acts when another thread sleeps in a call, so nothing depends on time.
 *
 * In: the thread and the call. Out: a signal, or an action on an fd. It looks at the sleeper
 * through /proc, by pread64, which is not a tallied call.
 */
#define _GNU_SOURCE
#include "asleep.h"
#include "exact.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static const long numbers[TALLY_NCALLS] = {
#ifdef SYS_select
	[TALLY_select] = SYS_select,
	[TALLY_poll] = SYS_poll,
	[TALLY_epoll_wait] = SYS_epoll_wait,
#endif
	[TALLY_accept] = SYS_accept,
	[TALLY_accept4] = SYS_accept4,
	[TALLY_connect] = SYS_connect,
	[TALLY_epoll_ctl] = SYS_epoll_ctl,
	[TALLY_epoll_pwait] = SYS_epoll_pwait,
	[TALLY_epoll_pwait2] = SYS_epoll_pwait2,
	[TALLY_mq_timedreceive] = SYS_mq_timedreceive,
	[TALLY_mq_timedsend] = SYS_mq_timedsend,
	[TALLY_msgrcv] = SYS_msgrcv,
	[TALLY_msgsnd] = SYS_msgsnd,
	[TALLY_ppoll] = SYS_ppoll,
	[TALLY_preadv2] = SYS_preadv2,
	[TALLY_pwritev2] = SYS_pwritev2,
	[TALLY_pselect6] = SYS_pselect6,
	[TALLY_read] = SYS_read,
	[TALLY_readv] = SYS_readv,
	[TALLY_recvfrom] = SYS_recvfrom,
	[TALLY_recvmmsg] = SYS_recvmmsg,
	[TALLY_recvmsg] = SYS_recvmsg,
	[TALLY_rt_sigtimedwait] = SYS_rt_sigtimedwait,
	[TALLY_sendfile] = SYS_sendfile,
	[TALLY_sendmmsg] = SYS_sendmmsg,
	[TALLY_sendmsg] = SYS_sendmsg,
	[TALLY_sendto] = SYS_sendto,
	[TALLY_splice] = SYS_splice,
	[TALLY_splice_write] = SYS_splice,
	[TALLY_tee] = SYS_tee,
	[TALLY_write] = SYS_write,
	[TALLY_writev] = SYS_writev,
};

/* Handlers that ran, of all threads: each partner waits for its own thread's one by its tid. */
static _Atomic unsigned int handled[1 << 16];

/* SIGUSR1 and SIGUSR2: only to interrupt, and to say that it did. */
static void on_signal(int sig)
{
	(void)sig;
	atomic_fetch_add(&handled[syscall(SYS_gettid) & 0xffff], 1);
}

void partner_init(void)
{
	struct sigaction sa = {.sa_handler = on_signal};

	REQUIRE(!sigaction(SIGUSR1, &sa, NULL));
	sa.sa_flags = SA_RESTART;
	REQUIRE(!sigaction(SIGUSR2, &sa, NULL));
}

/* Sleep 100 us, untallied. */
static void rest(void)
{
	usleep(100);
}

/* The partner thread. */
static void *partner(void *arg)
{
	struct partner *p = arg;
	_Atomic unsigned int *count = &handled[p->tid & 0xffff];
	unsigned int before = atomic_load(count);

	await_asleep(p->tid, numbers[p->call]);
	if (p->deed != ACT) {
		syscall(SYS_tgkill, getpid(), p->tid, p->deed == INTERRUPT ? SIGUSR1 : SIGUSR2);
		while (atomic_load(count) == before)
			rest();
	}
	if (p->deed == RESTART) {
		tally_restarted(p->call);
		await_asleep(p->tid, numbers[p->call]);
	}
	if (p->act)
		p->act(p->fd);
	return NULL;
}

void partner_begin(struct partner *p, enum tally_call call, enum deed deed, void (*act)(int),
		   int fd)
{
	*p = (struct partner){.call = call, .deed = deed, .act = act, .fd = fd};
	p->tid = (int)syscall(SYS_gettid);
	REQUIRE(!pthread_create(&p->thread, NULL, partner, p));
}

void partner_end(struct partner *p)
{
	REQUIRE(!pthread_join(p->thread, NULL));
}

void act_send(int fd)
{
	char buf[SMALL] = {0};

	EXPECT(io_write(fd, buf, SMALL), SMALL);
}

void act_drain(int fd)
{
	char buf[65536];

	nonblock(fd, true);
	while (io_read(fd, buf, sizeof(buf)) > 0)
		;
}

/* Connects to the listening socket fd and leaves the connection in its queue. */
void act_connect(int fd)
{
	struct sockaddr_in sa;
	socklen_t len = sizeof(sa);
	int c = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	REQUIRE(!getsockname(fd, (struct sockaddr *)&sa, &len));
	REQUIRE(!io_connect(c, (struct sockaddr *)&sa, len));
	close(c);
}
