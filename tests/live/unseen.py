#!/usr/bin/env -S python3 -B
"""Servers whose reads are told of by calls that only --hooks syscalls sees end.

  unseen.py relay READY_FILE  each request of its one client is handed to an upstream, by a connection
                              that is made for it, and a poll of both awaits the answer
  unseen.py mmsg READY_FILE   datagrams, of which epoll tells, by recvmmsg
  unseen.py accept READY_FILE it sleeps in accept, and reads each connection once, late

Writes its port into READY_FILE when it serves; ends with its client, or with what is empty.
"""

import ctypes
import os
import select
import socket
import sys
import time

LIBC = ctypes.CDLL(None, use_errno=True)
POLLS = ("7", "271") if os.uname().machine == "x86_64" else ("73",)  # poll, ppoll
ROOM = 2000  # bytes for a datagram
LATE = 0.02  # s from a connection to its read, by which the request is there


def await_poll(pid):
    """Waits until a process is asleep in a poll: the number of that call, if any, is there then."""
    while True:
        with open(f"/proc/{pid}/syscall", encoding="ascii") as file:
            if file.read().split()[0] in POLLS:
                return


def upstream(listener):
    """Answers one request by connection, when who asks waits for that."""
    while True:
        with listener.accept()[0] as end:
            data = end.recv(100)
            await_poll(os.getppid())
            end.sendall(data)


def relay(ready):
    """Hands on what its client asks."""
    behind, listener = socket.create_server(("127.0.0.1", 0)), socket.create_server(("127.0.0.1", 0))
    child = os.fork()
    if not child:
        upstream(behind)
    ready(listener)
    client = listener.accept()[0]
    while data := client.recv(100):
        with socket.create_connection(behind.getsockname()) as end:
            end.sendall(data)
            polled = select.poll()
            polled.register(client, select.POLLIN)
            polled.register(end, select.POLLIN)
            polled.poll()
            client.sendall(end.recv(100))
    os.kill(child, 9)
    os.waitpid(child, 0)


def accept(ready):
    """Answers one request by connection."""
    listener, data = socket.create_server(("127.0.0.1", 0)), b"x"
    ready(listener)
    while data:
        with listener.accept()[0] as end:
            time.sleep(LATE)
            data = end.recv(100)
            end.sendall(data)


class Buffer(ctypes.Structure):
    """struct iovec"""
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


class Message(ctypes.Structure):
    """struct mmsghdr; the flags with what is left free behind them"""
    _fields_ = [("name", ctypes.c_void_p), ("name_length", ctypes.c_uint), ("buffers", ctypes.c_void_p),
                ("buffer_count", ctypes.c_size_t), ("control", ctypes.c_void_p),
                ("control_length", ctypes.c_size_t), ("flags", ctypes.c_long),
                ("length", ctypes.c_uint)]


def mmsg(ready):
    """Answers datagrams."""
    end = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    end.bind(("127.0.0.1", 0))
    data, name = ctypes.create_string_buffer(ROOM), ctypes.create_string_buffer(16)
    buffer = Buffer(ctypes.addressof(data), ROOM)
    message = Message(ctypes.addressof(name), 16, ctypes.addressof(buffer), 1)
    watch = select.epoll()
    watch.register(end, select.EPOLLIN)
    ready(end)
    while True:
        watch.poll()
        if LIBC.recvmmsg(end.fileno(), ctypes.byref(message), 1, 0, None) != 1:
            raise OSError(ctypes.get_errno(), "recvmmsg")
        port = int.from_bytes(name.raw[2:4], "big")
        end.sendto(data.raw[:message.length], ("127.0.0.1", port))
        if not message.length:
            return


def main(mode, path):
    """Serves."""
    def ready(end):
        with open(path + ".new", "w", encoding="ascii") as file:
            file.write(str(end.getsockname()[1]))
        os.rename(path + ".new", path)
    {"relay": relay, "mmsg": mmsg, "accept": accept}[mode](ready)


if __name__ == "__main__":
    main(*sys.argv[1:])
