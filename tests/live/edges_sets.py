"""The edges of edges.py about sockets in several epoll sets, in sets within sets, and in other
processes' hands: its group "sets". Importing it registers them.
"""

import os
import select
import socket

from edgekit import READS, edge, epoll_with, pair

GROUP = "sets"


def in_two_sets(nonblocking=True):
    """Return a reader, its writer, and two sets with it: level-triggered and edge-triggered."""
    reader, writer = pair(nonblocking=nonblocking)
    return reader, writer, epoll_with(reader, 0), epoll_with(reader, select.EPOLLET)


@edge("epoll-lt", GROUP)
def waited_on_the_level_triggered():
    """In two sets: it is the level-triggered one that says ready."""
    reader, writer, level, both = in_two_sets()
    yield
    for _ in range(READS):
        writer.send(b"x")
        level.poll()
        reader.recv(1)
    level.close()
    both.close()


@edge("epoll-et", GROUP)
def waited_on_the_edge_triggered():
    """The same, the other way round."""
    reader, writer, level, both = in_two_sets()
    yield
    for _ in range(READS):
        writer.send(b"x")
        both.poll()
        reader.recv(1)
    level.close()
    both.close()


@edge("epoll-et", GROUP)
def waited_on_a_third():
    """In two sets, of which none has said anything: the edge decides."""
    reader, writer, level, both = in_two_sets()
    other, other_writer = pair()
    third = epoll_with(other, 0)
    other_writer.send(b"x")
    yield
    for _ in range(READS):
        writer.send(b"x")
        third.poll()
        reader.recv(1)
    for epoll in (level, both, third):
        epoll.close()


@edge("epoll-lt", GROUP)
def taken_out_of_the_edge_triggered():
    """In one set still: that one counts."""
    reader, writer, level, both = in_two_sets()
    yield
    both.unregister(reader)
    for _ in range(READS):
        writer.send(b"x")
        reader.recv(1)
    level.close()
    both.close()


@edge("epoll-lt", GROUP)
def taken_out_of_both():
    """In none: what the set that it was taken out of last had said."""
    reader, writer, level, both = in_two_sets()
    yield
    both.unregister(reader)
    level.unregister(reader)
    for _ in range(READS):
        writer.send(b"x")
        reader.recv(1)
    level.close()
    both.close()


@edge("epoll-lt", GROUP)
def in_a_set_within_an_edge_triggered_one():
    """The outer set says ready, edge-triggered; how the socket itself is watched counts."""
    reader, writer = pair(nonblocking=True)
    inner = epoll_with(reader, 0)
    outer = epoll_with(inner, select.EPOLLET)
    yield
    for _ in range(READS):
        writer.send(b"x")
        outer.poll()
        reader.recv(1)
    inner.close()
    outer.close()


@edge("epoll-et", GROUP)
def passed():
    """Received by SCM_RIGHTS, under another number; the one that was registered is closed."""
    reader, writer = pair(nonblocking=True)
    epoll = epoll_with(reader, select.EPOLLET)
    here, there = socket.socketpair()
    socket.send_fds(here, [b"x"], [reader.fileno()])
    copy = socket.recv_fds(there, 1, 1)[1][0]
    reader.close()
    yield
    for _ in range(READS):
        writer.send(b"x")
        os.read(copy, 1)
    os.close(copy)
    epoll.close()


@edge("epoll-et", GROUP)
def exclusive():
    """EPOLLEXCLUSIVE says nothing about triggering."""
    reader, writer = pair(nonblocking=True)
    epoll = epoll_with(reader, select.EPOLLET | select.EPOLLEXCLUSIVE)
    yield
    for _ in range(READS):
        writer.send(b"x")
        epoll.poll()
        reader.recv(1)
    epoll.close()
