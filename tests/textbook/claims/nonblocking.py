"""Claim 2: a non-blocking read answers at once; polling burns CPU; a pause saves it and costs time.

The articles: the call returns at once with an error when there are no data, so the process has to
ask again and again, which drives the CPU use up; with a pause between two questions the answer is
late, because the data may come at any time in between.
"""

import measure as bench

from . import lab

PAUSES_US = (0, 100, 1000, 10000)  # of the server, after a round that found nothing
CLIENT_PAUSE_US = 7000  # no multiple of them
BURNS = 0.9  # of the time awake without a pause, at least
SAVES = 10.0  # times the CPU that the longest pause leaves
IN_PROPORTION = 3.0  # by how much CPU may grow faster or more slowly than the polls
LATER = 2.0  # how many times later the answer comes with the longest pause, at least


def measure(quick):
    """The same slow client, at a blocking server and at servers that poll with pauses."""
    load = bench.Load(requests=40 if quick else 150, pause_us=CLIENT_PAUSE_US)
    base = bench.run(bench.Server("blocking", "server_blocking"), load)
    numbers = {"blocking_cpu_share": base.iophase_cpu_ns / base.wall_ns,
               "blocking_p50_us": base.p50_us}
    for pause in PAUSES_US:
        run = bench.run(bench.Server(f"pause {pause}", "server_nonblocking", (
            "--connections", "1", "--pause-us", str(pause))), load)
        reads = run.calls["recvfrom"]
        numbers |= {
            f"polls_per_s_{pause}": reads["again"] / run.wall_ns * 1e9,
            f"read_wait_ns_{pause}": reads["wait_ns"],
            f"busy_p50_ns_{pause}": reads["busy_p50_ns"],
            f"cpu_share_{pause}": run.iophase_cpu_ns / run.wall_ns,
            f"awake_{pause}": 1 - sum(p["wait_ns"] for p in run.phases.values()) / run.wall_ns,
            f"p50_us_{pause}": run.p50_us,
        }
    return numbers


def judge(numbers):
    """No sleep in a read; a CPU burnt without a pause; CPU as the polls; later with a pause."""
    n = numbers
    least, short, middle, most = PAUSES_US
    waited = sum(n[f"read_wait_ns_{p}"] for p in PAUSES_US)
    # What serving itself takes, which the longest pause shows, is taken off.
    polls, cpu = (lab.ratio(n[f"{what}_{short}"] - n[f"{what}_{most}"],
                            n[f"{what}_{middle}"] - n[f"{what}_{most}"])
                  for what in ("polls_per_s", "cpu_share"))
    # Who never sleeps is the first to lose the CPU where others want it, too.
    soonest = min(n[f"p50_us_{least}"], n[f"p50_us_{short}"])
    later = lab.ratio(n[f"p50_us_{most}"], soonest)
    shares = ", ".join(f"{lab.percent(n[f'cpu_share_{p}'])} with {p:,} us" for p in PAUSES_US)
    sentence = (f"Reads that found nothing slept {lab.us(waited)} in all and took"
                f" {lab.us(n['busy_p50_ns_0'])}; CPU by the pause between two rounds: {shares}"
                f" (blocking: {lab.percent(n['blocking_cpu_share'])}); {lab.times(polls)} the polls"
                f" took {lab.times(cpu)} the CPU ({short} against {middle:,} us, beyond those with"
                f" the longest); the answer came after {n[f'p50_us_{least}']:,.0f} us without a"
                f" pause, {n[f'p50_us_{short}']:,.0f} us with the shortest,"
                f" {n[f'p50_us_{most}']:,.0f} us with the longest.")
    burns = (n[f"awake_{least}"] >= BURNS
             and n[f"cpu_share_{least}"] >= SAVES * n[f"cpu_share_{most}"])
    if waited or not burns or later < LATER:
        return lab.FAILS, sentence
    if not polls / IN_PROPORTION <= cpu <= polls * IN_PROPORTION:
        return lab.only_when("it is not about proportion: polls and CPU grow differently"), sentence
    return lab.HOLDS, sentence
