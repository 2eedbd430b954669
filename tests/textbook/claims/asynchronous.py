"""Claim 10: signal-driven I/O is synchronous in phase 2; asynchronous I/O blocks in neither phase.

The articles: with signals the process is interrupted when data are ready, and then calls recv, so it
looks asynchronous and is not; an asynchronous read lets the kernel wait and copy, and only then tells
the process, which may do other things in both phases.
"""

import measure as bench

from . import lab

DELAY_MS = 20
SYNCHRONOUS = ("blocking", "signal")
ASYNCHRONOUS = ("posix-aio", "linux-aio", "io_uring", "io_uring-worker", "io_uring-sqpoll")
KEPT = 0.5  # of the delay: more than that is blocked in phase 1
COPIES = 0.55  # of the CPU time of a signal handler that reads: more than that is its own copy
SERVERS = (bench.Server("server_signal", "server_signal"),
           bench.Server("server_posix_aio", "server_posix_aio"),
           bench.Server("server_linux_aio", "server_linux_aio"),
           bench.Server("server_io_uring", "server_io_uring"))
LOAD = bench.Load(connections=2, requests=20, pause_us=5000)


def measure(quick):
    """A thread that counts on while it reads, by all models; then servers, as far as built."""
    numbers = {}
    for how in (*SYNCHRONOUS, *ASYNCHRONOUS):
        run, said = lab.probe("overlap", "--how", how, "--rounds", 10 if quick else 40, "--delay-ms",
                              DELAY_MS, per_thread=True)
        name = how.replace("-", "_")
        numbers[f"{name}_supported"] = said["supported"]
        if not said["supported"]:
            continue
        others = [calls for tid, calls in run.by_thread.items() if tid != run.pid]
        mine = run.by_thread[run.pid]
        numbers |= {f"{name}_still_ns": said["still_ns"], f"{name}_busy_ns": said["busy_ns"],
                    f"{name}_own_reads": bench.table.total(mine, "ok", "read"),
                    f"{name}_own_wait_ns": bench.table.total(mine, "wait_ns", "read", "async"),
                    f"{name}_own_copy_ns": sum(c["copy_ns"] for c in mine.values()),
                    f"{name}_others_wait_ns": sum(bench.table.total(c, "wait_ns", "read")
                                                  for c in others),
                    f"{name}_others_copy_ns": sum(c["copy_ns"] for o in others for c in o.values())}
    for server in SERVERS:
        if bench.is_built(server):
            run = bench.run(server, LOAD)
            numbers[f"{server.name}_read_wait_ns"] = run.sum_class("wait_ns", "read")
            numbers[f"{server.name}_reads"] = run.reads
    return numbers


def phases(numbers, how):
    """Whether a model keeps the thread that asked in phase 1, and in phase 2."""
    name = how.replace("-", "_")
    return (numbers[f"{name}_still_ns"] > KEPT * DELAY_MS * 1e6,
            numbers[f"{name}_busy_ns"] > COPIES * numbers["signal_busy_ns"])


def row(numbers, how):
    """A model's numbers, in words."""
    name = how.replace("-", "_")
    if not numbers[f"{name}_supported"]:
        return f"{how} cannot be had here"
    words = (f"{how} {numbers[f'{name}_still_ns'] / 1e6:.1f} ms,"
             f" {lab.us(numbers[f'{name}_busy_ns'])}")
    helper = numbers[f"{name}_others_wait_ns"]
    return words + (f" (another thread slept {helper / 1e6:.0f} ms in its read)" if helper else "")


def judge(numbers):
    """Signals: free in phase 1, kept in phase 2. The others: which are free in both."""
    n = numbers
    tried = [how for how in ASYNCHRONOUS if n[f"{how.replace('-', '_')}_supported"]]
    rows = "; ".join(row(n, how) for how in (*SYNCHRONOUS, *ASYNCHRONOUS))
    sentence = (f"A thread wanted 1 MiB that came after {DELAY_MS} ms; the longest it stood still, and the"
                f" longest it was itself on a CPU for it: {rows}. With signals its handler made"
                f" {n['signal_own_reads']} reads and copied for {lab.us(n['signal_own_copy_ns'])}.")
    free = [how for how in tried if phases(n, how) == (False, False)]
    if phases(n, "signal") != (False, True) or not n["signal_own_reads"] or not free:
        return lab.FAILS, sentence
    if len(free) == len(ASYNCHRONOUS) and not n["posix_aio_others_wait_ns"]:
        return lab.HOLDS, sentence
    return lab.only_when(f"somebody else waits and copies, which is so with {', '.join(free)}"), sentence
