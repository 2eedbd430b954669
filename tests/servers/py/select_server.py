#!/usr/bin/env -S python3 -B
"""Multiplexing by select.select, as in the textbook."""

import select

from common import Server

server = Server()
listener = server.listen()
listener.setblocking(False)
pending = {}  # connection: bytes not yet sent back
while server.wants_more():
    readers = [listener] + [c for c, data in pending.items() if not data]
    writers = [c for c, data in pending.items() if data]
    readable, writable, _ = select.select(readers, writers, [])
    for ready in readable:
        if ready is listener:
            connection, _ = listener.accept()
            connection.setblocking(False)
            pending[connection] = b""
            continue
        pending[ready] = ready.recv(1024)
        if pending[ready]:
            writable.append(ready)
            continue
        del pending[ready]
        ready.close()
        server.closed()
    for ready in writable:
        try:
            pending[ready] = pending[ready][ready.send(pending[ready]) :]
        except BlockingIOError:
            pass
listener.close()
