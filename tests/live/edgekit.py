"""What edges.py and its further groups share: how an edge is registered, and its sockets.

In: the command line of edges.py, whose fourth argument is the group of edges that is asked for. Out:
EDGES, with what edge() was told of that group.
"""

import select
import sys

import strangers

READS = 20
EDGES = []


def edge(model, group=""):
    """Register a function: edge(model)(function) runs in a thread and is of that model.

    It is a generator: what comes before its first yield is set up before the gate opens.
    """

    def register(function):
        if sys.argv[4:] == [group] or not (sys.argv[4:] or group):
            EDGES.append((function, model))
        return function

    return register


def pair(nonblocking=False):
    """Two connected UNIX stream sockets of a peer; the first is non-blocking if asked for."""
    reader, writer = strangers.pair()
    reader.setblocking(not nonblocking)
    return reader, writer


def epoll_with(reader, events):
    """Return an epoll object that watches the socket for reading."""
    epoll = select.epoll()
    epoll.register(reader, select.EPOLLIN | events)
    return epoll
