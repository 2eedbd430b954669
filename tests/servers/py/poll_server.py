#!/usr/bin/env -S python3 -B
"""Multiplexing by select.poll, as in the textbook."""

import select

from common import Server

server = Server()
listener = server.listen()
listener.setblocking(False)
poller = select.poll()
poller.register(listener, select.POLLIN)
connections, pending = {}, {}  # by fd
while server.wants_more():
    for fd, event in poller.poll():
        if fd == listener.fileno():
            connection, _ = listener.accept()
            connection.setblocking(False)
            connections[connection.fileno()] = connection
            poller.register(connection, select.POLLIN)
            continue
        connection = connections[fd]
        if event & select.POLLOUT:
            pending[fd] = pending[fd][connection.send(pending[fd]) :]
            if not pending[fd]:
                poller.modify(fd, select.POLLIN)
            continue
        data = connection.recv(1024)
        if data:
            pending[fd] = data
            poller.modify(fd, select.POLLOUT)
            continue
        poller.unregister(fd)
        connections.pop(fd).close()
        server.closed()
listener.close()
