#!/usr/bin/env -S python3 -B
"""Situations of public bug reports about event loops, made again.

  reported.py MODE READY GATE

Writes READY when it is in the situation; when GATE is there it goes through it TURNS times, writes
what it did into READY.done, as lines of a call, an outcome and a number, and ends.

  emfile      an epoll loop without a descriptor left: accept4 fails, and is tried again
  blocked     the same of a blocking accept, without epoll
  duplicate   a descriptor is closed that a child still has: epoll goes on telling of it, and it can
              no longer be taken out
  writable    epoll tells of a socket that there is room, which nobody wants to know
  errqueue    datagrams to nobody: epoll tells of the queue of errors, which is read
  reused      an event of a descriptor whose number is another connection's by then
  alarms      a timer's signal interrupts epoll_wait all the time
  herd        two processes are told of each connection, and one of them finds that it is gone
"""

import ctypes
import errno
import os
import resource
import select
import signal
import socket
import sys
import time
from collections import Counter

MODE, READY, GATE = sys.argv[1:4]
IP_RECVERR = 11
TURNS = 500

done = Counter()
word = open(READY, "w", encoding="ascii")  # open already: there may be no descriptor left


def over():
    """Whether the children are to end; makes no call that iophase times."""
    return os.path.exists(READY + ".over")


def end(children):
    """Have them end."""
    with open(READY + ".over", "w", encoding="ascii"):
        pass
    for pid in children:
        os.waitpid(pid, 0)


def start():
    """Say that it is in the situation, and wait."""
    word.write("ready\n")
    word.flush()
    while not os.path.exists(GATE):
        time.sleep(0.01)


def tell(name):
    """What it did."""
    with open(READY + name, "w", encoding="ascii") as file:
        for (call, outcome), number in sorted(done.items()):
            file.write(f"{call} {outcome} {number}\n")


def counted(call, function, *arguments):
    """Make a call and count how it ended; None for an error."""
    try:
        result = function(*arguments)
    except OSError as error:
        done[call, errno.errorcode[error.errno]] += 1
        return None
    done[call, "ok"] += 1
    return result


def client_of(listener):
    """A client, in a process of its own, that connects and waits."""
    address = listener.getsockname()
    pid = os.fork()
    if not pid:
        listener.close()
        with socket.create_connection(address):
            while not over():
                select.select([], [], [], 0.02)
        os._exit(0)
    return pid


def emfile():
    """Without a descriptor left."""
    listener = socket.create_server(("127.0.0.1", 0))
    epoll = select.epoll() if MODE == "emfile" else None
    if epoll:
        listener.setblocking(False)
        epoll.register(listener, select.EPOLLIN)
    client = client_of(listener)
    select.select([listener], [], [])
    left = os.dup(listener.fileno())
    os.close(left)
    resource.setrlimit(resource.RLIMIT_NOFILE, (left, 1024))
    yield
    for _ in range(TURNS):
        if epoll:
            counted("epoll_wait", epoll.poll)
        counted("accept4", listener.accept)
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, 1024))
    end([client])


def duplicate():
    """Closed, but a child has it too."""
    epoll = select.epoll()
    listener = socket.create_server(("127.0.0.1", 0))
    client = client_of(listener)
    connection, _ = listener.accept()
    epoll.register(connection, select.EPOLLIN | select.EPOLLOUT)
    number = connection.fileno()
    child = os.fork()
    if not child:
        while not over():
            select.select([], [], [], 0.02)
        os._exit(0)
    connection.close()
    yield
    for _ in range(TURNS):
        counted("epoll_wait", epoll.poll)
        counted("epoll_ctl", epoll.modify, number, 0)
    end([client, child])


def writable():
    """There is room, and nothing to write."""
    epoll = select.epoll()
    listener = socket.create_server(("127.0.0.1", 0))
    client = client_of(listener)
    connection, _ = listener.accept()
    epoll.register(connection, select.EPOLLIN | select.EPOLLOUT)
    yield
    for _ in range(TURNS):
        counted("epoll_wait", epoll.poll)
    end([client])


def errqueue():
    """What was sent to nobody comes back as an error, into a queue."""
    epoll = select.epoll()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as nobody:
        nobody.bind(("127.0.0.1", 0))
        address = nobody.getsockname()
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.IPPROTO_IP, IP_RECVERR, 1)
    sock.setblocking(False)
    epoll.register(sock, select.EPOLLIN)
    yield
    for _ in range(TURNS):
        counted("sendto", sock.sendto, b"x" * 10, address)
        counted("epoll_wait", epoll.poll)
        counted("recvmsg", sock.recvmsg, 100, 100, socket.MSG_ERRQUEUE)
        counted("recvfrom", sock.recv, 100)


def reused():
    """An event of a descriptor that is another one's by then."""
    epoll = select.epoll()
    listener = socket.create_server(("127.0.0.1", 0))
    clients = [client_of(listener) for _ in range(2)]
    first, _ = listener.accept()
    second, _ = listener.accept()
    second.setblocking(False)
    epoll.register(first, select.EPOLLOUT)
    child = os.fork()
    if not child:
        while not over():
            select.select([], [], [], 0.02)
        os._exit(0)
    os.dup2(second.fileno(), first.fileno())
    yield
    for _ in range(TURNS):
        counted("epoll_wait", epoll.poll)
        counted("recvfrom", first.recv, 100)
    end([*clients, child])


def alarms():
    """Interrupted all the time."""
    libc = ctypes.CDLL(None, use_errno=True)
    epoll = select.epoll()
    listener = socket.create_server(("127.0.0.1", 0))
    epoll.register(listener, select.EPOLLIN)
    events = ctypes.create_string_buffer(12 * 8)
    signal.signal(signal.SIGALRM, lambda *_: None)

    def wait():
        # Python itself would go on waiting.
        if libc.epoll_wait(epoll.fileno(), events, 8, 1000) < 0:
            raise OSError(ctypes.get_errno(), "epoll_wait")

    yield
    signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
    for _ in range(TURNS):
        counted("epoll_wait", wait)
    signal.setitimer(signal.ITIMER_REAL, 0)


def herd():
    """Two workers on one listener."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setblocking(False)
    workers = []
    for number in range(2):
        pid = os.fork()
        if pid:
            workers.append(pid)
            continue
        epoll = select.epoll()
        epoll.register(listener, select.EPOLLIN)
        while not over():
            if epoll.poll(0.02):
                # Who comes late finds nothing: both are awake before one accepts.
                time.sleep(0.002)
                connection = counted("accept4", listener.accept)
                if connection:
                    connection[0].close()
        tell(f".{number}")
        os._exit(0)
    yield
    for _ in range(TURNS // 10):
        with socket.create_connection(listener.getsockname()) as connection:
            select.select([connection], [], [])  # until a worker has closed it
    end(workers)


def main():
    """Be in the situation of the mode."""
    modes = {"emfile": emfile, "blocked": emfile, "duplicate": duplicate, "writable": writable,
             "errqueue": errqueue, "reused": reused, "alarms": alarms, "herd": herd}
    situation = modes[MODE]()
    next(situation)
    start()
    next(situation, None)
    tell(".done")


main()
