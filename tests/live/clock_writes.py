"""Edges of the connection's clock: how an answer is written, what is written unasked; datagrams."""

import ctypes
import os
import socket
import time

from clockkit import (DELAY, LIBC, REQUEST, SIZE, WAITED, Connection, Step, edge, answer, ask, reset,
                      take)

REQUESTS = 3
MORE_THAN_ROOM = 64 << 20  # bytes


def asks(connection):
    """What a client of such a server does."""

    def client():
        for _ in range(REQUESTS):
            ask(connection.there)

    return client


@edge("writes", exchanges=REQUESTS, service=REQUESTS)
def sent_file():
    """The answer is a file, by sendfile."""
    connection, file = Connection(), os.memfd_create("answer")
    os.write(file, REQUEST)

    def serve():
        for _ in range(REQUESTS):
            take(connection.here)
            time.sleep(DELAY)
            assert os.sendfile(connection.here.fileno(), file, 0, SIZE) == SIZE

    return [connection], serve, asks(connection)


@edge("writes", exchanges=REQUESTS, service=REQUESTS)
def spliced():
    """The answer is spliced out of a pipe."""
    connection, (pipe_out, pipe_in) = Connection(), os.pipe()

    def serve():
        for _ in range(REQUESTS):
            take(connection.here)
            time.sleep(DELAY)
            os.write(pipe_in, REQUEST)
            assert os.splice(pipe_out, connection.here.fileno(), SIZE) == SIZE

    return [connection], serve, asks(connection)


@edge("writes", exchanges=1, service=1)
def begun_then_gone():
    """A client that resets when it has the first byte has had its answer, though the write goes on."""
    connection = Connection()

    def serve():
        take(connection.here)
        time.sleep(DELAY)
        assert 0 < connection.here.send(bytes(MORE_THAN_ROOM)) < MORE_THAN_ROOM

    def client():
        since = time.monotonic_ns()
        connection.there.sendall(REQUEST)
        connection.there.recv(1)
        WAITED.add(since)
        reset(connection.there)

    return [connection], serve, client


@edge("writes", exchanges=1)
def unasked():
    """What is written unasked answers nothing."""
    connection, step = Connection(), Step()

    def serve():
        for _ in range(5):
            connection.here.sendall(REQUEST)
        step.done()
        answer(connection.here)

    def client():
        step.wait()
        take(connection.there, 5 * SIZE)
        ask(connection.there)

    return [connection], serve, client


@edge("writes")
def never_answered():
    """What is never answered is no exchange."""
    connection = Connection()

    def serve():
        for _ in range(REQUESTS):
            take(connection.here)

    def client():
        for _ in range(REQUESTS):
            connection.there.sendall(REQUEST)

    return [connection], serve, client


class Datagrams:
    """A bound socket, and some that send to it."""

    def __init__(self, peers):
        self.here = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.here.bind(("127.0.0.1", 0))
        self.peers = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(peers)]
        for peer in self.peers:
            peer.connect(self.here.getsockname())

    def answer(self):
        """Receive one and answer it."""
        data, peer = self.here.recvfrom(SIZE)
        time.sleep(DELAY)
        self.here.sendto(data, peer)


def ask_all(peers):
    """They all send, and then wait for their answers."""
    begun = []
    for peer in peers:
        begun.append(time.monotonic_ns())
        peer.send(REQUEST)
    for peer, since in zip(peers, begun):
        peer.recv(SIZE)
        WAITED.add(since)


def ask_at_once(peers, step):
    """They all send before the server begins, and wait for their answers together."""
    begun = time.monotonic_ns()
    for peer in peers:
        peer.send(REQUEST)
    step.done()
    for peer in peers:
        peer.recv(SIZE)
    WAITED.add(begun)


@edge("writes", exchanges=REQUESTS, service=REQUESTS)
def peers_in_turn():
    """Many peers on one socket, one at a time: each is an exchange."""
    datagrams = Datagrams(REQUESTS)

    def serve():
        for _ in range(REQUESTS):
            datagrams.answer()

    def client():
        for peer in datagrams.peers:
            ask_all([peer])

    return [], serve, client


@edge("writes", exchanges=REQUESTS, service=REQUESTS)
def peers_at_once():
    """The same all at once: what waits behind another one waits from that one's answer on."""
    datagrams, step = Datagrams(REQUESTS), Step()

    def serve():
        step.wait()
        for _ in range(REQUESTS):
            datagrams.answer()

    return [], serve, lambda: ask_at_once(datagrams.peers, step)


class Vector(ctypes.Structure):
    """struct iovec."""

    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


class Header(ctypes.Structure):
    """struct mmsghdr."""

    _fields_ = [
        ("name", ctypes.c_void_p),
        ("name_length", ctypes.c_uint),
        ("vector", ctypes.POINTER(Vector)),
        ("vectors", ctypes.c_size_t),
        ("control", ctypes.c_void_p),
        ("control_length", ctypes.c_size_t),
        ("flags", ctypes.c_long),
        ("length", ctypes.c_uint),
    ]


@edge("writes", exchanges=1, service=1)
def many_messages():
    """recvmmsg of several, then sendmmsg of as many answers: one exchange."""
    datagrams, step = Datagrams(REQUESTS), Step()

    def serve():
        buffers = [ctypes.create_string_buffer(SIZE) for _ in range(2 * REQUESTS)]
        vectors = [Vector(ctypes.addressof(buffer), SIZE) for buffer in buffers]
        headers = (Header * REQUESTS)()
        for i, header in enumerate(headers):
            header.name, header.name_length = vectors[REQUESTS + i].base, SIZE
            header.vector, header.vectors = ctypes.pointer(vectors[i]), 1
        step.wait()
        assert LIBC.recvmmsg(datagrams.here.fileno(), headers, REQUESTS, 0, None) == REQUESTS
        time.sleep(DELAY)
        assert LIBC.sendmmsg(datagrams.here.fileno(), headers, REQUESTS, 0) == REQUESTS

    return [], serve, lambda: ask_at_once(datagrams.peers, step)
