/*
 * The two rings of io_uring, and a ring of buffers; see ring.h.
 */
#define _GNU_SOURCE
#include "ring.h"
#include "serve.h"
#include "tally.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

#define SQ_IDLE_MS 20 /* the kernel thread of IORING_SETUP_SQPOLL sleeps after so long */
#define PAGE	   4096

struct io_uring ring;
int ring_buffers_free;

static bool by_kernel_thread;
static long limit_ms;
static struct io_uring_buf_ring *buffers;
static char *buffer_memory;
static long buffer_size;

void ring_open(bool sqpoll, bool defer, long wait_ms)
{
	struct io_uring_params params = {0};

	by_kernel_thread = sqpoll;
	limit_ms = wait_ms;
	if (sqpoll) {
		params.flags |= IORING_SETUP_SQPOLL;
		params.sq_thread_idle = SQ_IDLE_MS;
	}
	if (defer)
		params.flags |= IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN;
	errno = -io_uring_queue_init_params(RING_ENTRIES, &ring, &params);
	if (errno)
		serve_fail("io_uring_setup");
}

void ring_open_buffers(long size)
{
	struct io_uring_buf_reg reg = {.ring_entries = RING_BUFFERS, .bgid = RING_GROUP};

	buffer_size = size;
	buffer_memory = malloc((size_t)(RING_BUFFERS * size));
	errno = posix_memalign((void **)&buffers, PAGE, RING_BUFFERS * sizeof(struct io_uring_buf));
	if (!buffer_memory || errno)
		serve_fail("malloc");
	reg.ring_addr = (uintptr_t)buffers;
	errno = -io_uring_register_buf_ring(&ring, &reg, 0);
	if (errno)
		serve_fail("io_uring_register");
	io_uring_buf_ring_init(buffers);
	for (int b = 0; b < RING_BUFFERS; b++)
		ring_return_buffer(b);
}

/* Show the kernel what is in the submission ring; returns the number of requests it holds. */
static unsigned int publish(void)
{
	struct io_uring_sq *sq = &ring.sq;
	unsigned int mask = RING_ENTRIES - 1;

	for (unsigned int i = *sq->ktail; i != sq->sqe_tail; i++)
		sq->array[i & mask] = i & mask;
	/* Before the look at NEED_WAKEUP, or the kernel thread may fall asleep unseen. */
	__atomic_store_n(sq->ktail, sq->sqe_tail, __ATOMIC_SEQ_CST);
	return sq->sqe_tail - __atomic_load_n(sq->khead, __ATOMIC_ACQUIRE);
}

void ring_enter(bool wait)
{
	struct __kernel_timespec limit = {limit_ms / 1000, limit_ms % 1000 * 1000000};
	struct io_uring_getevents_arg arg = {.ts = (uintptr_t)&limit};
	unsigned int submit = publish(), flags = wait ? IORING_ENTER_GETEVENTS : 0;
	bool limited = wait && limit_ms;

	if (by_kernel_thread) {
		submit = 0;
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		if (__atomic_load_n(ring.sq.kflags, __ATOMIC_RELAXED) & IORING_SQ_NEED_WAKEUP)
			flags |= IORING_ENTER_SQ_WAKEUP;
	}
	if (!submit && !flags)
		return;
	if (limited)
		flags |= IORING_ENTER_EXT_ARG;
	if (io_io_uring_enter(ring.ring_fd, submit, wait, flags, limited ? &arg : NULL,
			      limited ? sizeof(arg) : 0) < 0 &&
	    errno != EINTR && errno != ETIME && errno != EAGAIN && errno != EBUSY)
		serve_fail("io_uring_enter");
}

struct io_uring_sqe *ring_take(void)
{
	struct io_uring_sqe *sqe;

	while (!(sqe = io_uring_get_sqe(&ring)))
		ring_enter(false);
	return sqe;
}

char *ring_buffer(int number)
{
	return buffer_memory + number * buffer_size;
}

void ring_return_buffer(int number)
{
	io_uring_buf_ring_add(buffers, ring_buffer(number), (unsigned int)buffer_size,
			      (unsigned short)number, RING_BUFFERS - 1, 0);
	io_uring_buf_ring_advance(buffers, 1);
	ring_buffers_free++;
}
