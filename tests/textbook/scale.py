"""Axes: round numbers for times, and lengths to their scale.

In: times in ns. Out: an Axis that ends at a round number, its ticks, and lengths in any unit.
"""

import dataclasses
import math

STEPS = (1, 2, 5, 10)


@dataclasses.dataclass(frozen=True)
class Axis:
    """A linear axis from 0 to `top` ns, `length` units long."""
    top: float
    step: float
    length: float

    def at(self, ns):
        """How far down the axis a time is."""
        return ns / self.top * self.length

    @property
    def ticks(self):
        """The times of the ticks."""
        return [i * self.step for i in range(round(self.top / self.step) + 1)]

    @property
    def per_ns(self):
        """Units per ns."""
        return self.length / self.top


def axis(longest, length, ticks=5):
    """An axis on which the longest time (ns) has its place, with at most this many steps."""
    if longest <= 0:
        return Axis(1.0, 1.0, length)
    step = 10.0 ** math.floor(math.log10(longest / ticks))
    step = next(step * s for s in STEPS if step * s * ticks >= longest * (1 - 1e-9))
    return Axis(math.ceil(longest / step - 1e-9) * step, step, length)


def in_lines(axis_):
    """The axis with a length, about as long, at which every tick falls on a whole line."""
    steps = len(axis_.ticks) - 1
    return dataclasses.replace(axis_, length=max(1, round(axis_.length / steps)) * steps)


def time_text(ns, unit="us"):
    """A time in us with three digits that count: 0.83 us, 12.7 us, 1,097 us."""
    us = ns / 1e3
    digits = 2 if us < 9.995 else 1 if us < 99.95 else 0
    return f"{us:,.{digits}f} {unit}"


def tick_text(ns, step):
    """The number at a tick, in us, with the digits that the step asks for."""
    digits = max(0, -math.floor(math.log10(step / 1e3) + 1e-9))
    return f"{ns / 1e3:,.{digits}f}"
