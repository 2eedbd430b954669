"""iophase's CSV as numbers: what it says about one run.

In: the text of a CSV file of iophase. Out: a dict per call with its counts and times summed over
all rows (processes, threads, intervals), the same per thread, and the model that it names.
"""

import csv
import io

SUMMED = ("calls", "ok", "eof", "again", "timeout", "interrupted", "error", "bytes", "inflight",
          "wait_ns", "runq_ns", "cpu_ns", "copy_ns")
PHASES = ("wait_ns", "runq_ns", "cpu_ns", "copy_ns")
TEXTS = ("time", "pid", "tid", "comm", "model", "call", "class", "shape", "interval_ns")
APP, REQUEST = "app", "request"  # classes of rows that are no calls


class CsvError(ValueError):
    """The text is not a CSV of iophase."""


def rows_of(text):
    """The rows as dicts; raises CsvError if a column that is needed is missing, or a row is not as
    long as the header."""
    reader = csv.DictReader(io.StringIO(text, newline=""))
    missing = [c for c in ("pid", "call", "class", "model") + SUMMED
               if c not in (reader.fieldnames or ())]
    if missing:
        raise CsvError(f"no column {missing[0]} in the CSV")
    rows = list(reader)
    for row in rows:
        if None in row or None in row.values():
            raise CsvError(f"row {reader.line_num} has not as many fields as there are columns")
    return rows


def number(text):
    """The integer in a field; an empty one, which is not measured, counts as 0."""
    return int(text) if text else 0


def add_up(rows):
    """Call -> numbers: counts and times are sums; percentiles and maxima the largest of the rows,
    None if none has one; `class` is the call's."""
    calls = {}
    for row in rows:
        sums = calls.setdefault(row["call"], {"class": row["class"]})
        for column, text in row.items():
            if column in SUMMED:
                sums[column] = sums.get(column, 0) + number(text)
            elif column.endswith("_ns") and column not in TEXTS:
                known = [n for n in (sums.get(column), int(text) if text else None)
                         if n is not None]
                sums[column] = max(known, default=None)
    return calls


def by_thread(rows):
    """tid -> calls as add_up() has them; rows of whole processes have no tid and are left out."""
    tids = sorted({int(row["tid"]) for row in rows if row["tid"]})
    return {tid: add_up([row for row in rows if row["tid"] == str(tid)]) for tid in tids}


def only(rows, column, pid=None):
    """The value that a text column has in the last row of a process (default: of any); "" if there
    is no row."""
    values = [row[column] for row in rows
              if column in row and (pid is None or row["pid"] == str(pid))]
    return values[-1] if values else ""


def model_of(rows, pid):
    """The model of a process; where there are rows per thread only, that of the thread with the
    most reads."""
    reads = {}
    for row in rows:
        if row["pid"] == str(pid):
            key = (row["tid"], row["model"])
            reads[key] = reads.get(key, 0) + (number(row["ok"]) if row["class"] == "read" else 0)
    return max(reads, key=reads.get)[1] if reads else ""


def total(calls, column, *classes):
    """The sum of a column over the rows of these classes; over all calls, if none is named."""
    return sum(c[column] for c in calls.values()
               if (c["class"] in classes if classes else c["class"] not in (APP, REQUEST)))


def reads(calls):
    """Reads that got something: read calls, and requests to read that were completed."""
    return sum(c["ok"] for name, c in calls.items()
               if c["class"] == "read" or (c["class"] == REQUEST and name.endswith("_read")))
