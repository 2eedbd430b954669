"""Measures the claims and prints what was found.

In: [--full] [--json] [--check EXPRESSION]... [NUMBER]...: the claims by their numbers (default:
all); an expression over the numbers of one claim, as they are named in the output. Out: per claim
its title, verdict and sentence, or with --json one object per line; with --check the numbers as
well. Exit 1 if an expression is false or a measurement failed, 2 for bad usage.
"""

import argparse
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import measure  # noqa: E402
from claims import CLAIMS  # noqa: E402


def arguments():
    """The command line."""
    parser = argparse.ArgumentParser(prog="claims")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--check", action="append", default=[], metavar="EXPRESSION")
    parser.add_argument("numbers", nargs="*", type=int, metavar="NUMBER")
    options = parser.parse_args()
    if not set(options.numbers) <= {claim.number for claim in CLAIMS}:
        parser.error(f"claims are numbered 1 to {len(CLAIMS)}")
    if options.check and len(options.numbers) != 1:
        parser.error("--check is about one claim")
    return options


def holds(expression, numbers):
    """Whether an expression is true; the names in it are those of the numbers."""
    return bool(eval(expression, {"__builtins__": {}, "min": min, "max": max}, dict(numbers)))


def main():
    """One claim after the other."""
    options, bad = arguments(), 0
    for claim in CLAIMS:
        if options.numbers and claim.number not in options.numbers:
            continue
        try:
            numbers = claim.measure(not options.full)
        except measure.MeasureError as error:
            print(f"claim {claim.number}: {error}", file=sys.stderr)
            bad = 1
            continue
        verdict, sentence = claim.judge(numbers)
        if options.json:
            print(json.dumps({"number": claim.number, "title": claim.title, "verdict": verdict,
                              "sentence": sentence, "numbers": numbers}))
        else:
            print(f"{claim.number}. {claim.title}: {verdict}. {sentence}", flush=True)
        if options.check:
            print("\n".join(f"  {name} = {value}" for name, value in numbers.items()))
        for expression in options.check:
            if not holds(expression, numbers):
                print(f"not so: {expression}")
                bad = 1
    return bad


sys.exit(main())
