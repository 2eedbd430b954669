"""What clock_edges.py and its groups share: an edge is a server, which is traced, and its client.

An edge is a function that sets up, in a process of its own, and returns two functions: what the server
does and what the client does, which is no descendant of it and not traced. They wait for each other by
steps, never for a time. How many exchanges there are, and in which part of them a delay of DELAY lies,
the edge knows: edge(exchanges=..., parts...).
"""

import array
import ctypes
import fcntl
import mmap
import multiprocessing
import os
import signal
import socket
import struct
import sys
import termios
import time

DELAY = 0.02  # s
SIZE = 64
LIMIT = 100  # s that a process may take
REQUEST = b"x" * SIZE
LIBC = ctypes.CDLL(None, use_errno=True)
EDGES = {}


class Waited:
    """What was waited for in all (ns), in memory that processes share."""

    def __init__(self):
        self.memory = None

    def renew(self):
        """Begin anew, for another edge."""
        self.memory = mmap.mmap(-1, 8)

    def add(self, since):
        """Something that was asked at `since` is answered now."""
        now = self.ns()
        self.memory[:8] = struct.pack("q", now + time.monotonic_ns() - since)

    def ns(self):
        """How much it is."""
        return struct.unpack("q", self.memory[:8])[0]


WAITED = Waited()


class Step:
    """One side is so far that the other one may go on; that is no I/O."""

    def __init__(self):
        self.semaphore = multiprocessing.Semaphore(0)
        self.done, self.wait = self.semaphore.release, self.semaphore.acquire


def edge(group, **wanted):
    """Register a function as an edge of a group, which has what is wanted: columns of the exchanges.

    exchanges, asked, untimed, connected: exactly; parts of the time: so many times DELAY at least; claimed: that
    much of the service, what was done in it is said; unclaimed: of nothing.
    """

    def register(function):
        EDGES[function.__name__] = (group, function, wanted)
        return function

    return register


def listening(family=socket.AF_INET, address=("127.0.0.1", 0)):
    """A listening socket."""
    listener = socket.socket(family)
    listener.bind(address)
    listener.listen(16)
    return listener


class Connection:
    """A connection from before the attach; `here` is the server's end, `there` the client's."""

    def __init__(self, family=socket.AF_INET):
        address = ("127.0.0.1", 0) if family == socket.AF_INET else ""
        with listening(family, address) as listener:
            self.there = socket.socket(family)
            self.there.connect(listener.getsockname())
            self.here, _ = listener.accept()

    def taken(self):
        """Wait until nothing is unread in the server's end."""
        unread = array.array("i", [1])
        while unread[0]:
            fcntl.ioctl(self.here, termios.FIONREAD, unread)
            time.sleep(0 if unread[0] else 0.001)


def asleep(pid):
    """Wait until a process is asleep: it has nothing to do but to wait in the call that is meant."""
    while True:
        with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
            if stat.read().rpartition(")")[2].split()[0] == "S":
                return
        time.sleep(0.001)


def take(sock, size=SIZE):
    """Read so many bytes."""
    while size:
        data = sock.recv(size)
        if not data:
            raise ConnectionError("the server closed too early")
        size -= len(data)


def ask(sock, request=REQUEST, size=SIZE):
    """Ask, and take the answer of so many bytes, waiting for the first of them."""
    since = time.monotonic_ns()
    sock.sendall(request)
    first = sock.recv(1)
    WAITED.add(since)
    take(sock, size - len(first))


def answer(sock, pause=0.0):
    """Read a request and answer it."""
    take(sock)
    if pause:
        time.sleep(pause)
    sock.sendall(REQUEST)


def reset(sock):
    """Close a connection by a reset."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def named(name):
    """Be called so."""
    with open("/proc/self/comm", "w", encoding="ascii") as comm:
        comm.write(name)


def stranger(function):
    """Start a process that is no descendant: it is not traced when its maker is. -1 if it fails."""
    if child := os.fork():
        os.waitpid(child, 0)
        return
    if os.fork():
        os._exit(0)
    named("stranger")
    finish(function)


def finish(function):
    """Run a function as the rest of a process."""
    signal.alarm(LIMIT)
    status = 1
    try:
        function()
        status = 0
    finally:
        sys.stdout.flush()
        sys.excepthook(*sys.exc_info()) if status else None
        os._exit(status)
