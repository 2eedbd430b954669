"""Calls that fail, each a known number of times, for a known reason.

  errors.py GATE READY
"""

import ctypes
import os
import resource
import socket
import sys
import time


def fails(times, function, *args):
    """Do something that fails so many times."""
    for _ in range(times):
        try:
            function(*args)
        except OSError:
            continue
        sys.exit(f"{function} did not fail")


def main(gate, ready):
    """Get ready, wait for the gate, fail."""
    libc = ctypes.CDLL(None)
    closed = socket.create_server(("127.0.0.1", 0))
    port = closed.getsockname()[1]
    closed.close()
    inet = socket.socket()
    unix = socket.socket(socket.AF_UNIX)
    here, there = socket.socketpair()
    there.close()
    listener = socket.create_server(("127.0.0.1", 0))
    caller = socket.create_connection(listener.getsockname())
    with open(ready, "w", encoding="ascii") as file:
        file.write("ready\n")
    while not os.path.exists(gate):
        time.sleep(0.005)
    fails(7, inet.connect, ("127.0.0.1", port))
    fails(6, unix.connect, "/nonexistent/socket")
    # Of one call five errors are told apart.
    for i, (fd, name, length) in enumerate(
            [(-1, None, 0), (0, None, 0), (inet.fileno(), b"\1\0", 2), (inet.fileno(), None, 16),
             (unix.fileno(), b"\2\0", 2)]):
        for _ in range(5 - i):
            assert libc.connect(fd, name, length) == -1
    fails(2, here.send, b"x", socket.MSG_NOSIGNAL)
    resource.setrlimit(resource.RLIMIT_NOFILE, (1, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    fails(4, listener.accept)
    caller.close()


main(*sys.argv[1:])
