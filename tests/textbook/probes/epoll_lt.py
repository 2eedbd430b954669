#!/usr/bin/env -S python3 -B
"""tests/servers/py/selectors_server.py, with select.epoll itself in place of the selectors module.

In: the options of tests/servers/py/common.py. Out: the port file.
"""

import os
import select
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../servers/py"))
from common import Server  # noqa: E402

server = Server()
epoll = select.epoll()
listener = server.listen()
listener.setblocking(False)
callbacks, interests = {}, {}  # by fd: (function, socket), and the events that are waited for


def accept(_, __):
    """Take a new connection."""
    connection, _ = listener.accept()
    connection.setblocking(False)
    watch(connection, select.EPOLLIN, read, epoll.register)


def watch(connection, events, callback, change):
    """Register a connection, or change what it waits for."""
    fd = connection.fileno()
    change(fd, events)
    callbacks[fd], interests[fd] = (callback, connection), events


def read(connection, _):
    """Read what there is, and wait to write it back."""
    data = connection.recv(1024)
    if data:
        write(connection, data)
        return
    fd = connection.fileno()
    epoll.unregister(fd)
    del callbacks[fd], interests[fd]
    connection.close()
    server.closed()


def write(connection, data):
    """Write what the socket takes, and wait to write the rest, if there is one."""
    try:
        data = data[connection.send(data):]
    except BlockingIOError:
        pass
    if data:
        watch(connection, select.EPOLLOUT, lambda c, _: write(c, data), epoll.modify)
    elif interests[connection.fileno()] != select.EPOLLIN:
        watch(connection, select.EPOLLIN, read, epoll.modify)


watch(listener, select.EPOLLIN, accept, epoll.register)
while server.wants_more():
    for number, event in epoll.poll():
        function, file = callbacks[number]
        function(file, event)
epoll.close()
listener.close()
