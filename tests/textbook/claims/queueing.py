"""Claim 12: what a request waits for before it is read tells the models apart.

The articles tell the models apart by the two phases of a read. A client feels neither, but how long
its request lies there before anybody reads it, and the models differ in why: a thread that blocks
for its one connection is woken at once; before a pool that is too small requests wait to be
accepted; an event loop works through the requests before; who polls with a pause comes too late,
with a single client, too.
"""

import socket
import threading

import measure as bench

from . import lab

WAYS = ("blocking", "pool", "loop", "pausing")
CLIENTS = (1, 8)
CAUSES = ("backlog", "wakeup", "runq", "dispatch", "read")
LITTLE = 0.25  # of the response time, at most, and
MOST = 0.5  # at least: before accept, and between wake-up and read


def ask(port, requests, each_anew, failed):
    """Ask so often, on one connection or on a new one each time."""
    try:
        client = None
        for _ in range(requests):
            if not client:
                client = socket.create_connection(("127.0.0.1", port), timeout=60)
            client.sendall(b"x")
            if not lab.received(client):
                failed.append("no answer")
            if each_anew:
                client.close()
                client = None
        if client:
            client.close()
    except OSError as error:
        failed.append(str(error))


def crowd(traced, count, requests, each_anew):
    """So many clients at once."""
    failed = []
    clients = [threading.Thread(target=ask, args=(traced.port, requests, each_anew, failed))
               for _ in range(count)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    if failed:
        raise bench.MeasureError(f"{traced.run.name}: {failed[0]}")


def served(way, count, requests):
    """The sums of the exchanges of a way of serving, by so many clients."""
    run = bench.trace(lab.python_server("textbook/probes/queueing.py", "--how", way),
                      name=f"queueing {way}",
                      work=lambda traced: crowd(traced, count, requests, way == "pool"))
    rows = [row for row in run.exchanges if row["role"] == "server"]
    if not rows:
        raise bench.MeasureError("this kernel does not tell what clients wait for")
    return {column: sum(int(row[column]) for row in rows)
            for column in ("exchanges", "service_ns", *(f"{cause}_ns" for cause in CAUSES))}


def measure(quick):
    """Four ways to serve, by one client and by eight: per request, each part of the response."""
    numbers = {}
    for way in WAYS:
        for count in CLIENTS:
            sums = served(way, count, 10 if quick else 40)
            numbers[f"{way}_{count}_exchanges"] = sums["exchanges"]
            for name in ("service", *CAUSES):
                numbers[f"{way}_{count}_{name}_us"] = sums[f"{name}_ns"] / sums["exchanges"] / 1e3
    return numbers


def shares(numbers, which):
    """Of the response time, what was before accept, and between the wake-up and the read."""
    whole = sum(numbers[f"{which}_{name}_us"] for name in ("service", *CAUSES))
    return (numbers[f"{which}_backlog_us"] / whole, numbers[f"{which}_dispatch_us"] / whole)


def judge(numbers):
    """Which part is most of the response, if any, with one client and with eight."""
    share = {f"{way}_{count}": shares(numbers, f"{way}_{count}") for way in WAYS
             for count in CLIENTS}
    said = "; ".join(
        f"{way} " + ", ".join(f"{lab.percent(share[f'{way}_{count}'][0])} and"
                              f" {lab.percent(share[f'{way}_{count}'][1])} with {count}"
                              for count in CLIENTS) for way in WAYS)
    sentence = ("Of the response time, what a request waited for accept, and then, with its thread"
                f" awake, for its read (clients): {said}.")
    nothing = all(sum(share[which]) <= LITTLE
                  for which in ("blocking_1", "blocking_8", "pool_1", "loop_1"))
    told = {"a pool": share["pool_8"][0] >= MOST, "an event loop": share["loop_8"][1] >= MOST,
            "polling with a pause": min(share["pausing_1"][1], share["pausing_8"][1]) >= MOST}
    if nothing and all(told.values()):
        return lab.HOLDS, sentence
    if nothing and any(told.values()):
        return lab.only_when("it is about " + " or ".join(w for w in told if told[w])), sentence
    return lab.FAILS, sentence
