"""Servers that delay by a known amount, in a known part of what their client waits for.

In: delaying.py server MODE PLACE; client PLACE CONNECTIONS REQUESTS RESULT, and burst likewise: see
burst(); rounds PLACE CONNECTIONS REQUESTS GO: see rounds(); or stopped PORT PID: see ask_stopped(). PLACE is a file that
the server writes by rename when it is ready: "FAMILY TYPE ADDRESS GREETING FIRST": how many bytes it
says first, and how many the client sends that long before the rest. The client writes to RESULT
"requests N waited_ns S known_ns T": what it waited for, in all, from before each write until the
first byte of the answer; and how much of that, at least, must be in the part that the mode delays, however slow the
client was: of the accept here. MODE: what is in MODES. Out: nothing is printed.
"""

import ctypes
import os
import select
import signal
import socket
import sys
import threading
import time

DELAY = 0.02  # s
SIZE = 64
PR_SET_PDEATHSIG = 1  # linux/prctl.h
GREETING = b"helloagain"


def burn(seconds):
    """Use the CPU for so long."""
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


def echo(connection, before_read=None, before_write=None):
    """Answer what comes, until the end."""
    while True:
        if before_read:
            select.select([connection], [], [])
            before_read()
        data = connection.recv(SIZE)
        if not data:
            connection.close()
            return
        if before_write:
            before_write(data)
        connection.sendall(data)


def accepting(listener, serve, before_accept=None):
    """A thread for each connection, which `serve` serves."""
    while True:
        if before_accept:
            select.select([listener], [], [])
            before_accept()
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(connection,), daemon=True).start()


def service(listener):
    """The answer takes its time."""
    accepting(listener, lambda c: echo(c, before_write=lambda _: time.sleep(DELAY)))


def compute(listener):
    """It takes CPU."""
    accepting(listener, lambda c: echo(c, before_write=lambda _: burn(DELAY)))


def late(listener):
    """The read is late."""
    accepting(listener, lambda c: echo(c, before_read=lambda: time.sleep(DELAY)))


def peeked(listener):
    """What is there is peeked at, and read late."""

    def serve(connection):
        while connection.recv(SIZE, socket.MSG_PEEK):
            time.sleep(DELAY)
            connection.sendall(connection.recv(SIZE))

    accepting(listener, serve)


def lowat(listener):
    """What is there is ready when it is all there."""
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, SIZE)
    # A recv that took the first half would wait for as much again.
    accepting(listener, lambda c: echo(c, before_read=lambda: None))


def backlog(listener):
    """The accept is late."""
    accepting(listener, echo, before_accept=lambda: time.sleep(DELAY))


def batch(listener):
    """One loop: a request holds it, and those behind it wait."""
    epoll, served = select.epoll(), {}
    epoll.register(listener, select.EPOLLIN)
    while True:
        for fd, _ in epoll.poll():
            if fd == listener.fileno():
                connection, _ = listener.accept()
                served[connection.fileno()] = connection
                epoll.register(connection, select.EPOLLIN)
                continue
            data = served[fd].recv(SIZE)
            if not data:
                epoll.unregister(fd)
                served.pop(fd).close()
                continue
            time.sleep(DELAY)
            served[fd].sendall(data)


def polled(listener):
    """One loop by poll, at once; without a connection it polls its listener alone."""
    poll, served = select.poll(), {}
    poll.register(listener, select.POLLIN)
    while True:
        for fd, _ in poll.poll():
            if fd == listener.fileno():
                connection, _ = listener.accept()
                served[connection.fileno()] = connection
                poll.register(connection, select.POLLIN)
                continue
            data = served[fd].recv(SIZE)
            if data:
                served[fd].sendall(data)
            else:
                poll.unregister(fd)
                served.pop(fd).close()


def upstream(listener):
    """The answer is asked of another process, over TCP."""
    behind = socket.create_server(("127.0.0.1", 0))
    if not os.fork():
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        listener.close()
        service(behind)
    address = behind.getsockname()
    behind.close()

    def serve(connection):
        with socket.create_connection(address) as asked:

            def ask(data):
                asked.sendall(data)
                asked.recv(SIZE)

            echo(connection, before_write=ask)

    accepting(listener, serve)


def greeting(listener):
    """It speaks first, and then once more unasked, before it serves."""

    def serve(connection):
        connection.sendall(GREETING[:5])
        connection.sendall(GREETING[5:])
        echo(connection)

    accepting(listener, serve)


def pieces(listener):
    """A request is read in two pieces, and answered in four."""

    def serve(connection):
        while connection.recv(SIZE // 2, socket.MSG_WAITALL):
            connection.recv(SIZE // 2, socket.MSG_WAITALL)
            for _ in range(4):
                connection.sendall(b"y" * (SIZE // 4))

    accepting(listener, serve)


def datagrams(bound):
    """The answer to a datagram takes its time."""
    while True:
        data, peer = bound.recvfrom(SIZE)
        time.sleep(DELAY)
        bound.sendto(data, peer)


MODES = {
    "service": service,
    "compute": compute,
    "late": late,
    "peeked": peeked,
    "lowat": lowat,
    "backlog": backlog,
    "batch": batch,
    "polled": polled,
    "upstream": upstream,
    "greeting": greeting,
    "pieces": pieces,
    "udp": datagrams,
    "unix": service,
}


def write(path, text):
    """Write a file so that a reader sees all of it or nothing."""
    with open(path + ".tmp", "w", encoding="ascii") as file:
        file.write(text)
    os.rename(path + ".tmp", path)


def serve_mode(mode, place):
    """Bind, say where, serve."""
    if mode == "unix":
        bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        bound.bind(place + ".socket")
        bound.listen(64)
        write(place, f"unix stream {place}.socket 0 0")
    elif mode == "udp":
        bound = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        bound.bind(("127.0.0.1", 0))
        write(place, f"inet dgram {bound.getsockname()[1]} 0 0")
    else:
        bound = socket.create_server(("127.0.0.1", 0), backlog=64)
        greeting_size = len(GREETING) if mode == "greeting" else 0
        first = SIZE // 2 if mode == "lowat" else 0
        write(place, f"inet stream {bound.getsockname()[1]} {greeting_size} {first}")
    MODES[mode](bound)


def take(sock, size):
    """Read so many bytes."""
    while size:
        size -= len(sock.recv(size))


def connect(place):
    """A socket connected to the server, which has greeted, and how much to send it first."""
    with open(place, encoding="ascii") as file:
        family, kind, address, greeting_size, first = file.read().split()
    sock = socket.socket(
        socket.AF_UNIX if family == "unix" else socket.AF_INET,
        socket.SOCK_DGRAM if kind == "dgram" else socket.SOCK_STREAM,
    )
    sock.connect(address if family == "unix" else ("127.0.0.1", int(address)))
    take(sock, int(greeting_size))
    return sock, int(first)


def load(place, connections, requests, result):
    """Ask on all connections at once, then take all answers; so many times."""
    waited, answered, known = 0, 0, 0
    for _ in range(requests):
        # A connection for each: what is delayed may be the accept.
        opened = time.monotonic_ns()
        socks = [connect(place) for _ in range(connections)]
        begun = []
        for sock, first in socks:
            if first:
                sock.sendall(b"x" * first)
                time.sleep(DELAY)
            begun.append(time.monotonic_ns())
            sock.sendall(b"x" * (SIZE - first))
            # The server looks at the connection no earlier than it is asked for.
            known += max(0, opened + int(DELAY * 1e9) - time.monotonic_ns())
        for (sock, _), since in zip(socks, begun):
            got = sock.recv(SIZE)
            waited += time.monotonic_ns() - since
            take(sock, SIZE - len(got))
            answered += 1
            sock.close()
    write(result, f"requests {answered} waited_ns {waited} known_ns {known}\n")


def burst(place, connections, requests, result):
    """Ask on all connections at once, so many times, when each has been accepted and served. Of the
    k-th that is served, k - 1 services come first, but what it was sent later than the first one
    was; the sum does not depend on their order."""
    socks = [connect(place)[0] for _ in range(connections)]
    waited, known = 0, 0

    def ask(some):
        begun, sent = [], []
        for sock in some:
            begun.append(time.monotonic_ns())
            sock.sendall(b"x" * SIZE)
            sent.append(time.monotonic_ns())
        late = sum(sent) - begun[0] * len(sent)
        behind = sum(range(len(some))) * int(DELAY * 1e9)
        answered = 0
        for sock, since in zip(some, begun):
            take(sock, SIZE)
            answered += time.monotonic_ns() - since
        return answered, max(0, behind - late)

    for some in [[sock] for sock in socks] + [socks] * requests:
        more = ask(some)
        waited, known = waited + more[0], known + more[1]
    write(
        result,
        f"requests {connections * (requests + 1)} waited_ns {waited} known_ns {known}\n",
    )


def rounds(place, connections, requests, go):
    """Ask on all connections in turn, so many times; then, when the file GO is there, on all but
    the last one once more."""
    socks = [connect(place)[0] for _ in range(int(connections))]

    def ask(sock):
        sock.sendall(b"x" * SIZE)
        take(sock, SIZE)

    for sock in socks * int(requests):
        ask(sock)
    while not os.path.exists(go):
        time.sleep(DELAY)
    for sock in socks[:-1]:
        ask(sock)


def ask_stopped(port, pid):
    """Connect to a process that is stopped, ask, and let it go on after the delay."""
    with socket.create_connection(("127.0.0.1", port)) as sock:
        sock.sendall(b"x" * SIZE)
        time.sleep(DELAY)
        os.kill(pid, signal.SIGCONT)
        take(sock, SIZE)


def main():
    """See above."""
    if sys.argv[1] == "server":
        serve_mode(*sys.argv[2:4])
    elif sys.argv[1] == "rounds":
        rounds(*sys.argv[2:6])
    elif sys.argv[1] == "stopped":
        ask_stopped(int(sys.argv[2]), int(sys.argv[3]))
    elif sys.argv[1] == "burst":
        burst(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5])
    else:
        load(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5])


if __name__ == "__main__":
    main()
