#!/usr/bin/env -S python3 -B
"""The two servers of an article on epoll, level- and edge-triggered, told from its code: one short
request per connection, answered when it is complete, and what a connection waits for is changed
with each step (read, then write, then nothing).

In: the options of tests/servers/py/common.py, --et. Out: the port file.
"""

import os
import select
import socket
import sys

EDGE = "--et" in sys.argv
if EDGE:
    sys.argv.remove("--et")
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../servers/py"))
from common import Server  # noqa: E402

TRIGGER = select.EPOLLET if EDGE else 0
END = b"\n\n"
ANSWER = b"HTTP/1.0 200 OK\r\nContent-Length: 13\r\n\r\nHello, world!"

server = Server()
listener = server.listen()
listener.setblocking(False)
epoll = select.epoll()
epoll.register(listener.fileno(), select.EPOLLIN | TRIGGER)
connections, requests, answers = {}, {}, {}  # by fd


def repeat(step):
    """Takes a step once or, edge-triggered, until it would have to wait or says that it is done."""
    try:
        while step() and EDGE:
            pass
    except BlockingIOError:
        pass


def accept():
    """Take one new connection."""
    connection, _ = listener.accept()
    connection.setblocking(False)
    fd = connection.fileno()
    connections[fd], requests[fd], answers[fd] = connection, b"", ANSWER
    epoll.register(fd, select.EPOLLIN | TRIGGER)
    return True


def read(fd):
    """Read once; whether there was anything."""
    data = connections[fd].recv(1024)
    requests[fd] += data
    return bool(data)


def write(fd):
    """Write once; whether something is left."""
    answers[fd] = answers[fd][connections[fd].send(answers[fd]):]
    return bool(answers[fd])


def close(fd):
    """Forget a connection."""
    epoll.unregister(fd)
    connections.pop(fd).close()
    server.closed()


while server.wants_more():
    for number, event in epoll.poll():
        if number == listener.fileno():
            repeat(accept)
        elif event & select.EPOLLIN:
            repeat(lambda fd=number: read(fd))
            if END in requests[number]:
                epoll.modify(number, select.EPOLLOUT | TRIGGER)
        elif event & select.EPOLLOUT:
            repeat(lambda fd=number: write(fd))
            if not answers[number]:
                epoll.modify(number, TRIGGER)
                connections[number].shutdown(socket.SHUT_RDWR)
        elif event & select.EPOLLHUP:
            close(number)
epoll.close()
listener.close()
