/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * rules_time.c - rules about where the time of the threads goes.
 */
#include "judge/rule.h"

const struct rule rules_time[] = {
	{
		.id = "blocking-in-loop",
		.severity = SEVERITY_WARNING,
		.title = "an event loop blocks in a call",
		.when = {{Q_LOOPS, AT_LEAST, 1},
			 {Q_LOOP_BLOCKED, AT_LEAST, 50 * NSEC_PER_MSEC},
			 {Q_LOOP_BLOCKED_SHARE, AT_LEAST, PERCENT(2)}},
		.sentence = "Event loops were asleep for {loop_blocked} ({loop_blocked_share} of "
			    "their time) outside of their wait: reads {loop_read}, writes "
			    "{loop_write}, connects {loop_connect}, accepts {loop_accept}, poll of "
			    "one descriptor {loop_alone}. All their connections wait meanwhile.",
		.advice = "Make the descriptor non-blocking and let the loop wait for it, or leave "
			  "the call to a thread of its own.",
		.meaning =
			"A thread that serves many connections by select, poll or epoll slept in "
			"a call on one of them, or on another descriptor: a database, a "
			"resolver, a pipe to a log. Nobody else is served as long as that lasts.",
		.certainty = "Sure of the time. A thread counts as an event loop if it was told of "
			     "several descriptors in this time and has read from two connections. "
			     "A write that sleeps may wait for memory or a page instead of its "
			     "peer. A poll of one descriptor counts only beside epoll: a loop by "
			     "poll may have but its listener left.",
		.reading = "Node.js guides, \"Don't Block the Event Loop (or the Worker Pool)\"; "
			   "Stevens, UNIX Network Programming, volume 1, chapter 16, \"Nonblocking "
			   "I/O\".",
	},
	{
		.id = "run-queue",
		.severity = SEVERITY_WARNING,
		.title = "threads wait for a CPU",
		.when = {{Q_RUNQ, AT_LEAST, 100 * NSEC_PER_MSEC},
			 {Q_RUNQ_SHARE, AT_LEAST, PERCENT(25)},
			 {Q_RUNQ_RATE, AT_LEAST, PERCENT(5)}},
		.sentence = "Threads were awake without a CPU for {runq}, {runq_share} of the time "
			    "that they were awake.",
		.advice =
			"Fewer runnable threads, more CPUs, a larger CPU quota, another priority, "
			"or fewer neighbours.",
		.meaning = "Threads had something to do and no CPU to do it on. Each request takes "
			   "that much longer, whatever the program does.",
		.certainty = "Sure of the time. Who has the CPUs meanwhile is not said: it may be "
			     "other threads of the same process, another process, or a limit of "
			     "the control group.",
		.reading = "sched(7); Gregg, Systems Performance, chapter 6, \"Run Queues\"; "
			   "runqlat(8).",
	},
	{
		.id = "stopped",
		.severity = SEVERITY_WARNING,
		.title = "threads were stopped",
		.when = {{Q_STOPPED, AT_LEAST, 100 * NSEC_PER_MSEC},
			 {Q_STOPPED_SHARE, AT_LEAST, PERCENT(5)}},
		.sentence = "Threads were stopped for {stopped}, {stopped_share} of their time.",
		.advice = "Look for a signal (SIGSTOP), a debugger or tracer, or a frozen control "
			  "group.",
		.meaning = "The process was kept from running by somebody else. It waits for "
			   "nobody's data, and serves nobody.",
		.certainty = "Sure. Who did it is not said.",
		.reading = "signal(7), SIGSTOP; ptrace(2); cgroups(7), the freezer.",
	},
	{
		.id = "writes-blocked",
		.severity = SEVERITY_NOTE,
		.title = "threads wait in writes: peers do not read",
		.when = {{Q_WRITE_WAIT, AT_LEAST, 100 * NSEC_PER_MSEC},
			 {Q_WRITE_WAIT_SHARE, AT_LEAST, PERCENT(10)}},
		.sentence = "Threads were asleep in writes for {write_wait} ({write_wait_share} of "
			    "their time): peers do not take the data as fast as they are written.",
		.advice = "Look at the peers and the network; a time limit (SO_SNDTIMEO) keeps one "
			  "peer from holding a thread for ever.",
		.meaning =
			"The buffer of a socket or pipe is full, and the thread sleeps until its "
			"peer has read some of it.",
		.certainty = "Likely. What a call that may wait sleeps for is not seen: a sendfile "
			     "or splice may wait for a disk, a write for memory.",
		.reading = "send(2); socket(7), SO_SNDTIMEO, SO_SNDBUF.",
	},
	{
		.id = "idle-threads",
		.severity = SEVERITY_NOTE,
		.title = "a thousand threads and more that only wait",
		.when = {{Q_THREADS, AT_LEAST, 1000}, {Q_IDLE_THREAD_SHARE, AT_LEAST, PERCENT(90)}},
		.sentence = "Of {threads} threads, {idle_threads} sleep until their one peer sends "
			    "something ({idle_thread_share}).",
		.advice = "Let an event loop hold the idle ones, or close them sooner.",
		.meaning =
			"Each connection has a thread (or process) of its own, and nearly all of "
			"them are idle. A thread costs its stack, another one in the kernel "
			"(16 KB on x86-64), and a switch for every request.",
		.certainty =
			"Sure that they were in a read, or in a poll of one descriptor, at the "
			"end of the time.",
		.reading = "Kegel, \"The C10K problem\"; pthreads(7); make textbook, on memory per "
			   "connection.",
	},
	{0},
};
