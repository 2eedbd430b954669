#!/usr/bin/env -S python3 -B
"""Three slow servers, each slow for one reason, with clients that time their answers.

  slow.py NAME PID_FILE [--mended] [--seconds N]

  pool     eight clients, a pool of two threads, each of which asks a database for each request
  loop     eight clients of one event loop; one of them now and then wants what takes 250 ms of a CPU
  pieces   one client, which sends each request in two pieces

--mended: the same with the fault mended. Writes the server's pid into PID_FILE when it is ready.
After N seconds (default 5) it ends, and prints what the clients saw: how many answers, p50 and p99.
Everything is on loopback.
"""

import argparse
import os
import queue
import selectors
import signal
import socket
import sys
import threading
import time

CLIENTS = 8
DATABASE = 0.02  # seconds for each answer of the database
WORK = 0.25  # seconds of CPU for a report
PAUSE = 0.3  # seconds between an answer and the next report that is asked for
LINE = b"GET something\n"
REPORT = b"GET a report\n"


def listening():
    """A listening socket."""
    return socket.create_server(("127.0.0.1", 0), backlog=64)


def in_process(serve, *arguments):
    """Run a function in a process of its own until it is ended; return its pid."""
    pid = os.fork()
    if pid:
        return pid
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        serve(*arguments)
    finally:
        os._exit(0)


def lines(connection):
    """The requests of a connection, one by one: each is a line."""
    rest = b""
    while data := connection.recv(4096):
        *whole, rest = (rest + data).split(b"\n")
        yield from whole


# --- a pool that is too small


def database(listener):
    """Answer each line after a while, all connections at once."""

    def answer(connection):
        for _ in lines(connection):
            time.sleep(DATABASE)
            connection.sendall(b"row\n")

    while True:
        threading.Thread(target=answer, args=(listener.accept()[0],), daemon=True).start()


def pool(listener, database_at, workers):
    """An event loop that hands each request to a pool of threads; each asks the database."""
    requests = queue.Queue()

    def work():
        with socket.create_connection(database_at) as upstream:
            while True:
                connection = requests.get()
                line = connection.recv(4096)
                if not line:
                    connection.close()
                    continue
                upstream.sendall(b"SELECT\n")
                connection.sendall(upstream.recv(4096))
                back.put(connection)
                wake.send(b"x")

    back, (woken, wake) = queue.Queue(), socket.socketpair()
    for _ in range(workers):
        threading.Thread(target=work, daemon=True).start()
    with selectors.EpollSelector() as selector:
        selector.register(listener, selectors.EVENT_READ)
        selector.register(woken, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fileobj is listener:
                    selector.register(listener.accept()[0], selectors.EVENT_READ)
                elif key.fileobj is woken:
                    for _ in woken.recv(100):
                        selector.register(back.get(), selectors.EVENT_READ)
                else:
                    selector.unregister(key.fileobj)
                    requests.put(key.fileobj)


# --- a handler that keeps everybody waiting


def compute(seconds):
    """Keep a CPU busy for so long."""
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass


def loop(listener, helper):
    """An event loop; a report is much work, which a helper may do instead."""
    with selectors.EpollSelector() as selector:
        selector.register(listener, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fileobj is listener:
                    selector.register(listener.accept()[0], selectors.EVENT_READ)
                    continue
                line = key.fileobj.recv(4096)
                if not line:
                    selector.unregister(key.fileobj)
                    key.fileobj.close()
                elif line != REPORT:
                    key.fileobj.sendall(b"done\n")
                elif helper:
                    helper(key.fileobj)
                else:
                    compute(WORK)
                    key.fileobj.sendall(b"done\n")


def helper_process():
    """A function that has another process work on a request and answer it."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)

    def work():
        while True:
            _, files, _, _ = socket.recv_fds(theirs, 1, 1)
            with socket.socket(fileno=files[0]) as connection:
                compute(WORK)
                connection.sendall(b"done\n")

    in_process(work)
    return lambda connection: socket.send_fds(ours, [b"x"], [connection.fileno()])


# --- requests in pieces


def pieces(listener):
    """Answer each line at once."""
    while True:
        connection = listener.accept()[0]
        for _ in lines(connection):
            connection.sendall(b"done\n")


# --- clients


def whole(connection, line):
    """Send a request."""
    connection.sendall(line)


def in_pieces(connection, line):
    """Send a request as two writes: the second waits until the first is acknowledged."""
    connection.sendall(line[:4])
    connection.sendall(line[4:])


def client(address, send, wants_reports, until, times):
    """Ask again and again, and time each answer."""
    report_at = time.monotonic() + PAUSE if wants_reports else until
    with socket.create_connection(address) as connection:
        while (begun := time.monotonic()) < until:
            is_report = begun > report_at
            send(connection, REPORT if is_report else LINE)
            if not connection.recv(4096):
                return
            times.append(time.monotonic() - begun)
            if is_report:
                report_at = time.monotonic() + PAUSE
            time.sleep(0.001)


def ask(address, send, clients, reports, seconds):
    """Have clients ask for so long, the first for reports, too; the times of their answers, sorted."""
    times, until = [], time.monotonic() + seconds
    threads = [threading.Thread(target=client, daemon=True,
                                args=(address, send, reports and not number, until, times))
               for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(times)


def start(name, mended, listener):
    """Start the server of a name in a process of its own; its pid, how many clients, how they send."""
    if name == "pool":
        behind = listening()
        in_process(database, behind)
        workers = CLIENTS if mended else 2
        return in_process(pool, listener, behind.getsockname(), workers), CLIENTS, whole
    if name == "loop":
        return in_process(loop, listener, helper_process() if mended else None), CLIENTS, whole
    return in_process(pieces, listener), 1, whole if mended else in_pieces


def run(options):
    """Start a server and its clients; say what these saw."""
    listener = listening()
    pid, clients, send = start(options.name, options.mended, listener)
    address = listener.getsockname()
    listener.close()
    with open(options.pid_file + ".tmp", "w", encoding="ascii") as file:
        file.write(f"{pid}\n")
    os.rename(options.pid_file + ".tmp", options.pid_file)
    times = ask(address, send, clients, options.name == "loop", options.seconds)
    print(f"The clients had {len(times):,} answers; half of them within "
          f"{times[len(times) // 2] * 1e3:.1f} ms, 99 % within "
          f"{times[len(times) * 99 // 100] * 1e3:.1f} ms.", flush=True)


def main():
    """Be one of them."""
    parser = argparse.ArgumentParser(description="A slow server and its clients.")
    parser.add_argument("name", choices=("pool", "loop", "pieces"))
    parser.add_argument("pid_file")
    parser.add_argument("--mended", action="store_true")
    parser.add_argument("--seconds", type=float, default=5)
    options = parser.parse_args()
    os.setpgid(0, 0)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        run(options)
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        os.killpg(0, signal.SIGTERM)


main()
