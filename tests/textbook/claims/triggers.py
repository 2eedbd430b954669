"""Claims 7 and 8: level-triggered and edge-triggered epoll.

The articles: level-triggered, what was not read to its end is reported by the next wait again, which
makes programs simple; an interest in writing has to be taken away after the write, or every wait
returns; hence calls to change interests, which cost. Edge-triggered, an event comes once: two clients
who connect at the same time bring one event, what was not read is not reported again; it is
faster, since there are fewer calls of epoll, and events are easily lost.
"""

import socket

import measure as bench

from . import lab

MANY = 9  # events for ten parts, at least
SPINS = 0.5  # of one CPU
WAIT_NS = 150e6  # of the probe
KINDS = {"lt": (), "et": ("--et",)}
SMALL = bench.Load(connections=4, requests=100)
LARGE = bench.Load(connections=1, requests=50, size=32768)
BUFFER = ("--size", "2048")
HUGE = bench.Load(connections=1, requests=4, size=8 << 20)
WORK = {"small": (SMALL, ()), "large": (LARGE, BUFFER), "huge": (HUGE, ("--size", "1048576"))}
ARTICLE_CLIENTS = 100


def short_requests(traced):
    """What the clients of the article's servers do: one request each, then the end."""
    for _ in range(ARTICLE_CLIENTS):
        with socket.create_connection(("127.0.0.1", traced.port), timeout=10) as client:
            client.sendall(b"GET / HTTP/1.0\n\n")
            while client.recv(4096):
                pass


def measure_calls(quick):
    """The probe's cases, then the same work by servers of both kinds."""
    del quick  # counts need no repetition
    numbers = {}
    for kind, option in KINDS.items():
        run, said = lab.probe("triggers", "--what", "partial", *option)
        numbers[f"partial_events_{kind}"] = run.calls["epoll_wait"]["ok"]
        run, said = lab.probe("triggers", "--what", "spin", *option)
        waits = run.calls["epoll_wait"]
        numbers[f"spin_events_{kind}"] = waits["ok"]
        numbers[f"spin_cpu_share_{kind}"] = said["cpu_ns"] / said["wall_ns"]
        for name, (load, options) in WORK.items():
            server = bench.Server(name, "server_epoll", (*option, *options))
            numbers |= calls_of(f"{name}_{kind}", bench.run(server, load))
        run = bench.trace(lab.python_server("textbook/probes/article_epoll.py", *option),
                          work=short_requests)
        run.requests = ARTICLE_CLIENTS
        numbers |= calls_of(f"article_{kind}", run)
    return numbers


def calls_of(name, run):
    """Calls per request of a run, of epoll and of all kinds."""
    return {f"{name}_waits": run.sum_class("calls", "mux") / run.requests,
            f"{name}_ctls": run.sum_class("calls", "control") / run.requests,
            f"{name}_calls": run.calls_per_request}


def fewer(numbers, name):
    """Whether edge-triggered needs fewer calls of epoll, a tenth fewer at least."""
    lt, et = (numbers[f"{name}_{kind}_waits"] + numbers[f"{name}_{kind}_ctls"] for kind in KINDS)
    return et <= 0.9 * lt


def judge_calls(numbers):
    """Again and once; spinning and not; fewer calls of epoll, and for which work."""
    n = numbers
    rows = "; ".join(
        f"{label} {n[f'{name}_lt_waits']:.2f} + {n[f'{name}_lt_ctls']:.2f} against"
        f" {n[f'{name}_et_waits']:.2f} + {n[f'{name}_et_ctls']:.2f} (all I/O calls:"
        f" {n[f'{name}_lt_calls']:.2f} against {n[f'{name}_et_calls']:.2f})"
        for name, label in (("small", "64 bytes"), ("large", "32 KiB by a buffer of 2 KiB"),
                            ("huge", "8 MiB"), ("article", "the article's two servers")))
    sentence = (f"Data read in ten parts brought {n['partial_events_lt']} events level-triggered,"
                f" {n['partial_events_et']} edge-triggered; EPOLLOUT left on for 100 ms:"
                f" {n['spin_events_lt']:,} events and {lab.percent(n['spin_cpu_share_lt'])} of a CPU"
                f" against {n['spin_events_et']:,} and {lab.percent(n['spin_cpu_share_et'])}; epoll_wait +"
                f" epoll_ctl per request, level- against edge-triggered: {rows}.")
    again = n["partial_events_lt"] >= MANY and n["partial_events_et"] == 1
    spins = n["spin_events_lt"] > 100 * n["spin_events_et"] and n["spin_cpu_share_lt"] > SPINS
    wins = [name for name in (*WORK, "article") if fewer(n, name)]
    if not again or not spins or not wins:
        return lab.FAILS, sentence
    if len(wins) == len(WORK) + 1:
        return lab.HOLDS, sentence
    return lab.only_when("one request brings several events: edge-triggered saves calls where it is"
                         " larger than the buffer, or than what the socket takes, not otherwise"
                         if "large" in wins else f"the work is like {' or '.join(wins)}"), sentence


def measure_stall(quick):
    """The probe's cases of what is not reported."""
    del quick
    numbers = {}
    for kind, option in KINDS.items():
        run, said = lab.probe("triggers", "--what", "accept", *option)
        numbers[f"accept_events_{kind}"] = run.calls["epoll_wait"]["ok"]
        numbers[f"accept_unseen_{kind}"] = said["unseen"]
        run, said = lab.probe("triggers", "--what", "unread", *option)
        waits = run.calls["epoll_wait"]
        numbers |= {f"unread_left_{kind}": said["left"], f"unread_again_{kind}": said["again"],
                    f"unread_news_{kind}": said["news"], f"unread_timeouts_{kind}": waits["timeout"],
                    f"unread_wait_max_ns_{kind}": waits["wait_max_ns"]}
    return numbers


def judge_stall(numbers):
    """One event for two connections; no event for what is left; how long it stalled."""
    n = numbers
    sentence = (f"Two connections before the wait brought {n['accept_events_et']} event edge-triggered"
                f" and left {n['accept_unseen_et']} of them unseen ({n['accept_events_lt']} events and"
                f" {n['accept_unseen_lt']} level-triggered); with {n['unread_left_et']} of 100 bytes"
                f" unread epoll_wait slept {n['unread_wait_max_ns_et'] / 1e6:.0f} ms, to the end of its"
                f" time (level-triggered: {n['unread_wait_max_ns_lt'] / 1e6:.0f} ms);"
                f" {'a new byte brought an event' if n['unread_news_et'] else 'nor did a new byte'}.")
    once = n["accept_events_et"] == 1 and n["accept_unseen_et"] == 1 and not n["accept_unseen_lt"]
    stalls = (not n["unread_again_et"] and n["unread_timeouts_et"] and n["unread_again_lt"]
              and n["unread_wait_max_ns_et"] >= 0.9 * WAIT_NS)
    if once and stalls:
        return lab.HOLDS, sentence
    if once or stalls:
        return lab.only_when("it is about " + ("connections" if once else "data")), sentence
    return lab.FAILS, sentence
