/*
 * A reader of messages from a System V queue.
 *
 * In: the options of serve.h, --count N (20), --told. After the gate it receives N messages: each
 * is sent by a helper when the reader has slept for a millisecond or more. With --told each is
 * there before, a select on another descriptor has just said ready, and msgrcv is told not to wait.
 * Out: the tally.
 */
#define _GNU_SOURCE
#include "serve.h"
#include "tally.h"

#include <errno.h>
#include <pthread.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <unistd.h>

#define BYTES 64

static long count = 20;
static bool told;
static int id, ready[2];

static const struct serve_option options[] = {
	{.name = "count", .number = &count}, {.name = "told", .flag = &told}, {0}};

struct message {
	long type;
	char text[BYTES];
};

/* Send one message. */
static void post(void)
{
	struct message m = {.type = 1};

	if (io_msgsnd(id, &m, BYTES, 0))
		serve_fail("msgsnd");
}

/* Whether the reader, our process's main thread, sleeps. */
static bool sleeps(void)
{
	struct msqid_ds queue;

	/* All that was sent has been received: the next receiver finds nothing. */
	return !msgctl(id, IPC_STAT, &queue) && !queue.msg_qnum;
}

/* Send the messages, each to a reader who waits for it. */
static void *sender(void *arg)
{
	for (long i = 0; i < count; i++) {
		while (!sleeps())
			usleep(1000);
		usleep(5000);
		post();
	}
	return arg;
}

/* Learn that another descriptor is ready, then take the message that is there. */
static void take_told(void)
{
	struct message m;
	fd_set set;

	post();
	FD_ZERO(&set);
	FD_SET(ready[0], &set);
	if (io_select(ready[0] + 1, &set, NULL, NULL, NULL) != 1)
		serve_fail("select");
	if (io_msgrcv(id, &m, BYTES, 0, IPC_NOWAIT) != BYTES)
		serve_fail("msgrcv");
}

int main(int argc, char **argv)
{
	struct message m;
	pthread_t thread;

	serve_parse(argc, argv, options);
	serve_signals();
	id = msgget(IPC_PRIVATE, 0600);
	if (id < 0 || pipe(ready) || write(ready[1], "", 1) != 1)
		serve_fail("msgget");
	serve_gate();
	if (!told) {
		errno = pthread_create(&thread, NULL, sender, NULL);
		if (errno)
			serve_fail("pthread_create");
	}
	for (long i = 0; i < count; i++) {
		if (told)
			take_told();
		else if (io_msgrcv(id, &m, BYTES, 0, 0) != BYTES)
			serve_fail("msgrcv");
	}
	if (!told)
		pthread_join(thread, NULL);
	msgctl(id, IPC_RMID, NULL);
	serve_finish();
}
