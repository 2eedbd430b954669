"""The textbook figure, before it is drawn: columns, axes, caption.

In: Rows of servers with their Turns, the load. Out: a Figure, which figure_text.py and
figure_svg.py draw: all columns on the same two axes, one for each phase, since the phases differ by
orders of magnitude; how much larger the second one is drawn is said.
"""

import dataclasses

import scale
from scale import time_text

TITLE = "The textbook figure, measured"


@dataclasses.dataclass(frozen=True)
class Figure:
    """What is drawn, on axes whose length is that of the drawing's panels."""
    columns: tuple  # (Row, Turn)
    axis1: scale.Axis
    axis2: scale.Axis
    size: int  # bytes of a message
    pause_us: int
    rounds: int  # of which one is drawn

    @property
    def magnified(self):
        """How many times larger phase 2 is drawn than phase 1."""
        return self.axis2.per_ns / self.axis1.per_ns

    def lanes(self):
        """All lanes of all columns."""
        return [lane for _, turn in self.columns for lane in turn.lanes]

    def bands(self, width):
        """The columns in groups of `width`."""
        return [self.columns[i:i + width] for i in range(0, len(self.columns), width)]


def figure(columns, load, length1, length2, rounds=1):
    """The Figure of (Row, Turn) pairs whose panels have these lengths, in any unit; the Turns are
    each the least disturbed one of some rounds."""
    lanes = [lane for _, turn in columns for lane in turn.lanes]
    return Figure(tuple(columns),
                  scale.axis(max((la.phase1_ns for la in lanes), default=0), length1),
                  scale.axis(max((la.phase2_ns for la in lanes), default=0), length2),
                  load.size, load.pause_us, rounds)


def families(columns):
    """Neighbours of the same family: (family, index of its first column, number of columns)."""
    found = []
    for i, (row, _) in enumerate(columns):
        if found and found[-1][0] == row.family:
            found[-1] = (row.family, found[-1][1], found[-1][2] + 1)
        else:
            found.append((row.family, i, 1))
    return found


def caption(figure_, unit="us"):
    """What the reader has to know, as sentences."""
    reads = sorted(turn.reads for _, turn in figure_.columns)
    pause = time_text(figure_.pause_us * 1e3, unit)
    span = f"{reads[0]:,}" if reads[0] == reads[-1] else f"{reads[0]:,} to {reads[-1]:,}"
    chosen = (f" Each was measured {figure_.rounds} times; the run is drawn in which it waited"
              " least for a CPU.") if figure_.rounds > 1 else ""
    return [
        f"One read of {figure_.size // 1024} KiB, the mean of {span}, in each model. The client"
        f" waits {pause} or a little more between an answer and its next request. Time runs"
        f" downwards.{chosen}",
        f"Each phase has its own scale, the same in all columns: phase 2 is drawn"
        f" {figure_.magnified:,.0f} times larger than phase 1. At the scale of phase 1 the longest"
        f" phase 2 would be {thin(figure_)} of the height of its panel.",
        "Phase 2 is the copying alone; phase 1 is all else that the thread does from one read to"
        " the next, without the answer; but an answer that is an asynchronous request, too, cannot"
        " be told apart and counts to phase 1. Parts of a kind are drawn together.",
    ]


def thin(figure_):
    """The longest phase 2 as a share of the phase 1 panel."""
    longest = max((la.phase2_ns for la in figure_.lanes()), default=0)
    return f"{100 * longest / figure_.axis1.top:.2f} %"
