"""The table: one row per server, from its Runs.

In: pairs of a Row and its Runs. Out: the table as text for the terminal and as Markdown. Of several
Runs of a server the one with the median CPU time per request is shown, whole.
"""

import table
from scale import time_text

MISSING = "-"


def short(ns):
    """A time in us without its unit."""
    return time_text(ns, "").strip()


def per_read(run, ns):
    """A time per read that got something, as text."""
    return short(ns / run.reads) if run.reads else MISSING


def io(run, column, *without):
    """A column summed over the I/O calls but for some classes (ns)."""
    return sum(c[column] for c in run.calls.values()
               if c["class"] not in (table.APP, table.REQUEST, *without))


def app(run, column):
    """A column of the time outside I/O calls (ns)."""
    return table.total(run.calls, column, table.APP)


def share(ratio):
    """A ratio as text."""
    return MISSING if ratio is None else f"{100 * ratio:.1f} %"


# Two lines of heading, and the cell of a Run.
COLUMNS = (
    ("iophase", "calls it", lambda run: run.model),
    ("requests", "/s", lambda run: f"{run.rps:,.0f}"),
    ("answer", "p50 us", lambda run: f"{run.p50_us:,.0f}"),
    ("CPU", "us/req.", lambda run: short(run.cpu_per_request_ns)),
    ("calls", "/req.", lambda run: f"{run.calls_per_request:,.2f}"),
    ("wait", "us/read", lambda run: per_read(run, io(run, "wait_ns", "accept"))),
    ("runq", "us/read", lambda run: per_read(run, io(run, "runq_ns"))),
    ("cpu", "us/read", lambda run: per_read(run, io(run, "cpu_ns"))),
    ("copy", "us/read", lambda run: per_read(run, io(run, "copy_ns") + app(run, "copy_ns"))),
    ("outside", "us/read", lambda run: per_read(run, app(run, "wait_ns"))),
    ("threads", "at most", lambda run: f"{run.threads:,}"),
    ("again", "of reads", lambda run: share(run.again_ratio)),
)


def median_run(runs):
    """The run with the median CPU time per request."""
    return sorted(runs, key=lambda run: run.cpu_per_request_ns)[(len(runs) - 1) // 2]


def cells(measured):
    """Rows of texts: two of headings, then one per server. `measured`: (Row, Runs) pairs; a server
    without Runs has a row that says so."""
    rows = [["", *(c[0] for c in COLUMNS)], ["", *(c[1] for c in COLUMNS)]]
    for row, runs in measured:
        rows.append([row.title] + ([c[2](median_run(runs)) for c in COLUMNS] if runs
                                   else ["not built"] + [MISSING] * (len(COLUMNS) - 1)))
    return rows


def text(measured):
    """The table for a terminal: the first two columns left, numbers right."""
    rows = cells(measured)
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = []
    for n, row in enumerate(rows):
        lines.append(" ".join(c.ljust(w) if i < 2 else c.rjust(w)
                              for i, (c, w) in enumerate(zip(row, widths))).rstrip())
        if n == 1:
            lines.append("-" * (sum(widths) + len(widths) - 1))
    return "\n".join(lines) + "\n"


def markdown(measured):
    """The same for a page; a | in a cell is escaped."""
    rows = [[c.replace("|", "\\|") for c in row] for row in cells(measured)]
    head = [f"{a}<br>{b}" if b else a for a, b in zip(rows[0], rows[1])]
    lines = ["| " + " | ".join(row) + " |" for row in [head, *rows[2:]]]
    lines.insert(1, "|---|---|" + "---:|" * (len(head) - 2))
    return "\n".join(lines) + "\n"


# What the columns mean, for whoever reads the table.
NOTES = (
    "CPU is the kernel's own account of the process; all other times are iophase's.",
    "wait, runq, cpu: in I/O calls, of all threads together; without the waiting in accept, which"
    " is for no read.",
    "copy: from the kernel to the user. outside: asleep outside I/O calls (sigsuspend, aio_suspend,"
    " and, a few ms once, until the first client came).",
)
