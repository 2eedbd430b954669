"""A process that talks to itself beside its peers.

  own.py GATE READY MODE

MODE wakes: a thread wakes the loop by a pipe, a pair of sockets, an eventfd and a timerfd, READS
times each, and each time the loop reads a peer's socket too, edge-triggered. MODE parent: a child
writes READS times into a pair that this process has made. MODE alone: nothing but wake-ups. MODE
waits: an epoll set has a listener of UNIX sockets, edge-triggered, and a pair of this process,
level-triggered; it waits for the gate there.
"""

import ctypes
import os
import select
import socket
import struct
import sys
import time

import strangers

READS = 20


def wait_for_gate(gate, ready):
    """Say that all is set up, and wait."""
    with open(ready, "w", encoding="ascii") as file:
        file.write("ready\n")
    while not os.path.exists(gate):
        time.sleep(0.005)


def timerfd():
    """A timerfd that is due all the time."""
    libc = ctypes.CDLL(None, use_errno=True)
    fd = libc.timerfd_create(1, os.O_CLOEXEC)
    due = (ctypes.c_int64 * 4)(0, 1, 0, 1)
    assert fd >= 0 and libc.timerfd_settime(fd, 0, due, None) == 0
    return fd


def wakes(gate, ready, peer):
    """Reads of all that wakes a loop, and, if there is a peer, of its socket."""
    inlet, outlet = os.pipe()
    here, there = socket.socketpair()
    event, timer = os.eventfd(0), timerfd()
    reader, writer = strangers.pair()
    reader.setblocking(False)
    epoll = select.epoll()
    for fd in (inlet, here.fileno(), event, timer):
        epoll.register(fd, select.EPOLLIN)
    epoll.register(reader, select.EPOLLIN | select.EPOLLET)
    wait_for_gate(gate, ready)
    for _ in range(READS):
        os.write(outlet, b"w")
        there.send(b"w")
        os.eventfd_write(event, 1)
        if peer:
            writer.send(b"x")
        epoll.poll()
        os.read(inlet, 64)
        here.recv(64)
        os.eventfd_read(event)
        struct.unpack("Q", os.read(timer, 8))
        if peer:
            reader.recv(1)


def parent(gate, ready):
    """It has made the pair; who writes is its child, and to it the child's data are a peer's."""
    here, there = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        here.close()
        while there.recv(1):
            there.send(b"x")
        os._exit(0)
    there.close()
    wait_for_gate(gate, ready)
    for _ in range(READS):
        here.send(b"w")
        here.recv(1)
    here.close()
    os.waitpid(pid, 0)


def waits(gate, ready):
    """A server without a connection, which can wake itself up."""
    here, _there = socket.socketpair()
    epoll = select.epoll()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(ready + ".listener")
        listener.listen()
        epoll.register(listener, select.EPOLLIN | select.EPOLLET)
        epoll.register(here, select.EPOLLIN)
        with open(ready, "w", encoding="ascii") as file:
            file.write("ready\n")
        while not os.path.exists(gate):
            epoll.poll(0.1)


if __name__ == "__main__":
    if sys.argv[3] == "waits":
        waits(*sys.argv[1:3])
    elif sys.argv[3] == "parent":
        parent(*sys.argv[1:3])
    else:
        wakes(*sys.argv[1:3], sys.argv[3] == "wakes")
