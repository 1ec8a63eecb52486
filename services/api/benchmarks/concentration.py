"""How far money is in few hands: the share of the largest, and the Herfindahl index."""

from collections.abc import Iterable
from typing import NamedTuple

LARGEST = (1, 5, 12)
"""Position statement of NHS West Yorkshire ICB in Leeds, 2024, section 2.3: its twelve largest."""


class Concentration(NamedTuple):
    """Of `number` amounts that come to `pence`, and are each more than nothing.

    `shares` are of the largest 1, 5 and 12, from 0 to 1; `herfindahl` is the sum of the squared
    shares, 1 where one has it all; both None of no amounts. What nets to nothing or less, as after
    a credit, has no share: `left_out` says how many such there were.
    """

    number: int
    pence: int
    smallest: int | None
    largest: int | None
    shares: tuple[float, ...] | None
    herfindahl: float | None
    left_out: int


def concentrate(amounts: Iterable[int]) -> Concentration:
    """The concentration of amounts in pence."""
    given = sorted(amounts, reverse=True)
    positive = [pence for pence in given if pence > 0]
    left_out = len(given) - len(positive)
    total = sum(positive)
    if not total:
        return Concentration(0, 0, None, None, None, None, left_out)
    return Concentration(
        len(positive),
        total,
        positive[-1],
        positive[0],
        tuple(round(sum(positive[:number]) / total, 6) for number in LARGEST),
        round(sum(pence * pence for pence in positive) / (total * total), 6),
        left_out,
    )
