#!/usr/bin/env python3
"""A listening socket with a short queue, in a network of its own, where the kernel's counts are its own.

usage: backlog.py before|after|deferred GATE DONE END

In: whether it listens before the gate opens or after that, and then it closes the socket in the end, or
before and with TCP_DEFER_ACCEPT, and then no more come than there is room for; a file to wait for before the queue is filled; one that it makes when that has been done; one to wait for
before it ends. Out, at the end, on stdout: `room=N most=N waiting=N dropped=N`: as
many connections as there is room for; how many waited at most, and wait when DONE is made, as the kernel
says of the socket; handshakes that the kernel dropped in this network (TcpExt ListenDrops). Exit 77 where
there may be no network of its own.
"""

import ctypes
import fcntl
import os
import socket
import struct
import sys
import time

CLONE_NEWNET = 0x40000000
SIOCSIFFLAGS = 0x8914
IFF_UP = 1
BACKLOG = 4
MORE = 7  # than there is room for


def network_of_its_own():
    """Leaves the network of the machine."""
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET):
        sys.exit(77)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))


def dropped():
    """ListenDrops of this network."""
    with open("/proc/self/net/netstat", encoding="ascii") as file:
        rows = [line.split() for line in file if line.startswith("TcpExt:")]
    return int(rows[1][rows[0].index("ListenDrops")])


def waiting(listener):
    """How many wait to be accepted: tcpi_unacked of a socket that listens."""
    info = listener.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104)
    return struct.unpack_from("8B8I", info)[12]


def wait_for(path):
    """Waits until a file is there."""
    while not os.path.exists(path):
        time.sleep(0.01)


def say(path):
    """Makes a file."""
    with open(path, "w", encoding="ascii") as file:
        file.write("done\n")


def until(condition):
    """Waits until a condition holds."""
    while not condition():
        time.sleep(0.01)


def main(when, gate, done, end):
    """Fills the queue, and more; accepts two."""
    network_of_its_own()
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    if when == "deferred":
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, 5)
    if when != "after":
        listener.listen(BACKLOG)
    say(f"{gate}.ready")
    wait_for(gate)
    listener.listen(BACKLOG)
    more = 0 if when == "deferred" else MORE
    ends = [socket.socket() for _ in range(BACKLOG + 1 + more)]
    for one in ends:
        one.setblocking(False)
        one.connect_ex(listener.getsockname())
        if when == "deferred":
            one.send(b"x")
    until(lambda: waiting(listener) == BACKLOG + 1 and dropped() >= more)
    # Nobody asks any more, so that what is counted from here on stays.
    for one in ends[BACKLOG + 1:]:
        one.close()
    most = waiting(listener)
    for _ in range(2):
        listener.accept()[0].close()
    print(f"room={BACKLOG + 1} most={most} waiting={waiting(listener)} dropped={dropped()}", flush=True)
    if when == "after":
        listener.close()
    say(done)
    wait_for(end)


if __name__ == "__main__":
    main(*sys.argv[1:])
