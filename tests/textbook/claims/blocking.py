"""Claim 1: blocking I/O spends both phases inside one system call, and who waits uses no CPU.

The articles: a process that calls recvfrom is blocked from the call until the data are in its
memory, while the kernel waits for them and while it copies them; being blocked, it gives up the
CPU.
"""

import socket
import time

import measure as bench

from . import lab

IDLE_S = 0.3
PAUSE_US = 10000
ONE_CALL = 1.1  # read calls per read, at most
ASLEEP = 0.8  # of the client's pauses, at least
NO_CPU = 0.01  # of the time asleep, at most


def idle(traced):
    """CPU time (ns) of a server that waits for IDLE_S for a silent client."""
    with socket.create_connection(("127.0.0.1", traced.port), timeout=60) as client:
        client.sendall(b"x")
        client.recv(1)
        time.sleep(0.05)
        before = bench.cpu_clock_ns(traced.pid)
        time.sleep(IDLE_S)
        return bench.cpu_clock_ns(traced.pid) - before


def measure(quick):
    """A client that pauses between its requests, and one that says nothing for a while."""
    load = bench.Load(requests=30 if quick else 200, pause_us=PAUSE_US)
    seen = {}
    run = bench.run(bench.Server("blocking", "server_blocking"), load,
                    during=lambda traced: seen.update(idle_cpu_ns=idle(traced)))
    reads = run.calls["recvfrom"]
    return {
        "reads": reads["ok"] + reads["eof"], "read_calls": reads["calls"],
        "other_waits": run.sum_class("calls", "mux"),
        "pauses_ns": load.requests * PAUSE_US * 1000 + IDLE_S * 1e9,
        "wait_ns": reads["wait_ns"], "wait_p50_ns": reads["wait_p50_ns"],
        "copy_ns": reads["copy_ns"], "cpu_ns": reads["cpu_ns"],
        "idle_ns": IDLE_S * 1e9, "idle_cpu_ns": seen["idle_cpu_ns"],
    }


def judge(numbers):
    """One call per read, asleep in it while the client pauses, copied in it, no CPU meanwhile."""
    n = numbers
    per_read = lab.ratio(n["read_calls"], n["reads"])
    asleep = lab.ratio(n["wait_ns"], n["pauses_ns"])
    cpu = lab.ratio(n["idle_cpu_ns"], n["idle_ns"])
    sentence = (f"{n['reads']} reads took {per_read:.2f} calls each; inside them the thread slept"
                f" {n['wait_ns'] / 1e6:,.0f} ms ({lab.percent(asleep)} of the client's pauses) and"
                f" copied {lab.us(n['copy_ns'])}; in {n['idle_ns'] / 1e6:.0f} ms of sleep it used"
                f" {lab.us(n['idle_cpu_ns'])} of CPU.")
    if per_read > ONE_CALL or n["other_waits"] or not n["copy_ns"] or cpu > NO_CPU:
        return lab.FAILS, sentence
    if not n["wait_p50_ns"] or asleep < ASLEEP:
        return lab.only_when("the data are not there yet"), sentence
    return lab.HOLDS, sentence
