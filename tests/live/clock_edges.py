#!/usr/bin/env -S python3 -B
"""The edges of the connection's clock, each a server in a process of its own; see clockkit.py.

  clock_edges.py serve GATE PLACE DONE GROUP    writes the servers' pids to PLACE, lets all go when
      GATE exists, and writes to DONE what is to be found; exit code 1 if a process fails
  clock_edges.py check EXCHANGES DONE           holds the exchanges against it, which are told by the
      names of processes; prints what is wrong; exit code 1 then
"""

import csv
import os
import sys
import time

import clock_reads  # noqa: F401  they register their edges
import clock_shares  # noqa: F401
import clock_tls  # noqa: F401
import clock_writes  # noqa: F401
from clockkit import DELAY, EDGES, WAITED, Step, finish, named, stranger

EXACT = {
    "exchanges": ("server", "exchanges"),
    "untimed": ("server", "untimed"),
    "asked": ("client", "exchanges"),
    "connected": ("client", "connections"),  # only where an edge tells it
}
QUEUEING = ("backlog", "wakeup", "runq", "dispatch", "read")
SERVICE = ("cpu", "runq", "asleep", "upstream", "io")


def write(path, text):
    """Write a file so that a reader sees all of it or nothing."""
    with open(path + ".tmp", "w", encoding="ascii") as file:
        file.write(text)
    os.rename(path + ".tmp", path)


class Edge:
    """One edge in its processes."""

    def __init__(self, name):
        self.name = name
        _, self.function, self.wanted = EDGES[name]
        self.ready, self.go, self.asked = Step(), Step(), Step()
        WAITED.renew()
        self.waited = WAITED.memory
        self.pid = os.fork()
        if not self.pid:
            finish(self.be)
        self.ready.wait()

    def be(self):
        """The server: sets up, has its client started, waits for the gate."""
        named(self.name)
        connections, serve, client = self.function()

        def be_client():
            self.go.wait()
            client()
            self.asked.done()

        stranger(be_client)
        for connection in connections:
            connection.there.close()
        self.ready.done()
        self.go.wait()
        serve()
        self.asked.wait()

    def line(self):
        """What is to be found."""
        words = [f"{key}={value}" for key, value in self.wanted.items()]
        return " ".join([self.name, f"waited={int.from_bytes(self.waited[:8], 'little')}", *words])


def serve_group(gate, place, done, group):
    """Run all edges of a group."""
    edges = [Edge(name) for name in EDGES if EDGES[name][0] == group]
    write(place, ",".join(str(edge.pid) for edge in edges))
    while not os.path.exists(gate):
        time.sleep(0.01)
    for edge in edges:
        edge.go.done()
        edge.go.done()
    failed = [edge.name for edge in edges if os.waitpid(edge.pid, 0)[1]]
    print("failed:", *failed)
    write(done, "".join(edge.line() + "\n" for edge in edges))
    return bool(failed)


def sums(path, name):
    """The sums of the columns over the processes of that name, by role."""
    total = {"server": {}, "client": {}}
    with open(path, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["comm"] != name:
                continue
            into = total[row["role"]]
            for column, value in row.items():
                if value and value.isdigit():
                    into[column] = into.get(column, 0) + int(value)
    return total


def wrong(name, wanted, total):
    """What is wrong with the sums of an edge."""
    server, client = total["server"], total["client"]
    for key, (role, column) in EXACT.items():
        got = total[role].get(column, 0)
        want = wanted.get(key, got if key == "connected" else 0)
        if got != want:
            yield f"{name}: {key} is {got}, not {want}"
    parts = sum(server.get(f"{part}_ns", 0) for part in QUEUEING)
    if parts != server.get("queueing_ns", 0):
        yield f"{name}: parts of the queueing are {parts}, it is {server['queueing_ns']}"
    claimed = sum(server.get(f"service_{part}_ns", 0) for part in SERVICE)
    if claimed > (0 if "unclaimed" in wanted else server.get("service_ns", 0)):
        yield f"{name}: {claimed} ns of the service are claimed"
    response = server.get("queueing_ns", 0) + server.get("service_ns", 0) + client.get("asked_ns", 0)
    if wanted["waited"] and response > wanted["waited"]:
        yield f"{name}: {response} ns of response, but {wanted['waited']} ns were waited for"
    for key, times in wanted.items():
        if key in EXACT or key in ("waited", "unclaimed"):
            continue
        got = claimed if key == "claimed" else server.get(f"{key}_ns", 0)
        if got < times * DELAY * 1e9:
            yield f"{name}: {key} is {got} ns, not {times} times {DELAY} s"


def check(path, done):
    """Hold the exchanges against what is to be found."""
    count, found = 0, []
    with open(done, encoding="ascii") as file:
        for line in file:
            name, *words = line.split()
            wanted = {key: int(value) for key, value in (word.split("=") for word in words)}
            found += wrong(name, wanted, sums(path, name))
            count += 1
    print(*found, f"{count} edges", sep="\n")
    return bool(found) or not count


def main():
    """See above."""
    if sys.argv[1] == "serve":
        return serve_group(*sys.argv[2:6])
    return check(*sys.argv[2:4])


sys.exit(main())
