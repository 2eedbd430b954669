/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * loop.c - see loop.h.
 *
 * What goes in: signals, timers, pidfds. What comes out: what is due.
 */
#include <errno.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "app/loop.h"
#include "base/now.h"
#include "base/types.h"

/*
 * How often the books of dead threads are read and freed, and it is asked about processes that have
 * changed; and how often where nobody ends or changes.
 */
#define TICK	  (25 * NSEC_PER_MSEC)
#define TICK_CALM (100 * NSEC_PER_MSEC)

enum {
	CALM_AFTER = 2, /* ticks at which there was nothing to do */
};

/* Has the descriptor wake the loop; 0 or -errno. */
static int add(struct loop *l, int fd, uint32_t events)
{
	struct epoll_event event = {.events = events, .data.fd = fd};

	if (fd < 0 || epoll_ctl(l->epoll, EPOLL_CTL_ADD, fd, &event))
		return -errno;
	return 0;
}

/* A stopped timer that wakes the loop, or -errno. */
static int add_timer(struct loop *l)
{
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	int err = add(l, fd, EPOLLIN);

	return err ? err : fd;
}

/* A time (ns) as the kernel wants it. */
static struct timespec timespec_of(uint64_t ns)
{
	return (struct timespec){.tv_sec = ns / NSEC_PER_SEC, .tv_nsec = ns % NSEC_PER_SEC};
}

/*
 * Starts a timer to come `first` ns after `from` (ns, CLOCK_MONOTONIC), at once if that is past,
 * and then every `period` ns; never if first is 0.
 */
static int start_timer(int fd, uint64_t from, uint64_t first, uint64_t period)
{
	struct itimerspec spec = {
		.it_value = timespec_of(first ? from + first : 0),
		.it_interval = timespec_of(period),
	};

	return timerfd_settime(fd, TFD_TIMER_ABSTIME, &spec, NULL) ? -errno : 0;
}

/* Opens the timers, and listens to the signals too. */
int loop_open(struct loop *l, struct signals *signals)
{
	int err;

	l->signals = signals;
	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (l->epoll < 0)
		return -errno;
	err = add(l, signals->fd, EPOLLIN);
	err = err ? err : add(l, signals->asked, EPOLLIN);
	if (err)
		return err;
	l->duration = add_timer(l);
	l->interval = add_timer(l);
	l->tick = add_timer(l);
	if (l->duration < 0 || l->interval < 0 || l->tick < 0)
		return -EMFILE;
	return 0;
}

/* Starts the timers: what they measure begins at `from`, not when we got round to starting them. */
int loop_start(struct loop *l, uint64_t from, uint64_t duration, uint64_t interval)
{
	int err = start_timer(l->duration, from, duration, 0);

	l->end = duration ? from + duration : 0;
	err = err ? err : start_timer(l->interval, from, interval, interval);
	l->from = from;
	return err ? err : start_timer(l->tick, from, TICK, TICK);
}

/* Has ticks come so often (ns), at multiples of that since the start; 0 or -errno. */
static int set_tick(const struct loop *l, uint64_t period)
{
	uint64_t gone = now_ns() - l->from;

	return start_timer(l->tick, l->from, gone - gone % period + period, period);
}

/* Has ticks come often again; 0 or -errno. */
static int hurry(struct loop *l)
{
	bool seldom = l->calm >= CALM_AFTER;

	l->calm = 0;
	return seldom ? set_tick(l, TICK) : 0;
}

/* Says at a tick whether there was nothing to do. */
int loop_pace(struct loop *l, bool calm)
{
	struct epoll_event news = {.events = EPOLLIN | EPOLLONESHOT, .data.fd = l->news};

	if (!calm)
		return hurry(l);
	if (l->calm >= CALM_AFTER || ++l->calm < CALM_AFTER)
		return 0;
	if (l->news && epoll_ctl(l->epoll, EPOLL_CTL_MOD, l->news, &news))
		return -errno;
	return set_tick(l, TICK_CALM);
}

/* Whether the duration is over, or will be within the given time (ns). */
bool loop_ends_within(const struct loop *l, uint64_t time)
{
	return l->end && l->end < now_ns() + time;
}

/* Has the readiness of a descriptor wake the loop as a LOOP_DEATH, once. */
int loop_watch(struct loop *l, int fd)
{
	return add(l, fd, EPOLLIN | EPOLLONESHOT);
}

/* Has the readiness of a descriptor have ticks come often again: once they are seldom. */
int loop_watch_news(struct loop *l, int fd)
{
	l->news = fd;
	return add(l, fd, 0);
}

/* Has the readiness of a descriptor wake the loop as a LOOP_LOW. */
int loop_watch_low(struct loop *l, int fd)
{
	l->low = fd;
	return add(l, fd, EPOLLIN);
}

/* Has the readiness of a descriptor wake the loop as a LOOP_REQUEST, each time. */
int loop_serve(struct loop *l, int fd)
{
	l->served = fd;
	return add(l, fd, EPOLLIN);
}

/* What the readiness of a descriptor means; a timer is read so that it can come again. */
static int event_of(struct loop *l, int fd)
{
	uint64_t expirations;

	if (fd == l->signals->fd)
		return signals_end(l->signals) ? LOOP_STOP : 0;
	if (fd == l->signals->asked)
		return signals_asked(l->signals) ? LOOP_GLANCE : 0;
	if (l->served && fd == l->served)
		return LOOP_REQUEST;
	if (l->news && fd == l->news)
		return hurry(l);
	if (fd == l->duration)
		return LOOP_STOP;
	if (fd == l->low)
		return LOOP_LOW;
	if (fd != l->interval && fd != l->tick)
		return LOOP_DEATH;
	/* One that came twice is one report, not two: a window is as long as it is. */
	if (read(fd, &expirations, sizeof(expirations)) != sizeof(expirations))
		return errno == EAGAIN ? 0 : -errno;
	return fd == l->interval ? LOOP_INTERVAL : LOOP_TICK;
}

/* Waits for the next events. */
int loop_wait(struct loop *l)
{
	struct epoll_event ready[LOOP_EVENTS];
	int due = 0, count;

	/* One that was heard by who waited for an output makes nothing ready any more. */
	if (l->signals->taken)
		return LOOP_STOP;
	count = epoll_wait(l->epoll, ready, ARRAY_SIZE(ready), -1);
	if (count < 0)
		return errno == EINTR ? 0 : -errno;
	l->dead_count = 0;
	for (int i = 0; i < count; i++) {
		int event = event_of(l, ready[i].data.fd);

		if (event < 0)
			return event;
		if (event == LOOP_DEATH)
			l->dead[l->dead_count++] = ready[i].data.fd;
		due |= event;
	}
	return due;
}
