"""Claim 9: a thread per connection costs memory and switching; a pool answers so many and no more.

The articles: hundreds or thousands of threads take up the system's resources and make it slow to
answer; a pool creates and ends fewer of them, but has a limit, and beyond it the answers come no
better than without a pool.
"""

import re
import socket
import statistics
import time

import measure as bench

from . import lab

CONNECTIONS = (10, 400)
ROUNDS = 5
SERVERS = {"threads": bench.Server("threads", "server_threads", ("--size", "1024")),
           "epoll": bench.Server("epoll", "server_epoll", ("--size", "1024"))}
MORE = 2.0  # times as much memory per connection, and switches per request, at least
POOL, CLIENTS = 4, 12
HOLD_S = 0.25  # how long a client keeps its connection after the answer
AT_ONCE_S = 0.1  # after which we look who is in the queue


def memory_kb(pid):
    """Memory of a process with its page tables, without the kernel's stacks."""
    found = re.findall(r"^Vm(?:RSS|PTE):\s*(\d+)", bench.read_file(f"/proc/{pid}/status"), re.M)
    return sum(int(kb) for kb in found)


def stacks_kb():
    """Kernel stacks of all threads of the machine."""
    found = re.search(r"^KernelStack:\s*(\d+)", bench.read_file("/proc/meminfo"), re.M)
    return int(found[1]) if found else 0


def crowd(traced, count, seen):
    """So many clients at once, each of whom sends in each round; notes what /proc says."""
    stacks = stacks_kb()
    clients = [socket.create_connection(("127.0.0.1", traced.port), timeout=60)
               for _ in range(count)]

    def turn():
        for client in clients:
            client.sendall(b"x")
        for client in clients:
            lab.received(client)

    try:
        turn()
        before = bench.switches_of(traced.pid)
        for _ in range(ROUNDS):
            turn()
        seen |= {"stacks_kb": stacks_kb() - stacks,
                 "switches": (bench.switches_of(traced.pid) - before) / (ROUNDS * count),
                 "kb": memory_kb(traced.pid), "threads": bench.threads_of(traced.pid)}
    finally:
        for client in clients:
            client.close()


def queued(port):
    """Connections that wait in the queue of a listening socket, as the kernel says."""
    for line in bench.read_file("/proc/net/tcp").splitlines()[1:]:
        _, local, _, state, queues = line.split()[:5]
        if state == "0A" and int(local.split(":")[1], 16) == port:
            return int(queues.split(":")[1], 16)
    raise bench.MeasureError(f"no listening socket on port {port}")


def visit(traced, seen):
    """More clients than threads, who stay for a while after they were answered: when each was, and
    how many before the first one left."""
    start = time.monotonic()
    waiting = [socket.create_connection(("127.0.0.1", traced.port), timeout=60)
               for _ in range(CLIENTS)]
    everybody, answers, held, left = list(waiting), [], [], []
    try:
        for client in waiting:
            client.sendall(b"x")
            client.setblocking(False)
        # So many as there are threads have been taken and answered: the rest stands in the queue.
        deadline = time.monotonic() + 60
        while queued(traced.port) > CLIENTS - POOL and time.monotonic() < deadline:
            time.sleep(0.002)
        time.sleep(AT_ONCE_S)
        seen["queued"] = queued(traced.port)
        while waiting and time.monotonic() < start + 60:
            now = time.monotonic()
            for client in list(waiting):
                try:
                    client.recv(1)
                except BlockingIOError:
                    continue
                waiting.remove(client)
                answers.append(now - start)
                held.append((now + HOLD_S, client))
            while held and held[0][0] < now:
                left.append(now - start)
                held.pop(0)[1].close()
            time.sleep(0.002)
    finally:
        for client in everybody:
            client.close()
    seen["answers"] = answers
    seen["at_once"] = sum(1 for s in answers if s < left[0])


def measure(quick):
    """Two crowds at servers with and without a thread for each; visitors at a pool."""
    most = CONNECTIONS[-1] if quick else 1000
    lab.many_files()
    numbers = {"least": CONNECTIONS[0], "most": most}
    for name, server in SERVERS.items():
        for label, count in (("least", CONNECTIONS[0]), ("most", most)):
            seen = {}
            run = bench.trace(bench.server_argv(server), name=name,
                              work=lambda t, count=count, seen=seen: crowd(t, count, seen))
            numbers |= {f"{name}_{key}_{label}": value for key, value in seen.items()}
            # Per request, of which there is one in each round, and one before them.
            runq = sum(c["runq_ns"] for c in run.calls.values())
            numbers[f"{name}_runq_ns_{label}"] = runq / ((ROUNDS + 1) * count)
    seen = {}
    pool = bench.Server("pool", "server_pool", ("--threads", str(POOL)))
    run = bench.trace(bench.server_argv(pool), name="pool", work=lambda t: visit(t, seen))
    rest = sorted(seen["answers"])[POOL:]
    return numbers | {
        "pool": POOL, "clients": CLIENTS, "queued": seen["queued"],
        "answered": len(seen["answers"]),
        "at_once": seen["at_once"],
        "waited_p50_ms": 1e3 * statistics.median(rest) if rest else 0,
        "waited_max_ms": 1e3 * max(rest, default=0), "hold_ms": 1e3 * HOLD_S,
        "read_wait_max_ms": run.calls["recvfrom"]["wait_max_ns"] / 1e6,
    }


def judge(numbers):
    """Memory and switches against epoll's; as many answers at once as threads, the rest queued."""
    n = numbers
    added = n["most"] - n["least"]
    kb = {name: max((n[f"{name}_kb_most"] - n[f"{name}_kb_least"]) / added, 0.01)
          for name in SERVERS}
    memory = lab.ratio(kb["threads"], kb["epoll"])
    switching = lab.ratio(n["threads_switches_most"], n["epoll_switches_most"])
    sentence = (f"From {n['least']} to {n['most']} connections: {n['threads_threads_most']} threads"
                f" and {kb['threads']:.1f} KiB for each connection more, against"
                f" {n['epoll_threads_most']} thread and {kb['epoll']:.1f} KiB with epoll, beside"
                f" {n['threads_stacks_kb_most'] / n['most']:.0f} KiB of kernel stack for each"
                f" thread; {n['threads_switches_most']:.2f} context switches per request against"
                f" {n['epoll_switches_most']:.2f}, and {lab.us(n['threads_runq_ns_most'])} of"
                f" waiting for a CPU against {lab.us(n['epoll_runq_ns_most'])}; of {n['clients']}"
                f" clients of a pool of {n['pool']} {n['at_once']} were answered at once,"
                f" {n['queued']} stood in the queue of the listening socket, and the rest were"
                f" answered after {n['waited_p50_ms']:.0f} ms (at most {n['waited_max_ms']:.0f}"
                f" ms), each client staying for {n['hold_ms']:.0f} ms.")
    costs = memory >= MORE and switching >= MORE
    limit = (n["at_once"] == n["pool"] and n["queued"] == n["clients"] - n["pool"]
             and n["waited_p50_ms"] >= n["hold_ms"])
    if costs and limit:
        return lab.HOLDS, sentence
    if costs or limit:
        half = "threads per connection" if costs else "the pool"
        return lab.only_when(f"it is about {half}"), sentence
    return lab.FAILS, sentence
