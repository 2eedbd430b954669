/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * rules_measuring.c - rules about the measuring itself: losses that make the report doubtful.
 */
#include "judge/rule.h"

const struct rule rules_measuring[] = {
	{
		.id = "threads-lost",
		.severity = SEVERITY_WARNING,
		.title = "threads that were not traced",
		.when = {{Q_LOST_THREADS, AT_LEAST, 1}},
		.sentence = "{lost_threads} threads were not traced: all sums of this report lack "
			    "them.",
		.advice =
			"If more were alive at once than --max-threads allows, allow more, or attach to "
			"fewer processes; else they came quicker than iophase got a CPU to make "
			"room.",
		.meaning =
			"Room for threads is made while iophase runs, up to --max-threads; of "
			"further ones nothing is known. Books are given back some milliseconds "
			"after a thread's end. When thousands start within some milliseconds, or "
			"a few free books are all that --max-threads leaves, some may come before "
			"there is room for them.",
		.certainty = "Sure. Which process they are of is not known.",
		.reading = "docs/limits.md, \"What is lost, and how it is called\".",
	},
	{
		.id = "calls-lost",
		.severity = SEVERITY_WARNING,
		.title = "calls that were missed or not counted",
		.when = {{Q_LOST_CALLS, AT_LEAST, 10}, {Q_LOST_CALL_SHARE, AT_LEAST, PERCENT(1)}},
		.sentence = "{lost_calls} calls or events were missed or not counted, "
			    "{lost_call_share} of those that were: numbers of calls are too low.",
		.advice = "See the lines \"Lost\" for what it was.",
		.meaning =
			"There was no room to count a call, or its begin or end was not seen, or "
			"the kernel skipped a program. Times still add up, but may stand at "
			"another call.",
		.certainty = "Sure. Which process they are of is not known.",
		.reading = "docs/limits.md, \"What is lost, and how it is called\".",
	},
	{
		.id = "exchanges-lost",
		.severity = SEVERITY_WARNING,
		.title = "requests and answers that were not counted",
		.when = {{Q_LOST_EXCHANGES, AT_LEAST, 10},
			 {Q_LOST_EXCHANGE_SHARE, AT_LEAST, PERCENT(1)}},
		.sentence = "{lost_exchanges} requests or answers were not counted, "
			    "{lost_exchange_share} of those that were: what clients and upstreams "
			    "waited for lacks them.",
		.advice = "Attach when the threads are all there, or to fewer processes at once.",
		.meaning = "There was no room to count an exchange, or two threads used its "
			   "connection at the very same moment.",
		.certainty = "Sure. Which process they are of is not known.",
		.reading = "docs/connections.md, \"What is not seen\".",
	},
	{0},
};
