"""What follows from the terms of an agreement: its pounds by year, and what is unusual in it."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from services.api.asked.periods import Span, financial_year, year_label
from shared.periods import later

_DAY = timedelta(days=1)
_NEW_YEAR = (4, 1)
NO_END_DATE = "no-end-date"
BEYOND_MAXIMUM_END = "beyond-maximum-end"
NO_DURATION_RATIONALE = "no-duration-rationale"


class Terms(NamedTuple):
    """What one version says; `effective_on` is date.min where it holds from the first day."""

    effective_on: date
    start: date
    end: date | None
    maximum_end: date | None
    annual_pence: int
    has_rationale: bool


def marks(terms: Terms, before: Terms | None) -> list[str]:
    """What is unusual in a version, given the one that holds before it.

    - It has no end.
    - Its end is after its own maximum, or moved past the maximum that held until then: a variation
      that raises the maximum together with the end is marked as well.
    - It runs for less than three years or more than five, and no rationale is recorded (NHS West
      Yorkshire ICB in Leeds, position statement 2024, section 5.4).
    """
    if terms.end is None:
        return [NO_END_DATE]
    found = []
    if _is_after(terms.end, terms.maximum_end) or (
        before is not None
        and _is_after(terms.end, before.maximum_end)
        and (before.end is None or terms.end > before.end)
    ):
        found.append(BEYOND_MAXIMUM_END)
    last_day_of = [later(terms.start, years) - _DAY for years in ("P3Y", "P5Y")]
    if not terms.has_rationale and not last_day_of[0] <= terms.end <= last_day_of[1]:
        found.append(NO_DURATION_RATIONALE)
    return found


def _is_after(end: date, maximum: date | None) -> bool:
    return maximum is not None and end > maximum


def by_year(history: Sequence[Terms], ended_on: date | None) -> dict[str, int] | None:
    """Pence by financial year over the whole term, as known; None while it has no end.

    `history` is in the order in which the versions hold. Each counts for the days on which it is in
    force: the amount of a year for a whole financial year, else its share of the year's days.
    """
    held = [one for one in history if ended_on is None or one.effective_on <= ended_on]
    if not held:
        return None
    ends = [day for day in (held[-1].end, ended_on) if day is not None]
    if not ends:
        return None
    last = min(ends)
    parts: dict[str, list[tuple[int, int]]] = {}
    for one, following in zip(held, [*held[1:], None], strict=True):
        until = last if following is None else min(last, following.effective_on - _DAY)
        for year, days in _days_by_year(Span(max(one.effective_on, one.start), until)):
            parts.setdefault(year, []).append((one.annual_pence, days))
    return {year: _rounded(year, parts[year]) for year in sorted(parts)}


def _days_by_year(span: Span) -> list[tuple[str, int]]:
    found = []
    day = span.since
    while day <= span.until:
        first = day.year if (day.month, day.day) >= _NEW_YEAR else day.year - 1
        label = year_label(first)
        last = min(span.until, financial_year(label).until)
        found.append((label, (last - day).days + 1))
        day = last + _DAY
    return found


def _rounded(label: str, parts: Sequence[tuple[int, int]]) -> int:
    """Pence a year times days, by the days of the year, to the nearest penny, halves up in size."""
    year = financial_year(label)
    days = (year.until - year.since).days + 1
    total = sum(pence * held for pence, held in parts)
    pence = (2 * abs(total) + days) // (2 * days)
    return pence if total >= 0 else -pence
