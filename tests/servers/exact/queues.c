/*
 * Part of `exact`: messages through queues, of POSIX (descriptors) and of System V (ids).
 *
 * In: the thread's context. Out: calls with the outcomes written beside them. A kernel may have
 * neither kind.
 */
#define _GNU_SOURCE
#include "exact.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A message of System V. */
struct message {
	long type;
	char text[SMALL];
};

/* What mq_open takes, as the kernel has it. */
struct queue_attributes {
	long flags, max_messages, message_size, messages, reserved[4];
};

/* A POSIX queue with room for one message of SMALL bytes, -1 if this kernel has none. */
static int open_posix(void)
{
	struct queue_attributes attributes = {.max_messages = 1, .message_size = SMALL};
	char name[64];
	int mq;

	snprintf(name, sizeof(name), "iophase-exact-%d", gettid());
	mq = (int)syscall(SYS_mq_open, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600,
			  &attributes);
	if (mq < 0 && errno == ENOSYS)
		return -1;
	REQUIRE(mq >= 0 && !syscall(SYS_mq_unlink, name));
	return mq;
}

/* Puts a message into a POSIX queue, or takes one out. */
static void act_put(int mq)
{
	char buf[SMALL] = {0};

	EXPECT(io_mq_timedsend(mq, buf, SMALL, 0, NULL), 0);
}

static void act_take(int mq)
{
	char buf[SMALL];

	EXPECT(io_mq_timedreceive(mq, buf, SMALL, NULL, NULL), SMALL);
}

/* Who finds no room, or no message: each way in which that ends. */
static void test_posix_waits(int mq)
{
	struct timespec past = {0};
	char buf[SMALL] = {0};
	struct partner p;

	nonblock(mq, true);
	EXPECT(io_mq_timedreceive(mq, buf, SMALL, NULL, NULL), -EAGAIN);
	nonblock(mq, false);
	EXPECT(io_mq_timedreceive(mq, buf, SMALL, NULL, &past), -ETIMEDOUT);
	partner_begin(&p, TALLY_mq_timedreceive, INTERRUPT, NULL, -1);
	EXPECT(io_mq_timedreceive(mq, buf, SMALL, NULL, NULL), -EINTR);
	partner_end(&p);
	partner_begin(&p, TALLY_mq_timedreceive, RESTART, act_put, mq);
	EXPECT(io_mq_timedreceive(mq, buf, SMALL, NULL, NULL), SMALL);
	partner_end(&p);
	act_put(mq);
	nonblock(mq, true);
	EXPECT(io_mq_timedsend(mq, buf, SMALL, 0, NULL), -EAGAIN);
	nonblock(mq, false);
	EXPECT(io_mq_timedsend(mq, buf, SMALL, 0, &past), -ETIMEDOUT);
	partner_begin(&p, TALLY_mq_timedsend, INTERRUPT, NULL, -1);
	EXPECT(io_mq_timedsend(mq, buf, SMALL, 0, NULL), -EINTR);
	partner_end(&p);
	partner_begin(&p, TALLY_mq_timedsend, ACT, act_take, mq);
	EXPECT(io_mq_timedsend(mq, buf, SMALL, 0, NULL), 0);
	partner_end(&p);
	act_take(mq);
}

static void test_posix(struct exact *x)
{
	char buf[SMALL] = {0};
	int mq = open_posix();

	if (mq < 0)
		return;
	test_posix_waits(mq);
	EXPECT(io_mq_timedsend(mq, buf, 7, 0, NULL), 0);
	EXPECT(io_mq_timedreceive(mq, buf, SMALL, NULL, NULL), 7);
	/* A message of no bytes is a message, not an end. */
	EXPECT(io_mq_timedsend(mq, buf, 0, 0, NULL), 0);
	EXPECT(io_mq_timedreceive(mq, buf, SMALL, NULL, NULL), 0);
	EXPECT(io_mq_timedsend(mq, buf, SMALL + 1, 0, NULL), -EMSGSIZE);
	EXPECT(io_mq_timedreceive(mq, buf, 1, NULL, NULL), -EMSGSIZE);
	EXPECT(io_mq_timedsend(-1, buf, SMALL, 0, NULL), -EBADF);
	EXPECT(io_mq_timedreceive(x->file, buf, SMALL, NULL, NULL), -EBADF);
	close(mq);
}

/* The same two of a System V queue. */
static void act_post(int id)
{
	struct message m = {.type = 1};

	EXPECT(io_msgsnd(id, &m, SMALL, 0), 0);
}

static void act_fetch(int id)
{
	struct message m;

	EXPECT(io_msgrcv(id, &m, SMALL, 0, 0), SMALL);
}

static void test_sysv_waits(int id)
{
	struct message m = {.type = 1};
	struct partner p;

	EXPECT(io_msgrcv(id, &m, SMALL, 0, IPC_NOWAIT), -ENOMSG);
	partner_begin(&p, TALLY_msgrcv, INTERRUPT, NULL, -1);
	EXPECT(io_msgrcv(id, &m, SMALL, 0, 0), -EINTR);
	partner_end(&p);
	partner_begin(&p, TALLY_msgrcv, ACT, act_post, id);
	EXPECT(io_msgrcv(id, &m, SMALL, 0, 0), SMALL);
	partner_end(&p);
	act_post(id);
	EXPECT(io_msgsnd(id, &m, SMALL, IPC_NOWAIT), -EAGAIN);
	partner_begin(&p, TALLY_msgsnd, INTERRUPT, NULL, -1);
	EXPECT(io_msgsnd(id, &m, SMALL, 0), -EINTR);
	partner_end(&p);
	partner_begin(&p, TALLY_msgsnd, ACT, act_fetch, id);
	EXPECT(io_msgsnd(id, &m, SMALL, 0), 0);
	partner_end(&p);
	act_fetch(id);
}

static void test_sysv(void)
{
	struct message m = {.type = 1};
	int id = msgget(IPC_PRIVATE, 0600);
	struct msqid_ds queue;

	if (id < 0 && errno == ENOSYS)
		return;
	REQUIRE(id >= 0 && !msgctl(id, IPC_STAT, &queue));
	queue.msg_qbytes = SMALL; /* room for one message */
	REQUIRE(!msgctl(id, IPC_SET, &queue));
	test_sysv_waits(id);
	EXPECT(io_msgsnd(id, &m, 7, 0), 0);
	EXPECT(io_msgrcv(id, &m, 1, 0, 0), -E2BIG);
	EXPECT(io_msgrcv(id, &m, SMALL, 0, IPC_NOWAIT), 7);
	EXPECT(io_msgsnd(id, &m, 0, 0), 0);
	EXPECT(io_msgrcv(id, &m, SMALL, 0, 0), 0);
	m.type = 0;
	EXPECT(io_msgsnd(id, &m, SMALL, 0), -EINVAL);
	REQUIRE(!msgctl(id, IPC_RMID, NULL));
	EXPECT(io_msgrcv(id, &m, SMALL, 0, 0), -EINVAL);
}

void exact_queues(struct exact *x)
{
	test_posix(x);
	test_sysv();
}
