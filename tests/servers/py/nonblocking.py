#!/usr/bin/env -S python3 -B
"""Non-blocking I/O as in the textbook: ask every socket in turn, and catch BlockingIOError."""

import time

from common import Server

server = Server()
listener = server.listen()
listener.setblocking(False)
pending = {}  # connection: bytes not yet sent back
while server.wants_more():
    try:
        connection, _ = listener.accept()
        connection.setblocking(False)
        pending[connection] = b""
    except BlockingIOError:
        pass
    for connection in list(pending):
        try:
            if pending[connection]:
                sent = connection.send(pending[connection])
                pending[connection] = pending[connection][sent:]
                continue
            data = connection.recv(1024)
        except BlockingIOError:
            continue
        except ConnectionError:
            data = b""
        pending[connection] = data
        if not data:
            del pending[connection]
            connection.close()
            server.closed()
    # The textbook does not rest; on a small machine the client needs the CPU as well.
    time.sleep(0.0005)
listener.close()
