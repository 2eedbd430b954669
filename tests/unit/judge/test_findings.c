/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_findings.c - quantities of made-up processes, and what is found in them and in families.
 */
#include <errno.h>

#include "made_task.h"
#include "common/hist.h"
#include "judge/report.h"
#include "sinks/sink.h"

/* A window of a second with one process, pid 7, of one thread. */
static struct task_sums *only_process(struct window *w)
{
	struct task_sums *t;

	*w = (struct window){.to = NSEC_PER_SEC};
	t = task_list_get(&w->processes, 7, 0);
	t->threads = t->threads_ever = 1;
	t->wall = t->lived = NSEC_PER_SEC;
	return t;
}

/* The report on a window, which is cleared. */
static struct report *report_of(struct window *w)
{
	struct report *r = report_build(w, NULL, 0);

	window_clear(w);
	return r;
}

/* The finding of that id in a report, or NULL. */
static const struct finding *found(const struct report *r, const char *id)
{
	for (size_t i = 0; i < r->findings.count; i++)
		if (!strcmp(r->findings.finding[i].rule->id, id))
			return &r->findings.finding[i];
	return NULL;
}

/* Checks whether the only finding in a window, which is cleared, is that one; "": there is none. */
static void expect_only(struct window *w, const char *id)
{
	struct report *r = report_of(w);

	if (*id && !found(r, id))
		fail_msg("%s was not found", id);
	for (size_t i = 0; i < r->findings.count; i++)
		if (strcmp(r->findings.finding[i].rule->id, id))
			fail_msg("%s was found", r->findings.finding[i].rule->id);
	report_free(r);
}

/* A loop that was told `ready` times in a second, and made so many reads. */
static void expect_loop(uint64_t ready, uint64_t reads, const char *id)
{
	struct window w;
	struct task_sums *t = only_process(&w);

	end(t, "epoll_wait", OUT_OK, ready, OUT_TIMEOUT, 0);
	end(t, "recvfrom", OUT_OK, reads, OUT_AGAIN, 0);
	t->ns[OP_EPOLL_WAIT][PHASE_CPU] = NSEC_PER_SEC;
	expect_only(&w, id);
}

static void a_loop_spins_that_does_nothing_of_what_it_is_told(void **state)
{
	(void)state;
	expect_loop(1000, 100, "loop-spins");
	expect_loop(1000, 106, "");
	expect_loop(999, 0, "");
}

static void who_sleeps_before_it_is_told_does_not_spin(void **state)
{
	struct window w;
	struct task_sums *t = only_process(&w);
	struct octave o = {.step = {[15] = 501}};

	(void)state;
	end(t, "epoll_wait", OUT_OK, 1000, OUT_TIMEOUT, 0);
	hist_add_octave(&task_call(t, OP_EPOLL_WAIT)->wait, 0, &o);
	task_call(t, OP_EPOLL_WAIT)->wait_max = 15;
	expect_only(&w, "");
}

static void errors_of_accept_are_told_apart(void **state)
{
	struct window w;
	struct task_sums *t = only_process(&w);
	const struct finding *f;
	struct report *r;

	(void)state;
	end(t, "accept4", OUT_ERROR, 30, OUT_OK, 1);
	errors_count(&task_call(t, OP_ACCEPT4)->errors, EMFILE, 10);
	errors_count(&task_call(t, OP_ACCEPT4)->errors, ECONNABORTED, 9);
	r = report_of(&w);
	f = found(r, "accept-full");
	assert_non_null(f);
	assert_string_equal(f->sentence, "10 accepts failed, most of all with EMFILE: connections "
					 "stay in the backlog.");
	assert_int_equal(findings_worst(&r->findings), SEVERITY_PROBLEM);
	report_free(r);

	t = only_process(&w);
	end(t, "accept4", OUT_ERROR, 30, OUT_OK, 1);
	errors_count(&task_call(t, OP_ACCEPT4)->errors, EMFILE, 9);
	errors_count(&task_call(t, OP_ACCEPT4)->errors, ECONNABORTED, 21);
	expect_only(&w, "");
}

/* Reads that find nothing, after so many waits that said ready, by so many threads that wait. */
static void expect_again(uint64_t again, uint64_t ok, uint64_t ready, unsigned int threads,
			 const char *id)
{
	struct window w;
	struct task_sums *t = only_process(&w);
	struct sleep_marks marks = {.mux = 1};

	end(t, "read", OUT_AGAIN, again, OUT_OK, ok);
	end(t, "epoll_wait", OUT_OK, ready, OUT_TIMEOUT, 0);
	for (unsigned int i = 0; i < threads; i++)
		loop_sleep_note(&w.loops, 7, NULL, &marks, NSEC_PER_SEC);
	expect_only(&w, id);
}

static void reads_in_vain_are_polling_or_a_herd(void **state)
{
	(void)state;
	expect_again(1000, 250, 0, 0, "polling");
	expect_again(1000, 252, 0, 0, "");
	expect_again(1000, 250, 500, 1, "polling");
	/* An edge-triggered server reads until there is nothing left. */
	expect_again(1000, 1000, 1000, 1, "");
	expect_again(1000, 500, 600, 2, "herd-read");
	expect_again(1000, 500, 600, 1, "");
	expect_again(1000, 502, 600, 2, "");
}

/* Calls of epoll_ctl beside a thousand reads and some accepts. */
static void expect_control(uint64_t ok, uint64_t failed, uint64_t accepts, const char *id)
{
	struct window w;
	struct task_sums *t = only_process(&w);

	end(t, "epoll_ctl", OUT_OK, ok, OUT_ERROR, failed);
	errors_count(&task_call(t, OP_EPOLL_CTL)->errors, ENOENT, failed);
	end(t, "read", OUT_OK, 1000, OUT_AGAIN, 0);
	end(t, "write", OUT_OK, 1000, OUT_AGAIN, 0);
	end(t, "accept4", OUT_OK, accepts, OUT_AGAIN, 0);
	expect_only(&w, id);
}

static void each_accept_is_granted_three_calls_of_epoll_ctl(void **state)
{
	(void)state;
	expect_control(1000, 0, 66, "control-per-request");
	expect_control(1000, 0, 70, "");
	expect_control(900, 100, 1000, "control-fails");
	expect_control(910, 90, 1000, "");
}

/* Small reads of one connection; `waited` of 1000 were after a sleep. */
static void expect_tiny(uint64_t bytes, uint64_t turns, uint64_t wakeups, const char *id)
{
	struct window w;
	struct task_sums *t = only_process(&w);

	end(t, "read", OUT_OK, 1000 + wakeups, OUT_AGAIN, 0);
	task_call(t, OP_READ)->bytes = bytes;
	t->count[COUNT_WAKEUPS] = wakeups;
	t->count[COUNT_SOCKET_READS] = 1000;
	t->count[COUNT_CONNECTIONS] = turns;
	end(t, "write", OUT_OK, 100, OUT_AGAIN, 0);
	expect_only(&w, id);
}

static void tiny_reads_follow_each_other_on_one_connection(void **state)
{
	(void)state;
	expect_tiny(256000, 125, 0, "tiny-reads");
	expect_tiny(256600, 125, 0, "");
	expect_tiny(256000, 126, 0, "");
	expect_tiny(256000, 125, 500, "tiny-reads");
}

static void time_without_a_cpu_is_held_against_time_awake(void **state)
{
	struct window w;
	struct task_sums *t = only_process(&w);

	(void)state;
	t->ns[OP_APP][PHASE_RUNQ] = 60 * NSEC_PER_MSEC;
	t->ns[OP_READ][PHASE_RUNQ] = 40 * NSEC_PER_MSEC;
	t->ns[OP_APP][PHASE_CPU] = 300 * NSEC_PER_MSEC;
	expect_only(&w, "run-queue");
	t = only_process(&w);
	t->ns[OP_APP][PHASE_RUNQ] = 100 * NSEC_PER_MSEC;
	t->ns[OP_APP][PHASE_CPU] = 302 * NSEC_PER_MSEC;
	expect_only(&w, "");
}

/* A thread that sleeps in reads for so long (ms) of a second. */
static void expect_loop_asleep(uint64_t told, uint64_t connections, uint64_t ms, const char *id)
{
	const struct sleep_marks then = {.told = 5, .connections = 1, .mux = 9};
	struct sleep_marks now = then;
	struct window w;

	only_process(&w);
	now.told += told;
	now.connections = connections;
	now.mux++;
	now.asleep[SLEEP_READ] = ms * NSEC_PER_MSEC;
	loop_sleep_note(&w.loops, 7, &then, &now, NSEC_PER_SEC);
	expect_only(&w, id);
}

static void only_an_event_loop_must_not_sleep_in_reads(void **state)
{
	(void)state;
	expect_loop_asleep(1, 2, 50, "blocking-in-loop");
	expect_loop_asleep(1, 2, 49, "");
	/* A helper that was told of nothing, or serves one connection, may. */
	expect_loop_asleep(0, 2, 500, "");
	expect_loop_asleep(1, 1, 500, "");
}

static void turns_of_loops_are_measured(void **state)
{
	struct report_task t = {
		.model = {.model = models},
		.loops = {.ready = 1000,
			  .events = 2000,
			  .full = 500,
			  .scans = 4,
			  .scanned = 600,
			  .turns = 3},
	};
	struct measures m;

	(void)state;
	measure_task(&m, &t);
	assert_int_equal(m.value[Q_EVENTS_PER_WAIT], 200);
	assert_int_equal(m.value[Q_FULL_SHARE], 500);
	assert_int_equal(m.value[Q_WATCHED], 150);
	/* Four of a thousand selects were counted. */
	assert_int_equal(m.value[Q_SCANS], 1000);
	assert_int_equal(m.value[Q_WATCHED_PER_EVENT], 75);
	t.loops.by_epoll = true;
	measure_task(&m, &t);
	assert_int_equal(m.value[Q_SCANS], NO_QUANTITY);
}

/* A thread that is away from its events for `turn` ns, which has ended or goes on, beside one that
 * multiplexes and serves nobody. */
static void expect_slow(uint64_t connections, uint64_t turn, bool ended, const char *id)
{
	const struct sleep_marks helper = {.mux = 1, .slow = 1, .slowest = 9 * NSEC_PER_SEC};
	struct sleep_marks now = {.told = 1, .connections = connections, .mux = 1};
	struct window w;
	struct task_sums *t = only_process(&w);

	/* The longest turn of all threads. */
	end(t, "epoll_wait", OUT_OK, 3, OUT_TIMEOUT, 0);
	end(t, "read", OUT_OK, 3, OUT_AGAIN, 0);
	task_call(t, OP_LOOP)->outcome[OUT_OK] = 3;
	task_call(t, OP_LOOP)->wait_max = 9 * NSEC_PER_SEC;
	now.turn = ended ? 0 : turn;
	now.slow = ended && turn >= 202 * NSEC_PER_MSEC;
	now.slowest = ended ? turn : 0;
	loop_sleep_note(&w.loops, 7, NULL, &now, NSEC_PER_SEC);
	loop_sleep_note(&w.loops, 7, NULL, &helper, NSEC_PER_SEC);
	expect_only(&w, id);
}

static void only_an_event_loop_is_long_away(void **state)
{
	(void)state;
	expect_slow(2, 202 * NSEC_PER_MSEC, true, "slow-handler");
	expect_slow(2, 199 * NSEC_PER_MSEC, true, "");
	expect_slow(2, 202 * NSEC_PER_MSEC, false, "slow-handler");
	expect_slow(2, 199 * NSEC_PER_MSEC, false, "");
	/* It goes on since before, and may have left its loop. */
	expect_slow(2, NSEC_PER_SEC + 1, false, "");
	/* A helper that waits for something now and then. */
	expect_slow(1, 202 * NSEC_PER_MSEC, true, "");
	expect_slow(1, 202 * NSEC_PER_MSEC, false, "");
}

/* A thousand threads, of which so many are in a read. */
static void expect_threads(unsigned int threads, unsigned int reading, const char *id)
{
	struct window w;
	struct task_sums *t = only_process(&w);

	t->threads = t->threads_ever = threads;
	t->inflight[OP_READ] = reading;
	expect_only(&w, id);
}

static void threads_that_only_wait_are_counted(void **state)
{
	(void)state;
	expect_threads(1000, 900, "idle-threads");
	expect_threads(1000, 899, "");
	expect_threads(999, 999, "");
}

static void losses_are_held_against_what_was_counted(void **state)
{
	struct window w;
	struct task_sums *t = only_process(&w);
	const struct finding *f;
	struct report *r;

	(void)state;
	end(t, "read", OUT_OK, 1000, OUT_AGAIN, 0);
	end(t, "write", OUT_OK, 1000, OUT_AGAIN, 0);
	w.lost[LOST_CALLS] = 10;
	w.missed = 10;
	r = report_of(&w);
	f = found(r, "calls-lost");
	assert_non_null(f);
	assert_null(f->task);
	assert_int_equal(f->rule->when[1].quantity, Q_LOST_CALL_SHARE);
	assert_int_equal(f->value[1], 10);
	report_free(r);
	t = only_process(&w);
	end(t, "read", OUT_OK, 1000, OUT_AGAIN, 0);
	end(t, "write", OUT_OK, 1000, OUT_AGAIN, 0);
	w.missed = 18;
	expect_only(&w, "");
}

/* Waits of a thread that came back with nothing, in a second, beside others that did not. */
static void expect_timeouts(uint64_t timeouts, uint64_t ready, const char *id)
{
	const struct sleep_marks marks = {.mux = 1};
	struct window w;
	struct task_sums *t = only_process(&w);

	end(t, "poll", OUT_TIMEOUT, timeouts, OUT_OK, ready);
	end(t, "read", OUT_OK, ready, OUT_AGAIN, 0);
	loop_sleep_note(&w.loops, 7, NULL, &marks, NSEC_PER_SEC);
	expect_only(&w, id);
}

static void waits_in_vain_are_busy_or_short(void **state)
{
	(void)state;
	expect_timeouts(2000, 2000, "busy-waits");
	expect_timeouts(2000, 2005, "");
	expect_timeouts(1999, 100, "short-waits");
	expect_timeouts(200, 200, "short-waits");
	expect_timeouts(199, 10, "");
}

/* Calls that failed so, of a hundred and more. */
static void expect_failures(const char *call, enum outcome out, uint64_t failed, uint64_t ok,
			    uint64_t ready, const char *id)
{
	struct window w;
	struct task_sums *t = only_process(&w);

	end(t, call, out, failed, OUT_OK, ok);
	if (out == OUT_ERROR)
		errors_count(&task_call(t, op_of_name(call))->errors, ECONNREFUSED, failed);
	if (ready)
		end(t, "select", OUT_OK, ready, OUT_TIMEOUT, 0);
	expect_only(&w, id);
}

static void failures_are_held_against_successes(void **state)
{
	(void)state;
	expect_failures("connect", OUT_ERROR, 10, 10, 0, "connect-fails");
	expect_failures("connect", OUT_ERROR, 10, 11, 0, "");
	expect_failures("connect", OUT_ERROR, 9, 0, 0, "");
	expect_failures("sendto", OUT_AGAIN, 100, 900, 0, "writes-refused");
	expect_failures("sendto", OUT_AGAIN, 100, 910, 0, "");
	expect_failures("accept4", OUT_AGAIN, 100, 50, 50, "herd-accept");
	expect_failures("accept4", OUT_AGAIN, 100, 51, 50, "");
	expect_failures("accept4", OUT_AGAIN, 100, 50, 49, "");
}

/* A thread that was stopped, or asleep in a write, for so many ms of two seconds. */
static void expect_idle(uint64_t stopped, uint64_t writing, const char *id)
{
	struct window w;
	struct task_sums *t = only_process(&w);

	t->wall = 2 * NSEC_PER_SEC;
	t->count[COUNT_STOPPED_NS] = stopped * NSEC_PER_MSEC;
	t->ns[OP_WRITE][PHASE_WAIT] = writing * NSEC_PER_MSEC;
	expect_only(&w, id);
}

static void time_stopped_or_in_writes_is_a_share(void **state)
{
	(void)state;
	expect_idle(100, 0, "stopped");
	expect_idle(99, 0, "");
	expect_idle(0, 200, "writes-blocked");
	expect_idle(0, 198, "");
}

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

/* A thousand waits that did not sleep and filled their room of one; so many reads of a loop. */
static void expect_single(uint64_t full, uint64_t events, uint64_t connections, const char *id)
{
	const struct sleep_marks marks = {.told = 1, .connections = connections, .mux = 1};
	struct window w;
	struct task_sums *t = only_process(&w);
	struct call_sums *turns = task_call(t, OP_LOOP);

	end(t, "epoll_wait", OUT_OK, 1100, OUT_TIMEOUT, 0);
	end(t, "recvfrom", OUT_OK, 1100, OUT_AGAIN, 0);
	end(t, "sendto", OUT_OK, 1100, OUT_AGAIN, 0);
	turns->outcome[OUT_OK] = 1100;
	turns->bytes = events;
	t->count[COUNT_FULL_WAITS] = full;
	loop_sleep_note(&w.loops, 7, NULL, &marks, NSEC_PER_SEC);
	expect_only(&w, id);
}

static void a_loop_has_room_for_more_than_one_event(void **state)
{
	(void)state;
	expect_single(1000, 1100, 2, "single-events");
	expect_single(1000, 1110, 2, "");
	expect_single(980, 1100, 2, "");
	expect_single(1000, 1100, 1, "");
}

/* A thousand reads of one connection after so many waits that said ready. */
static void expect_left(uint64_t ready, uint64_t bytes, uint64_t turns, const char *id)
{
	struct window w;
	struct task_sums *t = only_process(&w);

	end(t, "recvfrom", OUT_OK, 1000, OUT_AGAIN, 0);
	task_call(t, op_of_name("recvfrom"))->bytes = bytes;
	t->count[COUNT_SOCKET_READS] = 1000;
	t->count[COUNT_CONNECTIONS] = turns;
	end(t, "poll", OUT_OK, ready, OUT_TIMEOUT, 0);
	expect_only(&w, id);
}

static void a_wait_for_each_piece_is_found(void **state)
{
	(void)state;
	expect_left(1000, 1024000, 125, "data-left");
	expect_left(500, 1024000, 125, "data-left");
	expect_left(490, 1024000, 125, "");
	expect_left(2000, 1024000, 125, "data-left");
	expect_left(2030, 1024000, 125, "");
	expect_left(1000, 1025000, 125, "");
	expect_left(1000, 1024000, 126, "");
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

/* Adds a process of the family of pid 7 in which reads find nothing, or connects fail. */
static void add_member(struct window *w, pid_t pid, uint64_t again, uint64_t failed)
{
	struct task_sums *t = task_list_get(&w->processes, pid, 0);

	t->family = 7;
	t->threads = t->threads_ever = 1;
	t->wall = t->lived = NSEC_PER_SEC;
	end(t, "read", OUT_AGAIN, again, OUT_OK, 0);
	end(t, "connect", OUT_ERROR, failed, OUT_OK, 0);
}

static void a_family_says_what_none_of_its_processes_says(void **state)
{
	struct window w = {.to = NSEC_PER_SEC};
	const struct finding *f;
	struct report *r;

	(void)state;
	add_member(&w, 7, 0, 5);
	add_member(&w, 8, 2000, 5);
	add_member(&w, 9, 2000, 0);
	r = report_of(&w);
	assert_int_equal(r->findings.count, 3);
	f = r->findings.finding;
	assert_string_equal(f[0].rule->id, "polling");
	assert_string_equal(f[1].rule->id, "polling");
	assert_int_equal(f[0].task->pid + f[1].task->pid, 8 + 9);
	assert_int_equal(f[0].task->processes, 0);
	assert_string_equal(f[2].rule->id, "connect-fails");
	assert_int_equal(f[2].task->pid, 7);
	assert_int_equal(f[2].task->processes, 3);
	report_free(r);
}

static void the_worst_comes_first(void **state)
{
	struct window w;
	struct task_sums *t = only_process(&w);
	struct report *r;

	(void)state;
	end(t, "write", OUT_AGAIN, 100, OUT_OK, 0);
	end(t, "connect", OUT_ERROR, 10, OUT_OK, 0);
	end(t, "accept", OUT_ERROR, 10, OUT_OK, 0);
	errors_count(&task_call(t, OP_ACCEPT)->errors, ENFILE, 10);
	r = report_of(&w);
	assert_int_equal(r->findings.count, 3);
	assert_string_equal(r->findings.finding[0].rule->id, "accept-full");
	assert_string_equal(r->findings.finding[1].rule->id, "connect-fails");
	assert_string_equal(r->findings.finding[2].rule->id, "writes-refused");
	report_free(r);
}

static void a_quiet_report_has_none(void **state)
{
	struct window w;
	struct report *r;

	(void)state;
	only_process(&w);
	r = report_of(&w);
	assert_int_equal(r->findings.count, 0);
	assert_int_equal(findings_worst(&r->findings), SEVERITY_NONE);
	report_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_loop_spins_that_does_nothing_of_what_it_is_told),
		cmocka_unit_test(who_sleeps_before_it_is_told_does_not_spin),
		cmocka_unit_test(errors_of_accept_are_told_apart),
		cmocka_unit_test(reads_in_vain_are_polling_or_a_herd),
		cmocka_unit_test(each_accept_is_granted_three_calls_of_epoll_ctl),
		cmocka_unit_test(tiny_reads_follow_each_other_on_one_connection),
		cmocka_unit_test(time_without_a_cpu_is_held_against_time_awake),
		cmocka_unit_test(only_an_event_loop_must_not_sleep_in_reads),
		cmocka_unit_test(turns_of_loops_are_measured),
		cmocka_unit_test(only_an_event_loop_is_long_away),
		cmocka_unit_test(threads_that_only_wait_are_counted),
		cmocka_unit_test(losses_are_held_against_what_was_counted),
		cmocka_unit_test(waits_in_vain_are_busy_or_short),
		cmocka_unit_test(failures_are_held_against_successes),
		cmocka_unit_test(time_stopped_or_in_writes_is_a_share),
		cmocka_unit_test(what_clients_wait_for_is_found),
		cmocka_unit_test(a_pool_is_small_if_no_thread_is_free),
		cmocka_unit_test(what_takes_as_long_as_an_acknowledgement_is_found),
		cmocka_unit_test(answers_in_tiny_pieces_are_found),
		cmocka_unit_test(a_loop_has_room_for_more_than_one_event),
		cmocka_unit_test(a_wait_for_each_piece_is_found),
		cmocka_unit_test(lost_exchanges_are_held_against_those_that_were_counted),
		cmocka_unit_test(a_family_says_what_none_of_its_processes_says),
		cmocka_unit_test(the_worst_comes_first),
		cmocka_unit_test(a_quiet_report_has_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
