#!/usr/bin/env -S python3 -B
"""Reads iophase's CSV with the csv module and asserts; exit code 1 and one line per failure.

  csvsum.py same CSV TALLY [CALL:OUTCOME=N...]   counts and bytes summed over all rows are those of
                                                 the workload's tally, plus N (minus, if negative)
  csvsum.py agree CSV CSV                        both have the same counts for each call
  csvsum.py shape CSV                            header and rows are as the contract has them
  csvsum.py books CSV [--threads N] [--but-last] [WHERE...]
                                                 the rows of each task add up to its wall time in
                                                 each interval: N times the interval, within 0.5 %;
                                                 --but-last leaves out the interval it died in
  csvsum.py check CSV [WHERE...] -- EXPRESSION...
                                                 each Python expression holds of the chosen rows
  csvsum.py values CSV COLUMN [WHERE...]         prints the distinct values, one per line

WHERE is COLUMN=VALUE; several must all hold. In an expression a column of counts or ns is its sum
over the chosen rows, a percentile or a maximum its largest, any other the list of its distinct
values; `rows` is their number, `intervals` the number of distinct times, `wall` the sum of the four
phases.
"""

import csv
import re
import sys

HEADER = (
    "time,interval_ns,pid,tid,comm,model,call,class,calls,ok,eof,again,timeout,interrupted,error,"
    "bytes,inflight,wait_ns,runq_ns,cpu_ns,copy_ns,wait_p50_ns,wait_p90_ns,wait_p99_ns,wait_max_ns,"
    "busy_p50_ns,busy_p90_ns,busy_p99_ns,busy_max_ns,shape,signal_p50_ns,signal_p99_ns,"
    "latency_p50_ns,latency_p90_ns,latency_p99_ns,latency_max_ns,model_counts,peeks,errors,family,samples"
)
COLUMNS = HEADER.split(",")
OUTCOMES = ("ok", "eof", "again", "timeout", "interrupted", "error")
COUNTS = ("calls",) + OUTCOMES + ("bytes",)
PHASES = ("wait_ns", "runq_ns", "cpu_ns", "copy_ns")
SUMMED = COUNTS + ("inflight", "peeks") + PHASES
PERCENTILES = [
    c for c in COLUMNS if c.startswith(("wait_", "busy_", "latency_")) and c != "wait_ns"]
SIGNALS = ("signal_p50_ns", "signal_p99_ns")
CLASSES = {"app", "read", "accept", "connect", "write", "mux", "control", "async", "signal", "request"}
MODELS = {"io_uring", "linux-aio", "posix-aio", "blocking", "signal-driven", "select", "poll", "epoll-lt", "epoll-et",
          "nonblocking", "idle"}
SHAPES = {
    "", "single", "thread-per-connection", "process-per-connection", "thread-pool", "event-loop",
    "shared-event-loop", "prefork", "poller-workers",
}
TOLERANCE = 0.005  # of the wall time
SLACK_NS = 100_000  # the interval is the snapshot's; a thread's own reading may be this far from it

failures = []


def fail(text):
    """Notes one failure."""
    failures.append(text)


def number(text):
    """The integer in a field; an empty one counts as 0."""
    return int(text) if text else 0


def read_rows(path):
    """The rows of a CSV as dictionaries; a field too many or too few is a failure."""
    with open(path, encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file, strict=True))
    if not lines or lines[0] != COLUMNS:
        sys.exit(f"{path}: wrong header: {lines[:1]}")
    for i, line in enumerate(lines):
        if len(line) != len(COLUMNS):
            fail(f"{path}: record {i + 1} has {len(line)} fields: {line}")
    return [dict(zip(COLUMNS, line)) for line in lines[1:]]


def split_where(args):
    """Takes the COLUMN=VALUE words from the front of args: ({column: value}, the rest)."""
    where = {}
    while args and (match := re.fullmatch(r"(\w+)=([^=].*|)", args[0])) and match[1] in COLUMNS:
        where[match[1]] = match[2]
        args = args[1:]
    return where, args


def choose(rows, where):
    """The rows for which all of where holds."""
    return [r for r in rows if all(r[column] == value for column, value in where.items())]


def by_call(rows):
    """{call: {count: sum}} of the I/O calls that were counted at least once."""
    table = {}
    for row in rows:
        if row["call"] == "app":
            continue
        sums = table.setdefault(row["call"], dict.fromkeys(COUNTS, 0))
        for name in COUNTS:
            sums[name] += number(row[name])
    return {call: sums for call, sums in table.items() if any(sums.values())}


def compare(got, want, names):
    """Fails for each count that is not the same in both tables."""
    for call in sorted(set(got) | set(want)):
        for name in COUNTS:
            left = got.get(call, {}).get(name, 0)
            right = want.get(call, {}).get(name, 0)
            if left != right:
                fail(f"{call} {name}: {names[0]} {left}, {names[1]} {right}")


def same(args):
    """The command `same`."""
    with open(args[1], encoding="ascii", newline="") as file:
        want = {
            row["call"]: {name: int(row[name]) for name in COUNTS} for row in csv.DictReader(file)
        }
    if not want:
        fail(f"{args[1]}: the workload made no call")
    for change in args[2:]:
        call, name, count = re.fullmatch(r"(\w+):(\w+)=(-?\d+)", change).groups()
        sums = want.setdefault(call, dict.fromkeys(COUNTS, 0))
        sums[name] += int(count)
        if name in OUTCOMES:
            sums["calls"] += int(count)
    compare(by_call(read_rows(args[0])), want, ("iophase", "workload"))


def agree(args):
    """The command `agree`."""
    first, second = (by_call(read_rows(path)) for path in args)
    if not first:
        fail(f"{args[0]}: no call was counted")
    compare(first, second, args)


def check_row(row, place):
    """Whether one row keeps the contract."""
    app = row["call"] == "app"
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", row["time"]):
        fail(f"{place}: time {row['time']!r}")
    request = row["class"] == "request"
    numbers = ("interval_ns", "pid") + (() if request else PHASES) + (() if app else SUMMED)
    for name in numbers:
        if request and name in PHASES:
            if row[name]:
                fail(f"{place}: a request has no {name}, but {row[name]!r}")
            continue
        if not re.fullmatch(r"0|[1-9]\d*", row[name]):
            fail(f"{place}: {name} {row[name]!r}")
    if row["class"] not in CLASSES or row["model"] not in MODELS or app != (row["class"] == "app"):
        fail(f"{place}: call {row['call']} class {row['class']} model {row['model']}")
    counts = [share.split("=") for share in row["model_counts"].split()]
    if counts and (counts[0][0] != row["model"] or not {c[0] for c in counts} <= MODELS or
                   any(int(c[1]) <= 0 for c in counts)):
        fail(f"{place}: model {row['model']} by {row['model_counts']!r}")
    if row["shape"] not in SHAPES:
        fail(f"{place}: shape {row['shape']!r}")
    if sum(number(row[name]) for name in OUTCOMES) != number(row["calls"]):
        fail(f"{place}: the outcomes do not add up to the calls: {row}")
    if number(row["calls"]) == 0 and any(row[name] for name in PERCENTILES):
        fail(f"{place}: percentiles of no calls: {row}")
    for kind in ("wait", "busy", "latency"):
        values = [number(row[f"{kind}_{p}_ns"]) for p in ("p50", "p90", "p99")]
        if values != sorted(values):
            fail(f"{place}: the percentiles of {kind} fall: {row}")


def shape(args):
    """The command `shape`."""
    rows = read_rows(args[0])
    if not rows:
        fail(f"{args[0]}: no row")
    for i, row in enumerate(rows):
        check_row(row, f"{args[0]}: row {i + 1}")
    times = [row["time"] for row in rows]
    if times != sorted(times):
        fail(f"{args[0]}: the times fall")
    keys = [(row["time"], row["pid"], row["tid"], row["call"]) for row in rows]
    if len(keys) != len(set(keys)):
        fail(f"{args[0]}: two rows for one interval, task and call")
    if {key[:3] for key in keys} != {key[:3] for key in keys if key[3] == "app"}:
        fail(f"{args[0]}: a task without its row app")


def books(args):
    """The command `books`."""
    threads = 1
    if args[1:2] == ["--threads"]:
        threads = int(args[2])
        del args[1:3]
    but_last = args[1:2] == ["--but-last"]
    where, rest = split_where(args[1 + but_last :])
    assert not rest, rest
    tasks = {}
    for row in choose(read_rows(args[0]), where):
        key = (row["time"], row["pid"], row["tid"])
        wall, _ = tasks.get(key, (0, 0))
        tasks[key] = (wall + sum(number(row[p]) for p in PHASES), number(row["interval_ns"]))
    if but_last:
        last = max(time for time, _, _ in tasks)
        tasks = {key: sums for key, sums in tasks.items() if key[0] != last}
    if not tasks:
        fail(f"{args[0]}: no row is chosen")
    for (time, pid, tid), (wall, interval) in tasks.items():
        due = threads * interval
        if abs(wall - due) > TOLERANCE * due + SLACK_NS:
            fail(f"{time} pid {pid} tid {tid}: {wall} ns charged of {due} ns")
    print(f"{len(tasks)} balances checked")


def check(args):
    """The command `check`."""
    where, rest = split_where(args[1:])
    assert rest and rest[0] == "--", rest
    rows = choose(read_rows(args[0]), where)
    names = {column: sorted({row[column] for row in rows}) for column in COLUMNS}
    names["interval_ns"] = [number(text) for text in names["interval_ns"]]
    for column in SUMMED:
        names[column] = sum(number(row[column]) for row in rows)
    for column in (*PERCENTILES, *SIGNALS):
        names[column] = max((number(row[column]) for row in rows), default=0)
    names.update(rows=len(rows), intervals=len({row["time"] for row in rows}))
    names["wall"] = sum(names[phase] for phase in PHASES)
    for expression in rest[1:]:
        # The expressions are those of our own tests.
        if not eval(expression, {"abs": abs, "max": max, "sum": sum, "len": len, "set": set}, names):
            used = {n: names[n] for n in names if re.search(rf"\b{n}\b", expression)}
            fail(f"{where} {expression}: {used}")


def values(args):
    """The command `values`."""
    where, rest = split_where(args[2:])
    assert not rest, rest
    for value in sorted({row[args[1]] for row in choose(read_rows(args[0]), where)}):
        print(value)


def main():
    """Runs one command and says what failed."""
    commands = {f.__name__: f for f in (same, agree, shape, books, check, values)}
    commands[sys.argv[1]](sys.argv[2:])
    for text in failures[:20]:
        print(text)
    if len(failures) > 20:
        print(f"and {len(failures) - 20} more")
    sys.exit(1 if failures else 0)


main()
