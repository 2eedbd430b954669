#!/usr/bin/env python3
"""Reads a Perfetto trace by a decoder of its own: a witness that shares nothing with the program.

In: a file of -o perfetto:FILE. `sums FILE PID`: out come lines "CALL PHASE NS", the slices of all
threads of a process summed by call and phase. `states FILE PID`: "STATE COUNT NS" of its connections,
of those that had not ended with the trace "STATE-unfinished COUNT NS". `unfinished FILE PID`: "CATEGORY NAME"
of all such slices.
`same FILE CSV`: expects of a CSV of the
same run (csv, all intervals, without -t) the same sums, to the nanosecond; prints what differs.
`tracks FILE`: "KIND NAME" of each track. `notices FILE`: what the trace says of itself. `missing FILE
PID`: the same, and "not seen NS" of all threads of the process. Any of them checks all of the trace first: that slices balance, that on no track time goes back, that phases fill
their calls and states do not overlap, that all tracks and names are told of. Exit 1 if that fails.
"""

import collections
import csv
import sys

BEGIN, END, INSTANT, COUNT = 1, 2, 3, 4
MONOTONIC = 3


def fields(data):
    """[(number, value)] of a message: a value is an integer, or bytes."""
    found, at = [], 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                return value

    while at < len(data):
        tag = varint()
        if tag & 7 == 0:
            found.append((tag >> 3, varint()))
        elif tag & 7 == 2:
            size = varint()
            if at + size > len(data):
                raise ValueError("a message is cut off")
            found.append((tag >> 3, data[at:at + size]))
            at += size
        else:
            raise ValueError(f"wire type {tag & 7}")
    return found


def last(message, number, default=None):
    """The last value of a field."""
    values = [v for n, v in message if n == number]
    return values[-1] if values else default


Track = collections.namedtuple("Track", "kind name pid tid parent")
Slice = collections.namedtuple("Slice", "track category name begin end outer unfinished")


class Trace:
    """All of a file; the constructor checks it."""

    def __init__(self, data):
        self.tracks, self.slices, self.counts, self.notices = {}, [], [], []
        self.names, self.categories, self.arguments = {}, {}, {}
        self.clock = None
        self.open = collections.defaultdict(list)
        self.latest = {}
        for number, packet in fields(data):
            assert number == 1, f"field {number} of a trace"
            self.packet(fields(packet))
        for track, stack in self.open.items():
            assert not stack, f"track {self.tracks[track]}: {stack} never ends"
        self.check_cover()

    def packet(self, packet):
        """Takes one packet in."""
        assert last(packet, 10) == 1, "one sequence"
        for number, value in packet:
            if number == 12:
                self.intern(fields(value))
            elif number == 59:
                self.clock = last(fields(value), 58)
            elif number == 60:
                self.track(fields(value))
            elif number == 11:
                assert self.clock == MONOTONIC, "the clock is told first"
                assert last(packet, 13) == 2, "it needs the names"
                self.event(fields(value), last(packet, 8))
            elif number == 6:
                clocks = {last(fields(c), 1): last(fields(c), 2) for n, c in fields(value) if n == 1}
                assert {1, 3, 6} <= set(clocks), clocks

    def intern(self, data):
        """Notes names."""
        for number, value in data:
            entry = fields(value)
            table = {1: self.categories, 2: self.names, 3: self.arguments}[number]
            assert last(entry, 1) not in table, "a name is told twice"
            table[last(entry, 1)] = last(entry, 2).decode()

    def track(self, message):
        """Notes a track; it may be told again, with another name."""
        uuid, parent = last(message, 1), last(message, 5)
        process, thread = last(message, 3), last(message, 4)
        if process:
            process = fields(process)
            self.tracks[uuid] = Track("process", last(process, 6, b"").decode(), last(process, 1), None, None)
        elif thread:
            thread = fields(thread)
            self.tracks[uuid] = Track("thread", last(thread, 5, b"").decode(), last(thread, 1), last(thread, 2), None)
        else:
            assert parent is None or parent in self.tracks, f"track {uuid} has no parent {parent}"
            kind = "counter" if last(message, 8) is not None else "connection" if parent else "notices"
            pid = self.tracks[parent].pid if parent else None
            self.tracks[uuid] = Track(kind, last(message, 2).decode(), pid, None, parent)

    def event(self, event, at):
        """Takes an event of a track in."""
        kind, uuid = last(event, 9), last(event, 11)
        assert uuid in self.tracks, f"track {uuid} is not told of"
        stack = self.open[uuid]
        if kind != INSTANT:
            assert at >= self.latest.get(uuid, 0), f"on {self.tracks[uuid]} time goes back to {at}"
            self.latest[uuid] = at
        if kind == BEGIN:
            stack.append((self.categories[last(event, 3)], self.names[last(event, 10)], at))
        elif kind == END:
            category, name, begin = stack.pop()
            outer = stack[-1][1] if stack else None
            self.slices.append(Slice(uuid, category, name, begin, at, outer, self.is_unfinished(event)))
        elif kind == COUNT:
            self.counts.append((uuid, at, last(event, 30)))
        else:
            self.notices.append(last(event, 23).decode())

    def is_unfinished(self, event):
        """Whether the end of a slice says that it is the end of the trace alone."""
        argument = last(event, 4)
        if argument is None:
            return False
        argument = fields(argument)
        assert self.arguments[last(argument, 1)] == "unfinished" and last(argument, 2) == 1, argument
        return True

    def check_cover(self):
        """Phases fill their calls; on a track of a connection nothing is within something else."""
        inside, calls = collections.Counter(), collections.Counter()
        for s in self.slices:
            assert s.end >= s.begin, s
            if s.category == "call":
                assert s.outer is None, s
                if s.name != "not seen":
                    calls[s.track] += s.end - s.begin
            elif s.category == "phase":
                assert s.outer, s
                inside[s.track] += s.end - s.begin
            else:
                assert s.outer is None and self.tracks[s.track].kind == "connection", s
        assert calls == inside, "phases do not fill their calls"


def differences(trace, path):
    """What differs between the slices of threads and the rows of a CSV: [(pid, call, phase, ns, ns)]."""
    slices, rows = collections.Counter(), collections.Counter()
    for s in trace.slices:
        if s.category == "phase":
            slices[trace.tracks[s.track].pid, s.outer, s.name] += s.end - s.begin
        elif s.name == "not seen":
            slices[trace.tracks[s.track].pid, s.name, ""] += s.end - s.begin
    with open(path, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for phase in ("wait", "runq", "cpu", "copy"):
                rows[int(row["pid"]), row["call"], phase] += int(row[phase + "_ns"] or 0)
    return [(*key, slices[key], rows[key]) for key in sorted(set(slices) | set(rows))
            if slices[key] != rows[key]]


def main(what, path, *pid):
    """Prints what is asked for."""
    with open(path, "rb") as file:
        trace = Trace(file.read())
    if what == "same":
        differs = differences(trace, pid[0])
        for pid, call, phase, slices, rows in differs:
            print(f"pid {pid}: {call} {phase}: {slices} ns in slices, {rows} ns in the CSV")
        return bool(differs)
    of = int(pid[0]) if pid else None
    chosen = [s for s in trace.slices if of is None or trace.tracks[s.track].pid == of]
    if what == "sums":
        sums = collections.Counter()
        for s in chosen:
            if s.category == "phase" or s.name == "not seen":
                sums[s.outer or s.name, s.name] += s.end - s.begin
        for (call, phase), ns in sorted(sums.items()):
            print(call, phase, ns)
    elif what == "states":
        sums = collections.defaultdict(lambda: [0, 0])
        for s in chosen:
            if s.category == "connection":
                name = s.name + "-unfinished" * s.unfinished
                sums[name][0] += 1
                sums[name][1] += s.end - s.begin
        for state, (count, ns) in sorted(sums.items()):
            print(state, count, ns)
    elif what == "unfinished":
        for s in chosen:
            if s.unfinished:
                print(s.category, s.name)
    elif what == "tracks":
        for t in trace.tracks.values():
            print(t.kind, t.name)
    elif what == "counts":
        for uuid, at, value in trace.counts:
            print(trace.tracks[uuid].name.replace(" ", "_"), at, value)
    else:
        for text in trace.notices:
            print(text)
    if what == "missing":
        print("not seen", sum(s.end - s.begin for s in chosen if s.name == "not seen"))
    return False


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:]))
    except (AssertionError, ValueError, KeyError, IndexError) as problem:
        sys.exit(f"perfetto.py: {problem!r}")
