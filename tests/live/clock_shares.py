"""Edges of the connection's clock: who has a socket, and since when."""

import ctypes
import os
import queue
import select
import socket
import struct
import threading
import time

from clockkit import DELAY, LIBC, REQUEST, SIZE, WAITED, Connection, Step
from clockkit import answer, ask, edge, finish, listening, named, take

REQUESTS = 3


def ask_often(address, connections=1, family=socket.AF_INET):
    """What a client of such a server does."""

    def client():
        for _ in range(connections):
            with socket.socket(family) as sock:
                sock.connect(address)
                for _ in range(REQUESTS):
                    ask(sock)

    return client


@edge("shares", exchanges=REQUESTS, service=REQUESTS)
def forked():
    """A child inherits what its parent has accepted: the exchanges are the child's."""
    listener = listening()

    def serve():
        connection, _ = listener.accept()
        child = os.fork()
        if not child:
            finish(lambda: [answer(connection, DELAY) for _ in range(REQUESTS)])
        named("parent")
        os.waitpid(child, 0)

    return [], serve, ask_often(listener.getsockname())


@edge("shares", exchanges=REQUESTS, service=REQUESTS)
def passed():
    """A worker is given by SCM_RIGHTS what its parent has accepted."""
    listener, (here, there) = listening(), socket.socketpair()
    client = ask_often(listener.getsockname())

    def work():
        _, fds, _, _ = socket.recv_fds(there, 1, 1)
        connection = socket.socket(fileno=fds[0])
        for _ in range(REQUESTS):
            answer(connection, DELAY)

    def serve():
        child = os.fork()
        if not child:
            finish(work)
        named("parent")
        connection, _ = listener.accept()
        socket.send_fds(here, [b"x"], [connection.fileno()])
        os.waitpid(child, 0)

    return [], serve, client


@edge("shares", exchanges=REQUESTS, untimed=1)
def from_stranger():
    """One that somebody else has accepted is seen when it is read: not when its data were ready."""
    (here, there), step = socket.socketpair(), Step()

    def serve():
        step.wait()
        _, fds, _, _ = socket.recv_fds(here, 1, 1)
        connection = socket.socket(fileno=fds[0])
        for _ in range(REQUESTS):
            answer(connection)

    def client():
        connection = Connection()
        socket.send_fds(there, [b"x"], [connection.here.fileno()])
        step.done()
        for _ in range(REQUESTS):
            ask(connection.there)

    return [], serve, client


@edge("shares", exchanges=REQUESTS, service=REQUESTS)
def duplicated():
    """Read by one descriptor and answered by another one: it is one socket."""
    connection = Connection()

    def serve():
        other = connection.here.dup()
        for _ in range(REQUESTS):
            take(connection.here)
            time.sleep(DELAY)
            other.sendall(REQUEST)

    def client():
        for _ in range(REQUESTS):
            ask(connection.there)

    return [connection], serve, client


@edge("shares", exchanges=REQUESTS, service=REQUESTS, unclaimed=1)
def two_threads():
    """One reads, the other one answers: what was done in the service is not claimed."""
    connection, work = Connection(), queue.SimpleQueue()

    def write():
        for _ in range(REQUESTS):
            request = work.get()
            time.sleep(DELAY)
            connection.here.sendall(request)

    def serve():
        writer = threading.Thread(target=write)
        writer.start()
        for _ in range(REQUESTS):
            work.put(connection.here.recv(SIZE))
        writer.join()

    def client():
        for _ in range(REQUESTS):
            ask(connection.there)

    return [connection], serve, client


@edge("shares", exchanges=2 * REQUESTS)
def reuseport():
    """Two listeners on one port."""
    listeners = []
    for _ in range(2):
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind(listeners[0].getsockname() if listeners else ("127.0.0.1", 0))
        listener.listen(16)
        listeners.append(listener)

    def serve():
        for _ in range(2):
            ready, _, _ = select.select(listeners, [], [])
            connection, _ = ready[0].accept()
            for _ in range(REQUESTS):
                answer(connection)

    return [], serve, ask_often(listeners[0].getsockname(), 2)


@edge("shares", asked=2, connected=2)
def used_again():
    """A client that has asked in vain disconnects by AF_UNSPEC, and asks somebody else."""
    sock, places, step = socket.socket(), (listening(), listening()), Step()
    addresses = [place.getsockname() for place in places]
    nobody = struct.pack("H14x", socket.AF_UNSPEC)

    def serve():
        for place in places:
            place.close()
        sock.connect(addresses[0])
        ask(sock)
        sock.sendall(REQUEST)
        step.wait()
        assert not LIBC.connect(sock.fileno(), ctypes.c_char_p(nobody), len(nobody))
        time.sleep(DELAY)
        sock.connect(addresses[1])
        ask(sock)

    def client():
        connection, _ = places[0].accept()
        answer(connection)
        take(connection)
        step.done()
        answer(places[1].accept()[0])

    return [], serve, client


@edge("shares", exchanges=REQUESTS, dispatch=1)
def late_listener():
    """A server that listens only while it is looked at."""
    ready, address = Step(), {}
    place = socket.socket()
    place.bind(("127.0.0.1", 0))
    address = place.getsockname()

    def serve():
        place.listen(16)
        ready.done()
        connection, _ = place.accept()
        select.select([connection], [], [])
        time.sleep(DELAY)
        for _ in range(REQUESTS):
            answer(connection)

    def client():
        ready.wait()
        ask_often(address)()

    return [], serve, client


@edge("shares", exchanges=2 * REQUESTS, backlog=1, dispatch=1)
def unix_accepted():
    """UNIX: what is asked before the accept is in the backlog; then a late read is dispatch."""
    listener, asked = listening(socket.AF_UNIX, ""), Step()
    address = listener.getsockname()

    def serve():
        asked.wait()
        time.sleep(DELAY)
        connection, _ = listener.accept()
        for _ in range(REQUESTS):
            answer(connection)
        connection, _ = listener.accept()
        select.select([connection], [], [])
        time.sleep(DELAY)
        for _ in range(REQUESTS):
            answer(connection)

    def client():
        with socket.socket(socket.AF_UNIX) as sock:
            sock.connect(address)
            since = time.monotonic_ns()
            sock.sendall(REQUEST)
            asked.done()
            take(sock)
            WAITED.add(since)
            for _ in range(REQUESTS - 1):
                ask(sock)
        ask_often(address, 1, socket.AF_UNIX)()

    return [], serve, client
