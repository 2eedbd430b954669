"""Servers that delay by a known amount, in a known part of what their client waits for.

In: delaying.py server MODE PLACE; client PLACE CONNECTIONS REQUESTS RESULT, and burst likewise: see
burst(); rounds PLACE CONNECTIONS REQUESTS GO: see rounds(); asking PLACE ADDRESSES GO: see
asking(); or stopped PORT PID: see ask_stopped(). PLACE is a file that
the server writes by rename when it is ready: "FAMILY TYPE ADDRESS GREETING FIRST": how many bytes it
says first, and how many the client sends that long before the rest. The client writes to RESULT
"requests N waited_ns S known_ns T": what it waited for, in all, from before each write until the
first byte of the answer; and how much of that, at least, must be in the part that the mode delays, however slow the
client was: of the accept here. MODE: what is in MODES. Out: nothing is printed.
"""

import ast
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


def listening(family, address):
    """A listener for one of the upstreams below."""
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.bind(address)
    sock.listen(64)
    return sock


def spelled(sock):
    """The address of a socket as iophase writes it."""
    address = sock.getsockname()
    if sock.family == socket.AF_UNIX:
        return address
    return f"[::1]:{address[1]}" if sock.family == socket.AF_INET6 else f"127.0.0.1:{address[1]}"


def behind(wanted):
    """Upstreams in a process of their own, one for each (family, address, delay in s): their
    addresses, and how they are spelled. It ends with this process."""
    reader, writer = os.pipe()
    if not os.fork():
        os.close(reader)
        told = []
        for family, address, delay in wanted:
            sock = listening(family, address)
            told.append((sock.getsockname(), spelled(sock)))

            def answer(connection, delay=delay):
                echo(connection, before_write=lambda _: time.sleep(delay))

            threading.Thread(target=accepting, args=(sock, answer), daemon=True).start()
        os.write(writer, repr(told).encode())
        os.close(writer)
        parent = os.getppid()
        while os.getppid() == parent:
            time.sleep(DELAY)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as told:
        return ast.literal_eval(told.read().decode())


def ask(sock):
    """One question, one answer."""
    sock.sendall(b"x" * SIZE)
    take(sock, SIZE)


def upstreams(listener, place):
    """Each answer is asked of three others: once of one by TCP, on a connection of its own; twice of
    one by IPv6, if there is such, on one; three times by UNIX, on one that was there before. Who
    they are is in PLACE.upstreams, a line each: ADDRESS, how often, how long at least (ns)."""
    local = "::1" if os.path.exists("/proc/net/if_inet6") else "127.0.0.1"
    family = socket.AF_INET6 if local == "::1" else socket.AF_INET
    wanted = [
        (socket.AF_INET, ("127.0.0.1", 0), DELAY),
        (family, (local, 0), DELAY / 4),
        (socket.AF_UNIX, place + ".behind", DELAY / 20),
    ]
    first, second, third = behind(wanted)
    kept = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    kept.connect(third[0])
    lines = zip((first, second, third), (1, 2, 3), wanted)
    write(
        place + ".upstreams",
        "".join(f"{who[1]} {n} {int(how[2] * 1e9)}\n" for who, n, how in lines),
    )

    def elsewhere(_):
        with socket.create_connection(first[0][:2]) as sock:
            ask(sock)
        with socket.create_connection(second[0][:2]) as sock:
            ask(sock)
            ask(sock)
        for _ in range(3):
            ask(kept)

    accepting(listener, lambda c: echo(c, before_write=elsewhere))


def asking(place, addresses, go):
    """A client with thirty threads that do nothing asks once of one upstream, twice of the next, and
    so on, when the file GO is there; it writes to PLACE when it is ready for that."""
    never = threading.Event()
    for _ in range(30):
        threading.Thread(target=never.wait, daemon=True).start()
    told = behind([(socket.AF_INET, ("127.0.0.1", 0), 0)] * int(addresses))
    write(place, "ready\n")
    while not os.path.exists(go):
        time.sleep(DELAY)
    for i, (address, _) in enumerate(told):
        with socket.create_connection(address) as sock:
            for _ in range(i + 1):
                ask(sock)
    os._exit(0)


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
    if mode == "upstreams":
        upstreams(bound, place)
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
    elif sys.argv[1] == "asking":
        asking(*sys.argv[2:5])
    else:
        load(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5])


if __name__ == "__main__":
    main()
