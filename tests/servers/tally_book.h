/*
 * What the wrappers of tally.h count with; each of these returns the result of the call and keeps
 * errno.
 */
#ifndef TALLY_BOOK_H
#define TALLY_BOOK_H

#include "tally.h"

/* One call that returned ret and moved bytes. */
long count(enum tally_call call, long ret, uint64_t bytes);

/* One call whose result is a number of bytes. */
long count_bytes(enum tally_call call, long ret);

/* One read of fd that had room for so many bytes; flags are those of recv. */
long count_read(enum tally_call call, int fd, long ret, size_t room, int flags);

/* One write to fd; flags are those of send. */
long count_write(enum tally_call call, int fd, long ret, int flags);

/* One call on fd that moved bytes and may wait for as long as that option of the socket allows. */
long count_within(enum tally_call call, int fd, long ret, uint64_t bytes, int flags, int option);

/* One call that returns 0 when all of its len bytes went. */
int count_sent(enum tally_call call, long ret, size_t len);

/* One call on a vector of messages: its bytes are the sum of the messages it moved. */
int count_messages(enum tally_call call, int fd, long ret, const struct mmsghdr *vec, int flags);

/* The bytes that a vector of n buffers has room for. */
size_t room_of(const struct iovec *iov, size_t n);

#endif
