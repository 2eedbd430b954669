"""Claims 5 and 6: what watching many idle connections costs, and what few active ones do.

The articles: select and poll hand the whole list over at each call, and the kernel goes through all
of it, so that they slow down as it grows; epoll is told of what happens by callbacks, and returns
only what is ready. For the same reason, few connections that are all active may be better off with
select and poll: no callbacks.
"""

from . import lab

IDLE = (10, 100, 1000, 10000)
METHODS = {"select": "pselect6", "poll": "poll", "epoll": "epoll_wait"}
GROWS = 10.0  # times the cost with 100 times the descriptors, at least
STAYS = 3.0  # times the cost with 1,000 times the descriptors, at most

ACTIVE = (1, 4, 16)
MIXED = "idle_64"  # with 4 active ones
BETTER = 0.98  # of epoll's CPU time


def measure_many(quick):
    """One active connection among idle ones: the time on CPU of the call that waits."""
    numbers = {}
    for idle in IDLE:
        run, said = lab.probe("watch", "--how", ",".join(METHODS), "--idle", idle, "--batches",
                              3 if quick else 9, "--rounds", 20)
        numbers[f"watched_{idle}"] = said["watched"]
        for method, call in METHODS.items():
            if call in run.calls:
                numbers[f"{method}_{idle}"] = run.calls[call]["busy_p50_ns"]
    return numbers


def judge_many(numbers):
    """select and poll: 100 times the descriptors, at least 10 times the cost; epoll: not."""
    n = numbers
    most = IDLE[-1]
    select = lab.ratio(n["select_1000"], n["select_10"])
    poll = lab.ratio(n["poll_1000"], n["poll_10"])
    poll_on = lab.ratio(n[f"poll_{most}"], n["poll_1000"])
    epoll = lab.ratio(n[f"epoll_{most}"], n["epoll_10"])
    each = (n[f"poll_{most}"] - n["poll_10"]) / (n[f"watched_{most}"] - n["watched_10"])
    rows = "; ".join(f"{method} " + ", ".join(
        lab.us(n[f"{method}_{idle}"]) for idle in IDLE if f"{method}_{idle}" in n)
        for method in METHODS)
    sentence = (f"On CPU per call with 10, 100, 1,000 and {n[f'watched_{most}'] - 1:,} idle"
                f" connections: {rows}; from 10 to 1,000 select costs {lab.times(select)} as much"
                f" and poll {lab.times(poll)}, poll {each:.0f} ns more for each connection; epoll"
                f" with {n[f'watched_{most}'] - 1:,} costs {lab.times(epoll)} as much as with 10.")
    grow = select >= GROWS and poll >= GROWS and poll_on >= GROWS / 4
    if not grow:
        return lab.FAILS, sentence
    if epoll > STAYS:
        if lab.ratio(n["epoll_1000"], n["epoll_10"]) <= STAYS:
            return lab.only_when("no more than about 1,000 are watched by epoll"), sentence
        return lab.FAILS, sentence
    return lab.HOLDS, sentence


def measure_few(quick):
    """All connections active: CPU time of a round without iophase, of the waiting call with it."""
    numbers = {}
    for name, idle, active in [(str(a), 0, a) for a in ACTIVE] + [(MIXED, 64, 4)]:
        sizes = ("--how", ",".join(METHODS), "--idle", idle, "--active", active)
        _, said = lab.probe("watch", *sizes, "--batches", 20 if quick else 200, "--rounds", 50,
                            trace=False)
        for method in METHODS:
            numbers[f"{method}_{name}"] = said[f"{method}_cpu_ns"]
        run, _ = lab.probe("watch", *sizes, "--batches", 4, "--rounds", 50)
        for method, call in METHODS.items():
            numbers[f"{method}_call_{name}"] = run.calls[call]["busy_p50_ns"]
    return numbers


def judge_few(numbers):
    """The better of select and poll against epoll, by the number of active connections."""
    n = numbers
    against = {active: min(n[f"select_{active}"], n[f"poll_{active}"]) / n[f"epoll_{active}"]
               for active in (*ACTIVE, MIXED)}
    better = [str(active) for active in ACTIVE if against[active] <= BETTER]
    rows = "; ".join(
        f"{active} active: {against[active]:.3f} times epoll's CPU per round (the call alone: poll"
        f" {lab.us(n[f'poll_call_{active}'])}, epoll {lab.us(n[f'epoll_call_{active}'])})"
        for active in ACTIVE)
    sentence = (f"The better of select and poll, with {rows}; 4 active among 64 idle:"
                f" {against[MIXED]:.1f} times.")
    if not better:
        return lab.FAILS, sentence
    if len(better) < len(ACTIVE):
        others = " or ".join(str(active) for active in ACTIVE if str(active) not in better)
        return lab.only_when(f"all are active, and they are {' or '.join(better)}"
                             f" (not {others})"), sentence
    return lab.HOLDS, sentence
