"""The edges of what select and poll tell: of which descriptors, and for how long. Groups "told" and "limits".

In: edges.py imports it. Out: edges, as edgekit.py has them.
"""

import ctypes
import os
import resource
import select
import socket
import threading
import time

from edgekit import READS, edge, epoll_with, pair

CLONE_FILES = 0x400  # sched.h
BEYOND = 1200  # a number beyond those that are followed one by one


def poll_of(*files):
    """Return a poll object that watches them all for reading."""
    poll = select.poll()
    for file in files:
        poll.register(file, select.POLLIN)
    return poll


def reads(reader, writer, told, before=lambda: None):
    """READS reads of a socket that has something, after told() and before()."""
    for _ in range(READS):
        writer.send(b"x")
        told()
        before()
        reader.recv(1)


@edge("select", "told")
def select_of_two():
    """A blocking socket that select said is ready, among two."""
    (reader, writer), (other, _keep) = pair(), pair()
    yield
    reads(reader, writer, lambda: select.select([other, reader], [], []))


@edge("blocking", "told")
def select_of_one():
    """Select on just the socket that is read next multiplexes nothing."""
    reader, writer = pair()
    yield
    reads(reader, writer, lambda: select.select([reader], [], [], 10))


@edge("blocking", "told")
def timeout_of_python():
    """Python's own time limit is a poll before each recv, of a socket that is non-blocking."""
    reader, writer = pair()
    reader.settimeout(10)
    yield
    reads(reader, writer, lambda: None)


class Pollfd(ctypes.Structure):
    """An entry of poll(2)."""

    _fields_ = [("fd", ctypes.c_int), ("events", ctypes.c_short), ("revents", ctypes.c_short)]


@edge("blocking", "told")
def poll_of_one_beside_none():
    """An entry whose descriptor is negative is none, so there is one."""
    reader, writer = pair(nonblocking=True)
    entries = (Pollfd * 2)(Pollfd(-1, select.POLLIN, 0), Pollfd(reader.fileno(), select.POLLIN, 0))
    libc = ctypes.CDLL(None)
    yield
    reads(reader, writer, lambda: libc.poll(entries, 2, -1))


class Timespec(ctypes.Structure):
    """A time limit of ppoll(2)."""

    _fields_ = [("seconds", ctypes.c_long), ("nanoseconds", ctypes.c_long)]


def epoll_and_a_look(look):
    """An epoll loop that looks once more, without waiting, before it reads."""
    reader, writer = pair(nonblocking=True)
    epoll = epoll_with(reader, 0)
    yield
    reads(reader, writer, epoll.poll, lambda: look(reader))
    epoll.close()


@edge("epoll-lt", "limits")
def poll_of_one_that_does_not_wait():
    """A poll of one descriptor whose limit is 0 gives no read a time limit: it only looks."""
    yield from epoll_and_a_look(lambda reader: poll_of(reader).poll(0))


@edge("epoll-lt", "limits")
def ppoll_of_one_that_does_not_wait():
    """The same, its limit in memory."""
    libc, limit = ctypes.CDLL(None), Timespec(0, 0)
    yield from epoll_and_a_look(lambda reader: libc.ppoll(
        (Pollfd * 1)(Pollfd(reader.fileno(), select.POLLIN, 0)), 1, ctypes.byref(limit), None))


@edge("epoll-lt", "limits")
def select_of_one_that_does_not_wait():
    """The same of select."""
    yield from epoll_and_a_look(lambda reader: select.select([reader], [], [], 0))


@edge("blocking", "limits")
def ppoll_of_one_that_may_wait():
    """One that may wait, if only for a moment, is a time limit."""
    libc, limit = ctypes.CDLL(None), Timespec(0, 1)
    yield from epoll_and_a_look(lambda reader: libc.ppoll(
        (Pollfd * 1)(Pollfd(reader.fileno(), select.POLLIN, 0)), 1, ctypes.byref(limit), None))


@edge("nonblocking", "limits")
def poll_of_one_that_does_not_wait_alone():
    """Where nothing else tells, the flags do."""
    reader, writer = pair(nonblocking=True)
    poll = poll_of(reader)
    yield
    reads(reader, writer, lambda: poll.poll(0))


@edge("nonblocking", "told")
def poll_of_one_then_another():
    """A poll of one descriptor says nothing of another."""
    (reader, writer), (other, waker) = pair(nonblocking=True), pair()
    poll = poll_of(other)
    waker.send(b"x")
    yield
    reads(reader, writer, poll.poll)


@edge("nonblocking", "told")
def select_of_others():
    """Select says ready, but not of the socket that is read."""
    (reader, writer), (other, waker), (third, _keep) = pair(nonblocking=True), pair(), pair()
    waker.send(b"x")
    yield
    reads(reader, writer, lambda: select.select([third, other], [], []))


@edge("nonblocking", "told")
def epoll_of_others():
    """An epoll_wait says nothing of what is in no set."""
    (reader, writer), (other, waker) = pair(nonblocking=True), pair()
    epoll = epoll_with(other, 0)
    waker.send(b"x")
    yield
    reads(reader, writer, epoll.poll)
    epoll.close()


@edge("nonblocking", "told")
def poll_before_the_number_was_given_anew():
    """What was said of a descriptor is over when its number is given to a new connection."""
    (told, writer), (other, _keep) = pair(), pair()
    poll = poll_of(told, other)
    listener = socket.create_server(("127.0.0.1", 0))
    client = socket.create_connection(listener.getsockname())
    yield
    writer.send(b"x")
    poll.poll()
    # From now on the numbers are this thread's own, and the lowest free one is that.
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_FILES):
        raise OSError(ctypes.get_errno(), "unshare")
    number = told.detach()
    while os.dup(number) < number:
        pass
    os.close(number)
    fresh, _ = listener.accept()
    assert fresh.fileno() == number
    fresh.setblocking(False)
    for _ in range(READS):
        client.send(b"x")
        # The loopback hands it over within the send.
        fresh.recv(1)


@edge("blocking", "told")
def select_once_then_asleep():
    """What select said once wears off with the first read that sleeps."""
    (reader, writer), (other, _keep) = pair(), pair()

    def write():
        time.sleep(0.05)
        writer.send(b"x")

    helper = threading.Thread(target=write)
    yield
    writer.send(b"x")
    select.select([reader, other], [], [])
    helper.start()
    # Both bytes, so that this read sleeps for the second.
    reader.recv(2, socket.MSG_WAITALL)
    helper.join()
    for _ in range(READS - 1):
        writer.send(b"x")
        reader.recv(1)


@edge("poll", "told")
def poll_at_the_end_of_many():
    """The socket is the last of 300 that are watched."""
    reader, writer = pair(nonblocking=True)
    quiet = [os.pipe() for _ in range(299)]
    poll = poll_of(*(end for end, _ in quiet), reader)
    yield
    reads(reader, writer, poll.poll)


def at_number(file, number):
    """The socket once more, at a number beyond those that are followed one by one."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(limit[0], number + 1), limit[1]))
    os.dup2(file.fileno(), number)
    return socket.socket(fileno=number)


@edge("poll", "told")
def poll_of_high_numbers():
    """A number beyond those that are followed one by one."""
    (reader, writer), (other, _keep) = pair(), pair()
    high = at_number(reader, BEYOND)
    poll = poll_of(other, high)
    yield
    reads(high, writer, poll.poll)


@edge("nonblocking", "told")
def poll_of_high_numbers_found_nothing():
    """The latest poll timed out, so it did not say that the socket is ready."""
    (reader, writer), (other, _keep) = pair(nonblocking=True), pair()
    high = at_number(reader, BEYOND + 1)
    high.setblocking(False)
    poll = poll_of(other, high)
    yield
    for _ in range(READS):
        poll.poll(0)
        writer.send(b"x")
        os.read(high.fileno(), 1)


@edge("blocking", "told")
def poll_of_one_after_many():
    """The latest call that told of it was on it alone."""
    (reader, writer), (other, _keep) = pair(), pair()
    many, one = poll_of(other, reader), poll_of(reader)
    yield
    reads(reader, writer, many.poll, one.poll)


@edge("poll", "told")
def poll_of_many_after_one():
    """The latest call that told of it was on several."""
    (reader, writer), (other, _keep) = pair(), pair()
    many, one = poll_of(other, reader), poll_of(reader)
    yield
    reads(reader, writer, one.poll, many.poll)


@edge("blocking", "told")
def poll_of_one_that_epoll_watches():
    """What the thread asked for last was this descriptor alone, whatever epoll said of it before."""
    reader, writer = pair()
    epoll, one = epoll_with(reader, 0), poll_of(reader)
    yield
    reads(reader, writer, epoll.poll, one.poll)


@edge("epoll-lt", "told")
def epoll_after_poll_of_one():
    """The latest call that told of it was epoll's."""
    reader, writer = pair()
    epoll, one = epoll_with(reader, 0), poll_of(reader)
    yield
    reads(reader, writer, one.poll, epoll.poll)
