#!/usr/bin/env -S python3 -B
"""Sockets that one process has registered with epoll and another one reads.

  epoll_edges.py GATE FILE DONE

Writes one line per reader to FILE, "PID NAME MODEL READS" (what iophase is to find), and lets all go
when GATE exists; writes DONE when all have done their reads. Ends then.
"""

import os
import select
import socket
import sys
import time

READS = 20


def epoll_with(fd, events):
    """An epoll set that watches the descriptor for reading."""
    epoll = select.epoll()
    epoll.register(fd, select.EPOLLIN | events)
    return epoll


class Inherited:
    """Registered by the parent before the fork: the child reads, and asks no set."""

    def __init__(self, model, events, parent_closes):
        self.model = model
        self.parent_closes = parent_closes
        self.reader, self.writer = socket.socketpair()
        self.reader.setblocking(False)
        self.epoll = epoll_with(self.reader, events)

    def in_parent(self):
        """After the fork."""
        if self.parent_closes:
            self.epoll.close()
            self.reader.close()

    def in_child(self):
        """Before the gate."""

    def read(self):
        """After the gate, in the child."""
        for _ in range(READS):
            self.writer.send(b"x")
            self.reader.recv(1)


class Passed:
    """Sent by SCM_RIGHTS to a child, which waits for it in a set of its own; it stays in the set of
    the parent, who has another kind of trigger."""

    def __init__(self, model, events, parents_events):
        self.model = model
        self.events, self.parents_events = events, parents_events
        self.here, self.there = socket.socketpair()
        self.kept = self.own = self.fds = None

    def in_parent(self):
        """After the fork: the child has not inherited this set."""
        reader, writer = socket.socketpair()
        reader.setblocking(False)
        self.kept = (reader, writer, epoll_with(reader, self.parents_events))
        socket.send_fds(self.here, [b"x"], [reader.fileno(), writer.fileno()])

    def in_child(self):
        """Before the gate."""
        self.fds = socket.recv_fds(self.there, 1, 2)[1]
        self.own = epoll_with(self.fds[0], self.events)

    def read(self):
        """After the gate, in the child."""
        for _ in range(READS):
            os.write(self.fds[1], b"x")
            self.own.poll()
            os.read(self.fds[0], 1)


def run(edge, gate, ready):
    """One child."""
    edge.in_child()
    os.write(ready, b"r")
    os.close(ready)
    while not os.path.exists(gate):
        time.sleep(0.005)
    edge.read()


def main():
    """Starts all, and waits for all."""
    gate, names, done = sys.argv[1:]
    edges = {
        "inherited": Inherited("epoll-et", select.EPOLLET, False),
        "inherited_and_closed_by_the_parent": Inherited("epoll-lt", 0, True),
        "passed_from_an_edge_triggered_set": Passed("epoll-lt", 0, select.EPOLLET),
        "passed_from_a_level_triggered_set": Passed("epoll-et", select.EPOLLET, 0),
    }
    lines, children = [], []
    for name, edge in edges.items():
        inlet, outlet = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(inlet)
            run(edge, gate, outlet)
            os._exit(0)
        os.close(outlet)
        edge.in_parent()
        assert os.read(inlet, 1) == b"r", name
        os.close(inlet)
        children.append(pid)
        lines.append(f"{pid} {name} {edge.model} {READS}\n")
    with open(names + ".tmp", "w", encoding="ascii") as file:
        file.writelines(lines)
    os.rename(names + ".tmp", names)
    failed = [pid for pid in children if os.waitpid(pid, 0)[1]]
    with open(done, "w", encoding="ascii") as file:
        file.write("done\n")
    sys.exit(bool(failed))


main()
