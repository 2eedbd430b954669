#!/usr/bin/env -S python3 -B
"""The edges of the rule for signal-driven I/O, each in a process of its own.

  signal_edges.py GATE FILE DONE

Writes one line per edge to FILE, "PID NAME MODEL READS SIGNALS" (what iophase is to find), and
lets all go when GATE exists; writes DONE when all have done their reads. Ends then.
"""

import ctypes
import fcntl
import os
import signal
import sys
import time

import strangers

READS = 20
KEPT = []  # closing a socket would send a signal to its peer's owner
EDGES = []


def edge(model, signals):
    """Adds an edge: a generator that gets ready, yields once, and does READS reads."""

    def add(function):
        EDGES.append((function, model, signals))
        return function

    return add


def pair(sig=None, asynchronous=True):
    """A pair of sockets, of which the first sends us a signal when it has something."""
    reader, writer = strangers.pair()
    if asynchronous:
        fcntl.fcntl(reader, fcntl.F_SETOWN, os.getpid())
        if sig:
            fcntl.fcntl(reader, 10, sig)  # F_SETSIG
        fcntl.fcntl(reader, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
    else:
        reader.setblocking(False)
    KEPT.append((reader, writer))
    return reader, writer


@edge("signal-driven", READS)
def sigio_to_a_handler():
    """The handler comes before the read that follows the write."""
    signal.signal(signal.SIGIO, lambda *_: None)
    reader, writer = pair()
    yield
    for _ in range(READS):
        writer.send(b"x")
        reader.recv(1)


@edge("signal-driven", READS)
def setsig_to_a_handler():
    """The same by F_SETSIG, with a signal that is queued."""
    signal.signal(signal.SIGRTMIN + 1, lambda *_: None)
    reader, writer = pair(signal.SIGRTMIN + 1)
    yield
    for _ in range(READS):
        writer.send(b"x")
        reader.recv(1)


@edge("signal-driven", READS)
def setsig_with_codes_of_its_own():
    """SIGCHLD has codes that mean something else: the kernel says SI_SIGIO."""
    signal.signal(signal.SIGCHLD, lambda *_: None)
    reader, writer = pair(signal.SIGCHLD)
    yield
    for _ in range(READS):
        writer.send(b"x")
        reader.recv(1)


@edge("signal-driven", READS)
def one_waits_for_it():
    """rt_sigtimedwait without siginfo: the number alone has to do."""
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGRTMIN + 2])
    reader, writer = pair(signal.SIGRTMIN + 2)
    libc = ctypes.CDLL(None, use_errno=True)
    wanted = (ctypes.c_uint64 * 16)(1 << (signal.SIGRTMIN + 2 - 1))
    yield
    for _ in range(READS):
        writer.send(b"x")
        assert libc.sigwaitinfo(wanted, None) == signal.SIGRTMIN + 2
        reader.recv(1)


@edge("nonblocking", 0)
def no_io_signal():
    """Other signals change nothing, whatever their number."""
    signal.signal(signal.SIGUSR1, lambda *_: None)
    signal.signal(signal.SIGRTMIN + 1, lambda *_: None)
    reader, writer = pair(asynchronous=False)
    yield
    for i in range(READS):
        writer.send(b"x")
        os.kill(os.getpid(), signal.SIGUSR1 if i % 2 else signal.SIGRTMIN + 1)
        reader.recv(1)


@edge("nonblocking", 1)
def a_signal_long_ago():
    """After the first read the thread sleeps: the signal is not why it reads again."""
    signal.signal(signal.SIGIO, lambda *_: None)
    reader, writer = pair()
    yield
    writer.send(b"x")
    reader.recv(1)
    fcntl.fcntl(reader, fcntl.F_SETFL, os.O_NONBLOCK)
    for _ in range(READS - 1):
        time.sleep(0.001)
        writer.send(b"x")
        reader.recv(1)


@edge("signal-driven", 1)
def one_signal_for_many():
    """SIGIO is not queued: one may stand for many sockets."""
    signal.signal(signal.SIGIO, lambda *_: None)
    pairs = [pair() for _ in range(READS)]
    yield
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGIO])
    for _, writer in pairs:
        writer.send(b"x")
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGIO])
    for reader, _ in pairs:
        reader.recv(1)


@edge("signal-driven", 1)
def the_first_event_of_all():
    """Asleep when we attach; its handler does all reads, before any call has told where it was."""
    sockets = [pair(asynchronous=False) for _ in range(READS)]
    for _, writer in sockets:
        writer.send(b"x")
    signal.signal(signal.SIGIO, lambda *_: [reader.recv(1) for reader, _ in sockets])
    yield
    os.kill(os.getpid(), signal.SIGIO)


def run(function, gate, ready):
    """One process: gets ready, waits for the gate, does its reads, and stays until it is ended."""
    steps = function()
    next(steps)
    ready.write(b"r")
    ready.close()
    while not os.path.exists(gate):
        time.sleep(0.005)
    assert next(steps, None) is None


def main():
    """Starts all, and waits for all."""
    gate, names, done = sys.argv[1:]
    lines, children = [], []
    for function, model, signals in EDGES:
        inlet, outlet = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(inlet)
            run(function, gate, os.fdopen(outlet, "wb", buffering=0))
            os._exit(0)
        os.close(outlet)
        assert os.read(inlet, 1) == b"r", function.__name__
        os.close(inlet)
        children.append(pid)
        lines.append(f"{pid} {function.__name__} {model} {READS} {signals}\n")
    with open(names + ".tmp", "w", encoding="ascii") as file:
        file.writelines(lines)
    os.rename(names + ".tmp", names)
    failed = [pid for pid in children if os.waitpid(pid, 0)[1]]
    with open(done, "w", encoding="ascii") as file:
        file.write("done\n")
    sys.exit(bool(failed))


main()
