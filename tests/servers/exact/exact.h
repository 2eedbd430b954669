/*
 * What the parts of `exact` share: the thread's context, the check of each result, the partner.
 *
 * In: nothing. Out: `exact` ends with 1 at the first call whose result is not as arranged, so the
 * tally of a run that ends with 0 has every outcome that is written down here.
 */
#ifndef EXACT_H
#define EXACT_H

#include "tally.h"

#include <pthread.h>

/* Bytes of most transfers. */
#define SMALL 100

/* Of this thread: a folder for FIFOs, and a regular file of 64 KiB for sendfile. */
struct exact {
	char dir[64];
	int file;
	bool has_pwait2;
	bool alone; /* no other thread takes fd numbers */
};

/* Make a call and check its result: a number, or -errno. */
#define EXPECT(call, want) expect(__FILE__, __LINE__, #call, (long)(call), (long)(want))
void expect(const char *file, int line, const char *what, long got, long want);

/* Check something that is no tallied call, such as pipe(). */
#define REQUIRE(cond) require(__FILE__, __LINE__, #cond, (cond))
void require(const char *file, int line, const char *what, bool ok);

/* Kinds of connected pairs: fds[0] reads, fds[1] writes. */
enum kind { UNIX, TCP, PIPE, FIFO, PTY, NKINDS };
void make_pair(struct exact *x, enum kind kind, int fds[2]);
void close_pair(int fds[2]);
void nonblock(int fd, bool on);

/* One transfer of len bytes by a call of the read or write class; bytes, or -1 with errno. */
long read_by(enum tally_call call, int fd, void *buf, size_t len, int flags);
long write_by(struct exact *x, enum tally_call call, int fd, void *buf, size_t len, int flags);

/*
 * The partner: a thread that waits until the calling thread sleeps in a call, and then acts.
 * INTERRUPT: a signal whose handler was set without SA_RESTART. RESTART: one with it, counted as
 * one interrupted call, and, when the thread sleeps again, act(fd). ACT: only act(fd).
 */
enum deed { INTERRUPT, RESTART, ACT };
struct partner {
	pthread_t thread;
	int tid; /* of the sleeper */
	enum tally_call call;
	enum deed deed;
	void (*act)(int fd);
	int fd;
};
void partner_init(void);
void partner_begin(struct partner *p, enum tally_call call, enum deed deed, void (*act)(int),
		   int fd);
void partner_end(struct partner *p);

/* Deeds for a partner. */
void act_send(int fd);
void act_drain(int fd);
void act_connect(int fd);

/* The parts. */
void exact_transfers(struct exact *x);
void exact_datagrams(struct exact *x);
void exact_splices(struct exact *x);
void exact_anonymous(struct exact *x);
void exact_uncounted(struct exact *x);
void exact_bad_fds(struct exact *x);
void exact_accepts(struct exact *x);
void exact_connects(struct exact *x);
void exact_queues(struct exact *x);
void exact_waits(struct exact *x);
void exact_epoll_ctl(struct exact *x);
void exact_signals(struct exact *x);

#endif
