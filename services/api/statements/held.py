"""Which lines of agreements ran in a period, for whom, and how many pounds of it they are.

An agreement runs from the start of its first terms to the end of those in force last, or to the day
on which it ended; without an end it runs on. A line is a place in an agreement with a programme,
and its pounds are its amount a year by the days on which its terms were in force.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple

from services.api.asked.periods import Span, financial_year, year_label

_DAY = timedelta(days=1)
_NEW_YEAR = (4, 1)


class Provider(NamedTuple):
    """Who is to deliver: the supplier as it is known now, with the days on which it counts.

    `coverage` is its class (coverage.py); `name` is None where it may be a person's.
    """

    key: str
    name: str | None
    coverage: str
    periods: tuple[tuple[date, date], ...]

    def counts(self, day: date) -> bool | None:
        """Whether it counts on a day; None where nothing settles what it is."""
        if any(since <= day <= until for since, until in self.periods):
            return True
        return False if self.coverage == "matched" else None


class Line(NamedTuple):
    """A line of one version of an agreement."""

    position: int
    programme: str
    annual_pence: int
    recurrent: bool


@dataclass(frozen=True, slots=True)
class Version:
    """What was agreed from a day on; `effective_on` is date.min for the first terms."""

    version: int
    effective_on: date
    start: date
    end: date | None
    maximum_end: date | None
    kind: str
    route: str
    title: str | None
    changes: tuple[str, ...]
    has_rationale: bool
    provider: Provider
    lines: tuple[Line, ...]

    @property
    def annual_pence(self) -> int:
        """Its lines together, a year."""
        return sum(line.annual_pence for line in self.lines)


@dataclass(frozen=True)
class Agreement:
    """An agreement with its versions in the order in which they hold."""

    agreement_id: str
    reference: str
    ended_on: date | None
    versions: tuple[Version, ...]

    @cached_property
    def spans(self) -> list[tuple[Version, Span]]:
        """The days of each version on which it is in force; those that never were are left out."""
        ended = self.ended_on
        held = [one for one in self.versions if ended is None or one.effective_on <= ended]
        if not held:
            return []
        last = min(held[-1].end or date.max, ended or date.max)
        found = []
        for one, after in zip(held, [*held[1:], None], strict=True):
            until = last if after is None else min(last, after.effective_on - _DAY)
            span = Span(max(one.effective_on, one.start), until)
            if span.since <= span.until:
                found.append((one, span))
        return found

    def on(self, day: date) -> Version | None:
        """The terms in force on a day on which it runs."""
        return next((one for one, span in self.spans if span.since <= day <= span.until), None)


class Held(NamedTuple):
    """An agreement in a period: the terms that held last in it, and the last day of them there."""

    agreement: Agreement
    version: Version
    last_day: date
    lines: tuple["HeldLine", ...]

    @property
    def pence(self) -> int:
        """What is agreed for the period."""
        return sum(line.pence for line in self.lines)

    @property
    def counts(self) -> bool | None:
        """Whether its provider counts; None where nothing settles what it is."""
        return self.version.provider.counts(self.last_day)


class HeldLine(NamedTuple):
    """A line in a period: its pounds a year by its last terms there, and those of the period."""

    programme: str
    annual_pence: int
    recurrent: bool
    pence: int


def held_in(agreements: Iterable[Agreement], period: Span, *, unsettled: bool) -> list[Held]:
    """The agreements that ran in a period within one financial year, whose providers count.

    With those of which nothing settles who they are where `unsettled`. By reference.
    """
    days_of_year = _days(year_of(period.since))
    each_held = (_held(each, period, days_of_year) for each in agreements)
    found = [held for held in each_held if held is not None]
    return sorted(
        (h for h in found if h.counts or (h.counts is None and unsettled)),
        key=lambda h: (h.agreement.reference, h.agreement.agreement_id),
    )


def _held(agreement: Agreement, period: Span, days_of_year: int) -> Held | None:
    within = [
        (version, Span(max(span.since, period.since), min(span.until, period.until)))
        for version, span in agreement.spans
        if span.since <= period.until and span.until >= period.since
    ]
    if not within:
        return None
    lines: dict[tuple[int, str], tuple[Line, int]] = {}
    for version, span in within:
        for line in version.lines:
            key = line.position, line.programme
            before = lines[key][1] if key in lines else 0
            lines[key] = line, before + line.annual_pence * _days(span)
    last, span = within[-1]
    return Held(
        agreement,
        last,
        span.until,
        tuple(
            HeldLine(
                *(line.programme, line.annual_pence, line.recurrent),
                _to_a_penny(pence_by_day, days_of_year),
            )
            for line, pence_by_day in lines.values()
        ),
    )


def _days(span: Span) -> int:
    return (span.until - span.since).days + 1


def _to_a_penny(pence_by_day: int, days_of_year: int) -> int:
    """Pence a year times days, to the nearest penny, halves up in size."""
    size = (2 * abs(pence_by_day) + days_of_year) // (2 * days_of_year)
    return size if pence_by_day >= 0 else -size


def year_of(day: date) -> Span:
    """The financial year of a day."""
    return financial_year(
        year_label(day.year if (day.month, day.day) >= _NEW_YEAR else day.year - 1)
    )


def by_coverage(held: Sequence[Held]) -> dict[str, int]:
    """Agreed pence by class of the provider, credits as positive."""
    found: dict[str, int] = {}
    for one in held:
        coverage = one.version.provider.coverage
        found[coverage] = found.get(coverage, 0) + abs(one.pence)
    return found
