"""One turn of a server: what its thread does from one read to the next, per read.

In: the Run of a server with one connection, measured per thread and in intervals. Out: a Turn,
whose lanes are the threads that have a part in a read; in each lane the segments of phase 1,
waiting for the data, and of phase 2, copying them from the kernel to the user.

Phase 2 is iophase's `copy`. Phase 1 is all other time of the thread but the answer's, which is the
calls that write: so the phases and the answer add up to the thread's time.
"""

import dataclasses
import statistics

import table

# Kinds of segments.
BLOCKED = "blocked"  # asleep in an I/O call
CHOSEN = "chosen"  # asleep in a call that waits for completions or signals: it need not be
FREE = "free"  # asleep in none: free to do something else, if it had anything to do
RUNQ = "runq"  # awake, waits for a CPU
POLLING = "polling"  # on a CPU, asks again and again
WORKING = "working"  # on a CPU, in I/O calls and its own code, but not copying
COPY = "copy"
KINDS = (BLOCKED, CHOSEN, FREE, POLLING, RUNQ, WORKING, COPY)

WORKER = "iou-worker"  # what iophase calls the time of an io_uring worker of the kernel
POLLS = 10  # fruitless calls per read from which on a thread is said to poll
WORTH = 0.05  # share of phase 1 from which on a segment is worth words


@dataclasses.dataclass(frozen=True)
class Segment:
    """Time of one kind, ns per read; `calls`: the I/O calls it was mostly spent in, "" if none."""
    kind: str
    ns: float
    calls: str = ""
    share: float = 1.0  # of the time, that was spent inside I/O calls


@dataclasses.dataclass(frozen=True)
class Lane:
    """One thread's turn, ns per read."""
    helper: bool  # reads for somebody else, as glibc's helpers do
    phase1: tuple  # Segments, none of them empty
    phase2: tuple
    answer_ns: float
    fruitless: float  # calls per read that found nothing

    @property
    def phase1_ns(self):
        """All of phase 1."""
        return sum(s.ns for s in self.phase1)

    @property
    def phase2_ns(self):
        """All of phase 2."""
        return sum(s.ns for s in self.phase2)

    @property
    def cpu_ns(self):
        """Time on a CPU in phase 1."""
        return sum(s.ns for s in self.phase1 if s.kind in (POLLING, WORKING))


@dataclasses.dataclass(frozen=True)
class Turn:
    """What a column of the figure shows."""
    lanes: tuple
    reads: int  # that the means are over
    signal_ns: float | None  # from a signal's generation to its delivery, median; None: no signals

    @property
    def runq_ns(self):
        """Time that its threads waited for a CPU, per read."""
        return sum(s.ns for lane in self.lanes for s in lane.phase1 if s.kind == RUNQ)


def least_disturbed(turns):
    """Of several Turns of a server the one in which it waited least for a CPU."""
    return min(turns, key=lambda one: one.runq_ns)


def steady(rows):
    """The rows between the first and the last interval, in which the load had not begun or was
    over; all of them if there are fewer than three intervals."""
    times = sorted({row["time"] for row in rows})
    return [r for r in rows if r["time"] in times[1:-1]] if len(times) > 2 else rows


def busiest(calls, column, without=()):
    """The name of the I/O call with the most in a column, "" if none has anything."""
    found = {name: c[column] for name, c in calls.items()
             if c[column] and c["class"] not in (table.APP, table.REQUEST, *without)}
    return max(found, key=found.get) if found else ""


def fruitless_calls(calls):
    """Names of the calls that found nothing, the most frequent first."""
    found = {name: c["again"] for name, c in calls.items() if c["again"]}
    return sorted(found, key=found.get, reverse=True)


def lane(calls, reads, helper):
    """The lane of threads whose calls these are."""
    chosen = {n: c for n, c in calls.items() if c["class"] in ("async", "signal") and n != WORKER}
    chosen_ns = table.total(chosen, "wait_ns")
    answer = sum(table.total(calls, p, "write") for p in table.PHASES)
    app = {p: table.total(calls, p, table.APP) for p in table.PHASES}
    io = {p: table.total(calls, p) - table.total(calls, p, "write") for p in table.PHASES}
    fruitless = table.total(calls, "again") / reads
    cpu = io["cpu_ns"] + app["cpu_ns"]
    polls = fruitless >= POLLS
    phase1 = (
        Segment(BLOCKED, (io["wait_ns"] - chosen_ns) / reads,
                busiest(calls, "wait_ns", ("async", "signal", "write"))),
        Segment(CHOSEN, chosen_ns / reads, busiest(chosen, "wait_ns")),
        Segment(FREE, app["wait_ns"] / reads),
        Segment(POLLING if polls else WORKING, cpu / reads,
                " and ".join(fruitless_calls(calls)) if polls else "",
                io["cpu_ns"] / cpu if cpu else 0.0),
        Segment(RUNQ, (io["runq_ns"] + app["runq_ns"]) / reads),
    )
    copy = Segment(COPY, (io["copy_ns"] + app["copy_ns"]) / reads,
                   busiest(calls, "copy_ns"))
    return Lane(helper, tuple(s for s in phase1 if s.ns), (copy,) if copy.ns else (),
                answer / reads, fruitless)


def merged(threads):
    """The calls of several threads as those of one."""
    sums = {}
    for calls in threads:
        for name, columns in calls.items():
            known = sums.setdefault(name, {"class": columns["class"]})
            for column in table.SUMMED:
                known[column] = known.get(column, 0) + columns[column]
    return sums


def parts(threads):
    """The threads that have a part in reads: those that serve, and those that read for them."""
    def has(calls, *classes):
        return any(c["class"] in classes and c["calls"] for c in calls.values())

    workers = [c for c in threads if WORKER in c]
    servers = [c for c in threads if c not in workers and (
        has(c, "write", "async") or (has(c, "mux") and table.reads(c)))]
    helpers = [c for c in threads if c not in servers and (table.reads(c) or c in workers)]
    return servers, helpers


def turn(run):
    """The Turn of a Run; raises ValueError if nothing was read in it."""
    rows = steady(run.rows)
    threads = list(table.by_thread(rows).values())
    servers, helpers = parts(threads)
    reads = sum(table.reads(c) for c in threads)
    if not reads or not (servers or helpers):
        raise ValueError(f"{run.name} has read nothing")
    lanes = [lane(merged(part), reads, part is helpers) for part in (servers, helpers) if part]
    signals = [int(r["signal_p50_ns"]) for r in rows if r.get("signal_p50_ns")]
    return Turn(tuple(lanes), reads, statistics.median(signals) if signals else None)

