"""Claim 10: signal-driven I/O is synchronous in phase 2; asynchronous I/O blocks in neither phase.

The articles: with signals the process is interrupted when data are ready, and then calls recv, so
it looks asynchronous and is not; an asynchronous read lets the kernel wait and copy, and only then
tells the process, which may do other things in both phases.
"""

import measure as bench

from . import lab

DELAY_MS = 20
SYNCHRONOUS = ("blocking", "signal")
ASYNCHRONOUS = ("posix-aio", "linux-aio", "io_uring", "io_uring-worker", "io_uring-sqpoll")
ROUNDS = 15
KEPT = 0.5  # of the delay: more sleep than that is blocked in phase 1
COPIES = 0.55  # of the CPU time that a blocking read takes: more than that is an own copy
SERVERS = (bench.Server("server_signal", "server_signal"),
           bench.Server("server_posix_aio", "server_posix_aio"),
           bench.Server("server_linux_aio", "server_linux_aio"),
           bench.Server("server_io_uring", "server_io_uring"))
LOAD = bench.Load(connections=2, requests=20, pause_us=5000)


def measure(quick):
    """A thread that counts on while it reads, by all models; then servers, as far as built."""
    numbers = {}
    for how in (*SYNCHRONOUS, *ASYNCHRONOUS):
        rounds = ROUNDS if quick else 3 * ROUNDS
        run, said = lab.probe("overlap", "--how", how, "--rounds", rounds, "--delay-ms", DELAY_MS,
                              per_thread=True)
        name = how.replace("-", "_")
        numbers[f"{name}_supported"] = said["supported"]
        if not said["supported"]:
            continue
        others = [calls for tid, calls in run.by_thread.items() if tid != run.pid]
        mine = run.by_thread[run.pid]
        numbers |= {f"{name}_still_ns": said["still_ns"], f"{name}_busy_ns": said["busy_ns"],
                    f"{name}_asleep_ns": sum(c["wait_ns"] for c in mine.values()) / rounds,
                    f"{name}_own_reads": bench.table.total(mine, "ok", "read"),
                    f"{name}_own_copy_ns": sum(c["copy_ns"] for c in mine.values()) / rounds,
                    f"{name}_others_wait_ns": sum(bench.table.total(c, "wait_ns", "read")
                                                  for c in others) / rounds,
                    f"{name}_others_copy_ns": sum(c["copy_ns"] for o in others
                                                  for c in o.values()) / rounds}
    for server in SERVERS:
        if bench.is_built(server):
            run = bench.run(server, LOAD)
            numbers[f"{server.name}_read_wait_ns"] = run.sum_class("wait_ns", "read")
            numbers[f"{server.name}_reads"] = run.reads
    return numbers


def phases(numbers, how):
    """Whether a model keeps the thread that asked in phase 1, and in phase 2."""
    name = how.replace("-", "_")
    return (numbers[f"{name}_asleep_ns"] > KEPT * DELAY_MS * 1e6,
            numbers[f"{name}_busy_ns"] > COPIES * numbers["blocking_busy_ns"])


def row(numbers, how):
    """A model's numbers, in words."""
    name = how.replace("-", "_")
    if not numbers[f"{name}_supported"]:
        return f"{how} cannot be had here"
    words = (f"{how} {numbers[f'{name}_asleep_ns'] / 1e6:.1f} ms,"
             f" {lab.us(numbers[f'{name}_busy_ns'])}")
    helper, copied = numbers[f"{name}_others_wait_ns"], numbers[f"{name}_own_copy_ns"]
    seen = [f"copied {lab.us(copied)} by itself"] if copied else []
    seen += [f"another thread slept {helper / 1e6:.1f} ms in a read"] if helper else []
    return words + (f" (iophase: {', '.join(seen)})" if seen else "")


def judge(numbers):
    """Signals: free in phase 1, kept in phase 2. The others: which are free in both."""
    n = numbers
    tried = [how for how in ASYNCHRONOUS if n[f"{how.replace('-', '_')}_supported"]]
    rows = "; ".join(row(n, how) for how in (*SYNCHRONOUS, *ASYNCHRONOUS))
    kept = [[how for how in (*SYNCHRONOUS, *tried) if phases(n, how)[i]] for i in range(2)]
    servers = "; ".join(f"{s.name} slept {n[f'{s.name}_read_wait_ns'] / 1e6:.0f} ms in its reads"
                        for s in SERVERS if f"{s.name}_reads" in n)
    sentence = (f"A thread that had other work wanted 2 MiB, which came after {DELAY_MS} ms; how"
                f" long it slept each time, and how long it was itself on a CPU for it: {rows}. So"
                f" the wait keeps it with {', '.join(kept[0])}, the copy with {', '.join(kept[1])};"
                f" {servers}.")
    free = [how for how in tried if phases(n, how) == (False, False)]
    if phases(n, "signal") != (False, True) or not n["signal_own_reads"] or not free:
        return lab.FAILS, sentence
    if len(free) == len(ASYNCHRONOUS) and not n["posix_aio_others_wait_ns"]:
        return lab.HOLDS, sentence
    return lab.only_when("somebody else waits and copies, which is so with"
                         f" {', '.join(free)}"), sentence
