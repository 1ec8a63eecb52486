"""What an agreement's uplift adds to a year's spend, against another year.

Uplift is what a variation of the value alone changes: other amounts for the same service (net
average uplift: position statement of NHS West Yorkshire ICB in Leeds, 2024, section 5.4). One that
changes the specification or the provider too, or puts a record right, is none that can be told.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from services.api.asked.periods import Span

_OTHER_SERVICE = {"specification", "novation", "correction"}


class Terms(NamedTuple):
    """The terms of an agreement from a day: version, what changed, pence a year by programme.

    `last_day` is the end by these terms, None where none is known.
    """

    effective_on: date
    version: int
    changes: tuple[str, ...]
    annual_pence: Mapping[str, int]
    last_day: date | None = None


def uplift_between(
    versions: Sequence[Terms], first: Span, last: Span, ended_on: date | None = None
) -> dict[str, int]:
    """Pence by programme by which uplifts make the last year dearer than the first, by days.

    An uplift from 1 October is half in the year that it begins, whole in the next: against a year
    before it half, against the year of it the other half.
    """
    by_day = {terms.effective_on: terms for terms in sorted(versions, key=lambda t: t[:2])}
    in_order = [by_day[day] for day in sorted(by_day)]
    found: dict[str, Fraction] = {}
    for number in range(1, len(in_order)):
        before, after = in_order[number - 1 : number + 1]
        if "value" not in after.changes or _OTHER_SERVICE & set(after.changes):
            continue
        ends = [day for day in (in_order[-1].last_day, ended_on) if day is not None]
        until = min(ends, default=date.max)
        weight = _share(after.effective_on, until, last) - _share(after.effective_on, until, first)
        for programme, pence in after.annual_pence.items():
            if programme in before.annual_pence:
                step = pence - before.annual_pence[programme]
                found[programme] = found.get(programme, Fraction()) + step * weight
    whole = {programme: round(pence) for programme, pence in found.items()}
    return {programme: pence for programme, pence in whole.items() if pence}


def _share(since: date, until: date, year: Span) -> Fraction:
    """The share of a year's days on which something holds."""
    days = (min(until, year.until) - max(since, year.since)).days + 1
    return Fraction(max(0, days), (year.until - year.since).days + 1)
