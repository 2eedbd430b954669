"""The tables of the benchmark, as text for the terminal or as a page of the documentation.

In: Results, the arms that were asked for, and the number of rounds. Out: a string.
"""

import datetime
import os
import platform
import re

import results as res
import workloads

NOT_MEASURED = "n/a"


def machine():
    """CPU model, number of CPUs and memory of this machine, in one line."""
    with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
        model = re.search(r"^model name\s*:\s*(.+)", file.read(), re.MULTILINE)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (f"{model[1] if model else platform.machine()}, {os.cpu_count()} CPUs,"
            f" {memory:.1f} GiB of memory")


def cell(value, form, scale=1):
    """One number as text, or n/a."""
    return NOT_MEASURED if value is None else form.format(value * scale)


def cost_table(results, arms):
    """What each arm costs the traced and the untraced."""
    rows = [("arm", "traced call", "x floor", "getppid", "getppid", "packet", "switch", "switch",
             "echo", "of", "io_uring", "x floor"),
            ("", "", "", "target", "other", "other", "target", "other", "requests/s", "untraced",
             "request", "")]
    for arm in [res.UNTRACED, *arms]:
        plain = arm == res.UNTRACED

        def number(measure, arm=arm, plain=plain):
            value = results.median(arm, measure) if plain else results.added(arm, measure)
            return cell(value, "{:,.0f} ns" if plain else "{:+,.0f} ns")

        rows.append((arm, number("call"),
                     "" if plain else cell(results.floor_ratio(arm, "call"), "{:,.2f}"),
                     number("own"), number("other"), number("packet_other"), number("switch"),
                     number("switch_other"),
                     cell(results.median(arm, "echo"), "{:,.0f}"),
                     "" if plain else cell(results.share(arm, "echo"), "{:.3f}"),
                     number("uring"),
                     "" if plain else cell(results.floor_ratio(arm, "uring"), "{:,.2f}")))
    return rows


def cpu_table(results, arms):
    """CPU time that each request of the echo server takes of both sides, and a traced call."""
    rows = [("arm", "server", "server", "of", "client", "client", "of", "traced call",
             "traced call"),
            ("", "median", "least", "untraced", "median", "least", "untraced", "median", "least")]
    for arm in [res.UNTRACED, *arms]:
        cells = []
        for measure in ("echo_server", "echo_client", "call"):
            cells += [cell(results.median(arm, measure), "{:,.0f} ns"),
                      cell(results.least(arm, measure), "{:,.0f} ns")]
            if measure != "call":
                cells.append("" if arm == res.UNTRACED
                             else cell(results.share(arm, measure), "{:.2f}"))
        rows.append((arm, *cells))
    return rows


def self_table(results, arms):
    """What each tracer takes for itself; the right half is with a target of 1,000 threads."""
    rows = [("arm", "armed", "prompt", "detached", "memory", "armed", "prompt", "memory", "CPU"),
            ("", "", "", "", "", "1,000 thr.", "1,000 thr.", "1,000 thr.", "1,000 thr.")]
    for arm in arms:
        def seconds(measure, arm=arm):
            return cell(results.median(arm, measure), "{:.3f} s")

        def megabytes(measure, arm=arm):
            return cell(results.median(arm, measure), "{:.1f} MB", 1e-6)

        rows.append((arm, seconds("armed"), seconds("prompt"), seconds("detached"),
                     megabytes("memory"), seconds("armed_threads"), seconds("prompt_threads"),
                     megabytes("memory_threads"),
                     cell(results.median(arm, "cpu_threads"), "{:.2f} %", 100)))
    return rows


def target_table(results, arm):
    """The targets of one iophase arm."""
    rows = [("target of " + arm, "wanted", "measured", "met")]
    for what, wanted, measured, met in res.targets(results, arm):
        rows.append((what, wanted, measured or NOT_MEASURED,
                     NOT_MEASURED if met is None else "yes" if met else "NO"))
    return rows


def notes(results, arms):
    """What a reader must know besides the tables, one sentence per line."""
    lines = ["The row `untraced` is absolute; the others are what they add to it in the same round"
             " (medians). `x floor`: what the arm adds per traced call, or request, over what empty"
             " programs on the same tracepoints add (floor-raw for the raw arms).",
             "floor-clock: the same programs, but those of the system calls read the clock once each,"
             " which whoever times a call must do twice; floor-sockets: these and empty programs on"
             " the tracepoints of sockets; floor-light: without those of system calls, floor-switches:"
             " without those of sockets, too. They are the floors of iophase-light, and of that"
             " without connections.",
             "A traced call is a recvfrom that returns EAGAIN; a packet is a byte sent and received"
             " over TCP within one process, two calls; a switch is a futex hand-over"
             " between two threads on one CPU, two futex calls, which raw arms see as well; echo is"
             f" {workloads.CONNECTIONS} connections to an epoll server, whose client pays for what"
             " is added to every process; an io_uring request is a receive that ends with"
             " EAGAIN too, submitted and waited for by one io_uring_enter.",
             "CPU time is that which the kernel charged to server and client, tracing within it"
             " included; `of untraced` is the median of the ratios within a round. All values of"
             " that table are absolute.",
             "What the programs on sockets' events (send, data ready, receive; one run of each per"
             " packet) take is what the kernel itself counts of each, in a run of its own.",
             "iophase runs with -v -i 1. `detached`: until the kernel is as it was, behind the"
             " user's back; the CPU use is that of the program, not of its BPF part."]
    for measure, what in (("call", "recvfrom"), ("other", "getppid"), ("echo", "requests/s"),
                          ("uring", "a request of io_uring")):
        span = results.span(res.UNTRACED, measure)
        if span:
            lines.append(f"Noise: {what}, untraced, was {span[0]:,.0f} to {span[1]:,.0f} over the"
                         " rounds.")
    if results.foreign_runs:
        lines.append(f"In {results.foreign_runs} of {results.runs} runs BPF programs of others were"
                     " loaded as well, which may have cost time too.")
    for arm in arms:
        reasons = results.failures.get(arm)
        if reasons:
            lines.append(f"{arm}: failed in {len(reasons)} of its runs: {reasons[0]}")
    return lines


def text_table(rows):
    """Aligned columns: the first to the left, the others to the right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [row[0].ljust(widths[0])]
        cells += [value.rjust(width) for value, width in zip(row[1:], widths[1:])]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def markdown_table(rows):
    """The same as Markdown; a second head line, with an empty first cell, joins the first."""
    head, body = rows[0], rows[1:]
    if body and not body[0][0]:
        head = [" ".join(filter(None, pair)) for pair in zip(rows[0], rows[1])]
        body = rows[2:]
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *body]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def tables(results, arms):
    """All tables, in order."""
    ours = [arm for arm in arms if arm.startswith("iophase")]
    return [cost_table(results, arms), cpu_table(results, arms), self_table(results, arms),
            *(target_table(results, arm) for arm in ours)]


def csv(results):
    """Every sample: ns, s, bytes, requests/s or a share of a CPU, as the measure has it."""
    lines = ["arm,measure,round,value"]
    for (arm, measure), values in results.samples.items():
        lines += [f"{arm},{measure},{number + 1},{value}" for number, value in values.items()]
    return "\n".join(lines) + "\n"


def text(results, arms, rounds):
    """The report for the terminal."""
    parts = [f"Cost of tracing: medians of {rounds} interleaved rounds; {machine()};"
             f" Linux {platform.release()}"]
    parts += [text_table(rows) for rows in tables(results, arms)]
    parts.append("\n".join(notes(results, arms)))
    return "\n\n".join(parts) + "\n"


def markdown(results, arms, rounds, peers):
    """The report as a page of the documentation."""
    now = datetime.datetime.now(datetime.timezone.utc)
    parts = ["# What iophase costs",
             "Written by `make bench`; do not edit by hand.",
             f"- Machine: {machine()}\n- Kernel: Linux {platform.release()}"
             f" ({platform.machine()})\n- Date: {now:%Y-%m-%d}\n"
             f"- Rounds: {rounds}, interleaved, medians\n- Repeat: "
             f"`{'PEERS=1 ' if peers else ''}make bench`, as root, on an idle machine"]
    titles = ["What is added to the traced and to the untraced",
              "CPU time per request of the echo server, and time per traced call",
              "What the tracer takes for itself"]
    for i, rows in enumerate(tables(results, arms)):
        parts.append("## " + (titles[i] if i < len(titles) else rows[0][0].replace(
            "target of", "Targets:")))
        parts.append(markdown_table(rows))
    parts += ["## Notes", "\n".join("- " + line for line in notes(results, arms))]
    return "\n\n".join(parts) + "\n"
