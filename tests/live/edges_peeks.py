"""The edges of peeks: they move no data, and tell how the thread waits for it. Group "peeks".

In: edges.py imports it. Out: edges, as edgekit.py has them. A round has one peek and two reads, so
that a peek with a vote would not be the most.
"""

import select
import socket
import threading
import time

from edgekit import READS, edge, epoll_with, pair

DONTWAIT = socket.MSG_DONTWAIT


def rounds(reader, writer, peek, read, before=lambda: None):
    """READS reads with these flags, a peek with those flags before every second one."""
    for _ in range(READS // 2):
        writer.send(b"xx")
        before()
        reader.recv(2, peek | socket.MSG_PEEK)
        reader.recv(1, read)
        reader.recv(1, read)


@edge("blocking", "peeks")
def peek_that_sleeps():
    """The peek waits until there is something, the reads need not."""
    reader, writer = pair()
    more = threading.Semaphore(0)

    def write():
        for _ in range(READS // 2):
            more.acquire()
            time.sleep(0.01)
            writer.send(b"xx")

    helper = threading.Thread(target=write)
    yield
    helper.start()
    for _ in range(READS // 2):
        more.release()
        # Both bytes, so that the two reads find one each.
        reader.recv(2, socket.MSG_PEEK)
        reader.recv(1, DONTWAIT)
        reader.recv(1, DONTWAIT)
    helper.join()


@edge("blocking", "peeks")
def peek_that_may_wait():
    """The same, but what it would wait for is there."""
    reader, writer = pair()
    yield
    rounds(reader, writer, 0, DONTWAIT)


@edge("nonblocking", "peeks")
def peek_that_may_not_wait():
    """The peek asks whether there is something; the reads could wait and do not."""
    reader, writer = pair()
    yield
    rounds(reader, writer, DONTWAIT, 0)


@edge("poll", "peeks")
def peek_after_poll():
    """A poll of two has told of it before the peek did."""
    (reader, writer), (other, _keep) = pair(), pair()
    poll = select.poll()
    poll.register(reader, select.POLLIN)
    poll.register(other, select.POLLIN)
    yield
    rounds(reader, writer, 0, DONTWAIT, poll.poll)


@edge("epoll-lt", "peeks")
def peek_of_registered():
    """It is in an epoll set."""
    reader, writer = pair()
    epoll = epoll_with(reader, 0)
    yield
    rounds(reader, writer, 0, DONTWAIT)
    epoll.close()


@edge("epoll-lt", "peeks")
def peek_once_then_epoll():
    """A look at the first bytes, as to see which protocol it is; then it is epoll that tells."""
    reader, writer = pair()
    epoll = select.epoll()
    yield
    writer.send(b"x")
    reader.recv(1, socket.MSG_PEEK)
    epoll.register(reader, select.EPOLLIN)
    epoll.poll()
    reader.recv(1)
    for _ in range(READS - 1):
        writer.send(b"x")
        epoll.poll()
        reader.recv(1)
    epoll.close()
