#!/usr/bin/env -S python3 -B
"""Servers whose accepts do not sleep: families of processes that wait for clients in select, and one
with an epoll set.

  taking.py MODE READY_FILE

Writes "PID PORT" into READY_FILE when it serves. Ends by a signal, with all that it has started. Each
connection is asked for one request, which is there when it is read, unless its client waits.

  fork     the parent accepts, a process for each connection reads
  prefork  two workers accept by turns, and read
  late     one process registers each connection with its epoll set when the request is there
"""

import os
import select
import signal
import socket
import sys
import time

LATE = 0.02  # s from the connection to its accept, by which the request is there
NOTHING = os.pipe()[0]  # nobody writes there


def take(listener):
    """The next connection, once select has told of it: of more than one descriptor."""
    select.select([listener, NOTHING], [], [])
    time.sleep(LATE)
    return listener.accept()[0]


def answer(connection):
    """Answers the one request."""
    connection.sendall(connection.recv(100))
    connection.close()


def fork(listener):
    """A process for each connection."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        connection = take(listener)
        if not os.fork():
            answer(connection)
            os._exit(0)
        connection.close()


def work(listener, mine, other):
    """A worker: when it is its turn, it serves one connection."""
    while os.read(mine, 1):
        answer(take(listener))
        os.write(other, b"x")


def prefork(listener):
    """Two workers."""
    ends = [os.pipe(), os.pipe()]
    os.write(ends[0][1], b"x")
    for number in range(2):
        if not os.fork():
            work(listener, ends[number][0], ends[1 - number][1])
    while True:
        select.select([], [], [], 60)


def late(listener):
    """Epoll is not told when such a request comes: it is registered after that."""
    watched = select.epoll()
    watched.register(listener, select.EPOLLIN)
    connections = {}
    while True:
        for fd, _ in watched.poll():
            if fd != listener.fileno():
                answer(connections.pop(fd))
                continue
            connection = listener.accept()[0]
            time.sleep(LATE)
            connections[connection.fileno()] = connection
            watched.register(connection, select.EPOLLIN)


def main(mode, ready):
    """Serves until it is told to end."""
    # A group of its own: a signal to it ends all.
    os.setpgid(0, 0)
    signal.signal(signal.SIGTERM, lambda *_: os.killpg(0, signal.SIGKILL))
    listener = socket.create_server(("127.0.0.1", 0))
    with open(ready + ".new", "w", encoding="ascii") as file:
        print(os.getpid(), listener.getsockname()[1], file=file)
    os.rename(ready + ".new", ready)
    {"fork": fork, "late": late, "prefork": prefork}[mode](listener)


if __name__ == "__main__":
    main(*sys.argv[1:])
