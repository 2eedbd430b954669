/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * measures.c - see measures.h.
 *
 * What goes in: a task of a report, or a window. What comes out: the values of quantities. Pure: no
 * kernel, no clock, no I/O.
 */
#include <errno.h>

#include "books/snapshot.h"
#include "judge/measures.h"
#include "judge/report_task.h"

/* What the calls of one class came to. */
struct class_sums {
	uint64_t calls, bytes, inflight;
	uint64_t outcome[OUTCOMES];
	uint64_t ns[PHASES];
	uint64_t wait_p50;  /* ns, of the call that ended most often */
	unsigned int error; /* the most frequent errno */
	uint64_t error_count;
	unsigned int full_error; /* the most frequent of these: */
	uint64_t full_most;
	uint64_t full;	  /* failures for want of descriptors or memory */
	uint64_t no_poll; /* of epoll_ctl: refusals of files that cannot be waited for */
	uint64_t nobody;  /* of connect: there is no such socket in the file system */
};

/* What is measured. */
struct subject {
	const struct report_task *task;
	struct class_sums of[CLASSES];
};

/* The errors by which accept says that it has no descriptor, or no memory, for a connection. */
static bool is_full(unsigned int error)
{
	return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

/* Adds the errors of a call. */
static void add_errors(struct class_sums *s, const struct errors *errors, enum op_class op_class)
{
	for (unsigned int i = 0; i < errors->count; i++) {
		const struct error_sum *e = &errors->sum[i];

		/* Some runtimes (Go) try each file that they open, also those on disks. */
		if (op_class == CLASS_CONTROL && e->error == EPERM) {
			s->no_poll += e->count;
			continue;
		}
		/* Libraries look for services that need not run, as glibc in each process for nscd.
		 */
		if (op_class == CLASS_CONNECT && e->error == ENOENT) {
			s->nobody += e->count;
			continue;
		}
		if (is_full(e->error)) {
			s->full += e->count;
			if (e->count > s->full_most) {
				s->full_most = e->count;
				s->full_error = e->error;
			}
		}
		if (e->count <= s->error_count)
			continue;
		s->error = e->error;
		s->error_count = e->count;
	}
}

/* Adds up the calls of a task by their class. */
static void add_up(struct subject *s, const struct report_task *t)
{
	uint64_t most[CLASSES] = {0};

	*s = (struct subject){.task = t};
	for (size_t i = 0; i < t->calls; i++) {
		const struct report_call *c = &t->call[i];
		struct class_sums *sums = &s->of[c->op_class];

		sums->calls += c->calls;
		sums->bytes += c->bytes;
		sums->inflight += c->inflight;
		for (unsigned int o = 0; o < OUTCOMES; o++)
			sums->outcome[o] += c->outcome[o];
		for (unsigned int p = 0; p < PHASES; p++)
			sums->ns[p] += c->ns[p];
		if (c->calls > most[c->op_class]) {
			most[c->op_class] = c->calls;
			sums->wait_p50 = c->wait.p50;
		}
		add_errors(sums, &c->errors, c->op_class);
	}
}

/* part / whole * scale, to the nearest; NO_LIMIT of nothing if there is a part. */
static uint64_t ratio(uint64_t part, uint64_t whole, unsigned int scale)
{
	double value;

	if (!whole)
		return part ? NO_LIMIT : 0;
	value = (double)part * scale / (double)whole + 0.5;
	return value < 1e18 ? (uint64_t)value : (uint64_t)1e18;
}

static uint64_t per_one(uint64_t part, uint64_t whole)
{
	return ratio(part, whole, 100);
}

static uint64_t share(uint64_t part, uint64_t whole)
{
	return ratio(part, whole, 1000);
}

/* How many that are a second. */
static uint64_t rate(uint64_t n, const struct report_task *t)
{
	return t->lived ? ratio(n, t->lived, NSEC_PER_SEC) : 0;
}

/* Waits for events, and what is done about their sets. */
static void measure_waits(uint64_t v[QUANTITIES], const struct subject *s)
{
	const struct class_sums *mux = &s->of[CLASS_MUX], *control = &s->of[CLASS_CONTROL];
	const struct class_sums *accept = &s->of[CLASS_ACCEPT], *connect = &s->of[CLASS_CONNECT];
	uint64_t ready = mux->outcome[OUT_OK], io = 0, turns = 3 * (accept->calls + connect->calls);
	/* Of those that have ended it is not known which waited: all, so that no rate is too high.
	 */
	uint64_t ever = s->task->threads_ever ? s->task->threads_ever : 1;
	uint64_t failed = less(control->outcome[OUT_ERROR], control->no_poll);
	uint64_t changes = control->outcome[OUT_OK];
	uint64_t threads = s->task->asleep.muxers ? s->task->asleep.muxers : ever;

	for (unsigned int c = 0; c < CLASSES; c++)
		if (c != CLASS_APP && c != CLASS_MUX && c != CLASS_CONTROL)
			io += s->of[c].calls;
	v[Q_READY] = ready;
	v[Q_READY_RATE] = rate(ready, s->task);
	v[Q_IO_PER_READY] = per_one(io, ready);
	v[Q_MUX_WAIT_P50] = mux->wait_p50;
	v[Q_MUX_THREADS] = threads;
	v[Q_TIMEOUTS] = mux->outcome[OUT_TIMEOUT];
	v[Q_TIMEOUT_RATE] = rate(mux->outcome[OUT_TIMEOUT], s->task) / threads;
	v[Q_TIMEOUT_SHARE] = share(mux->outcome[OUT_TIMEOUT], mux->calls);
	v[Q_CONTROLS] = changes;
	v[Q_CONTROLS_PER_READ] = per_one(less(changes, turns), s->of[CLASS_READ].outcome[OUT_OK]);
	v[Q_CONTROL_ERRORS] = failed;
	v[Q_CONTROL_ERROR_SHARE] = share(failed, changes + failed);
	v[Q_CONTROL_ERRNO] = control->error;
}

/* Connections that are made. */
static void measure_connections(uint64_t v[QUANTITIES], const struct subject *s)
{
	const struct class_sums *accept = &s->of[CLASS_ACCEPT], *connect = &s->of[CLASS_CONNECT];

	v[Q_ACCEPTS] = accept->outcome[OUT_OK];
	v[Q_ACCEPT_AGAIN] = accept->outcome[OUT_AGAIN];
	v[Q_ACCEPT_AGAIN_PER_OK] = per_one(accept->outcome[OUT_AGAIN], accept->outcome[OUT_OK]);
	v[Q_READY_PER_ACCEPT_AGAIN] = per_one(v[Q_READY], accept->outcome[OUT_AGAIN]);
	v[Q_ACCEPT_FULL] = accept->full;
	v[Q_ACCEPT_ERRNO] = accept->full_error;
	v[Q_CONNECT_ERRORS] = less(connect->outcome[OUT_ERROR], connect->nobody);
	v[Q_CONNECT_ERROR_SHARE] = share(v[Q_CONNECT_ERRORS], connect->calls);
	v[Q_CONNECT_ERRNO] = connect->error;
}

/* Reads. */
static void measure_reads(uint64_t v[QUANTITIES], const struct subject *s)
{
	const struct class_sums *read = &s->of[CLASS_READ];
	uint64_t ok = read->outcome[OUT_OK], again = read->outcome[OUT_AGAIN];

	/* Wake-ups are small by nature. */
	ok -= s->task->wakeups < ok ? s->task->wakeups : ok;
	v[Q_READS] = ok;
	v[Q_READ_RATE] = rate(ok, s->task);
	v[Q_READ_SIZE] = ratio(read->bytes, ok, 1);
	v[Q_READ_AGAIN] = again;
	v[Q_READ_AGAIN_RATE] = rate(again, s->task);
	v[Q_READ_AGAIN_SHARE] = share(again, read->calls);
	/* Wake-ups are read until there are none, too. */
	v[Q_READ_AGAIN_PER_OK] = per_one(again, read->outcome[OUT_OK]);
	v[Q_READS_IN_TURN] = per_one(s->task->socket_reads, s->task->connections);
	v[Q_READS_PER_WRITE] = per_one(ok, s->of[CLASS_WRITE].calls);
	v[Q_READ_WAIT_P50] = read->wait_p50;
}

/* Reads, beside the waits that led to them: of these, too, it must be known how many there were. */
static void measure_reads_by_wait(uint64_t v[QUANTITIES])
{
	v[Q_READY_PER_READ_AGAIN] = per_one(v[Q_READY], v[Q_READ_AGAIN]);
	v[Q_READS_PER_READY] = per_one(v[Q_READS], v[Q_READY]);
}

/* Writes. */
static void measure_writes(uint64_t v[QUANTITIES], const struct subject *s, uint64_t wall)
{
	const struct class_sums *write = &s->of[CLASS_WRITE];

	v[Q_WRITES] = write->outcome[OUT_OK];
	v[Q_WRITE_RATE] = rate(write->outcome[OUT_OK], s->task);
	v[Q_WRITE_SIZE] = ratio(write->bytes, write->outcome[OUT_OK], 1);
	v[Q_WRITE_AGAIN] = write->outcome[OUT_AGAIN];
	v[Q_WRITE_AGAIN_SHARE] = share(write->outcome[OUT_AGAIN], write->calls);
	v[Q_WRITE_WAIT] = write->ns[PHASE_WAIT];
	v[Q_WRITE_WAIT_SHARE] = share(write->ns[PHASE_WAIT], wall);
}

/* Threads, and where their time went. */
static void measure_threads(uint64_t v[QUANTITIES], const struct subject *s)
{
	const struct report_task *t = s->task;
	const struct time_budget *b = &t->budget;
	uint64_t runq = b->io[PHASE_RUNQ] + b->app[PHASE_RUNQ];
	uint64_t idle = s->of[CLASS_READ].inflight;

	/* Who blocks may wait with a time limit, by a poll of its one descriptor. */
	if (t->model.model->way == WAY_BLOCKING)
		idle += s->of[CLASS_MUX].inflight;
	v[Q_THREADS] = t->threads;
	v[Q_IDLE_THREADS] = idle;
	v[Q_IDLE_THREAD_SHARE] = share(idle, t->threads);
	v[Q_RUNQ] = runq;
	v[Q_RUNQ_SHARE] = share(runq, runq + report_task_on_cpu(t));
	v[Q_RUNQ_RATE] = share(runq, t->lived);
	v[Q_STOPPED] = t->stopped_ns;
	v[Q_STOPPED_SHARE] = share(t->stopped_ns, t->wall);
}

/* What event loops did while they were long away from their events. */
static void measure_away(uint64_t v[QUANTITIES], const uint64_t away[AWAY_KINDS])
{
	static const enum quantity of[AWAY_KINDS] = {
		[AWAY_IO] = Q_AWAY_IO,
		[AWAY_ASLEEP] = Q_AWAY_ASLEEP,
		[AWAY_RUNQ] = Q_AWAY_RUNQ,
		[AWAY_CPU] = Q_AWAY_CPU,
	};
	uint64_t all = 0;

	for (unsigned int i = 0; i < AWAY_KINDS; i++)
		all += away[i];
	for (unsigned int i = 0; i < AWAY_KINDS && all; i++)
		v[of[i]] = share(away[i], all);
}

/* Event loops, thread by thread. */
static void measure_loops(uint64_t v[QUANTITIES], const struct report_task *t)
{
	const struct loop_sleep *loop = &t->asleep;
	const struct loops *all = &t->loops;
	uint64_t blocked = 0, longest = loops_longest(all);

	for (unsigned int i = 0; i < SLEEPS; i++)
		blocked += loop->asleep[i];
	v[Q_LOOPS] = loop->loops;
	v[Q_LOOP_BLOCKED] = blocked;
	v[Q_LOOP_BLOCKED_SHARE] = share(blocked, loop->lived);
	v[Q_LOOP_READ] = loop->asleep[SLEEP_READ];
	v[Q_LOOP_WRITE] = loop->asleep[SLEEP_WRITE];
	v[Q_LOOP_ACCEPT] = loop->asleep[SLEEP_ACCEPT];
	v[Q_LOOP_CONNECT] = loop->asleep[SLEEP_CONNECT];
	v[Q_LOOP_ALONE] = loop->asleep[SLEEP_ALONE];
	/* Nobody waits for a thread that is away. */
	if (t->shape.shape && t->shape.shape->shares)
		return;
	v[Q_SLOW_TURNS] = loop->slow;
	measure_away(v, loop->away);
	/* The longest turn of all may be of a thread that is no loop. */
	if (loop->slow)
		v[Q_LAG_MAX] = longest < loop->slowest ? longest : loop->slowest;
}

/* What event loops were told, and how long they were away. */
static void measure_turns(uint64_t v[QUANTITIES], const struct loops *l)
{
	if (l->scans && !l->by_epoll) {
		uint64_t scans = l->ready + l->empty;

		/* Not the descriptors of each select are counted. */
		v[Q_SCANS] = scans;
		v[Q_WATCHED] = ratio(l->scanned, l->scans, 1);
		v[Q_WATCHED_PER_EVENT] = ratio(v[Q_WATCHED] * scans, l->events, 1);
	}
	v[Q_EVENTS_PER_WAIT] = per_one(l->events, l->ready);
	v[Q_FULL] = l->full;
	v[Q_FULL_SHARE] = share(l->full, l->ready);
}

/* What clients waited for, and what upstreams cost. */
static void measure_exchanges(uint64_t v[QUANTITIES], const struct exchanges *e)
{
	uint64_t response = e->queueing_ns + e->service_ns;

	v[Q_EXCHANGES] = e->answered;
	v[Q_ASKED] = e->asked;
	v[Q_LEFT] = e->left;
	if (e->left)
		v[Q_LEFT_TIME] = e->left_ns / e->left;
	if (e->answered) {
		v[Q_SERVICE] = e->service_ns / e->answered;
		v[Q_BACKLOG] = e->part[QUEUE_BACKLOG] / e->answered;
		v[Q_BACKLOG_SHARE] = share(e->part[QUEUE_BACKLOG], response);
		v[Q_DISPATCH] = e->part[QUEUE_DISPATCH] / e->answered;
		v[Q_DISPATCH_SHARE] = share(e->part[QUEUE_DISPATCH], response);
	}
	if (e->asked) {
		v[Q_ASKED_TIME] = e->asked_ns / e->asked;
		v[Q_ASKED_SHARE] = share(e->asked_ns, e->service_ns);
	}
}

/* Connections that wait until they are accepted. */
static void measure_backlog(uint64_t v[QUANTITIES], const struct backlog *b)
{
	if (!b->listeners && !b->dropped)
		return;
	v[Q_BACKLOG_MOST] = b->most;
	v[Q_BACKLOG_ROOM] = backlog_room(b);
	v[Q_BACKLOG_FULL] = share(b->most, backlog_room(b));
	v[Q_BACKLOG_DROPPED] = b->dropped;
}

/* What requests of clients were made of, and of those to upstreams. */
static void measure_pieces(uint64_t v[QUANTITIES], const struct exchanges *e)
{
	const struct side_use *server = &e->side[SIDE_SERVER], *client = &e->side[SIDE_CLIENT];

	if (e->answered) {
		v[Q_EXCHANGE_READS] = per_one(server->reads, e->answered);
		v[Q_EXCHANGE_WRITES] = per_one(server->writes, e->answered);
		v[Q_HELD_SERVICE_SHARE] = share(e->held_services, e->answered);
		v[Q_SERVICE_IO_SHARE] = share(e->served[SERVED_IO], e->service_ns);
		v[Q_SERVICE_RUNQ_SHARE] = share(e->served[SERVED_RUNQ], e->service_ns);
	}
	if (e->asked) {
		v[Q_ASKED_WRITES] = per_one(client->writes, e->asked);
		v[Q_HELD_ANSWER_SHARE] = share(e->held_answers, e->asked);
	}
}

/* Requests that wait for threads, each of which serves one at a time. */
static void measure_pool(uint64_t v[QUANTITIES], const struct report_task *t)
{
	const struct exchanges *e = &t->exchanges;
	uint64_t queued = e->part[QUEUE_BACKLOG] + e->part[QUEUE_DISPATCH];
	/* One may accept for the others. Those that have ended count: who is born for a connection
	 * is of no pool. */
	unsigned int threads = t->threads_ever > 1 ? t->threads_ever - 1 : 1;

	if (!e->answered)
		return;
	v[Q_QUEUED] = queued / e->answered;
	v[Q_QUEUED_SHARE] = share(queued, e->queueing_ns + e->service_ns);
	if (t->model.model->way == WAY_BLOCKING)
		v[Q_POOL_BUSY] = share(e->service_ns / threads, t->lived);
}

/* The upstream that took the most time, for each request answered; all if none is known. */
static void measure_upstream(struct measures *m, const struct report_task *t)
{
	const struct report_upstream *u = t->upstreams.upstream;
	const struct exchanges *e = &t->exchanges;

	if (!e->asked || !e->answered)
		return;
	m->upstream =
		u ? fmt_upstream_short(&u->key, u->name) : (struct short_address){"upstreams"};
	m->value[Q_UPSTREAM_TIME] = (u ? u->ns : e->asked_ns) / e->answered;
}

/* Nothing is measured yet. */
static void measures_clear(struct measures *m)
{
	for (unsigned int q = 0; q < QUANTITIES; q++)
		m->value[q] = NO_QUANTITY;
	m->upstream.s[0] = '\0';
}

/* Measures a process or a family. */
void measure_task(struct measures *m, const struct report_task *t)
{
	uint64_t wall = t->wall > t->quiet.ns ? t->wall - t->quiet.ns : 0;
	struct subject s;

	measures_clear(m);
	add_up(&s, t);
	if (!t->light) {
		measure_waits(m->value, &s);
		measure_connections(m->value, &s);
	}
	measure_reads(m->value, &s);
	if (!t->light)
		measure_reads_by_wait(m->value);
	measure_writes(m->value, &s, wall);
	measure_threads(m->value, &s);
	measure_loops(m->value, t);
	measure_turns(m->value, &t->loops);
	measure_exchanges(m->value, &t->exchanges);
	measure_backlog(m->value, &t->backlog);
	measure_pieces(m->value, &t->exchanges);
	measure_pool(m->value, t);
	measure_upstream(m, t);
}

/* Measures a whole window. */
void measure_window(struct measures *m, const struct window *w, uint64_t io_calls,
		    uint64_t exchanges)
{
	static const enum lost calls[] = {LOST_CALLS, LOST_ENTERS, LOST_EXITS, LOST_REQUESTS};
	uint64_t lost = w->missed;

	measures_clear(m);
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		lost += w->lost[calls[i]];
	m->value[Q_LOST_THREADS] = w->lost[LOST_THREADS] + w->lost[LOST_CLAIMS];
	m->value[Q_LOST_CALLS] = lost;
	m->value[Q_LOST_CALL_SHARE] = share(lost, io_calls);
	m->value[Q_LOST_EXCHANGES] = w->lost[LOST_EXCHANGES];
	m->value[Q_LOST_EXCHANGE_SHARE] = share(w->lost[LOST_EXCHANGES], exchanges);
}
