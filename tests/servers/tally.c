/*
 * The counters of tally.h.
 *
 * In: calls that were made. Out: the counters, printed as CSV with the header
 * call,calls,ok,eof,again,timeout,interrupted,error,bytes and one line per call that was made.
 *
 * An outcome: ok; eof (a read that returned 0, unless it was asked for nothing, or for errors, or a
 * datagram was empty); again (EAGAIN; EALREADY; EINPROGRESS of a connect; ENOMSG of a queue);
 * timeout (a mux, or a look for events, that returned 0; ETIME; ETIMEDOUT of a queue; EAGAIN of a
 * socket that may wait); interrupted (EINTR; a cancelled request); error (any other).
 * Bytes are counted for the read and write classes and for messages of queues: of a read, what it
 * has moved into memory for good.
 */
#define _GNU_SOURCE
#include "tally.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum class { READ, ACCEPT, CONNECT, WRITE, QUEUE, MUX, CONTROL, ASYNC, SIGNAL };
enum outcome { OK, EOF_, AGAIN, TIMEOUT, INTERRUPTED, ERROR, NOUTCOMES };

struct counter {
	_Atomic uint64_t outcome[NOUTCOMES];
	_Atomic uint64_t bytes;
} __attribute__((aligned(64)));

static const struct {
	const char *name;
	enum class class;
} calls[TALLY_NCALLS] = {
#define X(name, class) {#name, class},
	TALLY_CALLS(X)
#undef X
};

static struct counter *counters;

void tally_open(void)
{
	counters = mmap(NULL, sizeof(*counters) * TALLY_NCALLS, PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (counters == MAP_FAILED) {
		perror("tally: mmap");
		exit(1);
	}
}

/* Add n to a counter; order does not matter, only the sum. */
static void add(_Atomic uint64_t *c, uint64_t n)
{
	atomic_fetch_add_explicit(c, n, memory_order_relaxed);
}

/* The outcome of a call of this class that returned ret with this errno. */
static enum outcome outcome_of(enum class class, long ret, int err)
{
	if (ret > 0)
		return OK;
	if (ret == 0)
		return class == READ ? EOF_ : class == MUX || class == ASYNC ? TIMEOUT : OK;
	if (err == EAGAIN || err == EALREADY || (class == CONNECT && err == EINPROGRESS) ||
	    (class == QUEUE && err == ENOMSG))
		return AGAIN;
	if (err == ETIME || (class == QUEUE && err == ETIMEDOUT))
		return TIMEOUT;
	return err == EINTR ? INTERRUPTED : ERROR;
}

/* Count one call that returned ret and moved bytes; returns ret and keeps errno. */
long tally_count(enum tally_call call, long ret, uint64_t bytes)
{
	int err = errno;

	add(&counters[call].outcome[outcome_of(calls[call].class, ret, err)], 1);
	if (bytes)
		add(&counters[call].bytes, bytes);
	errno = err;
	return ret;
}

/* Count one call whose result is a number of bytes. */
long tally_count_bytes(enum tally_call call, long ret)
{
	return tally_count(call, ret, ret > 0 ? (uint64_t)ret : 0);
}

/* An option of a socket that is a number, or a time of which the microseconds count; 0: no socket.
 */
static long option_of(int fd, int option)
{
	long value[2] = {0};
	socklen_t len = sizeof(value);

	return getsockopt(fd, SOL_SOCKET, option, value, &len) ? 0 : value[0] + value[1];
}

/* The outcome of a call on fd that may wait for as long as the socket's option allows. */
static enum outcome outcome_within(enum class class, int fd, long ret, int err, int flags,
				   int option)
{
	enum outcome out = outcome_of(class, ret, err);

	if (out == AGAIN && !(flags & MSG_DONTWAIT) && !(fcntl(fd, F_GETFL) & O_NONBLOCK) &&
	    option_of(fd, option))
		return TIMEOUT;
	return out;
}

/* Whether a socket is one of TCP. */
static bool is_tcp(int fd)
{
	return (int)option_of(fd, SO_TYPE) == SOCK_STREAM &&
	       (int)option_of(fd, SO_DOMAIN) != AF_UNIX;
}

/* Count one read of fd that had room for so many bytes; flags are those of recv. */
long tally_count_read(enum tally_call call, int fd, long ret, size_t room, int flags)
{
	int err = errno;
	enum outcome out = outcome_within(calls[call].class, fd, ret, err, flags, SO_RCVTIMEO);
	uint64_t bytes = ret > 0 ? (uint64_t)ret : 0;

	if (ret == 0 &&
	    (!room || flags & MSG_ERRQUEUE || (int)option_of(fd, SO_TYPE) == SOCK_DGRAM))
		out = OK;
	if (bytes > room)
		bytes = room;
	if (flags & (MSG_PEEK | MSG_ERRQUEUE) || (flags & MSG_TRUNC && is_tcp(fd)))
		bytes = 0;
	add(&counters[call].outcome[out], 1);
	add(&counters[call].bytes, bytes);
	errno = err;
	return ret;
}

/* Count one call on fd that is no read and may wait for as long as the socket's option allows. */
long tally_count_within(enum tally_call call, int fd, long ret, uint64_t bytes, int flags,
			int option)
{
	int err = errno;

	add(&counters[call].outcome[outcome_within(calls[call].class, fd, ret, err, flags, option)],
	    1);
	add(&counters[call].bytes, bytes);
	errno = err;
	return ret;
}

/* Count one write to fd. */
long tally_count_write(enum tally_call call, int fd, long ret, int flags)
{
	return tally_count_within(call, fd, ret, ret > 0 ? (uint64_t)ret : 0, flags, SO_SNDTIMEO);
}

/* The bytes that a vector of buffers has room for; what cannot be one has none. */
size_t tally_room(const struct iovec *iov, size_t n)
{
	size_t room = 0;

	for (size_t i = 0; i < n; i++)
		room += iov[i].iov_len;
	return room;
}

/* Count one call that returns 0 when all of its len bytes went. */
int tally_count_sent(enum tally_call call, long ret, size_t len)
{
	return (int)tally_count(call, ret, ret == 0 ? len : 0);
}

/* Count one call on a vector of messages: its bytes are the sum of the messages it moved. */
int tally_count_messages(enum tally_call call, int fd, long ret, const struct mmsghdr *vec,
			 int flags)
{
	bool reads = calls[call].class == READ;
	uint64_t bytes = 0;

	for (long i = 0; i < ret; i++) {
		size_t room = tally_room(vec[i].msg_hdr.msg_iov, vec[i].msg_hdr.msg_iovlen);

		bytes += reads && vec[i].msg_len > room ? room : vec[i].msg_len;
	}
	if (reads && flags & (MSG_PEEK | MSG_ERRQUEUE))
		bytes = 0;
	/* It was asked for none. */
	if (ret == 0) {
		add(&counters[call].outcome[OK], 1);
		return 0;
	}
	return (int)tally_count_within(call, fd, ret, bytes, flags,
				       reads ? SO_RCVTIMEO : SO_SNDTIMEO);
}

void tally_restarted(enum tally_call call)
{
	add(&counters[call].outcome[INTERRUPTED], 1);
}

void tally_done(enum tally_call call, long ret, int err)
{
	enum class class = calls[call].class;

	errno = err;
	tally_count(call, ret, ret > 0 && (class == READ || class == WRITE) ? (uint64_t)ret : 0);
}

void tally_request(enum tally_call request, long result)
{
	int err = result == -ECANCELED ? EINTR : (int)-result;

	tally_done(request, result < 0 ? -1 : result, err);
}

uint64_t tally_calls(enum tally_call call)
{
	uint64_t sum = 0;

	for (int o = 0; o < NOUTCOMES; o++)
		sum += atomic_load(&counters[call].outcome[o]);
	return sum;
}

/* Append a string to the text that ends at p; returns the new end. */
static char *put_text(char *p, const char *s)
{
	while (*s)
		*p++ = *s++;
	return p;
}

/* Append a comma and a decimal number; printf is not async-signal-safe. */
static char *put_number(char *p, uint64_t n)
{
	char digits[20];
	int i = 0;

	do {
		digits[i++] = (char)('0' + n % 10);
		n /= 10;
	} while (n);
	*p++ = ',';
	while (i)
		*p++ = digits[--i];
	return p;
}

int tally_print(int fd)
{
	/* A line is a name of at most 15 and 8 numbers of at most 20 digits. */
	char text[(TALLY_NCALLS + 1) * 192], *p = text;

	p = put_text(p, "call,calls,ok,eof,again,timeout,interrupted,error,bytes\n");
	for (int c = 0; c < TALLY_NCALLS; c++) {
		uint64_t n = tally_calls((enum tally_call)c);

		if (!n)
			continue;
		p = put_text(p, calls[c].name);
		p = put_number(p, n);
		for (int o = 0; o < NOUTCOMES; o++)
			p = put_number(p, atomic_load(&counters[c].outcome[o]));
		p = put_number(p, atomic_load(&counters[c].bytes));
		*p++ = '\n';
	}
	for (char *q = text; q < p;) {
		ssize_t n = write(fd, q, (size_t)(p - q));

		if (n < 0)
			return -errno;
		q += n;
	}
	return 0;
}

int tally_save(const char *path)
{
	char tmp[4096], *p;
	int fd, err;

	if (strlen(path) + 5 > sizeof(tmp))
		return -ENAMETOOLONG;
	p = put_text(tmp, path);
	p = put_text(p, ".tmp");
	*p = '\0';
	fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		return -errno;
	err = tally_print(fd);
	if (close(fd) && !err)
		err = -errno;
	if (!err && rename(tmp, path))
		err = -errno;
	return err;
}
