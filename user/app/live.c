/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * live.c - see live.h.
 *
 * What goes in: reports, keys, signals of the terminal. What comes out: what is shown there.
 */
#include <errno.h>
#include <langinfo.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "app/live.h"
#include "app/screen.h"
#include "base/log.h"
#include "base/now.h"
#include "base/xalloc.h"
#include "books/snapshot.h"
#include "top/keys.h"

#define SPOKEN (5 * NSEC_PER_SEC) /* ns that a message is shown for */

enum {
	/* Connections, of so many processes, are told although nobody looks: who does sees them at
	   once. Each process takes some system calls. */
	FEW_CONNECTIONS = 1000,
	FEW_PROCESSES = 50,
};

/* The signals that a terminal sends, beside those that end the program. */
sigset_t live_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTSTP);
	sigaddset(&set, SIGCONT);
	sigaddset(&set, SIGWINCH);
	sigaddset(&set, SIGQUIT);
	return set;
}

/* Keeps a message, and shows it for a while; of a struct live. */
static void listen_to(void *live, const char *message)
{
	struct live *l = live;

	if (l->messages == MESSAGES_KEPT) {
		free(l->message[0]);
		memmove(l->message, l->message + 1, --l->messages * sizeof(l->message[0]));
	}
	l->message[l->messages++] = xstrdup(message);
	l->message_until = now_ns() + SPOKEN;
}

/* Shows what there is. */
static void show(struct live *l)
{
	bool speaks = l->messages && now_ns() < l->message_until;
	const struct top_about about = {
		.host = l->report ? l->report->host : NULL,
		.own_ns = l->own_ns,
		.message = speaks ? l->message[l->messages - 1] : NULL,
	};
	unsigned int lines, columns;

	screen_size(&lines, &columns);
	if (lines != l->canvas.lines || columns != l->canvas.columns)
		canvas_size(&l->canvas, lines, columns, l->view.choice.utf8);
	top_draw(&l->canvas, &l->view, l->report, &about);
	screen_show(&l->canvas);
}

/* Has keys and signals make one descriptor ready; 0 or -errno. */
static int open_events(struct live *l)
{
	sigset_t set = live_signals();
	struct epoll_event event = {.events = EPOLLIN};

	l->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	l->events = epoll_create1(EPOLL_CLOEXEC);
	if (l->signals < 0 || l->events < 0)
		return -errno;
	event.data.fd = l->signals;
	if (epoll_ctl(l->events, EPOLL_CTL_ADD, l->signals, &event))
		return -errno;
	event.data.fd = STDIN_FILENO;
	return epoll_ctl(l->events, EPOLL_CTL_ADD, STDIN_FILENO, &event) ? -errno : 0;
}

/* Whether the terminal is to be given up, as other outputs are; of a struct signals. */
static bool gives_up(void *signals, uint64_t since)
{
	signals_take(signals);
	return signals_give_up(signals, since);
}

/* Takes the terminal. */
int live_begin(struct live *l, const struct options *o, struct loop *loop)
{
	const char *no_colour = getenv("NO_COLOR"); /* no-color.org */
	int err = open_events(l);

	err = err ? err : loop_serve(loop, l->events);
	if (!err && screen_open(!no_colour || !*no_colour, gives_up, loop->signals))
		err = -ENOTTY;
	if (err) {
		log_error("cannot take the terminal: %s", strerror(-err));
		return err;
	}
	l->shown = true;
	log_listen(listen_to, l);
	top_view_begin(&l->view, &top_columns[o->top_sort], !strcmp(nl_langinfo(CODESET), "UTF-8"));
	if (o->top_columns)
		l->view.shown = o->top_columns;
	show(l);
	return 0;
}

/* Frees the report that is shown. */
static void drop_report(struct live *l)
{
	report_free(l->report);
	if (l->window)
		window_clear(l->window);
	free(l->window);
	l->report = NULL;
	l->window = NULL;
}

/* Shows a report on a window from now on. */
void live_take(struct live *l, struct report *r, struct window *w)
{
	struct live next = {.report = r, .window = w};

	top_history_take(&l->view.history, r);
	l->processes = r->processes;
	/* Where they are not told their number is what it was. */
	if (r->connections_shown)
		l->connections = r->connections.all;
	if (l->view.paused && l->report && !l->takes) {
		l->own_cpu = r->own.cpu;
		drop_report(&next);
	} else {
		l->own_ns = less(r->own.cpu, l->own_cpu);
		l->own_cpu = r->own.cpu;
		drop_report(l);
		l->report = r;
		l->window = w;
	}
	l->takes = false;
	show(l);
}

/* Stops, as the user wants, with the terminal given back meanwhile. */
static void stop(void)
{
	sigset_t set;

	screen_suspend();
	sigemptyset(&set);
	sigaddset(&set, SIGTSTP);
	kill(getpid(), SIGTSTP);
	/* It stops us here. */
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	sigprocmask(SIG_BLOCK, &set, NULL);
	screen_resume();
}

/* Does what signals want; false: one of them ends the program. */
static bool take_signals(struct live *l)
{
	struct signalfd_siginfo info;
	bool goes_on = true;

	while (read(l->signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGTSTP)
			stop();
		else if (info.ssi_signo == SIGCONT)
			screen_resume();
		else if (info.ssi_signo == SIGQUIT)
			goes_on = false;
	}
	return goes_on;
}

/* Does what keys and signals want. */
bool live_step(struct live *l)
{
	struct epoll_event ready[2];
	int count = epoll_wait(l->events, ready, 2, 0);
	struct top_event event;
	bool gone = false;

	if (count <= 0)
		return true;
	for (int i = 0; i < count; i++)
		gone |= (ready[i].events & (EPOLLHUP | EPOLLERR)) != 0;
	if (gone || !take_signals(l))
		return false;
	while (!l->view.quit && screen_next(&event)) {
		top_press(&l->view, &event);
		/* What a key means depends on what was shown when it was pressed. */
		top_draw(&l->canvas, &l->view, l->report, &(struct top_about){0});
	}
	if (!l->view.quit)
		show(l);
	return !l->view.quit;
}

/* Whether a report is to be made at once. */
bool live_asks(struct live *l)
{
	bool threads = l->view.choice.threads, connections = top_view_wants_connections(&l->view);
	/* Once: where they cannot be told a further report does not help. */
	bool anew = (threads && !l->looks_at_threads && !l->reads_threads) ||
		    (connections && !l->looks_at_connections && !l->reads_connections);

	l->looks_at_threads = threads;
	l->looks_at_connections = connections;
	l->takes |= l->view.asks;
	l->view.asks = false;
	return l->takes || (l->report && anew);
}

/* Whether threads are to be told one by one. */
bool live_wants_threads(struct live *l)
{
	return l->reads_threads = l->view.choice.threads;
}

/* What is to be done about connections at a report. */
enum connections_read live_connections(struct live *l)
{
	bool few = l->connections <= FEW_CONNECTIONS && l->processes <= FEW_PROCESSES;
	bool reads = few || top_view_wants_connections(&l->view);
	bool before = l->reads_connections;

	l->reads_connections = reads;
	if (!reads)
		return CONNECTIONS_NOT;
	return before ? CONNECTIONS_TELL : CONNECTIONS_BEGIN;
}

/* Gives the terminal back. */
void live_end(struct live *l)
{
	if (!l->shown)
		return;
	l->shown = false;
	screen_close();
	log_listen(NULL, NULL);
	for (size_t i = 0; i < l->messages; i++) {
		log_warn("%s", l->message[i]);
		free(l->message[i]);
	}
	l->messages = 0;
	drop_report(l);
	canvas_clear(&l->canvas);
	top_view_end(&l->view);
	close(l->events);
	close(l->signals);
}
