"""The numbers of a benchmark run and what follows from them.

In: samples, one per (arm, measure, round). Out: medians, differences within a round, and the
targets with what was measured. Pure: no process, no clock, no output.
"""

import collections
import math
import statistics

UNTRACED = "untraced"
# The arm whose empty programs sit on the same tracepoints.
FLOOR_OF = {
    "iophase": "floor",
    "iophase-no-connections": "floor",
    "iophase-raw": "floor-raw",
    "floor-raw": "floor-raw",
    "iophase-light": "floor-light",
    "iophase-light-no-connections": "floor-switches",
}

# Arms without a hook on system calls: what a call costs them is no target.
LIGHT = ("iophase-light", "iophase-light-no-connections")

# The same for packets of sockets that are no target's.
PACKET_FLOOR_OF = {
    "iophase": "floor-sockets",
    "iophase-light": "floor-light",
}

MIN_THROUGHPUT = 0.85
# CPU time per request of the echo server, of untraced.
MAX_SERVER_CPU = {
    "iophase": 1.24,
    "iophase-no-connections": 1.18,
    "iophase-raw": 1.24,
    "iophase-light": 1.06,
    "iophase-light-no-connections": 1.02,
}
MAX_PACKET = 60.0  # ns
MAX_FLOOR_RATIO = 1.45
# A request costs a map entry made and removed besides the programs.
MAX_REQUEST_RATIO = 2.0
MAX_ARMED = MAX_PROMPT = 0.5  # s
MAX_ARMED_LIGHT = MAX_DETACHED_LIGHT = 0.1  # s
MAX_MEMORY = 20e6  # bytes
MAX_CPU = 0.01  # of one CPU
# Two rounds of the same arm differ by this much even on a quiet machine.
NOISE_NS = 5.0


class Results:
    """Samples by arm, measure and round."""

    def __init__(self):
        self.samples = collections.defaultdict(dict)  # (arm, measure) -> {round: value}
        self.failures = collections.defaultdict(list)  # arm -> reasons
        self.foreign_runs = 0  # runs during which BPF programs of others were loaded
        self.runs = 0

    def add(self, number, arm, values):
        """Takes over the VALUES (measure -> value) of ARM in round NUMBER."""
        for measure, value in values.items():
            self.samples[arm, measure][number] = value

    def median(self, arm, measure):
        """The median over the rounds, or None when the arm has no sample."""
        values = self.samples.get((arm, measure), {}).values()
        return statistics.median(values) if values else None

    def least(self, arm, measure):
        """The smallest value over the rounds, or None: what disturbs only adds to a time."""
        span = self.span(arm, measure)
        return span[0] if span else None

    def span(self, arm, measure):
        """The smallest and the largest value, or None."""
        values = self.samples.get((arm, measure), {}).values()
        return (min(values), max(values)) if values else None

    def _paired(self, arm, base, measure, combine):
        """combine(value of ARM, value of BASE) for each round in which both were measured."""
        ours = self.samples.get((arm, measure), {})
        theirs = self.samples.get((base, measure), {})
        return [combine(ours[n], theirs[n]) for n in sorted(ours.keys() & theirs.keys())]

    def added(self, arm, measure, base=UNTRACED):
        """The median of what ARM costs more than BASE in the same round (ns), or None."""
        values = self._paired(arm, base, measure, lambda ours, theirs: ours - theirs)
        return statistics.median(values) if values else None

    def share(self, arm, measure):
        """The median of ARM / untraced in the same round, or None."""
        values = self._paired(arm, UNTRACED, measure, lambda ours, theirs: ours / theirs)
        return statistics.median(values) if values else None

    def noise(self, arm, base, measure):
        """Two standard errors of the median of ARM - BASE (ns): less than that says nothing."""
        values = self._paired(arm, base, measure, lambda ours, theirs: ours - theirs)
        if len(values) < 2:
            return NOISE_NS
        low, _, high = statistics.quantiles(values, n=4, method="inclusive")
        # Of a normal distribution: sigma = range / 1.35, standard error = 1.25 sigma / sqrt(n).
        return max(NOISE_NS, 2 * 1.25 * (high - low) / 1.35 / math.sqrt(len(values)))

    def floor_ratio(self, arm, measure):
        """What ARM adds to MEASURE over what empty programs add, or None."""
        ours, floor = self.added(arm, measure), self.added(FLOOR_OF.get(arm, "floor"), measure)
        return ours / floor if ours is not None and floor and floor > 0 else None


def worst(values):
    """The largest of the values that were measured, or None."""
    known = [value for value in values if value is not None]
    return max(known) if known else None


def targets(results, arm):
    """Rows (what, target, measured, met) for ARM; measured and met are None when not measured."""
    def row(what, target, value, shown, met):
        known = value is not None
        return (what, target, shown(value) if known else None, met(value) if known else None)

    def both(measure):
        return worst([results.median(arm, measure), results.median(arm, measure + "_threads")])

    rows = [
        row("throughput of the traced echo server", f">= {MIN_THROUGHPUT:.2f} of untraced",
            results.share(arm, "echo"), lambda v: f"{v:.3f}", lambda v: v >= MIN_THROUGHPUT),
        row("CPU time of the echo server per request", f"<= {MAX_SERVER_CPU[arm]:.2f} of untraced",
            results.share(arm, "echo_server"), lambda v: f"{v:.3f}",
            lambda v: v <= MAX_SERVER_CPU[arm]),
    ]
    rows += [] if arm in LIGHT else [
        row("ns added per traced call", f"<= {MAX_FLOOR_RATIO:.2f} x {FLOOR_OF[arm]}",
            results.floor_ratio(arm, "call"), lambda v: f"{v:.2f} x",
            lambda v: v <= MAX_FLOOR_RATIO),
        row("ns added per request of io_uring", f"<= {MAX_REQUEST_RATIO:.2f} x {FLOOR_OF[arm]}",
            results.floor_ratio(arm, "uring"), lambda v: f"{v:.2f} x",
            lambda v: v <= MAX_REQUEST_RATIO),
    ]
    # Who has no hook on calls has nothing to be measured against.
    base, beyond = (UNTRACED, "added to an") if arm in LIGHT else (FLOOR_OF[arm], "beyond the floor,")
    for measure, whose in (("own", "of the target"), ("other", "of another process")):
        noise = results.noise(arm, base, measure)
        rows.append(row(f"{beyond} untraced call {whose}",
                        f"<= 0 ns (noise {noise:.0f} ns)",
                        results.added(arm, measure, base), lambda v: f"{v:+.0f} ns",
                        lambda v, noise=noise: v <= noise))
    if arm in PACKET_FLOOR_OF:
        floor = PACKET_FLOOR_OF[arm]
        rows.append(row(f"programs on sockets' events beyond {floor}, packet of another process",
                        f"<= {MAX_PACKET:.0f} ns",
                        results.added(arm, "packet_programs", floor), lambda v: f"{v:+.0f} ns",
                        lambda v: v <= MAX_PACKET))
    armed = MAX_ARMED_LIGHT if arm in LIGHT else MAX_ARMED
    if arm in LIGHT:
        rows.append(row("Ctrl-C to detached", f"< {MAX_DETACHED_LIGHT} s",
                        results.median(arm, "detached"), lambda v: f"{v:.3f} s",
                        lambda v: v < MAX_DETACHED_LIGHT))
    return rows + [
        row("start to armed, the slower target", f"< {armed} s", both("armed"),
            lambda v: f"{v:.3f} s", lambda v: v < armed),
        row("Ctrl-C to the prompt, the slower target", f"< {MAX_PROMPT} s", both("prompt"),
            lambda v: f"{v:.3f} s", lambda v: v < MAX_PROMPT),
        row("user-space memory, 1,000 threads", f"< {MAX_MEMORY / 1e6:.0f} MB",
            results.median(arm, "memory_threads"), lambda v: f"{v / 1e6:.1f} MB",
            lambda v: v < MAX_MEMORY),
        row("CPU use at -i 1, 1,000 threads", f"< {MAX_CPU * 100:.0f} % of one CPU",
            results.median(arm, "cpu_threads"), lambda v: f"{v * 100:.2f} %",
            lambda v: v < MAX_CPU),
    ]
