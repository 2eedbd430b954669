#!/usr/bin/env python3
"""Programs that each do one thing wrong, as findings.bats wants to see it found.

usage: finds.py FINDING GATE DONE

In: the finding that it is to bring about; a file to wait for before it begins; a file that it makes
when it has done enough. It goes on until it is ended by a signal. Each wrong is done by plain system calls in this process; what it
needs beside (a peer, a clock) is a thread or a child that ends with it.
"""

import os
import resource
import select
import signal
import socket
import struct
import sys
import threading
import time

ROUNDS = 3000  # of what is counted: more than any rule asks for


def nothing():
    """Lives on, asleep."""
    while True:
        signal.pause()


def beside(action):
    """Runs action() again and again in a child, as long as this process lives."""
    parent = os.getpid()
    if os.fork():
        return
    try:
        while os.getppid() == parent:
            action(parent)
    except ProcessLookupError:
        pass
    os._exit(0)


def pair(blocking=False):
    """Two connected sockets."""
    ends = socket.socketpair()
    for end in ends:
        end.setblocking(blocking)
    return ends


def clients(count, action, blocking=False):
    """Connections from a child, which does action(its ends) again and again."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = listener.getsockname()
        parent = os.getpid()
        if not os.fork():
            ends = [socket.create_connection(address) for _ in range(count)]
            try:
                while os.getppid() == parent:
                    action(ends)
            except OSError:
                pass
            os._exit(0)
        ends = [listener.accept()[0] for _ in range(count)]
    for end in ends:
        end.setblocking(blocking)
    return ends


def loop_spins(done):
    """EPOLLOUT is left on."""
    near, far = pair()
    with select.epoll() as events:
        events.register(near, select.EPOLLIN | select.EPOLLOUT)
        for turn in range(sys.maxsize):
            events.poll()
            if turn == ROUNDS:
                done()
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
        for turn in range(sys.maxsize):
            events.poll(0)
            if turn == ROUNDS:
                done()


def short_waits(done):
    """Waits with a limit of a millisecond."""
    near, _far = pair()
    os.nice(-15)
    with select.epoll() as events:
        events.register(near, select.EPOLLIN)
        for turn in range(sys.maxsize):
            events.poll(0.001)
            if turn == 300:
                done()


def slow_handler(done):
    """A loop of two connections does something long."""

    def send(ends):
        for end in ends:
            end.send(b"x")
        time.sleep(0.01)

    ends = clients(2, send)
    with select.epoll() as events:
        for end in ends:
            events.register(end, select.EPOLLIN)
        for turn in range(sys.maxsize):
            for fd, _ in events.poll():
                os.read(fd, 1)
            time.sleep(0.25 if turn % 2 else 0)
            if turn == 3:
                done()


def select_scan(done):
    """Two hundred are watched, of which one is ready."""
    ends = [pair() for _ in range(200)]
    ends[0][1].send(b"x")
    watched = select.poll()
    for near, _far in ends:
        watched.register(near, select.POLLIN)
    for turn in range(sys.maxsize):
        watched.poll()
        ends[0][0].recv(1)
        ends[0][1].send(b"x")
        if turn == ROUNDS:
            done()


def maxevents_full(done):
    """Ten are ready, and there is room for two."""
    ends = [pair() for _ in range(10)]
    with select.epoll() as events:
        for near, far in ends:
            events.register(near, select.EPOLLIN)
            far.send(b"x")
        for turn in range(sys.maxsize):
            for fd, _ in events.poll(maxevents=2):
                os.read(fd, 0)
            if turn == ROUNDS:
                done()


def control_per_request(done):
    """The interest changes at every request."""

    def ask(ends):
        ends[0].send(b"x")
        ends[0].recv(1)

    (near,) = clients(1, ask)
    with select.epoll() as events:
        events.register(near, 0)
        for turn in range(sys.maxsize):
            events.modify(near, select.EPOLLIN)
            events.poll()
            near.recv(100)
            events.modify(near, 0)
            near.send(b"y")
            if turn == ROUNDS:
                done()


def polling(done):
    """Nobody says that there is something to read, and there is nothing."""
    near, _far = pair()
    for turn in range(sys.maxsize):
        try:
            near.recv(100)
        except BlockingIOError:
            pass
        if turn == ROUNDS:
            done()


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
    for turn in range(sys.maxsize):
        near.recv(1)
        if turn == ROUNDS:
            done()


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

    def send(ends):
        for end in ends:
            end.send(b"x")
        time.sleep(0.01)

    ends = clients(2, send)
    slow, _far = pair(True)
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", 0, 60000))
    with select.epoll() as events:
        for end in ends:
            events.register(end, select.EPOLLIN)
        for turn in range(sys.maxsize):
            for fd, _ in events.poll():
                os.read(fd, 1)
            try:
                slow.recv(100)
            except BlockingIOError:
                pass
            if turn == 4:
                done()


def run_queue(done):
    """Two for one CPU."""
    os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])
    beside(lambda _parent: sum(range(10000)))
    until = time.monotonic() + 0.6
    while time.monotonic() < until:
        pass
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
    until = time.monotonic() + 0.5
    while time.monotonic() < until:
        time.sleep(0.01)
    done()
    nothing()


def writes_blocked(done):
    """The peer does not read, and the write waits."""
    near, _far = pair(True)
    threading.Timer(0.3, done).start()
    while True:
        near.send(bytes(4096))


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

    def say():
        with open(done, "wb", buffering=0) as file:
            file.write(b"done\n")

    globals()[name.replace("-", "_")](say)


if __name__ == "__main__":
    main(*sys.argv[1:])
