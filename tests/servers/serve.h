/*
 * What all workloads share: options, start, gate, stop, and the echo of one connection.
 *
 * In: the command line. Out: a listening socket, a port file, and at the end a tally file.
 * Common options: --port --port-file --tally --connections --seconds --size --compute-us --gate,
 * and how to read and write: --read --readv --recvmsg (default recvfrom and sendto).
 *
 * A stop (SIGTERM, or SIGALRM after --seconds) shuts every socket down: each call in progress
 * ends by itself and is counted like any other, so the tally is exact then too.
 */
#ifndef SERVE_H
#define SERVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdnoreturn.h>

/* One option: --name takes a number, a text, or nothing (a flag), by which pointer is set. */
struct serve_option {
	const char *name;
	long *number;
	const char **text;
	bool *flag;
};

/* The values of the common options. */
struct serve {
	long port;
	const char *port_file;
	const char *tally_file;
	const char *gate;
	long connections; /* 0: no bound */
	long seconds;
	long size; /* bytes of a read buffer */
	long compute_us;
	bool use_read, use_readv, use_recvmsg;
};

extern struct serve serve;

/* A connection and the bytes that were read but not yet written back. */
struct serve_conn {
	int fd;
	size_t sent, len;
	char *buf;
};

/* What a connection waits for. */
enum serve_want { SERVE_READ, SERVE_WRITE, SERVE_CLOSE };

/* Print one line to stderr and exit with 1. */
noreturn void serve_fail(const char *what);

/* Parse argv by the common options and these (ended by a row without a name); 2 is the exit code
 * of a usage error. Returns the index of the first argument that is no option. */
int serve_parse(int argc, char **argv, const struct serve_option *own);

/* Open the tally, raise the limit of open files, set the handlers of SIGTERM and SIGALRM. */
void serve_signals(void);

/* Make a listening socket on loopback, port 0 meaning any; *port becomes the real one. */
int serve_listen(long *port, bool reuseport, bool nonblock);

/* Write one decimal number to a file, by rename so that a reader sees all or nothing. */
void serve_write_number(const char *path, long number);

/* Sleep until the gate file exists, if one was given; makes none of the tallied calls. */
void serve_gate(void);

/* Close it again: the file is removed, by which whoever opened it sees how far we are. */
void serve_close_gate(void);

/* parse + signals + listen + port file + gate: a server's whole start; returns the socket. */
int serve_start(int argc, char **argv, const struct serve_option *own, bool nonblock);

/* Has a stop begun? */
bool serve_stopping(void);

/* Begin a stop from inside: shut down all sockets, so that every blocked call returns. */
void serve_stop(void);

/* May one more connection be accepted? True takes a ticket; never more than --connections. */
bool serve_ticket(void);

/* Have all of --connections been accepted, or has a stop begun? */
bool serve_full(void);

/* Accept one connection, non-blocking, with its ticket; -1 if there is none (or none allowed). */
int serve_accept(int lfd);

/* Give back a ticket whose accept failed. */
void serve_ticket_return(void);

/* Count one connection as served and closed; true when it was the last of --connections. */
bool serve_closed(void);

/* Remember a socket, so that a stop shuts it down. */
void serve_track(int fd);

/* Burn --compute-us microseconds of CPU time. */
void serve_compute(void);

/* New state for an accepted socket, or exit. */
struct serve_conn *serve_conn_new(int fd);

/* Close the socket and free the state; true when it was the last of --connections. */
bool serve_conn_end(struct serve_conn *c);

/* Move a connection on: write what is pending, then read and echo once (or, if drain, until
 * EAGAIN or the end); works for blocking sockets with drain. */
enum serve_want serve_pump(struct serve_conn *c, bool drain);

/* Save the tally and exit with 0; 1 if it cannot be saved. */
noreturn void serve_finish(void);

#endif
