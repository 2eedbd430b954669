"""The edges of the rules that name a read's model: one thread per edge, all in one process.

In: edges.py GATE EDGES DONE [GROUP], three file names; of the edges those of the group, by default
those of none; edges_peeks.py, edges_sets.py and edges_told.py have more. Out: EDGES, written by
rename when all threads are set up, one line "tid edge model reads" each; the threads read when GATE
exists; DONE is written by rename when all have read. The threads stay until then, and nothing is printed.
"""

import errno
import os
import select
import socket
import sys
import threading
import time

import strangers
import edges_peeks  # noqa: F401 (its edges register themselves)
import edges_sets  # noqa: F401
import edges_told  # noqa: F401
from edgekit import EDGES, READS, edge, epoll_with, pair


@edge("nonblocking")
def nonblocking_without_mux():
    """A read of a non-blocking socket, and no mux call anywhere."""
    reader, writer = pair(nonblocking=True)
    yield
    for _ in range(READS):
        writer.send(b"x")
        reader.recv(1)


@edge("blocking")
def blocking_without_sleep():
    """A read of a blocking socket that has the data already."""
    reader, writer = pair()
    yield
    for _ in range(READS):
        writer.send(b"x")
        reader.recv(1)


@edge("blocking")
def blocking_with_sleep():
    """A read that sleeps until a further thread writes."""
    reader, writer = pair()

    def write():
        for _ in range(READS):
            time.sleep(0.01)
            writer.send(b"x")

    helper = threading.Thread(target=write)
    yield
    helper.start()
    for _ in range(READS):
        reader.recv(1)
    helper.join()


@edge("nonblocking")
def dontwait_on_blocking():
    """MSG_DONTWAIT on a blocking socket."""
    reader, writer = pair()
    yield
    for _ in range(READS):
        writer.send(b"x")
        reader.recv(1, socket.MSG_DONTWAIT)


@edge("nonblocking")
def nonblocking_pipe():
    """read(2) of a non-blocking pipe."""
    reader = strangers.full_pipe(READS)
    os.set_blocking(reader, False)
    yield
    for _ in range(READS):
        os.read(reader, 1)


@edge("blocking")
def blocking_pipe_readv():
    """readv(2) of a blocking pipe with data."""
    reader = strangers.full_pipe(READS)
    yield
    for _ in range(READS):
        os.readv(reader, [bytearray(1)])


def nowait_on_blocking():
    """preadv2(2) with RWF_NOWAIT of a blocking socket."""
    reader, writer = pair()
    yield
    for _ in range(READS):
        writer.send(b"x")
        os.preadv(reader.fileno(), [bytearray(1)], -1, os.RWF_NOWAIT)


def sockets_know_nowait():
    """Whether this kernel lets sockets be read with RWF_NOWAIT; older ones do not."""
    reader, writer = pair()
    with reader, writer:
        writer.send(b"x")
        try:
            return os.preadv(reader.fileno(), [bytearray(1)], -1, os.RWF_NOWAIT) == 1
        except OSError as error:
            if error.errno != errno.EOPNOTSUPP:
                raise
            return False


if sockets_know_nowait():
    edge("nonblocking")(nowait_on_blocking)


@edge("epoll-et")
def registered_edge_triggered():
    """Registered before the attach, with EPOLLET; nobody waits in epoll_wait."""
    reader, writer = pair(nonblocking=True)
    epoll = epoll_with(reader, select.EPOLLET)
    yield
    for _ in range(READS):
        writer.send(b"x")
        reader.recv(1)
    epoll.close()


@edge("epoll-lt")
def registered_level_triggered():
    """Registered before the attach, without EPOLLET; nobody waits in epoll_wait."""
    reader, writer = pair(nonblocking=True)
    epoll = epoll_with(reader, 0)
    yield
    for _ in range(READS):
        writer.send(b"x")
        reader.recv(1)
    epoll.close()


@edge("epoll-lt")
def registered_once():
    """EPOLLONESHOT is level-triggered too."""
    reader, writer = pair(nonblocking=True)
    epoll = epoll_with(reader, select.EPOLLONESHOT)
    yield
    for _ in range(READS):
        writer.send(b"x")
        epoll.poll()
        reader.recv(1)
        epoll.modify(reader, select.EPOLLIN | select.EPOLLONESHOT)
    epoll.close()


@edge("epoll-et")
def registered_with_a_duplicate():
    """The one who reads does it through a duplicate of the descriptor that is registered."""
    reader, writer = pair(nonblocking=True)
    epoll = epoll_with(reader, select.EPOLLET)
    duplicate = reader.dup()
    yield
    for _ in range(READS):
        writer.send(b"x")
        os.read(duplicate.fileno(), 1)
    epoll.close()


@edge("epoll-et")
def registered_twice():
    """In two epoll sets, one of them edge-triggered."""
    reader, writer = pair(nonblocking=True)
    level = epoll_with(reader, 0)
    both = epoll_with(reader, select.EPOLLET)
    yield
    for _ in range(READS):
        writer.send(b"x")
        reader.recv(1)
    level.close()
    both.close()


@edge("nonblocking")
def registered_no_more():
    """Taken out of the epoll set before it is read."""
    reader, writer = pair(nonblocking=True)
    epoll = epoll_with(reader, select.EPOLLET)
    epoll.unregister(reader)
    yield
    for _ in range(READS):
        writer.send(b"x")
        reader.recv(1)
    epoll.close()


@edge("epoll-lt", "shared")
def handed_over():
    """Taken out of the epoll set while we look, and read by another thread: a poller's worker."""
    reader, writer = pair()
    epoll = epoll_with(reader, 0)
    helper = threading.Thread(target=epoll.unregister, args=(reader,))
    yield
    helper.start()
    helper.join()
    for _ in range(READS):
        writer.send(b"x")
        reader.recv(1)
    epoll.close()


@edge("nonblocking", "shared")
def handed_over_and_used_up():
    """The same, but a read found nothing: what epoll said holds no longer."""
    reader, writer = pair(nonblocking=True)
    epoll = epoll_with(reader, 0)
    yield
    epoll.unregister(reader)
    try:
        reader.recv(1)
    except BlockingIOError:
        pass
    for _ in range(READS):
        writer.send(b"x")
        reader.recv(1)
    epoll.close()


@edge("blocking", "shared")
def handed_over_and_slept():
    """The same, but a read slept; 19 further ones find their data there."""
    reader, writer = pair()
    epoll = epoll_with(reader, select.EPOLLET)

    def write():
        time.sleep(0.05)
        writer.send(b"x")

    helper = threading.Thread(target=write)
    yield
    epoll.unregister(reader)
    helper.start()
    reader.recv(1)
    helper.join()
    for _ in range(READS - 1):
        writer.send(b"x")
        reader.recv(1)
    epoll.close()


@edge("nonblocking", "shared")
def handed_over_and_replaced():
    """Another file, which may well be at the same address and has the same number."""
    reader, writer = pair(nonblocking=True)
    epoll = epoll_with(reader, 0)
    yield
    epoll.unregister(reader)
    reader.close()
    writer.close()
    reader, writer = pair(nonblocking=True)
    for _ in range(READS):
        writer.send(b"x")
        reader.recv(1)
    epoll.close()


@edge("blocking", "shared")
def registered_but_slept():
    """Registered, but blocking, and the read sleeps: what happened counts."""
    reader, writer = pair()
    epoll = epoll_with(reader, 0)

    def write():
        for _ in range(READS):
            time.sleep(0.01)
            writer.send(b"x")

    helper = threading.Thread(target=write)
    yield
    helper.start()
    for _ in range(READS):
        reader.recv(1)
    helper.join()
    epoll.close()


@edge("epoll-et", "shared")
def registered_and_waited_for_elsewhere():
    """One thread is in epoll_wait, another one, told by it, reads."""
    reader, writer = pair(nonblocking=True)
    epoll = epoll_with(reader, select.EPOLLET)
    ready, done = threading.Semaphore(0), threading.Semaphore(0)

    def wait():
        for _ in range(READS):
            epoll.poll()
            ready.release()
            done.acquire()

    helper = threading.Thread(target=wait)
    yield
    helper.start()
    for _ in range(READS):
        writer.send(b"x")
        ready.acquire()
        reader.recv(1)
        done.release()
    helper.join()
    epoll.close()


@edge("nonblocking")
def select_found_nothing():
    """The latest select timed out, so it did not say that the socket is ready."""
    reader, writer = pair(nonblocking=True)
    yield
    for _ in range(READS):
        select.select([reader], [], [], 0)
        writer.send(b"x")
        reader.recv(1)


def run(function, gate, go, finished, lines, model):
    """One edge's thread: set up, wait at the gate, read, wait for all the others."""
    steps = function()
    next(steps)
    lines.append(f"{threading.get_native_id()} {function.__name__} {model} {READS}\n")
    gate.wait()
    go.wait()
    for _ in steps:
        pass
    finished.wait()


def write(path, text):
    """Write a file so that a reader sees all of it or nothing."""
    with open(path + ".tmp", "w", encoding="ascii") as file:
        file.write(text)
    os.rename(path + ".tmp", path)


def main():
    """Start all threads, let them go when the gate file exists, wait for the end of the tracer."""
    gate_file, edges_file, done_file = sys.argv[1:4]
    lines = []
    go = threading.Event()
    gate = threading.Barrier(len(EDGES) + 1)
    finished = threading.Barrier(len(EDGES) + 1)
    for function, model in EDGES:
        arguments = (function, gate, go, finished, lines, model)
        threading.Thread(target=run, args=arguments, daemon=True).start()
    gate.wait(60)
    write(edges_file, "".join(lines))
    deadline = time.monotonic() + 60
    while not os.path.exists(gate_file) and time.monotonic() < deadline:
        time.sleep(0.01)
    go.set()
    finished.wait(60)
    write(done_file, "done\n")
    # The main thread outlives the attach; the test waits for this end.
    time.sleep(0.1)


main()
