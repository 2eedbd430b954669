/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * rules_calls.c - rules about calls that are too many, too small, in vain, or fail.
 */
#include "judge/rule.h"

const struct rule rules_calls[] = {
	{
		.id = "polling",
		.severity = SEVERITY_WARNING,
		.title = "reads that find nothing, again and again",
		.when = {{Q_READ_AGAIN, AT_LEAST, 1000},
			 {Q_READ_AGAIN_RATE, AT_LEAST, 1000},
			 {Q_READ_AGAIN_SHARE, AT_LEAST, PERCENT(80)},
			 {Q_READY_PER_READ_AGAIN, AT_MOST, PER_ONE(0.5)}},
		.sentence = "{read_again_rate} reads a second found nothing ({read_again_share} of "
			    "all reads), and nobody had said that there is something.",
		.advice = "Wait by epoll until there is something to read.",
		.meaning = "A descriptor that does not block is read although nothing is there: "
			   "EAGAIN, and then again. It costs a CPU, the more connections the more, "
			   "and data that come right after a look wait for the next one.",
		.certainty = "Sure of the numbers. It may be meant so: who polls on a CPU of its "
			     "own saves the time of a wake-up. Edge-triggered servers read until "
			     "there is nothing left, once for each time that they are told, and "
			     "are not meant here.",
		.reading = "Stevens, UNIX Network Programming, volume 1, section 6.2, "
			   "\"Nonblocking I/O Model\"; epoll(7).",
	},
	{
		.id = "herd-accept",
		.severity = SEVERITY_WARNING,
		.title = "several are woken for one connection",
		.when = {{Q_ACCEPT_AGAIN, AT_LEAST, 100},
			 {Q_ACCEPT_AGAIN_PER_OK, AT_LEAST, PER_ONE(2)},
			 {Q_READY_PER_ACCEPT_AGAIN, AT_LEAST, PER_ONE(0.5)}},
		.sentence = "{accept_again} accepts found nothing ({accept_again_per_ok} for each "
			    "that got a connection): others had been woken, too, and were first.",
		.advice = "Use EPOLLEXCLUSIVE, or a listener for each by SO_REUSEPORT, or let one "
			  "accept for all.",
		.meaning = "Several threads or processes wait for the same listening socket. A "
			   "connection wakes more than one, one gets it, the others find nothing "
			   "and have been woken in vain: a thundering herd.",
		.certainty = "Sure that accepts after a wait found nothing twice as often as not. "
			     "Clients that reset the connection before it is accepted leave the "
			     "same trace, but would have to be as many.",
		.reading = "Stevens, UNIX Network Programming, volume 1, chapter 30, \"Thundering "
			   "Herd\"; epoll_ctl(2), EPOLLEXCLUSIVE; socket(7), SO_REUSEPORT.",
	},
	{
		.id = "herd-read",
		.severity = SEVERITY_WARNING,
		.title = "several threads are woken for the same data",
		.when = {{Q_READ_AGAIN, AT_LEAST, 1000},
			 {Q_READ_AGAIN_PER_OK, AT_LEAST, PER_ONE(2)},
			 {Q_READY_PER_READ_AGAIN, AT_LEAST, PER_ONE(0.6)},
			 {Q_MUX_THREADS, AT_LEAST, 2}},
		.sentence = "{read_again} reads after a wait found nothing ({read_again_per_ok} "
			    "for each that got something), with {mux_threads} threads that wait: "
			    "others had been woken, too, and were first.",
		.advice = "Give each thread a set of its own, or use EPOLLONESHOT or EPOLLET.",
		.meaning =
			"Several threads wait for the same connections. Data wake more than one; "
			"one reads them, the others find nothing.",
		.certainty = "Sure of the numbers. A descriptor that another process reads, too, "
			     "leaves the same trace.",
		.reading = "epoll(7), EPOLLET and EPOLLONESHOT; epoll_ctl(2).",
	},
	{
		.id = "connect-fails",
		.severity = SEVERITY_WARNING,
		.title = "connections to others fail",
		.when = {{Q_CONNECT_ERRORS, AT_LEAST, 10},
			 {Q_CONNECT_ERROR_SHARE, AT_LEAST, PERCENT(50)}},
		.sentence = "{connect_errors} connects failed ({connect_error_share}), most of all "
			    "with {connect_errno}.",
		.advice =
			"Look at whom it connects to: is it there, is its backlog full, are there "
			"ports left? Wait longer between attempts.",
		.meaning = "Most connections that the process asks for are not made. It is the "
			   "client there: of another server, a database, a resolver.",
		.certainty =
			"Sure: the kernel said so. Failures that a connect which does not wait "
			"hears of later (SO_ERROR) are not among them, nor is ENOENT: libraries look "
			"for the sockets of services that need not run, as glibc does for nscd.",
		.reading = "connect(2), ERRORS; ip(7), ip_local_port_range.",
	},
	{
		.id = "tiny-reads",
		.severity = SEVERITY_NOTE,
		.title = "much is read in tiny pieces",
		.when = {{Q_READS, AT_LEAST, 1000},
			 {Q_READ_RATE, AT_LEAST, 1000},
			 {Q_READ_SIZE, AT_MOST, 256},
			 {Q_READS_IN_TURN, AT_LEAST, PER_ONE(8)},
			 {Q_READS_PER_READY, AT_LEAST, PER_ONE(8)},
			 {Q_READS_PER_WRITE, AT_LEAST, PER_ONE(8)},
			 {Q_READ_WAIT_P50, AT_MOST, 0}},
		.sentence = "{read_rate} reads a second of {read_size} each, many in turn on the "
			    "same connection and without waiting: the data were there.",
		.advice = "Read into a larger buffer and take it apart in memory; datagrams by "
			  "recvmmsg.",
		.meaning = "What one read could bring is fetched by many. Each costs the way into "
			   "the kernel and back, which is dearer than copying some hundred bytes.",
		.certainty =
			"Likely. It is seen that many small reads of one connection follow each "
			"other without a wait and without an answer in between; how much was "
			"there at each is not seen. A peer that sends small messages faster "
			"than they are read looks the same, and would gain as well.",
		.reading = "read(2), readv(2), recvmmsg(2); setvbuf(3).",
	},
	{
		.id = "data-left",
		.severity = SEVERITY_NOTE,
		.title = "a wait for each small piece of what is there",
		.when = {{Q_READS, AT_LEAST, 1000},
			 {Q_READ_RATE, AT_LEAST, 1000},
			 {Q_READ_SIZE, AT_MOST, 1024},
			 {Q_READS_IN_TURN, AT_LEAST, PER_ONE(8)},
			 {Q_READS_PER_READY, AT_LEAST, PER_ONE(0.5)},
			 {Q_READS_PER_READY, AT_MOST, PER_ONE(2)},
			 {Q_READS_PER_WRITE, AT_LEAST, PER_ONE(8)},
			 {Q_MUX_WAIT_P50, AT_MOST, 0}},
		.sentence = "{read_rate} reads a second of {read_size} each, many in turn on the "
			    "same connection, with a wait before each that found it ready at once.",
		.advice = "Read into a larger buffer, or read until nothing is left before the "
			  "next wait.",
		.meaning = "Each read leaves data behind, so a level-triggered wait says at once "
			   "that the connection is ready: two calls for what a part of one could "
			   "bring.",
		.certainty = "Likely. It is seen that waits do not sleep, and that small reads of "
			     "one connection follow each other with nothing written in between; "
			     "how much was there at each is not seen. A peer that sends small "
			     "messages faster than they are read looks the same, and would gain "
			     "as well.",
		.reading = "epoll(7), \"Level-triggered and edge-triggered\"; read(2).",
	},
	{
		.id = "tiny-writes",
		.severity = SEVERITY_NOTE,
		.title = "answers are written in tiny pieces",
		.when = {{Q_WRITES, AT_LEAST, 1000},
			 {Q_WRITE_RATE, AT_LEAST, 1000},
			 {Q_WRITE_SIZE, AT_MOST, 256},
			 {Q_EXCHANGES, AT_LEAST, 10},
			 {Q_EXCHANGE_WRITES, AT_LEAST, PER_ONE(8)}},
		.sentence = "{write_rate} writes a second of {write_size} each, {exchange_writes} "
			    "for each request.",
		.advice = "Gather an answer in memory, or write its parts by one writev; or let "
			  "the kernel gather them (TCP_CORK, MSG_MORE).",
		.meaning = "What one write could send is sent by many. Each costs the way into "
			   "the kernel and, with TCP_NODELAY, a packet.",
		.certainty = "Likely. Writes are counted for all connections of clients together: "
			     "a server that sends unasked (chat, subscriptions) writes more often "
			     "than it is asked, too.",
		.reading = "writev(2); tcp(7), TCP_CORK and TCP_NODELAY; send(2), MSG_MORE.",
	},
	{
		.id = "writes-refused",
		.severity = SEVERITY_NOTE,
		.title = "writes find no room: peers do not read",
		.when = {{Q_WRITE_AGAIN, AT_LEAST, 100},
			 {Q_WRITE_AGAIN_SHARE, AT_LEAST, PERCENT(10)}},
		.sentence =
			"{write_again} writes found no room ({write_again_share} of all): peers "
			"do not take the data as fast as they are written.",
		.advice = "Look at the peers and the network; write when the loop says that there "
			  "is room, and bound what is kept for each peer.",
		.meaning = "The buffer of a socket is full, since its peer does not read or the "
			   "network is slower than the program. What is to be sent waits in the "
			   "program's own memory.",
		.certainty = "Sure that there was no room. Large answers over a slow network are "
			     "sent so by design: it says who is slow, not that somebody errs.",
		.reading = "send(2), EAGAIN; tcp(7), tcp_wmem; epoll(7).",
	},
	{0},
};
