/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_conn.c - the connection's clock, and the end of a thread's sleep: bpf/common/conn.h and
 * wake.h as they are.
 */
#include "unit.h"
#include "common/bounded.h"
#include "common/conn.h"
#include "common/wake.h"

/* A connection since 1,000 ns. */
static struct conn conn_since_1000(unsigned int role)
{
	struct conn c = {0};

	conn_start(&c, role, 1000);
	return c;
}

/* The states add up to the time until `now`. */
static void assert_balanced(struct conn *c, uint64_t now)
{
	uint64_t sum = 0;

	conn_settle(c, now);
	conn_move(c, now, c->state);
	for (unsigned int i = 0; i < CONN_STATES; i++)
		sum += c->ns[i];
	assert_int_equal(sum, now - c->born);
}

/* A read called at `called`, which began to copy at `begun`. */
static struct conn_moment read_at(uint64_t called, uint64_t begun)
{
	return (struct conn_moment){.called = called, .begun = begun};
}

static struct conn_moment write_at(uint64_t called)
{
	return (struct conn_moment){.called = called};
}

static void a_request_is_queued_served_and_answered(void **state)
{
	struct conn c = conn_since_1000(ROLE_SERVER);
	struct conn_moment read = read_at(1700, 1750), write = write_at(2750);

	(void)state;
	c.ready_at = 1200;
	read.wake = (struct wake){.woken = 1300, .ran = 1500};
	assert_false(conn_read(&c, &read));
	assert_int_equal(c.state, CONN_SERVICE);
	assert_true(conn_write(&c, &write));
	assert_int_equal(c.queueing, 550);
	assert_int_equal(c.part[QUEUE_BACKLOG], 0);
	assert_int_equal(c.part[QUEUE_WAKEUP], 100);
	assert_int_equal(c.part[QUEUE_RUNQ], 200);
	assert_int_equal(c.part[QUEUE_DISPATCH], 200);
	assert_int_equal(c.part[QUEUE_READ], 50);
	assert_int_equal(c.service, 1000);
	assert_int_equal(c.exchanges, 1);
	assert_false(c.untimed);
	assert_balanced(&c, 5000);
	assert_int_equal(c.ns[CONN_IDLE], 200 + 2250);
	assert_int_equal(c.ns[CONN_READY], 550);
	assert_int_equal(c.ns[CONN_SERVICE], 1000);
}

/* The parts of the queueing of a request, whatever its times, add up to it. */
static void the_parts_add_up(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 4 * 4 * 4 * 4; i++) {
		struct conn c = conn_since_1000(ROLE_SERVER);
		struct conn_moment m = read_at(1000 + 200 * (i / 4 % 4), 1650);
		uint64_t sum = 0;

		c.ready_at = 1300;
		c.accepted = 1000 + 250 * (i % 4);
		m.wake.woken = 1000 + 230 * (i / 16 % 4);
		m.wake.ran = m.wake.woken + 210 * (i / 64);
		conn_read(&c, &m);
		for (unsigned int p = 0; p < QUEUE_CAUSES; p++)
			sum += c.part[p];
		assert_int_equal(sum, 350);
		assert_int_equal(c.queueing, 350);
	}
}

static void a_wake_up_before_the_data_was_not_for_them(void **state)
{
	struct conn c = conn_since_1000(ROLE_SERVER);
	struct conn_moment m = read_at(2000, 2000);

	(void)state;
	c.ready_at = 1500;
	m.wake = (struct wake){.woken = 1100, .ran = 1200};
	conn_read(&c, &m);
	assert_int_equal(c.part[QUEUE_WAKEUP], 0);
	assert_int_equal(c.part[QUEUE_RUNQ], 0);
	assert_int_equal(c.part[QUEUE_DISPATCH], 500);
}

static void until_accept_it_is_the_backlog(void **state)
{
	struct conn c = conn_since_1000(ROLE_SERVER);
	struct conn_moment m = read_at(5200, 5250);

	(void)state;
	c.ready_at = 1500;
	c.accepted = 5000;
	conn_read(&c, &m);
	assert_int_equal(c.part[QUEUE_BACKLOG], 3500);
	assert_int_equal(c.part[QUEUE_DISPATCH], 200);
	assert_int_equal(c.part[QUEUE_READ], 50);
}

static void several_reads_before_an_answer_are_one_request(void **state)
{
	struct conn c = conn_since_1000(ROLE_SERVER);
	struct conn_moment first = read_at(1300, 1300), second = read_at(1900, 1900);
	struct conn_moment write = write_at(2300), more = write_at(2400);

	(void)state;
	c.ready_at = 1200;
	conn_read(&c, &first);
	c.ready_at = 1800;
	conn_read(&c, &second);
	assert_true(conn_write(&c, &write));
	assert_int_equal(c.service, 1000);
	/* The rest of the answer. */
	assert_false(conn_write(&c, &more));
	assert_int_equal(c.exchanges, 1);
	assert_balanced(&c, 3000);
}

/* Of several datagrams by one call only the first one is seen to become ready. */
static void when_it_was_ready_is_of_the_first_read(void **state)
{
	struct conn c = conn_since_1000(ROLE_SERVER);
	struct conn_moment first = read_at(1300, 1300), second = read_at(1310, 1310);
	struct conn_moment write = write_at(2300), third = read_at(2500, 2500);

	(void)state;
	c.ready_at = 1200;
	conn_read(&c, &first);
	conn_read(&c, &second);
	assert_false(c.untimed);
	assert_true(conn_write(&c, &write));
	assert_int_equal(c.queueing, 100);
	/* The next request begins without. */
	conn_read(&c, &third);
	assert_true(c.untimed);
}

static void whose_client_is_gone_is_no_exchange(void **state)
{
	struct conn c = conn_since_1000(ROLE_SERVER);
	struct conn_moment read = read_at(1300, 1300), write = write_at(2300);

	(void)state;
	assert_false(conn_give_up(&c, 1100));
	c.ready_at = 1200;
	conn_read(&c, &read);
	assert_true(conn_give_up(&c, 2000));
	assert_int_equal(c.state, CONN_IDLE);
	assert_false(conn_give_up(&c, 2100));
	assert_false(conn_write(&c, &write));
	assert_int_equal(c.exchanges, 0);
	assert_balanced(&c, 3000);
	assert_int_equal(c.ns[CONN_SERVICE], 700);
}

static void whose_answer_had_begun_is_an_exchange(void **state)
{
	struct conn c = conn_since_1000(ROLE_SERVER);
	struct conn_moment read = read_at(1300, 1300), write = write_at(1800);
	struct conn_moment next = read_at(2500, 2500), refused = write_at(2600), late;

	(void)state;
	c.ready_at = 1200;
	conn_read(&c, &read);
	assert_true(conn_give_up(&c, 2000));
	/* The call was made before, and comes back later. */
	assert_true(conn_write(&c, &write));
	assert_int_equal(c.exchanges, 1);
	assert_int_equal(c.service, 500);
	assert_int_equal(c.ns[CONN_SERVICE], 500);
	assert_balanced(&c, 2200);
	/* Once only; and what found no room has not begun. */
	assert_false(conn_write(&c, &write));
	c.ready_at = 2400;
	conn_read(&c, &next);
	assert_true(conn_give_up(&c, 2700));
	assert_true(c.given_up);
	refused.again = true;
	assert_false(conn_write(&c, &refused));
	assert_int_equal(c.exchanges, 1);
	assert_balanced(&c, 3000);
	/* What was given up is over when the next request is served, or all begins anew. */
	c = conn_since_1000(ROLE_SERVER);
	conn_read(&c, &read);
	assert_true(conn_give_up(&c, 2000));
	conn_read(&c, &next);
	assert_false(c.given_up);
	assert_true(conn_give_up(&c, 2600));
	conn_come_back(&c, 2700);
	late = write_at(2650);
	assert_false(conn_write(&c, &late));
	assert_balanced(&c, 3000);
}

static void who_connects_anew_asks_anew(void **state)
{
	struct conn c = conn_since_1000(ROLE_CLIENT);
	struct conn_moment write = write_at(1500), again = write_at(4000);
	struct conn_moment read = read_at(4700, 4700);

	(void)state;
	conn_write(&c, &write);
	c.ready_at = 2500;
	conn_settle(&c, 2800);
	conn_renew(&c, 3000);
	assert_int_equal(c.state, CONN_IDLE);
	conn_write(&c, &again);
	c.ready_at = 4600;
	assert_true(conn_read(&c, &read));
	assert_int_equal(c.answered_at - c.begun, 600);
	assert_int_equal(c.exchanges, 1);
	assert_balanced(&c, 5000);
}

/* A server's socket may be used for it as well. */
static void who_connects_is_a_client(void **state)
{
	struct conn c = conn_since_1000(ROLE_SERVER);

	(void)state;
	c.counted = 1500;
	conn_renew(&c, 2000);
	assert_int_equal(c.role, ROLE_CLIENT);
	assert_int_equal(c.counted, 0);
}

static void what_comes_during_the_service_waits_from_the_answer_on(void **state)
{
	struct conn c = conn_since_1000(ROLE_SERVER);
	struct conn_moment first = read_at(1200, 1200), second = read_at(2600, 2600);
	struct conn_moment write = write_at(2500);

	(void)state;
	c.ready_at = 1100;
	conn_read(&c, &first);
	c.ready_at = 1400;
	conn_write(&c, &write);
	conn_read(&c, &second);
	assert_int_equal(c.queueing, 100);
	assert_balanced(&c, 4000);
	assert_int_equal(c.ns[CONN_SERVICE], 1300 + 1400);
}

/* The next request may be ready before we see that the write that answered the last one has ended.
 */
static void a_write_is_seen_when_it_has_ended(void **state)
{
	struct conn c = conn_since_1000(ROLE_SERVER);
	struct conn_moment first = read_at(1200, 1200), second = read_at(2600, 2600);
	struct conn_moment write = write_at(1500);

	(void)state;
	c.ready_at = 1100;
	conn_read(&c, &first);
	c.ready_at = 1800;
	conn_write(&c, &write);
	conn_read(&c, &second);
	assert_int_equal(c.queueing, 800);
	assert_balanced(&c, 3000);
	assert_int_equal(c.ns[CONN_IDLE], 100 + 300);
}

static void who_writes_unasked_has_no_exchange(void **state)
{
	struct conn c = conn_since_1000(ROLE_SERVER);
	struct conn_moment write = write_at(1500);

	(void)state;
	assert_false(conn_write(&c, &write));
	assert_int_equal(c.exchanges, 0);
	assert_int_equal(c.state, CONN_IDLE);
	assert_balanced(&c, 2000);
}

static void an_upstream_is_asked_and_answers(void **state)
{
	struct conn c = conn_since_1000(ROLE_CLIENT);
	struct conn_moment write = write_at(1500), more = write_at(1600);
	struct conn_moment read = read_at(4000, 4100);

	(void)state;
	assert_false(conn_write(&c, &write));
	assert_false(conn_write(&c, &more));
	assert_int_equal(c.state, CONN_ASKED);
	c.ready_at = 3500;
	assert_true(conn_read(&c, &read));
	assert_int_equal(c.answered_at - c.begun, 2000);
	assert_int_equal(c.exchanges, 1);
	/* The rest of the answer is no further one. */
	c.ready_at = 4200;
	read = read_at(4300, 4300);
	assert_false(conn_read(&c, &read));
	assert_balanced(&c, 5000);
	assert_int_equal(c.ns[CONN_ASKED], 2000);
	assert_int_equal(c.ns[CONN_READY], 600 + 100);
}

/* On loopback an answer may be ready before the write of the question is seen to end. */
static void an_answer_may_come_before_the_question_is_seen(void **state)
{
	struct conn c = conn_since_1000(ROLE_CLIENT);
	struct conn_moment write = write_at(1500), read = read_at(1900, 1900);

	(void)state;
	c.ready_at = 1800;
	conn_write(&c, &write);
	assert_true(conn_read(&c, &read));
	assert_int_equal(c.answered_at - c.begun, 300);
	assert_balanced(&c, 2000);
}

static void an_answer_that_nobody_reads_is_ready(void **state)
{
	struct conn c = conn_since_1000(ROLE_CLIENT);
	struct conn_moment write = write_at(1500), read = read_at(9000, 9000);

	(void)state;
	conn_write(&c, &write);
	c.ready_at = 1800;
	/* It is looked at meanwhile. */
	assert_balanced(&c, 5000);
	assert_int_equal(c.state, CONN_READY);
	assert_true(conn_read(&c, &read));
	assert_int_equal(c.answered_at - c.begun, 300);
}

static void no_room_is_blocked(void **state)
{
	struct conn c = conn_since_1000(ROLE_SERVER);
	struct conn_moment read = read_at(1200, 1200);
	struct conn_moment slept = {.called = 1500, .now = 2500, .slept = true};
	struct conn_moment again = {.called = 3000, .again = true}, write = write_at(3700);

	(void)state;
	c.ready_at = 1100;
	conn_read(&c, &read);
	assert_true(conn_write(&c, &slept));
	assert_int_equal(c.ns[CONN_BLOCKED], 1000);
	assert_false(conn_write(&c, &again));
	assert_int_equal(c.state, CONN_BLOCKED);
	assert_false(conn_write(&c, &write));
	assert_int_equal(c.state, CONN_IDLE);
	assert_balanced(&c, 4000);
	assert_int_equal(c.ns[CONN_BLOCKED], 1000 + 700);
	assert_int_equal(c.ns[CONN_SERVICE], 300);
}

static void what_was_not_seen_to_come_is_said(void **state)
{
	struct conn c = conn_since_1000(ROLE_SERVER);
	struct conn_moment read = read_at(1200, 1200), write = write_at(1300);

	(void)state;
	conn_read(&c, &read);
	assert_true(c.untimed);
	assert_int_equal(c.queueing, 0);
	assert_true(conn_write(&c, &write));
	assert_balanced(&c, 2000);
}

static void the_end_of_a_sleep_is_of_what_was_waited_for(void **state)
{
	struct thread t = {.op = OP_EPOLL_WAIT};

	(void)state;
	wake_note(&t, 100);
	wake_ran(&t, 150);
	/* Pre-empted and back: the sleep has ended before. */
	wake_ran(&t, 900);
	t.op = OP_RECVFROM;
	wake_note(&t, 300);
	wake_ran(&t, 350);
	t.op = OP_APP;
	wake_note(&t, 500);
	t.op = OP_CONNECT;
	wake_note(&t, 600);
	wake_ran(&t, 650);
	assert_int_equal(t.wake[WAKE_MUX].woken, 100);
	assert_int_equal(t.wake[WAKE_MUX].ran, 150);
	assert_int_equal(t.wake[WAKE_READ].woken, 300);
	assert_int_equal(t.wake[WAKE_READ].ran, 350);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_is_queued_served_and_answered),
		cmocka_unit_test(the_parts_add_up),
		cmocka_unit_test(a_wake_up_before_the_data_was_not_for_them),
		cmocka_unit_test(until_accept_it_is_the_backlog),
		cmocka_unit_test(several_reads_before_an_answer_are_one_request),
		cmocka_unit_test(when_it_was_ready_is_of_the_first_read),
		cmocka_unit_test(whose_client_is_gone_is_no_exchange),
		cmocka_unit_test(whose_answer_had_begun_is_an_exchange),
		cmocka_unit_test(who_connects_anew_asks_anew),
		cmocka_unit_test(who_connects_is_a_client),
		cmocka_unit_test(what_comes_during_the_service_waits_from_the_answer_on),
		cmocka_unit_test(a_write_is_seen_when_it_has_ended),
		cmocka_unit_test(who_writes_unasked_has_no_exchange),
		cmocka_unit_test(an_upstream_is_asked_and_answers),
		cmocka_unit_test(an_answer_may_come_before_the_question_is_seen),
		cmocka_unit_test(an_answer_that_nobody_reads_is_ready),
		cmocka_unit_test(no_room_is_blocked),
		cmocka_unit_test(what_was_not_seen_to_come_is_said),
		cmocka_unit_test(the_end_of_a_sleep_is_of_what_was_waited_for),
	};

	return cmocka_run_group_tests_name("conn", tests, NULL, NULL);
}
