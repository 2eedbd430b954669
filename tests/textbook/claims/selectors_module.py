"""Claim 11: the selectors module picks epoll here, and costs what epoll costs.

The articles: the modules for select, poll and epoll are the low level; selectors is the wrapper that one
uses, and it solves what is wrong with each of them.
"""

import selectors

import measure as bench

from . import lab

LOAD = bench.Load(connections=8, requests=150)
SERVERS = {"selectors": "servers/py/selectors_server.py", "epoll": "textbook/probes/epoll_lt.py"}
SAME_CALLS = 1.1
SAME_KERNEL = 1.3
SAME_CPU = 1.1


def measure(quick):
    """The same server in Python, by selectors and by select.epoll: calls and CPU time."""
    numbers = {"default_is_epoll": int(selectors.DefaultSelector is selectors.EpollSelector)}
    for name, path in SERVERS.items():
        run = bench.trace(lab.python_server(path), name=name, work=lambda t: t.load(LOAD))
        numbers |= {f"{name}_is_epoll_lt": int(run.model == "epoll-lt"),
                    f"{name}_calls": run.calls_per_request,
                    f"{name}_wait_busy_p50_ns": run.calls["epoll_wait"]["busy_p50_ns"]}
    rounds = []
    for _ in range(3 if quick else 9):
        runs = {name: bench.trace(lab.python_server(path), name=name, with_iophase=False,
                                  work=lambda t: t.load(LOAD)) for name, path in SERVERS.items()}
        rounds.append({f"{name}_cpu_us": run.cpu_per_request_ns / 1e3
                       for name, run in runs.items()}
                      | {"cpu_ratio": lab.ratio(runs["selectors"].cpu_per_request_ns,
                                                runs["epoll"].cpu_per_request_ns)})
    return numbers | lab.medians(rounds)


def judge(numbers):
    """epoll, the same calls, the same time in the kernel, and the whole CPU time."""
    n = numbers
    calls = lab.ratio(n["selectors_calls"], n["epoll_calls"])
    kernel = lab.ratio(n["selectors_wait_busy_p50_ns"], n["epoll_wait_busy_p50_ns"])
    sentence = (f"DefaultSelector {'is' if n['default_is_epoll'] else 'is not'} EpollSelector, and iophase"
                f" {'sees' if n['selectors_is_epoll_lt'] else 'does not see'} level-triggered epoll;"
                f" {n['selectors_calls']:.2f} I/O calls per request against {n['epoll_calls']:.2f} by"
                f" select.epoll itself, {lab.us(n['selectors_wait_busy_p50_ns'])} on CPU per epoll_wait"
                f" against {lab.us(n['epoll_wait_busy_p50_ns'])}, {n['selectors_cpu_us']:.1f} us of CPU per"
                f" request against {n['epoll_cpu_us']:.1f} us ({n['cpu_ratio']:.2f} times).")
    same = (1 / SAME_CALLS <= calls <= SAME_CALLS) and (1 / SAME_KERNEL <= kernel <= SAME_KERNEL)
    if not n["default_is_epoll"] or not n["selectors_is_epoll_lt"] or not same:
        return lab.FAILS, sentence
    if n["cpu_ratio"] > SAME_CPU:
        return lab.only_when("the kernel's part is meant; the wrapper's own Python comes on top"), sentence
    return lab.HOLDS, sentence
