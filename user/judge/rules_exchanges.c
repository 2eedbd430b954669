/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * rules_exchanges.c - rules about what clients wait for, and about upstreams.
 */
#include "judge/rule.h"

const struct rule rules_exchanges[] = {
	{
		.id = "backlog-overflows",
		.severity = SEVERITY_PROBLEM,
		.title = "no room for connections that wait to be accepted",
		.when = {{Q_BACKLOG_DROPPED, AT_LEAST, 5},
			 {Q_BACKLOG_FULL, AT_LEAST, PERCENT(100)}},
		.sentence =
			"{backlog_dropped} packets of handshakes were dropped: {backlog_most} connections "
			"waited to be accepted, and there is room for {backlog_room}.",
		.advice = "Accept sooner; and give listen() a longer backlog, and the kernel a "
			  "larger net.core.somaxconn.",
		.meaning =
			"The queue of a listening socket was full, so the kernel threw away what "
			"clients sent to connect. They send it again after a second, then two, "
			"then four: they see a server that takes seconds to connect, or none.",
		.certainty = "Nearly sure: the queue was seen full, and the kernel counts what a "
			     "listening socket drops. These are packets: of one handshake several "
			     "may be dropped, each time that it is sent again. Sockets with "
			     "TCP_DEFER_ACCEPT and of UNIX are not counted.",
		.reading = "listen(2), tcp(7); ss -ltm (d after the memory); TcpExtListenDrops in "
			   "nstat.",
	},
	{
		.id = "edge-undrained",
		.severity = SEVERITY_WARNING,
		.title = "data are left in edge-triggered connections",
		.when = {{Q_LEFT, AT_LEAST, 5}, {Q_LEFT_TIME, AT_LEAST, NSEC_PER_MSEC}},
		.sentence =
			"{left} times a thread slept in its wait although it had left data in an "
			"edge-triggered connection: {left_time} on average, until more came.",
		.advice = "Read until EAGAIN, or until a read gets less than it asked for; or "
			  "register without EPOLLET.",
		.meaning = "With EPOLLET epoll tells of a connection when something comes in, and "
			   "not again of what was not read then. A request, or the rest of one, "
			   "lies in the socket until the client sends more, or gives up: it sees a "
			   "server that hangs.",
		.certainty = "Likely: the thread slept, was woken when more came, and read then. A "
			     "relay that its other end holds up may be woken by both at once. "
			     "Threads that were busy when it came are not seen, so "
			     "there may be more; nor is what nothing has followed yet "
			     "(iophase -s shows it, in the state ready).",
		.reading = "epoll(7), \"Level-triggered and edge-triggered\".",
	},
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
			 {Q_DISPATCH_SHARE, AT_LEAST, PERCENT(50)},
			 {Q_STOPPED_SHARE, AT_MOST, PERCENT(10)}},
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
		.id = "pool-small",
		.severity = SEVERITY_WARNING,
		.title = "requests wait for a free thread",
		.when = {{Q_EXCHANGES, AT_LEAST, 10},
			 {Q_QUEUED, AT_LEAST, 5 * NSEC_PER_MSEC},
			 {Q_QUEUED_SHARE, AT_LEAST, PERCENT(50)},
			 {Q_POOL_BUSY, AT_LEAST, PERCENT(80)},
			 {Q_SERVICE_RUNQ_SHARE, AT_MOST, PERCENT(25)}},
		.sentence = "Requests waited {queued} on average, {queued_share} of the response "
			    "time, and threads served for {pool_busy} of their time: hardly one "
			    "was free.",
		.advice = "More threads, if what they wait for bears more; else make the service "
			  "shorter, or refuse what is too much.",
		.meaning = "Each thread blocks, and so serves one request at a time. All of them "
			   "were busy nearly all the time while connections with requests waited: "
			   "the pool is too small for the load, or the service too long.",
		.certainty = "Likely. One thread is granted that only accepts; further ones that "
			     "do not serve hide it. That CPUs are short, which more threads would "
			     "not mend, is left out as far as it is known.",
		.reading = "Gregg, Systems Performance, chapter 2, \"Queueing Theory\"; "
			   "docs/connections.md.",
	},
	{
		.id = "delayed-requests",
		.severity = SEVERITY_NOTE,
		.title = "requests come in pieces, 40 ms apart",
		.when = {{Q_EXCHANGES, AT_LEAST, 10},
			 {Q_HELD_SERVICE_SHARE, AT_LEAST, PERCENT(30)},
			 {Q_SERVICE_IO_SHARE, AT_LEAST, PERCENT(50)},
			 {Q_EXCHANGE_READS, AT_LEAST, PER_ONE(1.5)}},
		.sentence = "{held_service_share} of the requests took 40 to 50 ms, asleep in I/O "
			    "calls, and came in {exchange_reads} reads: the time for which TCP "
			    "delays an acknowledgement.",
		.advice = "Let the client write a request by one call, or set TCP_NODELAY there; "
			  "here TCP_QUICKACK helps.",
		.meaning = "The client writes a request in two small pieces. Its TCP holds back "
			   "the second one until the first is acknowledged (Nagle's algorithm), "
			   "and the TCP here delays that for 40 ms, in the hope of an answer to "
			   "send along.",
		.certainty = "Likely. A client that takes 40 ms to write the rest of its request, "
			     "or is as far away, looks the same; tcpdump tells.",
		.reading = "RFC 896; RFC 1122, 4.2.3.2; tcp(7), TCP_NODELAY and TCP_QUICKACK.",
	},
	{
		.id = "delayed-asks",
		.severity = SEVERITY_NOTE,
		.title = "upstreams answer 40 ms after requests in pieces",
		.when = {{Q_ASKED, AT_LEAST, 10},
			 {Q_HELD_ANSWER_SHARE, AT_LEAST, PERCENT(30)},
			 {Q_ASKED_WRITES, AT_LEAST, PER_ONE(1.5)}},
		.sentence = "{held_answer_share} of the answers of upstreams took 40 to 50 ms, and "
			    "requests were written in {asked_writes} pieces: the time for which "
			    "TCP delays an acknowledgement.",
		.advice = "Write a request by one call (writev), or set TCP_NODELAY.",
		.meaning = "A request is written in two small pieces. TCP holds back the second "
			   "one until the first is acknowledged (Nagle's algorithm), and the "
			   "upstream's TCP delays that for 40 ms, in the hope of an answer to "
			   "send along.",
		.certainty = "Likely. An upstream that needs as long, or is as far away (ss -ti "
			     "tells the time of a round trip), looks the same if requests to it "
			     "are written in pieces.",
		.reading = "RFC 896; RFC 1122, 4.2.3.2; tcp(7), TCP_NODELAY.",
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
		.sentence = "Requests were served for {service} on average, of which "
			    "{upstream_time} waiting for {upstream}. Upstreams took {asked_time} "
			    "to answer, together {asked_share} of the service.",
		.advice = "Look at the upstreams: this process mostly waits for them.",
		.meaning = "While requests were being served, connections that this process has "
			   "made were waiting for an answer.",
		.certainty = "Likely. The sums of both are held against each other: questions that "
			     "no request waits for count too.",
		.reading = "docs/connections.md.",
	},
	{0},
};
