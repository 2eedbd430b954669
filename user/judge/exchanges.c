/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * exchanges.c - see exchanges.h.
 *
 * What goes in: the sums of a task. What comes out: its exchanges. Pure: no kernel, clock, I/O.
 */
#include "books/snapshot.h"
#include "judge/exchanges.h"

/* For so long (ns) Linux delays an acknowledgement of TCP: 40 ms, and a tick of its timer. */
#define ACK_DELAY_LEAST (40 * NSEC_PER_MSEC)
#define ACK_DELAY_MOST	(50 * NSEC_PER_MSEC)

/* The exchanges of a task of a window. */
struct exchanges exchanges_of(const struct task_sums *sums)
{
	const struct call_sums *response = sums->call[OP_RESPONSE];
	const struct call_sums *queueing = sums->call[OP_QUEUEING];
	const struct call_sums *asked = sums->call[OP_ASKED];
	struct exchanges e = {
		.untimed = sums->count[COUNT_UNTIMED],
		.service_ns = sums->count[COUNT_SERVICE_NS],
		.asked_ns = sums->count[COUNT_ASKED_NS],
		.unplaced = sums->count[COUNT_UNPLACED],
		.unplaced_ns = sums->count[COUNT_UNPLACED_NS],
		.left = sums->count[COUNT_LEFT],
		.left_ns = sums->count[COUNT_LEFT_NS],
	};

	for (unsigned int i = 0; i < QUEUE_CAUSES; i++) {
		e.part[i] = sums->count[COUNT_QUEUEING + i];
		e.queueing_ns += e.part[i];
	}
	for (unsigned int i = 0; i < SIDES; i++)
		e.side[i] = (struct side_use){
			.connections = sums->count[COUNT_CONNS + i],
			.reads = sums->count[COUNT_SIDE_READS + i],
			.writes = sums->count[COUNT_SIDE_WRITES + i],
		};
	for (unsigned int i = 0; i < SERVED_KINDS; i++)
		e.served[i] = sums->count[COUNT_SERVICE + i];
	if (sums->call[OP_SPLICE])
		e.spliced = sums->call[OP_SPLICE]->outcome[OUT_OK];
	if (response) {
		e.answered = response->outcome[OUT_OK];
		e.response = percentiles_of(&response->wait, e.answered, response->wait_max);
		e.service = percentiles_of(&response->busy, 0, response->busy_max);
		e.held_services = hist_within(&response->busy, ACK_DELAY_LEAST, ACK_DELAY_MOST);
	}
	if (queueing)
		e.queueing = percentiles_of(&queueing->wait, queueing->outcome[OUT_OK],
					    queueing->wait_max);
	if (asked) {
		e.asked = asked->outcome[OUT_OK];
		e.upstream = percentiles_of(&asked->wait, e.asked, asked->wait_max);
		e.held_answers = hist_within(&asked->wait, ACK_DELAY_LEAST, ACK_DELAY_MOST);
	}
	return e;
}
