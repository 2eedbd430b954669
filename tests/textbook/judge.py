"""The claims of the textbook, measured and judged one after the other.

In: claims.CLAIMS, each with a number, a title, measure(quick) and judge(numbers). Out: a Judged for
each.
"""

import dataclasses
import time

HOLDS, FAILS, ONLY_WHEN = "holds", "does not hold here", "holds only when"
VERDICTS = (HOLDS, FAILS, ONLY_WHEN)


@dataclasses.dataclass(frozen=True)
class Judged:
    """A claim, the numbers that decide it, the verdict, and why."""
    number: int
    title: str
    numbers: dict
    verdict: str
    sentence: str
    seconds: float


def judge(claim, quick):
    """Measures a claim and judges it; raises what measure() raises, and ValueError if the verdict
    is none of VERDICTS."""
    start = time.monotonic()
    numbers = claim.measure(quick)
    verdict, sentence = claim.judge(numbers)
    if not verdict.startswith(VERDICTS):
        raise ValueError(f"claim {claim.number}: {verdict!r} is no verdict")
    return Judged(claim.number, claim.title, numbers, verdict, sentence,
                  time.monotonic() - start)
