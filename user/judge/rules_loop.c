/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * rules_loop.c - rules about waits for events (select, poll, epoll) that go wrong.
 */
#include "judge/rule.h"

const struct rule rules_loop[] = {
	{
		.id = "loop-spins",
		.severity = SEVERITY_PROBLEM,
		.title = "a loop is told of events that nobody takes",
		.when = {{Q_READY, AT_LEAST, 1000},
			 {Q_READY_RATE, AT_LEAST, 1000},
			 {Q_IO_PER_READY, AT_MOST, PER_ONE(0.1)},
			 {Q_MUX_WAIT_P50, AT_MOST, 0}},
		.sentence = "{ready_rate} waits a second said ready, and {io_per_ready} reads, "
			    "writes or accepts came of each: a loop spins.",
		.advice = "Find what stays ready in its set: EPOLLOUT left on, a peer that hung "
			  "up, a descriptor that nobody owns any more.",
		.meaning = "select, poll or epoll_wait come back at once, say that something is "
			   "ready, and nothing is read, written or accepted; so they come back at "
			   "once again. A CPU is burnt, and the clients of the loop get what is "
			   "left of it. Usual reasons: a socket is watched for writing (EPOLLOUT) "
			   "although there is nothing to write; a peer has hung up and the socket "
			   "was not closed; a descriptor was closed here but lives on elsewhere "
			   "(dup, fork), so epoll still tells of it.",
		.certainty = "Sure that the waits did not sleep and that no I/O call followed. A "
			     "program that takes what it is told of by other means (memory shared "
			     "with the kernel, ioctl, waitid) looks the same, but would rarely be "
			     "told so often without sleeping once.",
		.reading = "epoll(7), \"Will closing a file descriptor cause it to be removed "
			   "from all epoll interest lists?\"; epoll_ctl(2).",
	},
	{
		.id = "accept-full",
		.severity = SEVERITY_PROBLEM,
		.title = "connections cannot be accepted for want of descriptors",
		.when = {{Q_ACCEPT_FULL, AT_LEAST, 10}},
		.sentence = "{accept_full} accepts failed, most of all with {accept_errno}: "
			    "connections stay in the backlog.",
		.advice = "Raise the limit of open files (ulimit -n, LimitNOFILE=), look for "
			  "descriptors that are not closed, and do not watch the listener while "
			  "there is none.",
		.meaning =
			"accept failed since the process (EMFILE) or the machine (ENFILE) has "
			"no descriptor left, or the kernel no memory (ENOBUFS, ENOMEM). The "
			"connection stays in the queue, so a level-triggered loop is told of it "
			"at once again and spins; the client believes to be connected and waits.",
		.certainty = "Sure: the kernel said so. Of each thread and call five errors are "
			     "told apart; a sixth one is not seen here.",
		.reading = "accept(2), ERRORS; libev's manual, \"The special problem of "
			   "accept()ing when you can't\"; getrlimit(2), RLIMIT_NOFILE.",
	},
	{
		.id = "control-fails",
		.severity = SEVERITY_WARNING,
		.title = "epoll_ctl fails",
		.when = {{Q_CONTROL_ERRORS, AT_LEAST, 100},
			 {Q_CONTROL_ERROR_SHARE, AT_LEAST, PERCENT(10)}},
		.sentence = "epoll_ctl failed {control_errors} times ({control_error_share}), most "
			    "of all with {control_errno}.",
		.advice = "Take descriptors out of the set before they are closed, and remember "
			  "which are in it.",
		.meaning = "The program and the kernel do not agree on what is in the epoll set: "
			   "ENOENT and EBADF when something is changed or taken out that is not in "
			   "it, EEXIST when it is in already. Whoever cannot be taken out (it was "
			   "closed here, and lives on in another process) is told of for ever.",
		.certainty =
			"Sure that the calls failed. Some libraries try one way first and the "
			"other one when that fails: then it costs a call each, no more. Files "
			"that cannot be waited for (EPERM) are left out: Go tries each that it "
			"opens.",
		.reading = "epoll_ctl(2), ERRORS; epoll(7), Questions and answers.",
	},
	{
		.id = "busy-waits",
		.severity = SEVERITY_WARNING,
		.title = "waits that do not wait",
		.when = {{Q_TIMEOUTS, AT_LEAST, 1000},
			 {Q_TIMEOUT_RATE, AT_LEAST, 2000},
			 {Q_TIMEOUT_SHARE, AT_LEAST, PERCENT(50)}},
		.sentence = "{timeout_rate} waits a second and thread came back with nothing "
			    "({timeout_share} of all): it polls instead of waiting.",
		.advice = "Wait without a limit, and be woken by an eventfd for what comes from "
			  "inside.",
		.meaning =
			"select, poll or epoll_wait are called with a time limit of 0, or nearly "
			"so, and mostly find nothing. Each such call costs a CPU about a "
			"microsecond, whether there is work or not.",
		.certainty = "Sure that they found nothing. It may be meant so: who polls on a CPU "
			     "of its own saves the time of a wake-up. Some runtimes (Go) look for "
			     "events in passing.",
		.reading = "epoll_wait(2), timeout; eventfd(2); timerfd_create(2).",
	},
	{
		.id = "slow-handler",
		.severity = SEVERITY_WARNING,
		.title = "an event loop is long away from its events",
		.when = {{Q_SLOW_TURNS, AT_LEAST, 1}, {Q_LAG_MAX, AT_LEAST, 200 * NSEC_PER_MSEC}},
		.sentence = "Event loops were away from their events for up to {lag_max} "
			    "({slow_turns} times for 200 ms and more): what came meanwhile waited. "
			    "Of that time, {away_cpu} on a CPU, {away_runq} in the run queue, "
			    "{away_asleep} asleep outside I/O calls, {away_io} asleep in them.",
		.advice = "On a CPU: profile it. Asleep outside I/O calls: find the lock, the "
			  "file or the pause. Asleep in them: the table of calls shows in which "
			  "(a resolver polls one socket). Leave long work to another thread.",
		.meaning = "Between one wait and the next one the loop works through "
			   "what it was told. One slow handler, or very many events, hold up "
			   "everybody who comes meanwhile.",
		.certainty = "Sure of the time, to the sixteenth. A thread counts as an event loop "
			     "if it was told of several descriptors in this time and has read from "
			     "two connections. What it slept for outside I/O calls is not known: "
			     "a lock (futex), a disk, a page fault, a pause (nanosleep). "
			     "Threads that share one epoll set stand in for each other and are "
			     "not spoken of.",
		.reading = "Node.js guides, \"Don't Block the Event Loop (or the Worker Pool)\".",
	},
	{
		.id = "short-waits",
		.severity = SEVERITY_NOTE,
		.title = "waits with a limit of a few milliseconds",
		.when = {{Q_TIMEOUTS, AT_LEAST, 100},
			 {Q_TIMEOUT_RATE, AT_LEAST, 200},
			 {Q_TIMEOUT_RATE, AT_MOST, 1999},
			 {Q_TIMEOUT_SHARE, AT_LEAST, PERCENT(50)}},
		.sentence = "{timeout_rate} waits a second and thread came back with nothing "
			    "({timeout_share} of all).",
		.advice = "Let the limit be the time until the next timer is due, and be woken by "
			  "an eventfd for what comes from inside.",
		.meaning = "select, poll or epoll_wait are called with a time limit of a few "
			   "milliseconds and mostly come back with nothing: the program looks "
			   "around all the time. An idle CPU is woken each time.",
		.certainty = "Sure that they came back with nothing. Timers that are due so often "
			     "(a game's clock, audio) look the same.",
		.reading = "epoll_wait(2), timeout; eventfd(2); timerfd_create(2).",
	},
	{
		.id = "select-scan",
		.severity = SEVERITY_NOTE,
		.title = "select or poll over many idle descriptors",
		.when = {{Q_SCANS, AT_LEAST, 1000},
			 {Q_WATCHED, AT_LEAST, 100},
			 {Q_WATCHED_PER_EVENT, AT_LEAST, 50}},
		.sentence = "select or poll watched {watched} descriptors at each call, and looked "
			    "at {watched_per_event} for each that was ready.",
		.advice = "Use epoll: it costs what is ready, not what is watched.",
		.meaning =
			"select and poll are given all descriptors at every call, and the kernel "
			"looks at each of them, twice if it has to sleep.",
		.certainty = "Sure of the numbers.",
		.reading = "poll(2), select(2), epoll(7); make textbook, on epoll and poll.",
	},
	{
		.id = "maxevents-full",
		.severity = SEVERITY_NOTE,
		.title = "epoll_wait has no room for all that is ready",
		.when = {{Q_FULL, AT_LEAST, 1000},
			 {Q_FULL_SHARE, AT_LEAST, PERCENT(50)},
			 {Q_EVENTS_PER_WAIT, AT_LEAST, PER_ONE(2)}},
		.sentence = "{full_share} of the waits that said ready filled all the room that "
			    "epoll_wait was given ({events_per_wait} events each, on average).",
		.advice = "Give it a larger maxevents, or serve with more threads.",
		.meaning =
			"More is ready than one call can tell. The rest waits for the next call, "
			"and the loop makes more calls than it would need.",
		.certainty = "Sure of the numbers. Room for a single event is meant so by some "
			     "programs and is not spoken of.",
		.reading = "epoll_wait(2), maxevents.",
	},
	{
		.id = "single-events",
		.severity = SEVERITY_NOTE,
		.title = "one event at each wait, while more are ready",
		.when = {{Q_LOOPS, AT_LEAST, 1},
			 {Q_FULL, AT_LEAST, 1000},
			 {Q_FULL_SHARE, AT_LEAST, PERCENT(90)},
			 {Q_EVENTS_PER_WAIT, AT_MOST, PER_ONE(1)},
			 {Q_MUX_WAIT_P50, AT_MOST, 0}},
		.sentence = "epoll_wait was given room for one event, and {full} times that is "
			    "what it told; half of the waits and more found one without waiting.",
		.advice = "Give it room for some hundred events: a call then tells all that are "
			  "ready.",
		.meaning = "Under load several connections are ready at once, and the loop asks "
			   "for them one by one: a call of epoll_wait for each read.",
		.certainty = "Sure of the numbers. Where several threads wait on one set, room for "
			     "one event is how each takes no more than it can serve.",
		.reading = "epoll_wait(2), maxevents.",
	},
	{
		.id = "control-per-request",
		.severity = SEVERITY_NOTE,
		.title = "epoll_ctl at every request",
		.when = {{Q_CONTROLS, AT_LEAST, 1000},
			 {Q_READS, AT_LEAST, 1000},
			 {Q_CONTROLS_PER_READ, AT_LEAST, PER_ONE(0.8)}},
		.sentence = "epoll_ctl was called {controls} times, {controls_per_read} times for "
			    "each read beyond what new connections need.",
		.advice =
			"Leave connections in the set, and write at once: watch for EPOLLOUT only "
			"when a write found no room.",
		.meaning = "Connections are put into the epoll set, changed or taken out at every "
			   "request. Each such call costs as much as a small read. Usual reasons: "
			   "EPOLLOUT is switched on for every answer and off again; a library that "
			   "registers anew after each event; EPOLLONESHOT.",
		.certainty = "Sure of the numbers; three calls are granted to each accept and "
			     "connect. Where several threads wait on one set, EPOLLONESHOT is the "
			     "price for each connection being served by one thread at a time; "
			     "EPOLLEXCLUSIVE and a set per thread do without.",
		.reading = "epoll_ctl(2), EPOLLONESHOT, EPOLLET; epoll(7).",
	},
	{0},
};
