/*
 * A ring with one request at a time, by bare system calls, for overlap.c.
 */
#ifndef OVERLAP_H
#define OVERLAP_H

#include <stdbool.h>
#include <stddef.h>

/* Who carries a request out: the thread itself, a worker of io-wq, or the thread that polls the
 * ring. */
enum ring_kind { RING_PLAIN, RING_WORKER, RING_SQPOLL };

/* Make the ring; 0 or -errno. */
int ring_open(enum ring_kind kind);

/* Ask for len bytes of a socket, or exit. */
void ring_ask(int fd, void *buf, size_t len);

/* Has the request been carried out? *res becomes its bytes, or -errno. No system call is made. */
bool ring_done(int *res);

#endif
