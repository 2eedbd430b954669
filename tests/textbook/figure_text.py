"""The textbook figure as text for a terminal: UTF-8, at most 120 columns.

In: a Figure made with LENGTH1 and LENGTH2, which are lines. Out: its lines. A line of a bar shows
what took most of that line's time; what is shorter than half a line is not seen, as in any drawing
to scale.
"""

import dataclasses
import textwrap

import figure
import scale
import turn as t
import words
from scale import tick_text

WIDTH = 120
PER_BAND = 6
AXIS_WIDTH = 10
COLUMN = 18
BAR, TWO_BARS = 3, 2  # characters; of each bar if there are two
LENGTH1, LENGTH2 = 15, 6
FILLS = {t.BLOCKED: "░", t.CHOSEN: ":", t.FREE: "·", t.POLLING: "═", t.RUNQ: "▞",
         t.WORKING: "▒", t.COPY: "█"}
NO_BREAK = "\u00a0"
HALF = "▀"  # of a COPY


def kind_at(segments, begin, end):
    """The kind of the segment that covers most of the time from begin to end (ns), and the share of
    it that is covered by any; None and 0.0 if none is there."""
    best, best_ns, covered, start = None, 0.0, 0.0, 0.0
    for s in segments:
        part = min(end, start + s.ns) - max(begin, start)
        start += s.ns
        if part > 0:
            covered += part
        if part > best_ns:
            best, best_ns = s.kind, part
    return best, covered / (end - begin)


def cell(segments, axis, i):
    """The character of line i of a bar."""
    per_line = axis.top / axis.length
    kind, covered = kind_at(segments, i * per_line, (i + 1) * per_line)
    if kind == t.COPY and 0.25 <= covered < 0.75:
        return HALF
    return FILLS[kind] if kind and covered >= (0.75 if kind == t.COPY else 0.5) else " "


def bars(turn, phase, axis, i):
    """Line i of the bars of a column."""
    width = BAR if len(turn.lanes) == 1 else TWO_BARS
    return " ".join(cell(getattr(lane, phase), axis, i) * width for lane in turn.lanes)


def wrap(sentences, width):
    """Sentences as lines; a number stays with its unit."""
    whole = [s.replace(" us", NO_BREAK + "us") for s in sentences]
    return [line.replace(NO_BREAK, " ") for s in whole for line in
            textwrap.wrap(s, width, break_long_words=False)]


def labels1(row, turn):
    """What is said beside the bars of phase 1."""
    width = COLUMN - 2 - bars_width(turn)
    sentences = []
    for lane in turn.lanes:
        name = words.who(lane, turn.lanes)
        if name:
            sentences.append(f"{'right' if lane.helper else 'left'}:")
        sentences += words.phase1(row, lane)
    return wrap(sentences, width)


def labels2(turn):
    """What is said beside the bars of phase 2."""
    said = [words.phase2(la) for la in turn.lanes if la.phase2]
    return wrap(said or ["nothing"], COLUMN - 2 - bars_width(turn))


def bars_width(turn):
    """Characters that the bars of a column take."""
    return BAR if len(turn.lanes) == 1 else len(turn.lanes) * (TWO_BARS + 1) - 1


def panel(columns, phase, axis, labels):
    """The lines of one panel of a band."""
    lines, per_line = [], axis.top / axis.length
    ticks = {round(axis.at(ns)): tick_text(ns, axis.step) for ns in axis.ticks}
    height = max([axis.length, *(len(la) for la in labels)])
    for i in range(height):
        head = f"{ticks.get(i, ''):>{AXIS_WIDTH - 2}}{'┤' if i in ticks else '│'} "
        cells = []
        for (_, turn), said in zip(columns, labels):
            bar = bars(turn, phase, axis, i) if i * per_line < axis.top else " " * bars_width(turn)
            cells.append(f"{bar} {said[i] if i < len(said) else ''}".ljust(COLUMN))
        lines.append((head + "".join(cells)).rstrip())
    return lines


def heads(columns):
    """The families and the titles of the columns of a band."""
    line = " " * AXIS_WIDTH
    for family, _, number in figure.families(columns):
        width = number * COLUMN - 2
        line += f" {family} ".center(width, "─") + "  "
    titles = " " * AXIS_WIDTH + "".join(row.title.ljust(COLUMN) for row, _ in columns)
    return [line.rstrip(), titles.rstrip()]


def band(fig, columns):
    """The lines of some columns side by side."""
    under = [wrap(words.under(turn), COLUMN - 1) for _, turn in columns]
    lines = heads(columns)
    lines.append("phase 1, us: waiting for the data")
    lines += panel(columns, "phase1", fig.axis1, [labels1(row, turn) for row, turn in columns])
    lines.append(f"phase 2, us: copying, drawn {fig.magnified:,.0f} times larger")
    lines += panel(columns, "phase2", fig.axis2, [labels2(turn) for _, turn in columns])
    for i in range(max(len(u) for u in under)):
        lines.append((" " * AXIS_WIDTH + "".join(
            (u[i] if i < len(u) else "").ljust(COLUMN) for u in under)).rstrip())
    return lines


def legend():
    """What the characters mean."""
    parts = [f"{FILLS[kind] * 2} {meaning}" for kind, meaning in words.LEGEND]
    return ["   ".join(parts[i:i + 2]) for i in range(0, len(parts), 2)]


def text(fig, machine):
    """The figure's lines, joined; `machine` is said below it."""
    fig = dataclasses.replace(fig, axis1=scale.in_lines(fig.axis1), axis2=scale.in_lines(fig.axis2))
    lines = [figure.TITLE, ""]
    for columns in fig.bands(PER_BAND):
        lines += band(fig, columns) + [""]
    lines += legend() + [""]
    for sentence in (*figure.caption(fig), machine):
        lines += wrap([sentence], WIDTH)
    return "\n".join(lines) + "\n"
