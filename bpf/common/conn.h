/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * common/conn.h - the connection's clock: one hand, its state.
 *
 * What goes in: reads and writes of a socket with their times (ns), and when data were ready. What
 * comes out: the time in each state, and exchanges: what the client waited for, by cause. See
 * docs/connections.md.
 *
 * Data become ready in somebody else's context, so all that is noted then is when (ready_at); what
 * follows from it is worked out at the next read or write, or when the connection is looked at.
 * conn_move() is the only place where time is charged. No kernel is in it: the unit tests, and user
 * space for connections in progress, compile it as it is.
 */
#ifndef IOPHASE_COMMON_CONN_H
#define IOPHASE_COMMON_CONN_H

/* Charges the time until `at` (ns) to the state where the hand stands, then sets it. */
static __always_inline void conn_move(struct conn *c, __u64 at, __u32 state)
{
	__u64 ns = later_by(at, c->since);

	c->ns[bounded(c->state, CONN_STATES)] += ns;
	c->since += ns;
	c->state = state;
}

/* Opens the books of a connection, which are zero, at now (ns). */
static __always_inline void conn_start(struct conn *c, __u32 role, __u64 now)
{
	c->role = role;
	c->state = CONN_IDLE;
	c->born = now;
	c->since = now;
}

/* Whether data that came while the connection stands where it does makes it ready. */
static __always_inline bool conn_awaits(const struct conn *c)
{
	return c->state == CONN_IDLE || c->state == CONN_ASKED;
}

/* Takes what has become ready before `at` (ns) into account. */
static __always_inline void conn_settle(struct conn *c, __u64 at)
{
	if (c->ready_at && c->ready_at < at && conn_awaits(c)) {
		c->unread_answer = c->state == CONN_ASKED;
		conn_move(c, c->ready_at, CONN_READY);
	}
}

/*
 * The peer is gone at `at` (ns), and waits for no answer any more. Returns whether a request was in
 * service: it is no exchange.
 */
static __always_inline bool conn_give_up(struct conn *c, __u64 at)
{
	if (c->state != CONN_SERVICE)
		return false;
	conn_move(c, at, CONN_IDLE);
	c->given_up = 1;
	return true;
}

/*
 * Bytes were written by a call that was made at `at` (ns). If the client was given up since then,
 * it had begun to get its answer: the hand goes back to where it stood, and its time with it.
 */
static __always_inline void conn_take_back(struct conn *c, __u64 at)
{
	bool answered = c->given_up && c->state == CONN_IDLE && c->begun <= at && at < c->since;

	c->given_up = 0;
	if (!answered)
		return;
	c->ns[CONN_SERVICE] -= c->since - at;
	c->since = at;
	c->state = CONN_SERVICE;
}

/*
 * The socket connects anew at `at` (ns), to somebody else perhaps: a further connection, and
 * nothing is left to wait for.
 */
static __always_inline void conn_renew(struct conn *c, __u64 at)
{
	conn_move(c, at, CONN_IDLE);
	c->role = ROLE_CLIENT;
	c->given_up = 0;
	c->ready_at = 0;
	c->unread_answer = 0;
	c->counted = 0;
}

/*
 * The target was not looked at for a while, until `at` (ns). What was begun before may be over, and
 * what was ready read: nothing is known of either.
 */
static __always_inline void conn_come_back(struct conn *c, __u64 at)
{
	conn_move(c, at, CONN_IDLE);
	c->given_up = 0;
	c->ready_at = 0;
	c->unread_answer = 0;
	c->left = LEFT_NOTHING;
}

/* The next part of what is left of the queueing, which began at *from: until `at` (ns). */
static __always_inline __u64 queue_part(__u64 *from, __u64 at, __u64 end)
{
	__u64 part = later_by(at - later_by(at, end), *from);

	*from += part;
	return part;
}

/*
 * Splits the queueing of a request that was ready at `ready` and whose read was begun at m->begun
 * (ns). The parts add up to it exactly. A wake-up that came before the data, or after the read was
 * called, was not for them; who was awake had not looked yet.
 */
static __always_inline void conn_split(struct conn *c, __u64 ready, const struct conn_moment *m)
{
	__u64 from = ready, end = m->begun;

	c->part[QUEUE_BACKLOG] = queue_part(&from, c->accepted, end);
	c->part[QUEUE_WAKEUP] = queue_part(&from, m->wake.woken, end);
	c->part[QUEUE_RUNQ] = queue_part(&from, m->wake.ran, end);
	c->part[QUEUE_DISPATCH] = queue_part(&from, m->called, end);
	c->part[QUEUE_READ] = queue_part(&from, end, end);
	c->queueing = later_by(end, ready);
}

/*
 * Data were read, as the moment says. Returns whether what had been asked of the peer is answered
 * by it: c->answered_at - c->begun is how long it took (ns).
 */
static __always_inline bool conn_read(struct conn *c, const struct conn_moment *m)
{
	__u64 ready = c->ready_at;
	bool answered = false;

	/* What was there before we looked, or comes while it is read, is ready when it is read. */
	if (!ready || ready > m->begun)
		ready = m->begun;
	if (c->state == CONN_ASKED || c->unread_answer) {
		answered = true;
		c->unread_answer = 0;
		c->exchanges++;
		c->answered_at = c->begun + later_by(ready, c->begun);
	}
	if (conn_awaits(c))
		conn_move(c, ready, CONN_READY);
	if (c->state == CONN_READY && c->role == ROLE_SERVER) {
		c->untimed = !c->ready_at;
		conn_split(c, ready, m);
		conn_move(c, m->begun, CONN_SERVICE);
		c->given_up = 0;
		c->begun = m->begun;
	} else if (c->state == CONN_READY) {
		conn_move(c, m->begun, CONN_IDLE);
	}
	c->ready_at = 0;
	c->reads++;
	return answered;
}

/* Where a connection stands when all that was written has been taken. */
static __always_inline __u32 conn_written(const struct conn *c)
{
	return c->role == ROLE_CLIENT ? CONN_ASKED : CONN_IDLE;
}

/*
 * A write was begun at m->called and has ended, as the moment says. Returns whether it ends the
 * service of a request: an exchange, whose response took c->queueing and c->service (ns).
 */
static __always_inline bool conn_write(struct conn *c, const struct conn_moment *m)
{
	__u64 at = m->called;
	bool answers = false;

	if (!m->again)
		conn_take_back(c, at);
	/* What was ready before is read first: it is no answer to this. */
	conn_settle(c, at);
	c->writes += !m->again;
	if (c->state == CONN_SERVICE) {
		c->service = later_by(at, c->begun);
		c->exchanges++;
		answers = true;
		/* What came during the service waits from here on. */
		if (c->ready_at && c->ready_at < at)
			c->ready_at = at;
	} else if (c->state == CONN_IDLE) {
		c->begun = at;
	} else if (c->state != CONN_BLOCKED) {
		return false; /* it goes on to ask; or it writes while there is something to read */
	}
	if (c->state != CONN_BLOCKED)
		conn_move(c, at, conn_written(c));
	if (m->slept || m->again)
		conn_move(c, at, CONN_BLOCKED);
	if (!m->again)
		conn_move(c, m->slept ? m->now : at, conn_written(c));
	return answers;
}

#endif
