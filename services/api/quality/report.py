"""The quality report of a buyer: what was read of its payments, judged rule by rule."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from services.api.asked.periods import Span, year_label
from services.api.quality import coding, completeness, credit, dates, months, repeats
from services.api.quality.coding import Spread, Units
from services.api.quality.credit import SupplierMonth
from services.api.quality.finding import Finding, Rule, largest
from services.api.quality.month import Month, later_month
from services.api.quality.publication import duty_of
from services.api.quality.repeats import Namesake, Repeat

RULES: tuple[Rule, ...] = (
    months.MISSING,
    months.OVERDUE,
    months.LATE,
    months.PARTIAL,
    dates.GAP,
    dates.STRAY,
    completeness.MISSING,
    completeness.STOPPED,
    months.NEGATIVE,
    credit.NEGATIVE,
    credit.UNEXPLAINED,
    coding.PROGRAMMES,
    coding.UNITS,
    coding.RECODED,
    coding.APPEARED,
    coding.STOPPED,
    months.ROUND,
    repeats.TWICE,
    repeats.TWO_SUPPLIERS,
    repeats.ONE_NAME,
)
"""Every rule, in the order in which a report tells what it found."""

EVER = Span(date(1990, 1, 1), date(2100, 12, 31))
"""The days that a payment may be of (`shared.fields.Day`)."""


@dataclass(frozen=True)
class KnownBuyer:
    """What the read model knows of a buyer, beyond the months that are asked of.

    The days of its first payment and of its last until the day as of which is asked, and the day
    on which its first payment was recorded; None: it has none. It pays `until` another body
    answers for it.
    """

    first: date | None
    last: date | None
    first_recorded: date | None
    until: date = date.max


@dataclass(frozen=True)
class Ledger:
    """What was read of a buyer's payments in the months that are asked of, in order."""

    buyer: str
    asked: Span
    known: KnownBuyer
    months: Sequence[Month]
    days: Sequence[date]
    programmes: Sequence[Spread]
    units: Units
    unit_spreads: Sequence[Spread]
    usual_units: float
    supplier_months: Sequence[SupplierMonth]
    repeats: Sequence[Repeat]
    namesakes: Sequence[Namesake]


def find(ledger: Ledger, as_of: date) -> dict[str, list[Finding]]:
    """What each rule found, by its name, in the order of `RULES`; each's largest first."""
    found: dict[str, list[Finding]] = {rule.name: [] for rule in RULES}
    for finding in _findings(ledger, as_of):
        found[finding.rule].append(finding)
    return {name: largest(findings) for name, findings in found.items()}


def _findings(ledger: Ledger, as_of: date) -> Iterator[Finding]:
    yield from _of_time(ledger, as_of)
    _, main = dates.main_part(ledger.months)
    yield from completeness.missing_fields(by_year(ledger.months).values())
    yield from completeness.stopped_fields(main)
    yield from months.negative_months(ledger.months)
    yield from months.round_months(main)
    first = _start(ledger)
    yield from credit.unexplained_credits(ledger.supplier_months, first)
    yield from credit.negative_suppliers(ledger.supplier_months, first)
    yield from coding.many_programmes(ledger.programmes)
    yield from coding.many_units(ledger.unit_spreads, ledger.usual_units)
    yield from coding.recoded(ledger.units)
    yield from coding.appeared(ledger.units)
    yield from coding.stopped(ledger.units)
    yield from repeats.repeated_lines(ledger.repeats)
    yield from repeats.invoices_of_two(ledger.repeats)
    yield from repeats.namesakes(ledger.namesakes)


def _of_time(ledger: Ledger, as_of: date) -> Iterator[Finding]:
    """What is missing, late or in part."""
    known, duty = ledger.known, duty_of(ledger.buyer)
    _, main = dates.main_part(ledger.months)
    yield from dates.dated_long_before(ledger.months)
    if known.first is None or known.last is None:
        return
    first = max(_start(ledger), ledger.asked.since)
    last = min(known.last, ledger.asked.until)
    yield from months.missing_months(main, Span(first, last))
    yield from months.partial_months(main, duty, as_of)
    yield from dates.gaps([day for day in ledger.days if first <= day <= last])
    if duty is not None and known.first_recorded is not None:
        until = min(ledger.asked.until, known.until)
        yield from months.overdue_months(known.last, until, duty, as_of)
        yield from months.late_months(main, known.first_recorded, duty)


def _start(ledger: Ledger) -> date:
    """The day on which the buyer's payments begin, those that stray aside."""
    stray, main = dates.main_part(ledger.months)
    return main[0].first if stray else ledger.known.first or date.max


def by_year(found: Sequence[Month]) -> Mapping[str, Sequence[Month]]:
    """The months of each financial year, by its name."""
    grouped = groupby(found, lambda month: year_label(later_month(month.first, -3).year))
    return {label: list(group) for label, group in grouped}
