"""Pairs of sockets, and pipes, of another process: what is read from them counts as a peer's data.

What a process writes and reads by itself is a wake-up to iophase, so an edge of the rules about
reads cannot be shown on a socketpair() of the reader's own.
"""

import os
import socket

BATCH = 20  # pairs that one process makes

_pairs = []


def _make(count):
    """Has a child make pairs and pass them on."""
    here, there = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        for _ in range(count):
            ends = socket.socketpair()
            socket.send_fds(there, [b"x"], [end.fileno() for end in ends])
        os._exit(0)
    there.close()
    for _ in range(count):
        fds = socket.recv_fds(here, 1, 2)[1]
        _pairs.append(tuple(socket.socket(fileno=fd) for fd in fds))
    here.close()
    assert os.waitpid(pid, 0)[1] == 0


def pair():
    """Two connected UNIX stream sockets that another process has made."""
    if not _pairs:
        _make(BATCH)
    return _pairs.pop()


def full_pipe(count):
    """The reading end of a pipe into which another process has written so many bytes."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os._exit(os.write(writer, b"x" * count) != count)
    os.close(writer)
    assert os.waitpid(pid, 0)[1] == 0
    return reader
