/*
 * A ring with one request at a time, by bare system calls; see overlap.h.
 *
 * In: the buffer to fill. Out: a completion. liburing is not needed.
 */
#define _GNU_SOURCE
#include "overlap.h"
#include "serve.h"

#include <errno.h>
#include <linux/io_uring.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ENTRIES	       4
#define SQPOLL_IDLE_MS 2000

static enum ring_kind kind;
static int ring;
static unsigned int entries_mask;
static _Atomic unsigned int *sq_tail, *sq_flags, *cq_head, *cq_tail;
static unsigned int *sq_array, cq_mask;
static struct io_uring_sqe *sqes;
static struct io_uring_cqe *cqes;

/* A part of the ring in memory; MAP_FAILED if it cannot be mapped. */
static void *map(size_t size, off_t offset)
{
	return mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring, offset);
}

int ring_open(enum ring_kind of_kind)
{
	struct io_uring_params p = {.flags = of_kind == RING_SQPOLL ? IORING_SETUP_SQPOLL : 0,
				    .sq_thread_idle = SQPOLL_IDLE_MS};
	char *sq, *cq;

	kind = of_kind;
	ring = (int)syscall(SYS_io_uring_setup, ENTRIES, &p);
	if (ring < 0)
		return -errno;
	sq = map(p.sq_off.array + p.sq_entries * sizeof(*sq_array), IORING_OFF_SQ_RING);
	cq = map(p.cq_off.cqes + p.cq_entries * sizeof(*cqes), IORING_OFF_CQ_RING);
	sqes = map(p.sq_entries * sizeof(*sqes), IORING_OFF_SQES);
	if (sq == MAP_FAILED || cq == MAP_FAILED || sqes == MAP_FAILED)
		return -errno;
	sq_tail = (_Atomic unsigned int *)(void *)(sq + p.sq_off.tail);
	sq_flags = (_Atomic unsigned int *)(void *)(sq + p.sq_off.flags);
	sq_array = (unsigned int *)(void *)(sq + p.sq_off.array);
	cq_head = (_Atomic unsigned int *)(void *)(cq + p.cq_off.head);
	cq_tail = (_Atomic unsigned int *)(void *)(cq + p.cq_off.tail);
	cqes = (struct io_uring_cqe *)(void *)(cq + p.cq_off.cqes);
	entries_mask = p.sq_entries - 1;
	cq_mask = p.cq_entries - 1;
	return 0;
}

void ring_ask(int fd, void *buf, size_t len)
{
	unsigned int tail = atomic_load(sq_tail), at = tail & entries_mask, flags = 0;

	sqes[at] = (struct io_uring_sqe){.opcode = IORING_OP_RECV,
					 .flags = kind == RING_WORKER ? IOSQE_ASYNC : 0,
					 .fd = fd,
					 .addr = (uint64_t)(uintptr_t)buf,
					 .len = (uint32_t)len,
					 .msg_flags = MSG_WAITALL};
	sq_array[at] = at;
	atomic_store(sq_tail, tail + 1);
	if (kind == RING_SQPOLL) {
		if (!(atomic_load(sq_flags) & IORING_SQ_NEED_WAKEUP))
			return;
		flags = IORING_ENTER_SQ_WAKEUP;
	}
	if (syscall(SYS_io_uring_enter, ring, 1, 0, flags, NULL, 0) != 1)
		serve_fail("io_uring_enter");
}

bool ring_done(int *res)
{
	unsigned int head = atomic_load(cq_head);

	if (head == atomic_load(cq_tail))
		return false;
	*res = cqes[head & cq_mask].res;
	atomic_store(cq_head, head + 1);
	return true;
}
