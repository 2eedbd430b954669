"""Edges of the connection's clock: how a request is read, and what comes instead of one."""

import os
import socket
import time

from clockkit import DELAY, REQUEST, SIZE, WAITED, Connection, Step
from clockkit import answer, ask, asleep, edge, listening, reset, take


@edge("reads", exchanges=1, service=1)
def waitall():
    """MSG_WAITALL: the read begins with its first copy, and waits for the rest as service."""
    connection, step, pid = Connection(), Step(), os.getpid()

    def serve():
        step.done()
        connection.here.recv(SIZE, socket.MSG_WAITALL)
        connection.here.sendall(REQUEST)

    def client():
        step.wait()
        asleep(pid)
        since = time.monotonic_ns()
        connection.there.sendall(REQUEST[: SIZE // 2])
        connection.taken()
        time.sleep(DELAY)
        connection.there.sendall(REQUEST[SIZE // 2 :])
        take(connection.there)
        WAITED.add(since)

    return [connection], serve, client


@edge("reads", exchanges=3, service=3)
def partial_reads():
    """Four reads of a request are one exchange."""
    connection = Connection()

    def serve():
        for _ in range(3):
            for _ in range(4):
                take(connection.here, SIZE // 4)
            time.sleep(DELAY)
            connection.here.sendall(REQUEST)

    def client():
        for _ in range(3):
            ask(connection.there)

    return [connection], serve, client


@edge("reads", exchanges=2, dispatch=1)
def left_unread():
    """What is left of what came is ready from the answer on."""
    connection = Connection()

    def serve():
        answer(connection.here)
        time.sleep(DELAY)
        answer(connection.here)

    def client():
        since = time.monotonic_ns()
        connection.there.sendall(2 * REQUEST)
        take(connection.there, 2 * SIZE)
        WAITED.add(since)

    return [connection], serve, client


@edge("reads", exchanges=2, service=1, dispatch=1)
def pipelined():
    """What comes during the service, and is not read in it, waits from the answer on."""
    connection, step = Connection(), Step()

    def serve():
        take(connection.here)
        step.wait()
        time.sleep(DELAY)
        connection.here.sendall(REQUEST)
        time.sleep(DELAY)
        answer(connection.here)

    def client():
        since = time.monotonic_ns()
        connection.there.sendall(REQUEST)
        connection.taken()
        connection.there.sendall(REQUEST)
        step.done()
        take(connection.there)
        take(connection.there)
        WAITED.add(since)

    return [connection], serve, client


@edge("reads", exchanges=1, service=2)
def body_after():
    """What comes during the service and is read in it is the same request."""
    connection, step = Connection(), Step()

    def serve():
        take(connection.here)
        step.wait()
        time.sleep(DELAY)
        take(connection.here)
        time.sleep(DELAY)
        connection.here.sendall(REQUEST)

    def client():
        since = time.monotonic_ns()
        connection.there.sendall(REQUEST)
        connection.taken()
        connection.there.sendall(REQUEST)
        step.done()
        take(connection.there)
        WAITED.add(since)

    return [connection], serve, client


@edge("reads", exchanges=1)
def batched():
    """Several requests that are read before the first one is answered are one exchange."""
    connection = Connection()

    def serve():
        for _ in range(3):
            take(connection.here)
        for _ in range(3):
            connection.here.sendall(REQUEST)

    def client():
        ask(connection.there, 3 * REQUEST, 3 * SIZE)

    return [connection], serve, client


@edge("reads", exchanges=1, service=1)
def half_closed():
    """The client's end of file is no request, nor does it end the service."""
    connection = Connection()

    def serve():
        while connection.here.recv(SIZE):
            pass
        time.sleep(DELAY)
        connection.here.sendall(REQUEST)

    def client():
        since = time.monotonic_ns()
        connection.there.sendall(REQUEST)
        connection.there.shutdown(socket.SHUT_WR)
        take(connection.there)
        WAITED.add(since)

    return [connection], serve, client


@edge("reads", exchanges=1)
def no_request():
    """Clients that come, say nothing and go; who is answered although it had nothing to say."""
    listener = listening()

    def serve():
        for _ in range(3):
            connection, _ = listener.accept()
            connection.recv(SIZE)
            connection.sendall(REQUEST)
            connection.close()
        answer(listener.accept()[0])

    def client():
        for _ in range(3):
            with socket.create_connection(listener.getsockname()) as sock:
                sock.shutdown(socket.SHUT_WR)
                take(sock)
        with socket.create_connection(listener.getsockname()) as sock:
            ask(sock)

    return [], serve, client


@edge("reads", exchanges=1)
def reset_idle():
    """A reset after the answer is no request."""
    connection = Connection()

    def serve():
        answer(connection.here)
        try:
            connection.here.recv(SIZE)
        except ConnectionResetError:
            return
        raise AssertionError("no reset")

    def client():
        ask(connection.there)
        reset(connection.there)

    return [connection], serve, client


@edge("reads", exchanges=1, service=1, claimed=1)
def reset_serving():
    """A request whose client resets is none; what is done for the next one is claimed again."""
    first, second, step = Connection(), Connection(), Step()

    def serve():
        take(first.here)
        step.wait()
        try:
            first.here.sendall(REQUEST)
            raise AssertionError("no reset")
        except (BrokenPipeError, ConnectionResetError):
            answer(second.here, DELAY)

    def client():
        first.there.sendall(REQUEST)
        first.taken()
        reset(first.there)
        step.done()
        ask(second.there)

    return [first, second], serve, client


@edge("reads", exchanges=1, service=1, claimed=1)
def unix_gone():
    """The same of a UNIX connection, whose end the kernel does not tell."""
    listener, taken, gone = listening(socket.AF_UNIX, ""), Step(), Step()

    def serve():
        connection, _ = listener.accept()
        take(connection)
        taken.done()
        gone.wait()
        try:
            connection.sendall(REQUEST)
            raise AssertionError("its peer is there")
        except BrokenPipeError:
            answer(listener.accept()[0], DELAY)

    def client():
        with socket.socket(socket.AF_UNIX) as sock:
            sock.connect(listener.getsockname())
            sock.sendall(REQUEST)
            taken.wait()
        gone.done()
        with socket.socket(socket.AF_UNIX) as sock:
            sock.connect(listener.getsockname())
            ask(sock)

    return [], serve, client


@edge("reads", exchanges=3)
def urgent():
    """A byte out of band is no request: alone, nor behind one, where it stays unread."""
    connection = Connection()

    def serve():
        for _ in range(3):
            answer(connection.here)

    def client():
        connection.there.send(b"!", socket.MSG_OOB)
        time.sleep(DELAY)
        ask(connection.there)
        since = time.monotonic_ns()
        connection.there.send(REQUEST + b"!", socket.MSG_OOB)
        take(connection.there)
        WAITED.add(since)
        time.sleep(DELAY)
        ask(connection.there)

    return [connection], serve, client


@edge("reads", exchanges=2)
def urgent_inline():
    """But with SO_OOBINLINE it is data like others."""
    connection = Connection()
    connection.here.setsockopt(socket.SOL_SOCKET, socket.SO_OOBINLINE, 1)

    def serve():
        for _ in range(2):
            take(connection.here, 1)
            connection.here.sendall(REQUEST)

    def client():
        for _ in range(2):
            since = time.monotonic_ns()
            connection.there.send(b"!", socket.MSG_OOB)
            take(connection.there)
            WAITED.add(since)

    return [connection], serve, client


@edge("reads", exchanges=4)
def large():
    """Data that come while the server copies: they go through the socket's backlog."""
    connection, size = Connection(), 4 << 20

    def serve():
        for _ in range(4):
            take(connection.here, size)
            connection.here.sendall(REQUEST)

    def client():
        for _ in range(4):
            ask(connection.there, REQUEST * (size // SIZE))

    return [connection], serve, client
