"""One claim: its number, one sentence that says it, how it is measured, how it is judged."""

import dataclasses
import typing


@dataclasses.dataclass(frozen=True)
class Claim:
    """measure(quick) -> dict of numbers, on this machine; judge(numbers) -> (verdict, sentence)."""
    number: int
    title: str
    measure: typing.Callable
    judge: typing.Callable
