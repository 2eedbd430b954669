#!/usr/bin/env -S python3 -B
"""Multiplexing by select.epoll, edge-triggered: every event is handled until BlockingIOError."""

import select

from common import Server

server = Server()
listener = server.listen()
listener.setblocking(False)
epoll = select.epoll()
epoll.register(listener.fileno(), select.EPOLLIN | select.EPOLLET)
connections, pending = {}, {}  # by fd


def accept_all():
    """Accept until there is none: two clients may have come with one edge."""
    try:
        while True:
            connection, _ = listener.accept()
            connection.setblocking(False)
            fd = connection.fileno()
            connections[fd], pending[fd] = connection, b""
            epoll.register(fd, select.EPOLLIN | select.EPOLLOUT | select.EPOLLET)
    except BlockingIOError:
        pass


def serve(fd):
    """Read and write back until one of them has to wait, or the client has closed."""
    connection = connections[fd]
    try:
        while True:
            while pending[fd]:
                pending[fd] = pending[fd][connection.send(pending[fd]) :]
            pending[fd] = connection.recv(1024)
            if not pending[fd]:
                break
    except BlockingIOError:
        return
    epoll.unregister(fd)
    del pending[fd]
    connections.pop(fd).close()
    server.closed()


try:
    while server.wants_more():
        for number, _ in epoll.poll():
            if number == listener.fileno():
                accept_all()
            else:
                serve(number)
finally:
    epoll.close()
    listener.close()
