"""Claims 7 and 8: level-triggered and edge-triggered epoll.

The articles: level-triggered, what was not read to its end is reported by the next wait again,
which makes programs simple; an interest in writing has to be taken away after the write, or every
wait returns; hence calls to change interests, which cost. Edge-triggered, an event comes once: two
clients who connect at the same time bring one event, what was not read is not reported again; it is
faster, since there are fewer calls of epoll, and events are easily lost.
"""

import socket
import threading
import time

import measure as bench

from . import lab

MANY = 9  # events for ten parts, at least
SPINS = 0.9  # of the time not asleep, at least
WAIT_NS = 150e6  # of the probe
KINDS = {"lt": (), "et": ("--et",)}
SMALL = bench.Load(connections=4, requests=100)
LARGE = bench.Load(connections=1, requests=50, size=32768)
BUFFER = ("--size", "2048")
WORK = {"small": (SMALL, ()), "large": (LARGE, BUFFER)}
LABELS = {"small": "64 bytes", "large": "32 KiB by a buffer of 2 KiB",
          "late": "16 MiB for a client that reads late", "article": "the article's two servers"}
# The work that decides a number of calls: elsewhere the scheduler does, or there are next to none.
TELLING = {"waits": ("small", "large", "article"), "ctls": ("late", "article")}
ARTICLE_CLIENTS = 100
LATE_BYTES, LATE_CLIENTS, LATE_S = 16 << 20, 3, 0.1


def short_requests(traced):
    """What the clients of the article's servers do: one request each, then the end."""
    for _ in range(ARTICLE_CLIENTS):
        with socket.create_connection(("127.0.0.1", traced.port), timeout=60) as client:
            client.sendall(b"GET / HTTP/1.0\n\n")
            while client.recv(4096):
                pass


def late_readers(traced):
    """Clients, one after the other, who send more than the sockets take before they read."""
    for _ in range(LATE_CLIENTS):
        with socket.create_connection(("127.0.0.1", traced.port), timeout=60) as client:
            sender = threading.Thread(target=client.sendall, args=(bytes(LATE_BYTES),))
            sender.start()
            time.sleep(LATE_S)
            left = LATE_BYTES
            while left and (data := client.recv(1 << 20)):
                left -= len(data)
            sender.join()


def measure_calls(quick):
    """The probe's cases, then the same work by servers of both kinds."""
    del quick  # counts need no repetition
    numbers = {}
    for kind, option in KINDS.items():
        run, _ = lab.probe("triggers", "--what", "partial", *option)
        numbers[f"partial_events_{kind}"] = run.calls["epoll_wait"]["ok"]
        run, said = lab.probe("triggers", "--what", "spin", *option)
        waits = run.calls["epoll_wait"]
        numbers[f"spin_events_{kind}"] = waits["ok"]
        numbers[f"spin_awake_{kind}"] = 1 - waits["wait_ns"] / said["wall_ns"]
        for name, (load, options) in WORK.items():
            server = bench.Server(name, "server_epoll", (*option, *options))
            numbers |= calls_of(f"{name}_{kind}", bench.run(server, load))
        server = bench.Server("late", "server_epoll", (*option, "--size", "1048576"))
        run = bench.trace(bench.server_argv(server), name="late", work=late_readers)
        run.requests = LATE_CLIENTS
        numbers |= calls_of(f"late_{kind}", run)
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


def saving(numbers, what):
    """The kinds of work for which edge-triggered makes a tenth fewer of these calls, at least."""
    return [name for name in TELLING[what]
            if numbers[f"{name}_et_{what}"] <= 0.9 * numbers[f"{name}_lt_{what}"]]


def labels(names):
    """Kinds of work in words."""
    return " and ".join(LABELS[name] for name in names) or "nothing"


def judge_calls(numbers):
    """Again and once; spinning and not; fewer calls of epoll, and for which work."""
    n = numbers
    rows = "; ".join(
        f"{label} {n[f'{name}_lt_waits']:.2f} + {n[f'{name}_lt_ctls']:.2f} against"
        f" {n[f'{name}_et_waits']:.2f} + {n[f'{name}_et_ctls']:.2f} (all I/O calls:"
        f" {n[f'{name}_lt_calls']:.2f} against {n[f'{name}_et_calls']:.2f})"
        for name, label in LABELS.items())
    sentence = (f"Data read in ten parts brought {n['partial_events_lt']} events level-triggered,"
                f" {n['partial_events_et']} edge-triggered; EPOLLOUT left on for 100 ms:"
                f" {n['spin_events_lt']:,} events and {lab.percent(n['spin_awake_lt'])} of the time"
                f" awake, against {n['spin_events_et']:,} and {lab.percent(n['spin_awake_et'])};"
                f" epoll_wait + epoll_ctl per request, level- against edge-triggered: {rows}.")
    again = n["partial_events_lt"] >= MANY and n["partial_events_et"] == 1
    spins = n["spin_events_lt"] > 100 * n["spin_events_et"] and n["spin_awake_lt"] > SPINS
    waits, ctls = saving(n, "waits"), saving(n, "ctls")
    if not again or not spins or not waits + ctls:
        return lab.FAILS, sentence
    if (len(waits), len(ctls)) == tuple(len(names) for names in TELLING.values()):
        return lab.HOLDS, sentence
    return lab.only_when("a request brings more than one event: edge-triggered saves epoll_wait"
                         f" for {labels(waits)}, epoll_ctl for {labels(ctls)}"), sentence


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
                    f"unread_news_{kind}": said["news"],
                    f"unread_timeouts_{kind}": waits["timeout"],
                    f"unread_wait_max_ns_{kind}": waits["wait_max_ns"]}
    return numbers


def judge_stall(numbers):
    """One event for two connections; no event for what is left; how long it stalled."""
    n = numbers
    news = "a new byte brought an event" if n["unread_news_et"] else "nor did a new byte"
    sentence = (f"Two connections before the wait brought {n['accept_events_et']} event"
                f" edge-triggered and left {n['accept_unseen_et']} of them unseen"
                f" ({n['accept_events_lt']} events and {n['accept_unseen_lt']} level-triggered);"
                f" with {n['unread_left_et']} of 100 bytes unread epoll_wait slept"
                f" {n['unread_wait_max_ns_et'] / 1e6:.0f} ms, to the end of its time"
                f" (level-triggered: {n['unread_wait_max_ns_lt'] / 1e6:.0f} ms);"
                f" {news}.")
    once = n["accept_events_et"] == 1 and n["accept_unseen_et"] == 1 and not n["accept_unseen_lt"]
    stalls = (not n["unread_again_et"] and n["unread_timeouts_et"] and n["unread_again_lt"]
              and n["unread_wait_max_ns_et"] >= 0.9 * WAIT_NS)
    if once and stalls:
        return lab.HOLDS, sentence
    if once or stalls:
        return lab.only_when("it is about " + ("connections" if once else "data")), sentence
    return lab.FAILS, sentence
