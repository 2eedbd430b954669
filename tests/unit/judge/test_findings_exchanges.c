/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_findings_exchanges.c - what is found in what clients and upstreams wait for.
 */
#include "made_findings.h"
#include "common/hist.h"

/* Requests of a second; times in us, of each. */
struct made_exchanges {
	uint64_t answered, backlog, dispatch, service;
	uint64_t asked, answer;
	uint64_t io, runq;		 /* of the service */
	uint64_t reads, writes, written; /* of all; bytes */
	uint64_t asks;			 /* writes to upstreams */
};

/* Requests that waited for accept, and for their read, and were served for so long (us). */
static struct made_exchanges made(uint64_t answered, uint64_t backlog, uint64_t dispatch,
				  uint64_t service)
{
	return (struct made_exchanges){
		.answered = answered, .backlog = backlog, .dispatch = dispatch, .service = service};
}

/* Counts a time (us) so often in a histogram. */
static void add_times(struct hist *h, uint64_t *max, uint64_t us, uint64_t times)
{
	unsigned int bucket = hist_bucket(us * 1000);
	struct octave o = {0};

	o.step[bucket % STEPS] = times;
	hist_add_octave(h, bucket / STEPS, &o);
	*max = us * 1000;
}

/* Checks what is found of requests. */
static void expect_exchanges(struct made_exchanges e, unsigned int threads, const char *id)
{
	struct window w;
	struct task_sums *t = only_process(&w);
	struct call_sums *response = task_call(t, OP_RESPONSE), *asked;

	t->threads = t->threads_ever = threads;
	t->count[COUNT_READS + WAY_BLOCKING] = e.reads;
	end(t, "recvfrom", OUT_OK, e.reads, OUT_AGAIN, 0);
	end(t, "sendto", OUT_OK, e.writes + e.asks, OUT_AGAIN, 0);
	task_call(t, op_of_name("sendto"))->bytes = e.written;
	response->outcome[OUT_OK] = e.answered;
	add_times(&response->busy, &response->busy_max, e.service, e.answered);
	t->count[COUNT_QUEUEING + QUEUE_BACKLOG] = e.answered * e.backlog * 1000;
	t->count[COUNT_QUEUEING + QUEUE_DISPATCH] = e.answered * e.dispatch * 1000;
	t->count[COUNT_SERVICE_NS] = e.answered * e.service * 1000;
	t->count[COUNT_SERVICE + SERVED_IO] = e.answered * e.io * 1000;
	t->count[COUNT_SERVICE + SERVED_RUNQ] = e.answered * e.runq * 1000;
	t->count[COUNT_SIDE_READS + SIDE_SERVER] = e.reads;
	t->count[COUNT_SIDE_WRITES + SIDE_SERVER] = e.writes;
	t->count[COUNT_SIDE_WRITES + SIDE_CLIENT] = e.asks;
	if (e.asked) {
		asked = task_call(t, OP_ASKED);
		asked->outcome[OUT_OK] = e.asked;
		add_times(&asked->wait, &asked->wait_max, e.answer, e.asked);
		t->count[COUNT_ASKED_NS] = e.asked * e.answer * 1000;
	}
	expect_only(&w, id);
}

static void what_clients_wait_for_is_found(void **state)
{
	(void)state;
	expect_exchanges(made(10, 5000, 0, 20000), 9, "backlog-waits");
	expect_exchanges(made(10, 4999, 0, 1000), 9, "");
	expect_exchanges(made(10, 5000, 0, 20100), 9, "");
	expect_exchanges(made(10, 0, 5000, 5000), 9, "requests-queue");
	expect_exchanges(made(10, 0, 5000, 5100), 9, "");
	expect_exchanges(made(9, 0, 5000, 5000), 9, "");
	expect_exchanges(
		(struct made_exchanges){
			.answered = 10, .service = 2000, .asked = 10, .answer = 1000},
		9, "upstream-slow");
	expect_exchanges(
		(struct made_exchanges){
			.answered = 10, .service = 2000, .asked = 10, .answer = 900},
		9, "");
	expect_exchanges(
		(struct made_exchanges){
			.answered = 10, .service = 900, .asked = 10, .answer = 1000},
		9, "");
}

/* The model of that way. */
static const struct model *model_of_way(enum way way)
{
	const struct model *model = models;

	while (model->way != way)
		model++;
	return model;
}

/* Four threads, of which three serve for `busy` ms of a second; whether it is a pool that is too
 * small. */
static bool pool_is_small(uint64_t busy, uint64_t dispatch, uint64_t runq)
{
	struct report_task t = {
		.model = {.model = model_of_way(WAY_BLOCKING)},
		.threads_ever = 4,
		.lived = NSEC_PER_SEC,
		.exchanges = {.answered = 30, .service_ns = 3 * busy * NSEC_PER_MSEC},
	};
	struct measures m;

	t.exchanges.part[QUEUE_DISPATCH] = t.exchanges.queueing_ns = 3 * dispatch * NSEC_PER_MSEC;
	t.exchanges.served[SERVED_RUNQ] = 3 * runq * NSEC_PER_MSEC;
	measure_task(&m, &t);
	return rule_holds(rule_find("pool-small"), m.value);
}

static void a_pool_is_small_if_no_thread_is_free(void **state)
{
	(void)state;
	assert_true(pool_is_small(800, 800, 200));
	assert_false(pool_is_small(799, 799, 0));
	assert_false(pool_is_small(800, 798, 0));
	assert_false(pool_is_small(800, 800, 201));
}

static void what_takes_as_long_as_an_acknowledgement_is_found(void **state)
{
	struct made_exchanges e = {.answered = 10, .service = 41000, .io = 21000, .reads = 15};

	(void)state;
	expect_exchanges(e, 9, "delayed-requests");
	e.reads = 14;
	expect_exchanges(e, 9, "");
	e.reads = 15;
	e.io = 20000;
	expect_exchanges(e, 9, "");
	e.io = 40000;
	e.service = 39000;
	expect_exchanges(e, 9, "");
	e.service = 51000;
	expect_exchanges(e, 9, "");
	e = (struct made_exchanges){.asked = 10, .answer = 49000, .asks = 15};
	expect_exchanges(e, 9, "delayed-asks");
	e.asks = 14;
	expect_exchanges(e, 9, "");
	e.asks = 15;
	e.answer = 51000;
	expect_exchanges(e, 9, "");
}

static void answers_in_tiny_pieces_are_found(void **state)
{
	struct made_exchanges e = {
		.answered = 125, .reads = 125, .writes = 1000, .written = 256000};

	(void)state;
	expect_exchanges(e, 9, "tiny-writes");
	e.written = 256600;
	expect_exchanges(e, 9, "");
	e.written = 256000;
	e.answered = 126;
	expect_exchanges(e, 9, "");
}

static void lost_exchanges_are_held_against_those_that_were_counted(void **state)
{
	struct window w;
	struct task_sums *t = only_process(&w);

	(void)state;
	task_call(t, OP_RESPONSE)->outcome[OUT_OK] = 600;
	task_call(t, OP_ASKED)->outcome[OUT_OK] = 400;
	w.lost[LOST_EXCHANGES] = 10;
	expect_only(&w, "exchanges-lost");
	t = only_process(&w);
	task_call(t, OP_RESPONSE)->outcome[OUT_OK] = 1100;
	w.lost[LOST_EXCHANGES] = 10;
	expect_only(&w, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_clients_wait_for_is_found),
		cmocka_unit_test(a_pool_is_small_if_no_thread_is_free),
		cmocka_unit_test(what_takes_as_long_as_an_acknowledgement_is_found),
		cmocka_unit_test(answers_in_tiny_pieces_are_found),
		cmocka_unit_test(lost_exchanges_are_held_against_those_that_were_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
