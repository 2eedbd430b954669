"""What the claims share: probes and Python servers run under iophase, medians, words for numbers.

In: programs of build/tests and of tests/textbook/probes. Out: Runs of measure.py and the numbers
that a probe has printed.
"""

import contextlib
import os
import re
import resource
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))

import measure  # noqa: E402

HOLDS = "holds"
FAILS = "does not hold here"
SECONDS = "180"  # after which a probe ends by itself


def only_when(condition):
    """The third verdict."""
    return f"holds only when {condition}"


def numbers_of(text):
    """What a program has printed as key=value, as numbers; raises MeasureError for nothing."""
    numbers = {key: float(value) if "." in value else int(value)
               for key, value in re.findall(r"([\w-]+)=(-?[0-9.]+)", text)}
    if not numbers:
        raise measure.MeasureError("a probe has printed no numbers")
    return numbers


def probe(program, *options, trace=True, per_thread=False):
    """Runs a probe of build/tests to its own end; returns its Run and the numbers it printed."""
    argv = [measure.built(program), *map(str, options), "--seconds", SECONDS, "--gate", "{gate}",
            "--port-file", "{port_file}"]
    with measure.Traced(f"{program} {' '.join(map(str, options))}", argv, trace=trace,
                        per_thread=per_thread) as traced:
        traced.go()
        run = traced.finish(stop_program=False)
        return run, numbers_of(measure.read_file(traced.path("program.out")))


def python_server(path, *options):
    """The command line of one of our Python servers; the path is below tests/."""
    return [sys.executable, "-B", os.path.join(measure.ROOT, "tests", path), "--port-file",
            "{port_file}", "--seconds", SECONDS, *options]


def ratio(a, b):
    """a / b; infinite if only b is 0, 1 if both are."""
    if b:
        return a / b
    return float("inf") if a else 1.0


def least(rounds):
    """The least of each number over rounds, dicts with the same keys: what other programs on the
    machine disturbed is longer, never shorter."""
    return {key: min(one[key] for one in rounds) for key in rounds[0]}


@contextlib.contextmanager
def one_cpu():
    """Keeps what is started meanwhile on one CPU: whether a client and a server share one makes
    more of a difference than how the server waits, and the scheduler does now this, now that."""
    cpus = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(cpus)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cpus)


def times(value):
    """A ratio in words: 3.2 times."""
    return f"{value:,.1f} times" if value < 100 else f"{value:,.0f} times"


def us(ns):
    """A time in ns, in us with the digits that it deserves."""
    return f"{ns / 1e3:,.{2 if ns < 1e4 else 1 if ns < 1e5 else 0}f} us"


def percent(share):
    """A share, 0 to 1, in percent."""
    return f"{100 * share:.1f} %"


def many_files():
    """Lets this process have as many files open as it may."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def received(client):
    """The bytes that a socket gets next; none if the other end has closed it."""
    try:
        return client.recv(4096)
    except ConnectionError:
        return b""
