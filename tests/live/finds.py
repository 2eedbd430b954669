#!/usr/bin/env python3
"""Programs that each do one thing wrong, as findings.bats wants to see it found.

usage: finds.py FINDING GATE DONE

In: the finding that it is to bring about; a file to wait for before it begins; a file that it makes
when it has done enough. It goes on until it is ended by a signal. Each wrong is done by plain system calls in this process; what it
needs beside (a peer, a clock) is a thread or a child that ends with it.
"""

import os
import queue
import resource
import select
import signal
import socket
import struct
import sys
import threading
import time

from findkit import (nothing, beside, endlessly, pair, clients, two_connections, flooded,
                     asking, in_two_pieces, held_up, handler_of, edge_loop, edge_by_relay)

ROUNDS = 3000  # of what is counted: more than any rule asks for


def loop_spins(done):
    """EPOLLOUT is left on."""
    near, far = pair()
    with select.epoll() as events:
        events.register(near, select.EPOLLIN | select.EPOLLOUT)
        for _ in endlessly(ROUNDS, done):
            events.poll()
    far.close()


def accept_full(done):
    """No descriptor is left for a connection that waits."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setblocking(False)
    waiting = [socket.create_connection(listener.getsockname()) for _ in range(2)]
    last = os.dup(0)
    os.close(last)
    resource.setrlimit(resource.RLIMIT_NOFILE, (last, last))
    for _ in range(20):
        select.select([listener, waiting[0]], [], [])
        try:
            listener.accept()
        except OSError:
            pass
    waiting[0].close()
    done()
    nothing()


def control_fails(done):
    """What is not in the set is changed."""
    near, _far = pair()
    with select.epoll() as events:
        for _ in range(200):
            try:
                events.modify(near, select.EPOLLIN)
            except FileNotFoundError:
                pass
        done()
        nothing()


def busy_waits(done):
    """Waits with a limit of 0."""
    near, _far = pair()
    with select.epoll() as events:
        events.register(near, select.EPOLLIN)
        for _ in endlessly(ROUNDS, done):
            events.poll(0)


def short_waits(done):
    """Waits with a limit of a millisecond."""
    near, _far = pair()
    os.nice(-15)
    with select.epoll() as events:
        events.register(near, select.EPOLLIN)
        for _ in endlessly(300, done):
            events.poll(0.001)


def slow_handler(done):
    """A loop of two connections does something long."""
    events, _ends = two_connections()
    for turn in endlessly(3, done):
        for fd, _ in events.poll():
            os.read(fd, 1)
        time.sleep(0.25 if turn % 2 else 0)


def away_busy(done):
    """It computes."""

    def compute():
        end = time.process_time() + 0.25
        while time.process_time() < end:
            pass

    handler_of(done, compute)


def away_asleep(done):
    """It waits for a lock that nobody gives."""
    lock = threading.Lock()
    lock.acquire()
    handler_of(done, lambda: lock.acquire(timeout=0.25))


def away_asking(done):
    """It polls another descriptor, as a resolver does."""
    near, _far = pair()
    answers = select.poll()
    answers.register(near, select.POLLIN)
    handler_of(done, lambda: answers.poll(250))


def edge_undrained(done):
    """Half of each request is left."""
    edge_loop(done, 1, False)


def edge_relay(done):
    """Half of each request is left while the other end has no room; both change at once."""
    edge_by_relay(done)


def edge_drained(done):
    """Nothing is left."""
    edge_loop(done, 100, False)


def edge_comes_back(done):
    """What is left is read before the next wait."""
    edge_loop(done, 1, True)


def select_scan(done):
    """Two hundred are watched, of which one is ready."""
    ends = [pair() for _ in range(200)]
    ends[0][1].send(b"x")
    watched = select.poll()
    for near, _far in ends:
        watched.register(near, select.POLLIN)
    for _ in endlessly(ROUNDS, done):
        watched.poll()
        ends[0][0].recv(1)
        ends[0][1].send(b"x")


def maxevents_full(done):
    """Ten are ready, and there is room for two."""
    ends = [pair() for _ in range(10)]
    with select.epoll() as events:
        for near, far in ends:
            events.register(near, select.EPOLLIN)
            far.send(b"x")
        for _ in endlessly(ROUNDS, done):
            for fd, _ in events.poll(maxevents=2):
                os.read(fd, 0)


def control_per_request(done):
    """The interest changes at every request."""

    def ask(ends):
        ends[0].send(b"x")
        ends[0].recv(1)

    (near,) = clients(1, ask)
    with select.epoll() as events:
        events.register(near, 0)
        for _ in endlessly(ROUNDS, done):
            events.modify(near, select.EPOLLIN)
            events.poll()
            near.recv(100)
            events.modify(near, 0)
            near.send(b"y")


def polling(done):
    """Nobody says that there is something to read, and there is nothing."""
    near, _far = pair()
    for _ in endlessly(ROUNDS, done):
        try:
            near.recv(100)
        except BlockingIOError:
            pass


def herd(watched, feed, take, enough, done):
    """Four threads are told of the same, all of them; then each tries to take it."""
    told = threading.Barrier(4)
    taken = threading.Barrier(4)
    finished = threading.Barrier(5)

    def turn_by_turn():
        for turn in range(enough):
            if told.wait() == 0:
                feed()
            select.select(watched, [], [])
            taken.wait()
            try:
                take()
            except BlockingIOError:
                pass
            # Nobody waits for the next before all have tried.
            taken.wait()

        # They live on, since it is asked how many wait.
        finished.wait()
        finished.wait()

    for _ in range(4):
        threading.Thread(target=turn_by_turn, daemon=True).start()
    finished.wait()
    done()
    nothing()


def herd_accept(done):
    """A connection for four who wait."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setblocking(False)
    other, _far = pair()
    herd([listener, other], lambda: socket.create_connection(listener.getsockname()).close(),
         lambda: listener.accept()[0].close(), 60, done)


def herd_read(done):
    """A byte for four who wait."""
    near, far = pair()
    other, _far = pair()
    herd([near, other], lambda: far.send(b"x"), lambda: near.recv(1), 500, done)


def connect_fails(done):
    """Nobody listens there."""
    with socket.create_server(("127.0.0.1", 0)) as gone:
        address = gone.getsockname()
    for _ in range(20):
        try:
            socket.create_connection(address)
        except ConnectionRefusedError:
            pass
    done()
    nothing()


def tiny_reads(done):
    """Byte by byte, of what is there."""
    (near,) = clients(1, lambda ends: ends[0].send(bytes(65536)), blocking=True)
    for _ in endlessly(ROUNDS, done):
        near.recv(1)


def tiny_writes(done):
    """An answer of a hundred bytes, each by a call."""

    def ask(ends):
        ends[0].send(b"x")
        ends[0].recv(100, socket.MSG_WAITALL)

    (near,) = clients(1, ask, blocking=True)
    for _ in endlessly(ROUNDS // 100, done):
        near.recv(1)
        for _byte in range(100):
            near.send(b"y")


def data_left(done):
    """A byte at each event, of what is there."""
    (near,) = flooded(1)
    with select.epoll() as events:
        events.register(near, select.EPOLLIN)
        for _ in endlessly(ROUNDS, done):
            events.poll()
            near.recv(1)


def single_events(done):
    """Four are ready all the time, and there is room for one."""
    ends = flooded(4)
    with select.epoll() as events:
        for end in ends:
            events.register(end, select.EPOLLIN)
        for _ in endlessly(ROUNDS, done):
            for fd, _event in events.poll(maxevents=1):
                os.read(fd, 100)


def delayed_asks(done):
    """It asks in two small pieces."""

    def answer(end):
        end.recv(2, socket.MSG_WAITALL)
        end.send(b"z")

    near = asking(answer)
    held_up(lambda: in_two_pieces(near), done)


def delayed_requests(done):
    """It is asked in two small pieces."""
    (near,) = clients(1, lambda ends: in_two_pieces(ends[0]), blocking=True)

    def serve():
        near.recv(1)
        near.recv(1)
        near.send(b"z")

    held_up(serve, done)


def writes_refused(done):
    """The peer does not read."""
    near, _far = pair()
    for turn in range(ROUNDS):
        try:
            near.send(bytes(4096))
        except BlockingIOError:
            pass
    done()
    nothing()


def blocking_in_loop(done):
    """A loop of two connections blocks in a read of a third descriptor."""
    events, _ends = two_connections()
    slow, _far = pair(True)
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", 0, 60000))
    for _ in endlessly(4, done):
        for fd, _event in events.poll():
            os.read(fd, 1)
        try:
            slow.recv(100)
        except BlockingIOError:
            pass


def run_queue(done):
    """Two for one CPU."""
    os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])
    beside(lambda _parent: sum(range(10000)))
    done()
    while True:
        pass


def stopped(done):
    """Stopped by somebody else, again and again."""

    def stop(parent):
        os.kill(parent, signal.SIGSTOP)
        time.sleep(0.2)
        os.kill(parent, signal.SIGCONT)
        time.sleep(0.02)

    beside(stop)
    done()
    nothing()


def writes_blocked(done):
    """The peer does not read, and the write waits."""
    near, _far = pair(True)
    done()
    while True:
        near.send(bytes(4096))


def pool_small(done):
    """Two threads serve, and eight ask."""
    waiting = queue.SimpleQueue()

    def serve():
        while True:
            with waiting.get() as connection:
                connection.recv(1)
                time.sleep(0.05)
                connection.send(b"y")

    def ask(address):
        while True:
            with socket.create_connection(address) as end:
                end.send(b"x")
                end.recv(1)

    listener = socket.create_server(("127.0.0.1", 0))
    parent = os.getpid()
    if not os.fork():
        for _ in range(8):
            threading.Thread(target=ask, args=(listener.getsockname(),), daemon=True).start()
        while os.getppid() == parent:
            time.sleep(0.1)
        os._exit(0)
    for _ in range(2):
        threading.Thread(target=serve, daemon=True).start()
    for _ in endlessly(20, done):
        waiting.put(listener.accept()[0])


def idle_threads(done):
    """A thread for each of many who send nothing; they are there before the gate is opened."""
    threading.stack_size(65536)
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    ends = [pair(True) for _ in range(1050)]
    for near, _far in ends:
        threading.Thread(target=near.recv, args=(100,), daemon=True).start()
    done()
    nothing()


def main(name, gate, done):
    """Does what the finding is about."""
    while name != "idle-threads" and not os.path.exists(gate):
        time.sleep(0.02)

    def say(what="done"):
        with open(done, "wb", buffering=0) as file:
            file.write(what.encode() + b"\n")

    globals()[name.replace("-", "_")](say)


if __name__ == "__main__":
    main(*sys.argv[1:])
