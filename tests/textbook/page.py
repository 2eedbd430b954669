"""The page of the documentation: what was measured, on what, how to repeat it.

In: the table, the figure, the claims as they were judged. Out: Markdown; a claim for a terminal,
too.
"""

import textwrap

import summary

WIDTH = 120
CODE = " " * 4  # before the lines of a block of code

INTRODUCTION = """\
# The textbook, measured

Textbooks teach five models of I/O by a drawing: a thread, the kernel, and two phases, *waiting for
the data* and *copying them from the kernel to the user*; in each model the thread does something
else in them. Here are twelve servers of these models, the drawing with what iophase measured on
them, and what textbooks claim about them, with the numbers that decide it.

This page is written by one command, which takes some minutes and needs root:

    make textbook

Measured on: {machine}
"""

SERVERS = """\
## Twelve servers, one load

All echo what they get, and all are in [tests/servers](../tests/servers/README.md). The load is the
same for all: {connections} clients, who connect at the same time; each makes {requests} requests of
{size:,} bytes and waits {pause} us (or a little more) after each answer. iophase is attached before
the first client comes.{rounds}

The server that is called *blocking* has one thread and takes one client after the other: while it
serves one, the others wait in the queue of its listening socket. It answers the same {total:,}
requests as all others, but its clients' pauses do not overlap, hence its requests per second. The
time of an answer is the median, so it does not show how long the first request of a client who had
to wait took.
"""

FIGURE = """\
## The figure

![{alt}](textbook.svg)

The same as text:
"""

CLAIMS = """\
## The claims

What textbooks say, paraphrased, and what this machine says. A claim holds, does not hold here, or
holds only under a condition, which the verdict then names; the sentence below has the numbers that
decide it.
"""

READING = """\
Each column is a thread, time running downwards. Where the bar is grey, the thread is kept in an I/O
call until the data are there; where it is green, it sleeps only since it has nothing else to do.
"""


def number_text(value):
    """A number as people read it: whole ones with commas, others with three digits that count."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, int) or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def escape(text):
    """Text as Markdown takes it for itself, in a table too."""
    for mark in "\\|*_`<>[]":
        text = text.replace(mark, "\\" + mark)
    return " ".join(text.split())


def capital(text):
    """A sentence's beginning."""
    return text[:1].upper() + text[1:]


def numbers_text(judged):
    """All numbers of a claim in one line."""
    return ", ".join(f"{k} {number_text(v)}" for k, v in judged.numbers.items())


def claim_markdown(judged):
    """One claim: its title, the verdict, the sentence with the numbers that decide it; all others
    folded away, as a block of code."""
    lines = [f"### {judged.number}. {escape(judged.title)}", "",
             f"**{escape(capital(judged.verdict))}.** {escape(judged.sentence)}", ""]
    if judged.numbers:
        lines += ["<details><summary>All numbers</summary>", ""]
        lines += textwrap.wrap(numbers_text(judged), WIDTH, initial_indent=CODE,
                               subsequent_indent=CODE)
        lines += ["", "</details>", ""]
    return "\n".join(lines)


def verdicts(claims):
    """The verdicts on all claims, as a table."""
    rows = [f"| {j.number} | {escape(j.title)} | {escape(j.verdict)} |" for j in claims]
    return "\n".join(["| | claim | here |", "|---:|---|---|", *rows]) + "\n" if rows else ""


def claim_text(judged):
    """The same for a terminal."""
    def wrapped(text, indent):
        return textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent)

    lines = textwrap.wrap(f"{judged.number}. {judged.title}", WIDTH, subsequent_indent="   ")
    lines += wrapped(f"{judged.verdict}: {judged.sentence}", "   ")
    numbers = numbers_text(judged)
    return "\n".join(lines + (wrapped(numbers, "     ") if numbers else [])) + "\n"


def page(measured, figure_text, claims, load, rounds, machine):
    """The whole page. `measured`: (Row, Runs) pairs; `claims`: what judge.py returns."""
    parts = [INTRODUCTION.format(machine=machine),
             SERVERS.format(connections=load.connections, requests=load.requests, size=load.size,
                            pause=f"{load.pause_us:,}", total=load.connections * load.requests,
                            rounds=rounds_text(rounds)),
             summary.markdown(measured),
             "\n".join(f"- {note}" for note in summary.NOTES) + "\n",
             losses(measured),
             FIGURE.format(alt="Twelve columns, one per server, time downwards, two phases"),
             "".join(f"{CODE}{line}".rstrip() + "\n" for line in figure_text.splitlines()),
             READING,
             CLAIMS,
             verdicts(claims),
             *(claim_markdown(judged) for judged in claims)]
    return "\n".join(part for part in parts if part)


def rounds_text(rounds):
    """How often it was measured."""
    return "" if rounds == 1 else (f"\nEach was measured {rounds} times; the row is the run with"
                                   " the median CPU time per request.")


def losses(measured):
    """What iophase lost, server by server; "" if nothing."""
    return "".join(f"{row.title}: {line}\n" for row, runs in measured if runs
                   for line in summary.median_run(runs).lost)
