"""Claim 11: the selectors module picks epoll here, and costs what epoll costs.

The articles: the modules for select, poll and epoll are the low level; selectors is the wrapper
that one uses, and it solves what is wrong with each of them.
"""

import selectors

import measure as bench

from . import lab

LOAD = bench.Load(requests=3000)  # one connection: no two events in one call, so all calls compare
SERVERS = {"selectors": "servers/py/selectors_server.py", "epoll": "textbook/probes/epoll_lt.py"}
SAME_CALLS = 1.05
SAME_TIME = 1.05


def serve(name, with_iophase):
    """One server under the load: its Run, and its CPU time per request (us) without that of its
    start."""
    def work(traced):
        bench.wait_for("the port", traced.ready)
        before = bench.cpu_clock_ns(traced.pid)
        traced.load(LOAD)
        spent.append((bench.cpu_clock_ns(traced.pid) - before) / LOAD.requests / 1e3)

    spent = []
    return bench.trace(lab.python_server(SERVERS[name]), name=name, with_iophase=with_iophase,
                       work=work), spent[0]


def measure(quick):
    """The same server in Python, by selectors and by select.epoll: calls, and CPU time in turn."""
    numbers = {"default_is_epoll": int(selectors.DefaultSelector is selectors.EpollSelector)}
    rounds = []
    with lab.one_cpu():
        for _ in range(6 if quick else 15):
            one = {}
            for name in SERVERS:
                run, _ = serve(name, True)
                numbers |= {f"{name}_is_epoll_lt": int(run.model == "epoll-lt"),
                            f"{name}_calls": run.calls_per_request}
                one[f"{name}_kernel_us"] = run.phases["io"]["cpu_ns"] / run.requests / 1e3
                _, one[f"{name}_cpu_us"] = serve(name, False)
            rounds.append(one)
    numbers |= lab.least(rounds)
    for what in ("kernel", "cpu"):
        numbers[f"{what}_ratio"] = numbers[f"selectors_{what}_us"] / numbers[f"epoll_{what}_us"]
    return numbers


def judge(numbers):
    """epoll, the same calls, the same time in the kernel, and the whole CPU time."""
    n = numbers
    calls = lab.ratio(n["selectors_calls"], n["epoll_calls"])
    sentence = (f"DefaultSelector {'is' if n['default_is_epoll'] else 'is not'} EpollSelector, and"
                f" iophase {'sees' if n['selectors_is_epoll_lt'] else 'does not see'}"
                f" level-triggered epoll; {n['selectors_calls']:.2f} I/O calls per request against"
                f" {n['epoll_calls']:.2f} by select.epoll itself, {n['selectors_kernel_us']:.1f} us"
                f" in them against {n['epoll_kernel_us']:.1f} us ({n['kernel_ratio']:.2f} times),"
                f" and {n['selectors_cpu_us']:.1f} us of CPU per request in all, without iophase,"
                f" against {n['epoll_cpu_us']:.1f} us ({n['cpu_ratio']:.2f} times).")
    same = 1 / SAME_CALLS <= calls <= SAME_CALLS
    if not n["default_is_epoll"] or not n["selectors_is_epoll_lt"] or not same:
        return lab.FAILS, sentence
    if n["cpu_ratio"] > SAME_TIME:
        return lab.only_when("system calls are counted; the wrapper's own Python comes on"
                             " top"), sentence
    return lab.HOLDS, sentence
