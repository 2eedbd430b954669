"""A server and a client that know what they did on each connection, and the check of the CSV.

In: sockets.py server PLACE TALLY: serves TCP, UNIX and UDP by one epoll loop, says where in PLACE,
and at SIGUSR1 writes TALLY. sockets.py client PLACE TALLY GATE: opens connections, writes TALLY.ready,
and when GATE is there opens some more, asks on all, closes some, writes TALLY and keeps the others
open. TALLY: "pid fd kind local remote role reads writes bytes_in bytes_out exchanges early" for each
that is open; ? is what the program cannot know; early: it was open when TALLY.ready was written.
sockets.py check CSV TALLY...: the records of connections are those of the tallies, and each adds up.
sockets.py many PORT COUNT FILES...: opens COUNT connections, a hundred after the other, and asks on
each; then, when a file is there, once more; writes FILE.done with how often it has asked.
sockets.py listeners COUNT GATE DONE: when GATE is there, listens and stops listening so often, then
answers one request, which it makes itself; makes DONE.
Out: check prints what differs, exit 1.
"""

import csv
import os
import select
import signal
import socket
import sys
import time

STATES = ("idle_ns", "ready_ns", "service_ns", "blocked_ns", "asked_ns")
COUNTS = ("reads", "writes", "bytes_in", "bytes_out", "exchanges")


def write(path, text):
    """Write a file so that a reader sees all of it or nothing."""
    with open(path + ".tmp", "w", encoding="ascii") as file:
        file.write(text)
    os.rename(path + ".tmp", path)


def wait_for(path):
    """Wait until a file is there."""
    while not os.path.exists(path):
        time.sleep(0.01)


def name_of(address):
    """An address as the CSV has it."""
    return "%s:%d" % address if isinstance(address, tuple) else address


class Connection:
    """A socket and what was done with it."""

    def __init__(self, sock, role, early):
        self.sock, self.role, self.early = sock, role, early
        self.counts = dict.fromkeys(COUNTS, 0)

    def read(self, size=4096):
        """Read what is there; answers (client) are exchanges when they come. And from whom."""
        data, peer = self.sock.recvfrom(size)
        if data:
            self.counts["reads"] += 1
            self.counts["bytes_in"] += len(data)
            self.counts["exchanges"] += self.role == "client"
        return data, peer

    def write(self, data, peer=None):
        """Write; answers (server) are exchanges. Counted before, since who gets them may be quick."""
        self.counts["writes"] += 1
        self.counts["bytes_out"] += len(data)
        self.counts["exchanges"] += self.role == "server"
        if peer:
            self.sock.sendto(data, peer)
        else:
            self.sock.sendall(data)

    def line(self):
        """The line of the tally."""
        local, remote = name_of(self.sock.getsockname()), "?"
        if self.sock.family == socket.AF_UNIX:
            kind = "unix"
            if self.role == "client":
                local, remote = f"socket:[{os.fstat(self.sock.fileno()).st_ino}]", name_of(
                    self.sock.getpeername())
        else:
            kind = "tcp" if self.sock.type == socket.SOCK_STREAM else "udp"
            if (kind, self.role) != ("udp", "server"):
                remote = name_of(self.sock.getpeername())
        counts = " ".join(str(self.counts[name]) for name in COUNTS)
        return (f"{os.getpid()} {self.sock.fileno()} {kind} {local} {remote} {self.role} {counts}"
                f" {int(self.early)}\n")


def tally(path, connections):
    """Write what was done on each."""
    write(path, "".join(c.line() for c in connections))


def serve(place, path):
    """Echo on whatever comes, until killed."""
    tcp = socket.create_server(("127.0.0.1", 0))
    unix = socket.socket(socket.AF_UNIX)
    unix.bind(place + ".socket")
    unix.listen()
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(("127.0.0.1", 0))
    served = {udp.fileno(): Connection(udp, "server", True)}
    signal.signal(signal.SIGUSR1, lambda *_: tally(path, served.values()))
    epoll = select.epoll()
    for sock in (tcp, unix, udp):
        epoll.register(sock, select.EPOLLIN)
    write(place, f"{tcp.getsockname()[1]} {udp.getsockname()[1]}\n")
    while True:
        for fd, _ in epoll.poll():
            if fd in (tcp.fileno(), unix.fileno()):
                sock, _ = (tcp if fd == tcp.fileno() else unix).accept()
                served[sock.fileno()] = Connection(sock, "server", not os.path.exists(path + ".go"))
                epoll.register(sock, select.EPOLLIN)
                continue
            data, peer = served[fd].read()
            if data:
                served[fd].write(data, peer if fd == udp.fileno() else None)
                if len(data) == 1:  # from before the attach
                    served[fd].counts = dict.fromkeys(COUNTS, 0)
            else:
                epoll.unregister(fd)
                served.pop(fd).sock.close()


def connect(family, kind, address, early):
    """A connection to the server."""
    sock = socket.socket(family, kind)
    sock.connect(address)
    return Connection(sock, "client", early)


def ask(connection, size):
    """Ask once, and take all of the answer: it is one write, and so one read."""
    connection.write(b"x" * size)
    connection.read()


def client(place, path, gate):
    """See above."""
    with open(place, encoding="ascii") as file:
        tcp, udp = (("127.0.0.1", int(port)) for port in file.read().split())
    kinds = [(socket.AF_INET, socket.SOCK_STREAM, tcp)] * 3
    kinds += [(socket.AF_UNIX, socket.SOCK_STREAM, place + ".socket")] * 2
    kinds += [(socket.AF_INET, socket.SOCK_DGRAM, udp)]
    early = [connect(*kind, True) for kind in kinds]
    # The server has accepted all when it answers the last one.
    for connection in early:
        ask(connection, 1)
        connection.counts = dict.fromkeys(COUNTS, 0)
    write(path + ".ready", "\n")
    wait_for(gate)
    gone = connect(*kinds[0], False)
    late = [connect(*kind, False) for kind in kinds[:4]]
    ask(gone, 5)
    gone.sock.close()
    for i, connection in enumerate(early[1:] + late):
        for _ in range(i + 1):
            ask(connection, 10 * (i + 1))
    tally(path, early + late)
    signal.pause()


def is_wrong(row, line):
    """What is wrong with a record, by its line of the tally; empty if nothing is."""
    _, _, kind, local, remote, role, *counts, early = line
    expected = dict(zip(("kind", "role", "state") + COUNTS, [kind, role, "idle"] + counts))
    expected["local"] = local
    if remote != "?":
        expected["remote"] = remote
    used = int(counts[0]) > 0
    expected["model"] = "epoll-lt" if role == "server" else "blocking"
    wrong = [f"{k}: {row[k]}, not {v}" for k, v in expected.items()
             if row[k] != v and (used or k != "model")]
    if sum(int(row[state]) for state in STATES) != int(row["lived_ns"]):
        wrong.append("its states do not add up to " + row["lived_ns"])
    if early == "1" and row["lived_ns"] != row["interval_ns"]:
        wrong.append(f"lived {row['lived_ns']} of {row['interval_ns']}")
    if early == "0" and int(row["lived_ns"]) >= int(row["interval_ns"]):
        wrong.append("came later, and was there all the time")
    took = row["response_p50_ns"], row["response_p99_ns"]
    if used != (took[0] != "" and int(took[0]) <= int(took[1])):
        wrong.append("took %s, %s" % took)
    return wrong


def check(path, tallies):
    """See above."""
    with open(path, encoding="ascii", newline="") as file:
        rows = {(row["pid"], row["fd"]): row for row in csv.DictReader(file)}
    lines, failed = {}, False
    for name in tallies:
        with open(name, encoding="ascii") as file:
            for line in file:
                lines[tuple(line.split()[:2])] = line.split()
    for key in sorted(set(rows) | set(lines)):
        if key not in rows or key not in lines:
            wrong = ["is only in the " + ("CSV" if key in rows else "tally")]
        else:
            wrong = is_wrong(rows[key], lines[key])
        if wrong:
            failed = True
            print("pid %s fd %s:" % key, "; ".join(wrong))
    print(len(rows), "records")
    return failed or not rows


def many(port, count, gates):
    """See above."""
    connections, asked = [], 0
    for _ in range(int(count) // 100):
        new = [connect(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", int(port)), False)
               for _ in range(100)]
        connections += new
        for connection in new * 2:
            ask(connection, 8)
            asked += 1
    for gate in gates:
        write(gate + ".done", f"{asked}\n")
        wait_for(gate)
        for connection in connections:
            ask(connection, 8)
            asked += 1
    write(gates[-1] + ".end", f"{asked}\n")
    signal.pause()


def listeners(count, gate, done):
    """See above."""
    wait_for(gate)
    for _ in range(int(count)):
        socket.create_server(("127.0.0.1", 0)).close()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        asks = socket.create_connection(listener.getsockname())
        answers = listener.accept()[0]
    asks.send(b"?")
    answers.send(answers.recv(1))
    asks.recv(1)
    write(done, "1\n")
    signal.pause()


def main():
    """See above."""
    mode, *rest = sys.argv[1:]
    if mode == "server":
        serve(*rest)
    elif mode == "client":
        client(*rest)
    elif mode == "many":
        many(rest[0], rest[1], rest[2:])
    elif mode == "listeners":
        listeners(*rest)
    elif check(rest[0], rest[1:]):
        sys.exit(1)


if __name__ == "__main__":
    main()
