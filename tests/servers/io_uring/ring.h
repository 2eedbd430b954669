/*
 * The two rings of io_uring, and a ring of buffers, for the server beside it.
 *
 * In: requests laid out by liburing. Out: completions in `ring`, taken by liburing.
 * io_uring_enter is called by tally.c, never by liburing, which would not count it.
 */
#ifndef RING_H
#define RING_H

#include <liburing.h>
#include <stdbool.h>

#define RING_ENTRIES 256
#define RING_BUFFERS 64 /* a power of two */
#define RING_GROUP   1	/* the number of the group that the buffers form */

extern struct io_uring ring;

/* How many of the buffers the kernel may take. */
extern int ring_buffers_free;

/* Make the rings, or exit; sqpoll: a kernel thread takes the requests; defer: completions are made
 * only inside io_uring_enter; wait_ms: how long a wait lasts at most, 0 for as long as it takes. */
void ring_open(bool sqpoll, bool defer, long wait_ms);

/* Make the ring of buffers of this size (bytes) and give them all to the kernel, or exit. */
void ring_open_buffers(long size);

/* Submit, and wait for a completion if asked to; interrupted and fruitless waits return too. */
void ring_enter(bool wait);

/* Room for one more request; submits the others first if there is none. */
struct io_uring_sqe *ring_take(void);

/* The memory of a buffer, by its number. */
char *ring_buffer(int number);

/* Give a buffer back to the kernel. */
void ring_return_buffer(int number);

#endif
