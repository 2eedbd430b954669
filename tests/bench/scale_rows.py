"""What came of a run of `scripts/bench --scale`: is it exact, a loss that is named, or wrong?

In: what the workload says it did, and the CSVs and the JSON of iophase. Out: a verdict, and the
table as Markdown. Pure: no kernel, no clock.
"""

import csv
import json

COUNTS = ("calls", "ok", "eof", "again", "timeout", "interrupted", "error", "bytes")
PHASES = ("wait_ns", "runq_ns", "cpu_ns", "copy_ns")
TOLERANCE = 0.005  # of the wall time
EXACT, NAMED, WRONG = "exact", "named loss", "WRONG"
BEGIN, END = "<!-- scale: begin -->", "<!-- scale: end -->"
HEAD = ("what", "wanted", "the workload did", "I/O calls counted", "lost", "phases / wall time",
        "armed: CPU (wall)", "running: CPU", "report: CPU (wall)", "memory",
        "verdict", "measured")


def read_csv(lines, pids=None):
    """The rows of a CSV, of all processes or of those PIDS."""
    return [row for row in csv.DictReader(lines) if pids is None or int(row["pid"]) in pids]


def add(table, call, counts):
    """Adds COUNTS (name -> number) of a call to TABLE."""
    sums = table.setdefault(call, dict.fromkeys(COUNTS, 0))
    for name, number in counts.items():
        sums[name] += number


def by_call(rows):
    """{call: {count: sum}} of the I/O calls in rows of a tally or of iophase."""
    table = {}
    for row in rows:
        if row["call"] != "app":
            add(table, row["call"], {name: int(row[name] or 0) for name in COUNTS})
    return {call: sums for call, sums in table.items() if any(sums.values())}


def differences(got, want):
    """What iophase counted and the workload did not, and the other way round: (more, less)."""
    more, less = [], []
    for call in sorted(set(got) | set(want)):
        for name in COUNTS:
            left, right = got.get(call, {}).get(name, 0), want.get(call, {}).get(name, 0)
            if left != right:
                (more if left > right else less).append(f"{call} {name}: {left} of {right}")
    return more, less


def losses(lines):
    """{name: number} of what was lost, by the intervals of a recording."""
    sums = {}
    for line in lines:
        record = json.loads(line)
        if record["type"] == "interval":
            for loss in record["losses"]:
                sums[loss["name"]] = sums.get(loss["name"], 0) + loss["count"]
    return sums


def balance(rows, processes):
    """All that was charged, and all that the threads lived, in ns: of the CSVs of one run."""
    return (sum(int(row[phase] or 0) for row in rows for phase in PHASES),
            sum(int(row["wall_ns"]) for row in processes))


def unbalanced(charged, wall, least, most):
    """What is wrong with the books, or ''; LEAST and MOST: what the bench's own clock allows, ns."""
    if not wall or abs(charged - wall) > TOLERANCE * wall:
        return f"{charged} ns charged of {wall} ns"
    if wall < least * (1 - TOLERANCE) or wall > most * (1 + TOLERANCE):
        return f"{wall} ns lived, not {least} to {most} ns"
    return ""


def judge(more, less, lost, books):
    """The verdict and why: by what differs, what was lost, what is wrong with the books."""
    if books or more or (less and not lost):
        return WRONG, "; ".join([books] * bool(books) + (more + less)[:3])
    return (NAMED, "; ".join(less[:3])) if lost else (EXACT, "")


def seconds(value):
    """Seconds with as many digits as tell something."""
    return f"{value:.2f} s" if value < 10 else f"{value:,.1f} s"


def line_of(row):
    """The cells of a row, which is a dictionary of what was measured."""
    lost = ", ".join(f"{name} {number:,}" for name, number in sorted(row["lost"].items()))
    return (row["name"], row["wanted"], row["did"], f"{row['calls']:,}", lost or "nothing",
            f"{row['charged'] / row['wall']:.4f}" if row["wall"] else "n/a",
            f"{seconds(row['arm_cpu'])} ({seconds(row['arm_wall'])})",
            f"{seconds(row['run_cpu'])} of {seconds(row['run_wall'])}",
            f"{seconds(row['report_cpu'])} ({seconds(row['report_wall'])})",
            f"{row['memory'] / 1e6:.1f} MB",
            row["verdict"] + (f": {row['why']}" if row["why"] else ""), row["when"])


def line(cells):
    """A line of a table in Markdown."""
    return "| " + " | ".join(cells) + " |"


def table(rows, names=(), old=""):
    """The table as Markdown, in the order of NAMES; of the table OLD what was not measured anew."""
    lines = {text.split("|")[1].strip(): text for text in old.splitlines() if text.startswith("| ")}
    lines.update((row["name"], line(line_of(row))) for row in rows)
    order = names or [row["name"] for row in rows]
    return "\n".join([line(HEAD), line(["---"] * len(HEAD)),
                      *(lines[name] for name in order if name in lines)])


def put(page, rows, names):
    """The page with the ROWS in the table between its markers; those of other names are kept."""
    before, begin, rest = page.partition(BEGIN)
    old, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError("the page lacks the markers of the table")
    return f"{before}{BEGIN}\n{table(rows, names, old)}\n{END}{after}"
