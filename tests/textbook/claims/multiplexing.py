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
    """One connection, one request after the other: the calls with iophase, the times without."""
    load = bench.Load(requests=1000)
    numbers = {}
    for server in (BLOCKING, *MUXES):
        run = bench.run(server, load)
        numbers[f"{server.name}_calls_per_read"] = (run.sum_class("calls", "read", "mux")
                                                    / run.reads)
        numbers[f"{server.name}_io_cpu_per_read_ns"] = (
            run.sum_class("cpu_ns", "read", "mux") + run.sum_class("copy_ns", "read")) / run.reads
    rounds = []
    with lab.one_cpu():
        for _ in range(5 if quick else 40):
            one = {}
            for server in (BLOCKING, *MUXES):
                run = bench.speed(server, load)
                one[f"{server.name}_p50_us"] = run.p50_us
                one[f"{server.name}_cpu_us"] = run.cpu_per_request_ns / 1e3
            rounds.append(one)
    numbers |= lab.least(rounds)
    for server in MUXES:
        for ratio, what in (("time", "p50"), ("cpu", "cpu")):
            numbers[f"{server.name}_{ratio}_ratio"] = (numbers[f"{server.name}_{what}_us"]
                                                       / numbers[f"blocking_{what}_us"])
    return numbers


def judge(numbers):
    """Two calls against one, and none of the three faster."""
    n = numbers
    names = [m.name for m in MUXES]
    calls = [n[f"{name}_calls_per_read"] for name in names]
    faster = [name for name in names if n[f"{name}_time_ratio"] < FASTER]
    each = "; ".join(f"{name} {n[f'{name}_calls_per_read']:.2f} calls per read,"
                     f" {n[f'{name}_time_ratio']:.2f} times the time and"
                     f" {n[f'{name}_cpu_ratio']:.2f} times the CPU" for name in names)
    sentence = ("With one connection, client and server on one CPU: blocking"
                f" {n['blocking_calls_per_read']:.2f} calls per read; {each} (blocking:"
                f" {n['blocking_p50_us']:,.1f} us per request, {n['blocking_cpu_us']:,.1f} us of"
                " CPU; the least of several rounds).")
    if min(calls) < TWO or n["blocking_calls_per_read"] > ONE:
        return lab.FAILS, sentence
    if len(faster) == len(names):
        return lab.FAILS, sentence
    if faster:
        return lab.only_when(f"it is not about {' and '.join(faster)}, faster here"), sentence
    return lab.HOLDS, sentence
