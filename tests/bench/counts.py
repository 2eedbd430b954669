#!/usr/bin/env python3
"""What tracing adds in instructions: the table of scripts/count-instructions, and its part of a page.

In: lines "COUNT arm gate instructions" and "FAIL arm why" on stdin; with an argument, a page of which
the part about instructions is written anew, and what the machine was as a second one. Out: the table
on stdout. Exit 1 if something was not measured, with a line on stderr.
"""

import datetime
import os
import sys

BEGIN, END = "<!-- instructions -->", "<!-- end of instructions -->"
GATES = (("calls-recv", "recv, EAGAIN"), ("calls-read", "read, EAGAIN"), ("calls-getppid", "getppid"),
         ("calls-packet", "TCP byte"), ("calls-served", "exchange"),
         ("calls-echo", "echo, server"), ("rings-recv", "io_uring request"))
# Of these what an arm comes to is told as a share of the untraced, not of the floor.
SHARES = ("calls-echo",)
FLOOR = {"iophase-raw": "floor-raw", "iophase-light": "floor-light",
         "iophase-light-no-connections": "floor-switches"}
NONE = "none"
GAINED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "gained.md")


def read(lines):
    """({arm: {gate: instructions}}, [what failed]); arms in the order in which they came."""
    counts, failures = {}, []
    for line in lines:
        words = line.split()
        if words[:1] == ["FAIL"]:
            failures.append(" ".join(words[1:]))
        if words[:1] != ["COUNT"] or len(words) != 4:
            continue
        try:
            counts.setdefault(words[1], {})[words[2]] = float(words[3])
        except ValueError:
            failures.append(f"{words[1]} {words[2]}: {words[3]}")
    return counts, failures


def missing(counts, arms):
    """What was to be measured and was not, a line each."""
    return [f"{arm} {gate}: not measured" for arm in arms for gate, _ in GATES
            if gate not in counts.get(arm, {})]


def cell(counts, arm, gate):
    """What an arm adds at a gate, and how much that is of what its floor adds, or all of it of all of
    the untraced; of none, all of it."""
    value, plain = counts.get(arm, {}).get(gate), counts.get(NONE, {}).get(gate)
    if value is None or (arm != NONE and plain is None):
        return "n/a"
    if arm == NONE:
        return f"{value:,.0f}"
    text = f"{value - plain:+,.0f}"
    if gate in SHARES:
        return f"{text} ({value / plain:.3f})"
    floor = counts.get(FLOOR.get(arm, "floor"), {}).get(gate)
    # A floor that adds nothing is no measure.
    if arm.startswith("iophase") and floor is not None and floor - plain >= 1:
        text += f" ({(value - plain) / (floor - plain):.2f} x)"
    return text


def table(counts):
    """The rows of the table, its head first."""
    return [("arm", *(title for _, title in GATES)),
            *((arm, *(cell(counts, arm, gate) for gate, _ in GATES)) for arm in counts)]


def markdown(rows):
    """Rows as a table of Markdown."""
    head = "| " + " | ".join(rows[0]) + " |"
    return "\n".join([head, "| --- |" + " ---: |" * (len(rows[0]) - 1),
                      *("| " + " | ".join(row) + " |" for row in rows[1:])])


def part_of(page):
    """The part of a page about instructions with its marks; "" if it has none."""
    begin, end = page.find(BEGIN), page.find(END)
    return page[begin:end + len(END)] if 0 <= begin < end else ""


def replaced(page, part):
    """The page with that part in place of its own, or at its end."""
    old = part_of(page)
    if old:
        return page.replace(old, part) if part else page
    return page.rstrip("\n") + "\n\n" + part + "\n" if part else page


def text(rows):
    """Rows for a terminal."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join("  ".join(word.ljust(width) if i == 0 else word.rjust(width)
                               for i, (word, width) in enumerate(zip(row, widths))) for row in rows)


def main(argv):
    """Reads, prints, and writes the part of the page."""
    counts, failures = read(sys.stdin)
    failures += missing(counts, counts)
    if not counts:
        failures.append("nothing was measured")
    else:
        print(text(table(counts)))
    for failure in failures:
        print(f"count-instructions: {failure}", file=sys.stderr)
    if failures:
        return 1
    if argv:
        now = datetime.datetime.now(datetime.timezone.utc)
        with open(GAINED, encoding="utf-8") as file:
            gained = file.read().strip()
        part = "\n\n".join([BEGIN, "## Instructions, counted",
                            f"- Machine: {argv[1]}\n- Date: {now:%Y-%m-%d}\n"
                            "- Repeat: `MARKDOWN=docs/bench.md scripts/count-instructions`",
                            markdown(table(counts)), gained, END])
        with open(argv[0], encoding="utf-8") as file:
            page = replaced(file.read(), part)
        with open(argv[0], "w", encoding="utf-8") as file:
            file.write(page)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
