/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_timeline.c - single events become slices: each that is begun is ended, time never goes back,
 * and where moves are missing nothing is claimed.
 */
#include "unit.h"
#include "judge/timeline.h"

enum {
	LINE = 96,
	LINES = 64,
	FROM = 1000,
};

/* What was written, line by line, and after how many lines there is no more room. */
static char lines[LINES][LINE];
static int count, room;

/* Adds a line, if there is room; ends of slices always have some. */
#define ADD(...)                                                                                   \
	do {                                                                                       \
		if (count >= room)                                                                 \
			return false;                                                              \
		snprintf(lines[count++], LINE, __VA_ARGS__);                                       \
		return true;                                                                       \
	} while (0)

static bool add_process(void *arg, uint32_t track, uint32_t pid, const char comm[COMM_LEN])
{
	(void)arg;
	ADD("process %u: %u %.16s", track, pid, comm);
}

static bool add_thread(void *arg, uint32_t track, uint32_t pid, uint32_t tid,
		       const char comm[COMM_LEN])
{
	(void)arg;
	ADD("thread %u: %u %u %.16s", track, pid, tid, comm);
}

static bool add_connection(void *arg, uint32_t track, uint32_t parent, const struct conn_row *row)
{
	(void)arg;
	ADD("connection %u of %u: %u", track, parent, row->role);
}

static bool add_counter(void *arg, uint32_t track, uint32_t parent, enum timeline_counter which)
{
	(void)arg;
	ADD("counter %u of %u: %d", track, parent, which);
}

static bool add_begin(void *arg, uint32_t track, uint64_t at, unsigned int op)
{
	(void)arg;
	ADD("%u begin %s %u", track, timeline_call_name(op), (unsigned int)at);
}

static void add_end(void *arg, uint32_t track, uint64_t at, bool cut)
{
	(void)arg;
	snprintf(lines[count++], LINE, "%u end %u%s", track, (unsigned int)at, cut ? " cut" : "");
}

static bool add_phase(void *arg, uint32_t track, uint64_t from, uint64_t to, enum phase phase,
		      bool cut)
{
	(void)arg;
	ADD("%u phase %d %u-%u%s", track, phase, (unsigned int)from, (unsigned int)to,
	    cut ? " cut" : "");
}

static bool add_state(void *arg, uint32_t track, uint64_t from, uint64_t to, enum conn_state state,
		      bool cut)
{
	(void)arg;
	ADD("%u state %d %u-%u%s", track, state, (unsigned int)from, (unsigned int)to,
	    cut ? " cut" : "");
}

static bool add_count(void *arg, uint32_t track, uint64_t at, uint64_t value)
{
	(void)arg;
	ADD("%u count %u %u", track, (unsigned int)at, (unsigned int)value);
}

static const struct timeline_writer writer = {
	.process = add_process,
	.thread = add_thread,
	.connection = add_connection,
	.counter = add_counter,
	.begin_call = add_begin,
	.end_call = add_end,
	.phase = add_phase,
	.state = add_state,
	.count = add_count,
};

static struct timeline timeline;
static struct stream_batch batch;

/* Begins anew, with room for so many lines. */
static void begin(int lines_max)
{
	count = 0;
	room = lines_max;
	timeline_free(&timeline);
	timeline.writer = writer;
	stream_batch_clear(&batch);
}

/* Thread 12 of process 11 is told of. */
static void told(const char *comm)
{
	struct stream_event *e = stream_add_event(&batch);

	e->kind = STREAM_THREAD;
	e->move = (struct stream_move){.index = 1, .tid = 12, .tgid = 11};
	strncpy(e->comm, comm, sizeof(e->comm));
}

/* It moves. */
static struct stream_event *moved(uint32_t seq, uint64_t since, uint8_t op, uint8_t phase)
{
	struct stream_event *e = stream_add_event(&batch);

	e->kind = STREAM_MOVE;
	e->move = (struct stream_move){.index = 1,
				       .tid = 12,
				       .tgid = 11,
				       .seq = seq,
				       .since = since,
				       .op = op,
				       .phase = phase};
	return e;
}

/* All until `to` is in the batch, which is taken. */
static void take(uint64_t to, bool last)
{
	batch.from = FROM;
	batch.to = to;
	batch.last = last;
	timeline_take(&timeline, &batch);
	stream_batch_clear(&batch);
}

/* Expects what was written since the first `from` lines. */
static void expect(int from, const char *const *expected)
{
	for (int i = 0; expected[i]; i++)
		assert_string_equal(from + i < count ? lines[from + i] : "nothing", expected[i]);
}

#define EXPECT(from, ...) expect(from, (const char *const[]){__VA_ARGS__, NULL})

static void phases_are_within_calls(void **state)
{
	(void)state;
	begin(LINES);
	told("one");
	moved(4, 900, OP_APP, PHASE_CPU);
	moved(6, 1100, OP_EPOLL_WAIT, PHASE_CPU);
	moved(8, 1150, OP_EPOLL_WAIT, PHASE_WAIT);
	take(1160, false);
	moved(10, 1200, OP_APP, PHASE_CPU);
	take(1300, true);
	EXPECT(0, "process 1: 11 one", "thread 2: 11 12 one", "2 begin app 1000",
	       "2 phase 2 1000-1100", "2 end 1100", "2 begin epoll_wait 1100",
	       "2 phase 2 1100-1150", "2 phase 0 1150-1200", "counter 3 of 1: 0", "3 count 1300 1",
	       "2 end 1200", "2 begin app 1200", "2 phase 2 1200-1300 cut", "2 end 1300 cut");
}

static void what_was_not_seen_is_not_claimed(void **state)
{
	(void)state;
	begin(LINES);
	told("one");
	moved(4, 1000, OP_APP, PHASE_WAIT);
	moved(10, 1100, OP_APP, PHASE_WAIT);
	moved(12, 1200, OP_READ, PHASE_WAIT);
	take(1200, true);
	EXPECT(2, "2 begin not seen 1000", "2 end 1100", "2 begin app 1100", "2 phase 0 1100-1200",
	       "2 end 1200");
	assert_int_equal(timeline.unseen, 2);
}

/* Of who was adopted the first event of a call counts twice; what the books told comes again. */
static void adopted_threads_have_one_move_more(void **state)
{
	(void)state;
	begin(LINES);
	told("one");
	moved(4, 900, OP_APP, PHASE_WAIT)->unsure = true;
	moved(4, 900, OP_READ, PHASE_WAIT)->unsure = true;
	moved(6, 1100, OP_READ, PHASE_RUNQ)->unsure = true;
	moved(10, 1200, OP_APP, PHASE_CPU);
	moved(12, 1300, OP_READ, PHASE_CPU);
	take(1300, true);
	EXPECT(2, "2 begin read 1000", "2 phase 0 1000-1100", "2 phase 1 1100-1200", "2 end 1200",
	       "2 begin app 1200", "2 phase 2 1200-1300", "counter 3 of 1: 0", "3 count 1300 1",
	       "2 end 1300");
	assert_int_equal(timeline.unseen, 0);
}

static void who_ends_is_ended_and_the_place_is_free(void **state)
{
	struct stream_event *e;

	(void)state;
	begin(LINES);
	told("one");
	moved(4, 1000, OP_APP, PHASE_WAIT);
	e = moved(6, 1050, 0, 0);
	e->kind = STREAM_END;
	moved(8, 1060, OP_APP, PHASE_WAIT);
	take(1100, false);
	EXPECT(2, "2 begin app 1000", "2 phase 0 1000-1050", "2 end 1050");
	assert_int_equal(count, 5);
	told("two");
	moved(8, 1060, OP_APP, PHASE_WAIT);
	take(1100, true);
	EXPECT(5, "thread 3: 11 12 two");
}

static void of_who_ends_what_was_not_seen_is_not_claimed(void **state)
{
	(void)state;
	begin(LINES);
	told("one");
	moved(4, 1000, OP_APP, PHASE_WAIT);
	moved(10, 1050, 0, 0)->kind = STREAM_END;
	take(1100, false);
	EXPECT(2, "2 begin not seen 1000", "2 end 1050");
	assert_int_equal(timeline.unseen, 2);
}

static void names_may_change(void **state)
{
	(void)state;
	begin(LINES);
	told("one");
	told("one");
	told("two");
	take(1100, true);
	EXPECT(0, "process 1: 11 one", "thread 2: 11 12 one", "thread 2: 11 12 two");
}

/* Wherever it breaks off, as many slices end as begin, and nothing more is written then. */
static void a_full_one_is_whole(void **state)
{
	int whole;

	(void)state;
	for (int max = 0; max < 14; max++) {
		int begun = 0, ended = 0;

		begin(max);
		told("one");
		moved(4, 1000, OP_APP, PHASE_CPU);
		moved(6, 1100, OP_READ, PHASE_CPU);
		moved(8, 1200, OP_APP, PHASE_CPU);
		take(1250, false);
		whole = count;
		moved(10, 1300, OP_READ, PHASE_CPU);
		take(1400, false);
		assert_true(timeline.full || count > whole);
		take(1400, true);
		for (int i = 0; i < count; i++) {
			begun += strstr(lines[i], " begin ") != NULL;
			ended += strstr(lines[i], " end ") != NULL;
		}
		assert_int_equal(begun, ended);
	}
}

/* How the clock of connection 1 stands. */
static struct stream_conn conn_at(uint64_t since, uint8_t state, uint64_t turns)
{
	return (struct stream_conn){
		.id = 1, .born = 1000, .since = since, .state = state, .turns = turns, .at = since};
}

/* A connection of process 11 is told of: TCP, as its server. */
static void peer_told(void)
{
	struct stream_peer peer = {.id = 1,
				   .row = {.tgid = 11, .role = ROLE_SERVER, .protocol = 6}};

	told("one");
	stream_add_peer(&batch, &peer);
}

static void visits_go_through_states(void **state)
{
	struct stream_conn c;

	(void)state;
	begin(LINES);
	peer_told();
	c = conn_at(1150, CONN_SERVICE, 1);
	c.ns[CONN_IDLE] = 100;
	c.ns[CONN_READY] = 50;
	stream_add_conn(&batch, &c);
	c = conn_at(1180, CONN_IDLE, 2);
	c.ns[CONN_IDLE] = 100;
	c.ns[CONN_READY] = 50;
	c.ns[CONN_SERVICE] = 30;
	stream_add_conn(&batch, &c);
	take(1200, false);
	EXPECT(2, "connection 3 of 1: 1", "3 state 1 1100-1150", "3 state 2 1150-1180");
	c = conn_at(1300, CONN_SERVICE, 3);
	c.ns[CONN_IDLE] = 200;
	c.ns[CONN_READY] = 70;
	c.ns[CONN_SERVICE] = 30;
	stream_add_conn(&batch, &c);
	take(1400, true);
	EXPECT(5, "3 state 1 1280-1300", "counter 4 of 1: 2", "4 count 1400 1",
	       "3 state 2 1300-1400 cut");
	assert_int_equal(timeline.unseen, 0);
}

static void visits_that_are_missing_are_not_claimed(void **state)
{
	struct stream_conn c;

	(void)state;
	begin(LINES);
	peer_told();
	/* Used before the trace: nothing is missing in it. */
	c = conn_at(1100, CONN_SERVICE, 7);
	c.ns[CONN_IDLE] = 100;
	stream_add_conn(&batch, &c);
	c = conn_at(1300, CONN_IDLE, 10);
	c.ns[CONN_IDLE] = 150;
	c.ns[CONN_SERVICE] = 150;
	stream_add_conn(&batch, &c);
	/* Time that was taken back. */
	c = conn_at(1300, CONN_IDLE, 11);
	c.ns[CONN_IDLE] = 180;
	c.ns[CONN_SERVICE] = 120;
	stream_add_conn(&batch, &c);
	take(1400, true);
	assert_int_equal(count, 3);
	assert_int_equal(timeline.unseen, 2 + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(phases_are_within_calls),
		cmocka_unit_test(what_was_not_seen_is_not_claimed),
		cmocka_unit_test(adopted_threads_have_one_move_more),
		cmocka_unit_test(who_ends_is_ended_and_the_place_is_free),
		cmocka_unit_test(of_who_ends_what_was_not_seen_is_not_claimed),
		cmocka_unit_test(names_may_change),
		cmocka_unit_test(a_full_one_is_whole),
		cmocka_unit_test(visits_go_through_states),
		cmocka_unit_test(visits_that_are_missing_are_not_claimed),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	timeline_free(&timeline);
	stream_batch_free(&batch);
	return failed;
}
