"""What the programs of finds.py have in common: peers, connections, turns.

In: what a peer is to do. Out: sockets; children that end with this process.
"""

import os
import select
import signal
import socket
import sys
import time


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


def endlessly(enough, done):
    """Counts turns for ever, and says when there have been enough of them."""
    for turn in range(sys.maxsize):
        yield turn
        if turn == enough:
            done()


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


def two_connections():
    """Two connections on which something comes all the time, in a set."""

    def send(ends):
        for end in ends:
            end.send(b"x")
        time.sleep(0.01)

    events = select.epoll()
    ends = clients(2, send)
    for end in ends:
        events.register(end, select.EPOLLIN)
    return events, ends


def flooded(count):
    """So many connections on which there is always something to read."""

    def send(ends):
        for end in ends:
            end.send(bytes(65536))

    return clients(count, send)


def asking(action):
    """A connection to a child, which does action(its end) again and again."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = listener.getsockname()
        parent = os.getpid()
        if not os.fork():
            end = listener.accept()[0]
            try:
                while os.getppid() == parent:
                    action(end)
            except OSError:
                pass
            os._exit(0)
        return socket.create_connection(address)


def in_two_pieces(end):
    """Asks in two pieces, of which the second waits until the first is known to have come."""
    end.send(b"x")
    end.send(b"y")
    end.recv(1)


def held_up(action, done):
    """Does action() forty times, and says whether most of them took 40 to 50 ms."""
    count = 0
    for _ in range(40):
        since = time.monotonic()
        action()
        count += 0.04 <= time.monotonic() - since < 0.05
    done("yes" if count >= 24 else "unsure")
    nothing()


def handler_of(done, work):
    """A loop of two connections does a quarter of a second of work at every other turn."""
    events, _ends = two_connections()
    for turn in endlessly(5, done):
        for fd, _ in events.poll():
            os.read(fd, 1)
        if turn % 2:
            work()


def edge_loop(done, size, more):
    """A client sends two bytes and then waits; of each event `size` bytes are read, and answered. With
    `more` the loop comes back to what it has left, by itself."""

    def ask(ends):
        ends[0].send(b"xx")
        time.sleep(0.02)

    events = select.epoll()
    (near,) = clients(1, ask)
    events.register(near, select.EPOLLIN | select.EPOLLET)
    left = False
    for _ in endlessly(50, done):
        if not left:
            events.poll()
        try:
            left = near.recv(size) and more
            near.send(b"y")
        except BlockingIOError:
            left = False


def edge_by_relay(done):
    """Reads a byte of the two that a client sends, and fills a sink, which has room when they come."""
    sink, far = pair()

    def ask(ends):
        try:
            while far.recv(1 << 20):
                pass
        except BlockingIOError:
            pass
        ends[0].send(b"xx")
        time.sleep(0.02)

    events = select.epoll()
    (near,) = clients(1, ask)
    events.register(near, select.EPOLLIN | select.EPOLLET)
    events.register(sink, select.EPOLLOUT | select.EPOLLET)
    for _ in endlessly(50, done):
        events.poll()
        try:
            near.recv(1)
            while True:
                sink.send(bytes(65536))
        except BlockingIOError:
            pass
