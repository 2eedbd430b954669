/*
 * Signal-driven I/O: the kernel sends a signal when a socket has something, and only then it is
 * read.
 *
 * In: the options of serve.h; --how handler (default: read in the handler), sigwait (after
 * rt_sigtimedwait) or signalfd (after a read of one); --setsig: a queued signal that names its
 * socket (F_SETSIG) instead of SIGIO, which says nothing but that some socket has something.
 * Out: the tally.
 */
#define _GNU_SOURCE
#include "serve.h"
#include "tally.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define MAX_FDS 4096
#define AT_ONCE 16 /* signals that one read of the signalfd takes */
#define ANY_FD	-1

static const char *how = "handler";
static bool setsig;

static const struct serve_option options[] = {
	{.name = "how", .text = &how}, {.name = "setsig", .flag = &setsig}, {0}};

static struct serve_conn *conns[MAX_FDS];
static int lfd, top;
static volatile sig_atomic_t open_conns, last;

/* Let the kernel send a signal when fd has something. */
static void watch(int fd)
{
	if (fcntl(fd, F_SETOWN, getpid()) || (setsig && fcntl(fd, F_SETSIG, SIGRTMIN)) ||
	    fcntl(fd, F_SETFL, O_ASYNC | O_NONBLOCK))
		serve_fail("fcntl");
}

/* Echo what a connection has, and close it at its end. */
static void pump(int fd)
{
	if (!conns[fd] || serve_pump(conns[fd], true) != SERVE_CLOSE)
		return;
	last |= serve_conn_end(conns[fd]);
	conns[fd] = NULL;
	open_conns--;
}

/* Take all connections that wait. */
static void accept_all(void)
{
	while (!serve_full()) {
		int fd = serve_accept(lfd);

		if (fd < 0)
			return;
		if (fd < MAX_FDS) {
			conns[fd] = serve_conn_new(fd);
		} else {
			errno = EMFILE;
			serve_fail("accept");
		}
		open_conns++;
		if (fd > top)
			top = fd;
		watch(fd);
		/* What came before the watch has sent no signal. */
		pump(fd);
	}
}

/* Do what there is to do on a socket, or, with ANY_FD, on all. */
static void serve_fd(int fd)
{
	if (fd == ANY_FD || fd == lfd)
		accept_all();
	for (int i = 0; fd == ANY_FD && i <= top; i++)
		pump(i);
	if (fd >= 0 && fd < MAX_FDS && fd != lfd)
		pump(fd);
}

/* The socket that a signal is about: only a queued one says so. */
static int fd_of(int sig, int fd)
{
	return sig == SIGIO ? ANY_FD : fd;
}

/* The handler; the other signals wait, and main is in sigsuspend: nothing is interrupted. */
static void on_signal(int sig, siginfo_t *info, void *context)
{
	(void)context;
	serve_fd(fd_of(sig, info->si_fd));
}

/* Wait for one signal whose handler does the work. */
static void wait_handler(const sigset_t *set)
{
	sigset_t open;

	sigprocmask(SIG_BLOCK, NULL, &open);
	sigdelset(&open, SIGIO);
	sigdelset(&open, SIGRTMIN);
	(void)set;
	sigsuspend(&open);
}

/* Wait for one signal by rt_sigtimedwait, then work. */
static void wait_sigwait(const sigset_t *set)
{
	siginfo_t info;
	int sig = io_rt_sigtimedwait(set, &info, NULL);

	if (sig > 0)
		serve_fd(fd_of(sig, info.si_fd));
}

/* Wait for some signals by reading a signalfd, then work. */
static void wait_signalfd(const sigset_t *set)
{
	struct signalfd_siginfo info[AT_ONCE];
	static int sfd = -1;
	ssize_t n;

	if (sfd < 0)
		sfd = signalfd(-1, set, SFD_CLOEXEC);
	n = io_read(sfd, info, sizeof(info));
	for (ssize_t i = 0; i < n / (ssize_t)sizeof(*info); i++)
		serve_fd(fd_of((int)info[i].ssi_signo, info[i].ssi_fd));
}

/* The way to wait that --how names, or exit. */
static void (*waiter(void))(const sigset_t *)
{
	if (!strcmp(how, "handler"))
		return wait_handler;
	if (!strcmp(how, "sigwait"))
		return wait_sigwait;
	if (!strcmp(how, "signalfd"))
		return wait_signalfd;
	errno = EINVAL;
	serve_fail(how);
}

int main(int argc, char **argv)
{
	struct sigaction sa = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO};
	void (*wait_for_signal)(const sigset_t *);
	sigset_t set;

	/* When the queue is full, the kernel sends SIGIO in place of the other one. */
	sigemptyset(&set);
	sigaddset(&set, SIGIO);
	sigaddset(&set, SIGRTMIN);
	sa.sa_mask = set;
	if (sigprocmask(SIG_BLOCK, &set, NULL) || sigaction(SIGIO, &sa, NULL) ||
	    sigaction(SIGRTMIN, &sa, NULL))
		serve_fail("sigaction");
	lfd = serve_start(argc, argv, options, true);
	wait_for_signal = waiter();
	watch(lfd);
	/* Who connected before the watch has sent no signal: say that there may be somebody. */
	raise(SIGIO);
	while (!last && !(serve_stopping() && !open_conns)) {
		wait_for_signal(&set);
		if (serve_stopping())
			serve_fd(ANY_FD);
	}
	serve_finish();
}
