/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * rules_exchanges.c - rules about what clients wait for, and about upstreams.
 */
#include "judge/rule.h"

const struct rule rules_exchanges[] = {
	{
		.id = "backlog-waits",
		.severity = SEVERITY_WARNING,
		.title = "requests wait before their connection is accepted",
		.when = {{Q_EXCHANGES, AT_LEAST, 10},
			 {Q_BACKLOG, AT_LEAST, 5 * NSEC_PER_MSEC},
			 {Q_BACKLOG_SHARE, AT_LEAST, PERCENT(20)}},
		.sentence = "Requests waited {backlog} on average, {backlog_share} of the response "
			    "time, before accept returned their connection.",
		.advice = "Accept sooner: a thread or loop of its own for it, more workers, or no "
			  "long work where connections are accepted.",
		.meaning = "A connection was made and its request was there, but the server had "
			   "not accepted it yet: whoever accepts was busy. Clients see a server "
			   "that answers late, its own log sees nothing.",
		.certainty = "Sure of the time, for TCP connections that were made while iophase "
			     "was attached.",
		.reading = "listen(2), tcp(7); docs/connections.md.",
	},
	{
		.id = "requests-queue",
		.severity = SEVERITY_WARNING,
		.title = "requests wait until the server gets to read them",
		.when = {{Q_EXCHANGES, AT_LEAST, 10},
			 {Q_DISPATCH, AT_LEAST, 5 * NSEC_PER_MSEC},
			 {Q_DISPATCH_SHARE, AT_LEAST, PERCENT(50)}},
		.sentence =
			"Requests waited {dispatch} on average, {dispatch_share} of the response "
			"time, while the server did something else before it read them.",
		.advice =
			"Look for what holds the threads: other requests of the same loop, a pool "
			"that is too small, a pause between polls.",
		.meaning = "The request was there, and the thread that was to read it was neither "
			   "asleep in its wait nor in the run queue: it served others first, or "
			   "did other work, or slept elsewhere.",
		.certainty = "Sure of the time. In a pool, that no thread waited is seen, not why. "
			     "Where CPUs are short, some of it is time without one between the "
			     "wait and the read.",
		.reading = "docs/connections.md; Gregg, Systems Performance, chapter 2, \"Queueing "
			   "Theory\".",
	},
	{
		.id = "upstream-slow",
		.severity = SEVERITY_NOTE,
		.title = "upstreams make most of the service",
		.when = {{Q_EXCHANGES, AT_LEAST, 10},
			 {Q_ASKED, AT_LEAST, 10},
			 {Q_ASKED_TIME, AT_LEAST, NSEC_PER_MSEC},
			 {Q_ASKED_SHARE, AT_LEAST, PERCENT(50)},
			 {Q_ASKED_SHARE, AT_MOST, PERCENT(110)}},
		.sentence = "Upstreams took {asked_time} on average to answer; together that is "
			    "{asked_share} of the time that requests were served.",
		.advice = "Look at the upstreams: this process mostly waits for them.",
		.meaning = "While requests were being served, connections that this process has "
			   "made were waiting for an answer.",
		.certainty = "Likely. The sums of both are held against each other: questions that "
			     "no request waits for count too.",
		.reading = "docs/connections.md.",
	},
	{0},
};
