"""What the figure says about a lane, in short words from what was measured.

In: a Turn of a Row. Out: sentences for the column; the words of the legend.
"""

import turn as t
from scale import time_text

LEGEND = (
    (t.BLOCKED, "asleep in an I/O call: blocked"),
    (t.CHOSEN, "asleep waiting for completions: by choice"),
    (t.FREE, "asleep outside I/O calls: free for other things"),
    (t.POLLING, "on a CPU, asks again and again"),
    (t.RUNQ, "awake, waits for a CPU"),
    (t.WORKING, "on a CPU: calls without copying, own code"),
    (t.COPY, "copies from the kernel to the user"),
)

FREE_UNTIL = {"signal-driven": "free until the signal", "asynchronous": "free until all is done"}


def of_segment(segment, row, lane):
    """What the thread does in a segment of phase 1."""
    if segment.kind == t.BLOCKED:
        return f"asleep in {segment.calls}"
    if segment.kind == t.CHOSEN:
        return f"by choice asleep in {segment.calls}"
    if segment.kind == t.FREE:
        known = FREE_UNTIL.get(row.family) if not lane.helper else None
        return known or "asleep outside I/O calls"
    if segment.kind == t.POLLING:
        return f"{lane.fruitless:,.0f} times {segment.calls}: nothing yet"
    if segment.kind == t.RUNQ:
        return "waits for a CPU"
    return "on a CPU"


def phase1(row, lane, unit="us"):
    """Sentences on phase 1: its segments that are worth it, as they are drawn."""
    return [f"{of_segment(s, row, lane)}, {time_text(s.ns, unit)}" for s in lane.phase1
            if s.ns >= t.WORTH * lane.phase1_ns]


def phase2(lane, unit="us"):
    """A sentence on phase 2."""
    if not lane.phase2:
        return "nothing"
    copy = lane.phase2[0]
    return f"copy, {time_text(copy.ns, unit)}, in {copy.calls or 'no call'}"


def who(lane, lanes):
    """Which thread a lane is of, if there are two; else ""."""
    if len(lanes) < 2:
        return ""
    return "a helper" if lane.helper else "who asks"


def under(turn, unit="us"):
    """Short lines below a column."""
    lines = [f"CPU in phase 1: {time_text(sum(la.cpu_ns for la in turn.lanes), unit)}"]
    if turn.signal_ns is not None:
        lines.append(f"signal on its way: {time_text(turn.signal_ns, unit)}")
    return lines
