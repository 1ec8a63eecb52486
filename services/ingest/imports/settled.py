"""Rejects of a file that were corrected since: what is left of its rejected rows."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from services.ingest.imports.tally import Count


class Settled(NamedTuple):
    """Rejects of one reason that a correction settled with one outcome.

    Pence before of whatever amount could be read in them, and pence of what they say now.
    """

    reason: str
    outcome: str
    rows: int
    pence_before: int
    pence: int


def still_rejected(rejected: Mapping[str, Count], settled: Sequence[Settled]) -> dict[str, Count]:
    """The rejected rows of an import, by reason, without those that were settled since."""
    left = dict(rejected)
    for each in settled:
        count = left.get(each.reason, Count())
        if count.rows > each.rows:
            rows, pence = count.rows - each.rows, count.pence - each.pence_before
            left[each.reason] = replace(count, rows=rows, pence=pence)
        else:
            left.pop(each.reason, None)
    return left


def settled_as(outcome: str, settled: Sequence[Settled]) -> Count:
    """The rows that were settled with one outcome, and their pence as corrected."""
    return sum(
        (Count(each.rows, each.pence) for each in settled if each.outcome == outcome), Count()
    )
