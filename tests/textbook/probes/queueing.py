#!/usr/bin/env -S python3 -B
"""One service, 20 ms long, served in four ways: a thread per connection, a pool of two threads, an
event loop that it holds, and a look at all connections with a pause of 40 ms in between.

In: the options of tests/servers/py/common.py, --how WAY, one of WAYS. Out: the port file.
"""

import os
import select
import sys
import threading
import time

PLACE = sys.argv.index("--how")
HOW = sys.argv.pop(PLACE + 1)
sys.argv.pop(PLACE)
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../servers/py"))
from common import Server  # noqa: E402

SERVICE_S = 0.02
PAUSE_S = 0.04
POOL = 2


def serve(connection):
    """Serve one request; whether there was one."""
    data = connection.recv(64)
    if not data:
        connection.close()
        return False
    time.sleep(SERVICE_S)
    connection.sendall(data)
    return True


def to_the_end(connection):
    """Serve a connection until its client leaves."""
    while serve(connection):
        pass


def blocking(listener):
    """A thread for each connection."""
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=to_the_end, args=(connection,), daemon=True).start()


def pool(listener):
    """Threads that accept, serve a connection to its end, and accept again."""

    def work():
        while True:
            to_the_end(listener.accept()[0])

    for _ in range(POOL - 1):
        threading.Thread(target=work, daemon=True).start()
    work()


def loop(listener):
    """One thread, told by epoll; each request holds it."""
    epoll, connections = select.epoll(), {}
    epoll.register(listener, select.EPOLLIN)
    while True:
        for fd, _ in epoll.poll():
            if fd == listener.fileno():
                connection, _ = listener.accept()
                connections[connection.fileno()] = connection
                epoll.register(connection, select.EPOLLIN)
            elif not serve(connections[fd]):
                del connections[fd]


def pausing(listener):
    """One thread that asks all connections, and then pauses."""
    listener.setblocking(False)
    connections = []
    while True:
        try:
            while True:
                connection, _ = listener.accept()
                connection.setblocking(False)
                connections.append(connection)
        except BlockingIOError:
            pass
        for connection in list(connections):
            try:
                if not serve(connection):
                    connections.remove(connection)
            except BlockingIOError:
                pass
        time.sleep(PAUSE_S)


WAYS = {"blocking": blocking, "pool": pool, "loop": loop, "pausing": pausing}

WAYS[HOW](Server().listen())
