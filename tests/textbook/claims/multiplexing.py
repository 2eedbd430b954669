"""Claim 3: multiplexing needs two calls per read; with one connection it is no faster.

The articles: two system calls, select and recvfrom, where blocking I/O makes one, so it is even a
little worse; its advantage is many connections, not a faster one, whose latency may be larger.
"""

import measure as bench

from . import lab

BLOCKING = bench.Server("blocking", "server_blocking")
MUXES = (bench.Server("select", "server_select", ("--connections", "1")),
         bench.Server("poll", "server_poll", ("--connections", "1")),
         bench.Server("epoll", "server_epoll", ("--connections", "1")))
TWO, ONE = 1.9, 1.1  # calls per read: at least, at most
FASTER = 0.97  # of the time of blocking: less than that is faster


def measure(quick):
    """One connection, one request after the other: the calls under iophase, the times without."""
    load = bench.Load(requests=2000 if quick else 10000)
    numbers = {}
    for server in (BLOCKING, *MUXES):
        run = bench.run(server, load)
        numbers[f"{server.name}_calls_per_read"] = (run.sum_class("calls", "read", "mux")
                                                    / run.reads)
        numbers[f"{server.name}_io_cpu_per_read_ns"] = (
            run.sum_class("cpu_ns", "read", "mux") + run.sum_class("copy_ns", "read")) / run.reads
    rounds = []
    for _ in range(3 if quick else 7):
        runs = {server.name: bench.speed(server, load) for server in (BLOCKING, *MUXES)}
        base = runs["blocking"]
        rounds.append(
            {"blocking_p50_us": base.p50_us, "blocking_cpu_us": base.cpu_per_request_ns / 1e3}
            | {f"{m.name}_time_ratio": base.rps / runs[m.name].rps for m in MUXES}
            | {f"{m.name}_cpu_ratio": runs[m.name].cpu_per_request_ns / base.cpu_per_request_ns
               for m in MUXES})
    return numbers | lab.medians(rounds)


def judge(numbers):
    """Two calls against one, and none of the three faster."""
    n = numbers
    names = [m.name for m in MUXES]
    calls = [n[f"{name}_calls_per_read"] for name in names]
    faster = [name for name in names if n[f"{name}_time_ratio"] < FASTER]
    each = "; ".join(f"{name} {n[f'{name}_calls_per_read']:.2f} calls per read,"
                     f" {n[f'{name}_time_ratio']:.2f} times the time and"
                     f" {n[f'{name}_cpu_ratio']:.2f} times the CPU" for name in names)
    sentence = (f"With one connection: blocking {n['blocking_calls_per_read']:.2f} calls per read; {each}"
                f" (blocking: {n['blocking_p50_us']:,.1f} us per request,"
                f" {n['blocking_cpu_us']:,.1f} us of CPU).")
    if min(calls) < TWO or n["blocking_calls_per_read"] > ONE:
        return lab.FAILS, sentence
    if len(faster) == len(names):
        return lab.FAILS, sentence
    if faster:
        return lab.only_when(f"it is not about {' and '.join(faster)}, faster here"), sentence
    return lab.HOLDS, sentence
