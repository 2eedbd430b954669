#!/usr/bin/env -S python3 -B
"""Multiplexing by the selectors module (epoll, level-triggered, on Linux), as in the textbook."""

import selectors

from common import Server

server = Server()
selector = selectors.DefaultSelector()
listener = server.listen()
listener.setblocking(False)


def accept(_, __):
    """Take a new connection."""
    connection, _ = listener.accept()
    connection.setblocking(False)
    selector.register(connection, selectors.EVENT_READ, read)


def read(connection, _):
    """Read what there is, and wait to write it back."""
    data = connection.recv(1024)
    if data:
        write(connection, data)
        return
    selector.unregister(connection)
    connection.close()
    server.closed()


def write(connection, data):
    """Write what the socket takes, and wait to write the rest, if there is one."""
    try:
        data = data[connection.send(data) :]
    except BlockingIOError:
        pass
    if data:
        selector.modify(connection, selectors.EVENT_WRITE, lambda c, _: write(c, data))
    elif selector.get_key(connection).events != selectors.EVENT_READ:
        selector.modify(connection, selectors.EVENT_READ, read)


selector.register(listener, selectors.EVENT_READ, accept)
while server.wants_more():
    for key, mask in selector.select():
        key.data(key.fileobj, mask)
selector.close()
listener.close()
