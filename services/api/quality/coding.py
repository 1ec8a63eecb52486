"""How suppliers and units are coded: who stands under many, which come, go and change at once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from services.api.asked.periods import Span, financial_year, last_of_month, year_label
from services.api.quality.finding import Finding, Rule, Sum, add
from services.api.quality.month import later_month, months_between

PROGRAMMES = Rule(
    "supplier-many-programmes",
    "a supplier paid under five or more programmes in one financial year",
    {"programmes": 5},
    "a provider's work is of one programme or two; where it truly is of five, lines outside the "
    "largest are still the first to look at",
)
UNITS = Rule(
    "supplier-many-units",
    "a supplier paid by twice as many of the buyer's units in a financial year as almost any other",
    {"units": 5, "of_suppliers": 0.99, "times_usual": 2},
    "care homes, taxis and agencies are paid by many units: what 99 in 100 of the buyer's own "
    "suppliers do not exceed is usual, and one in a hundred is always above that, so twice as many",
)
APPEARED = Rule(
    "unit-appeared",
    "a unit that was never paid under before takes a twentieth of the buyer's pounds",
    {"share": 0.05, "pence": 100_000_00, "months_known": 12, "months_looked_at": 3},
    "a new unit of that weight is a reorganisation or a wrong code; in the first year of the data "
    "every unit is new",
)
STOPPED = Rule(
    "unit-stopped",
    "a unit of a twentieth of the buyer's pounds, paid under nearly every month, and then no more",
    {"share": 0.05, "months_of_12": 9, "months_without": 3},
    "three months without any payment under a large unit is no pause",
)
RECODED = Rule(
    "units-recoded",
    "half or more of a month's pounds are under units that were never seen before",
    {"share": 0.5, "months_known": 12},
    "one change of all codes is one finding: series by unit break there",
)


class Spread(NamedTuple):
    """A supplier's codes of one kind in a financial year, named by its first year."""

    supplier: str
    year: int
    codes: int
    sum: Sum
    largest_gross_pence: int


class UnitMonth(NamedTuple):
    """What a unit paid in a month."""

    unit: str
    month: date
    sum: Sum


def many_programmes(spreads: Iterable[Spread]) -> Iterator[Finding]:
    """Suppliers under five or more programmes in a year."""
    yield from _spread(PROGRAMMES, "programmes", PROGRAMMES.thresholds["programmes"], spreads)


def many_units(spreads: Iterable[Spread], usual: float) -> Iterator[Finding]:
    """Suppliers paid by far more units than others; `usual` is what 99 in 100 do not exceed."""
    least = max(UNITS.thresholds["units"], UNITS.thresholds["times_usual"] * usual)
    yield from _spread(UNITS, "units", least, spreads, usual)


def _spread(
    rule: Rule, codes: str, least: float, spreads: Iterable[Spread], usual: float | None = None
) -> Iterator[Finding]:
    for each in spreads:
        if each.codes < least:
            continue
        share = each.largest_gross_pence / each.sum.gross_pence if each.sum.gross_pence else 0
        days = financial_year(year_label(each.year))
        yield Finding(
            rule.name,
            *days,
            each.sum,
            each.codes,
            f"{each.codes} {codes} in {year_label(each.year)}; {share:.0%} under the largest",
            usual,
            suppliers=(each.supplier,),
            rows={"supplier": each.supplier},
        )


@dataclass(frozen=True)
class Units:
    """The units that weigh much in any month, month by month, beside all that was paid.

    `months` has what was paid in each month, `new` what of it under units first seen in it.
    """

    heavy: Sequence[UnitMonth]
    months: Mapping[date, Sum]
    new: Mapping[date, Sum]

    def by_unit(self) -> dict[str, list[UnitMonth]]:
        """The months of each unit, in order."""
        found: dict[str, list[UnitMonth]] = {}
        for each in sorted(self.heavy):
            found.setdefault(each.unit, []).append(each)
        return found

    def gross(self, span: Span) -> int:
        """What was paid in these months under any unit."""
        within = (paid for month, paid in self.months.items() if span.since <= month <= span.until)
        return sum(paid.gross_pence for paid in within)


def recoded(units: Units) -> Iterator[Finding]:
    """The months in which most pounds are under new units."""
    for month, new in sorted(units.new.items()):
        share = new.gross_pence / (units.months[month].gross_pence or 1)
        known = months_between(min(units.months), month)
        if share >= RECODED.thresholds["share"] and known >= RECODED.thresholds["months_known"]:
            says = f"{share:.0%} of the pounds are under units never seen before"
            yield Finding(RECODED.name, month, last_of_month(month), new, round(share, 6), says)


def appeared(units: Units) -> Iterator[Finding]:
    """The units that come with much money, other than where all units change."""
    changes = {each.since for each in recoded(units)}
    thresholds = APPEARED.thresholds
    for unit, months in units.by_unit().items():
        first = months[0].month
        known = months_between(min(units.months), first)
        if known < thresholds["months_known"] or first in changes:
            continue
        span = Span(
            first, last_of_month(later_month(first, int(thresholds["months_looked_at"]) - 1))
        )
        paid = add(*(each.sum for each in months if each.month <= span.until))
        share = paid.gross_pence / (units.gross(span) or 1)
        if share >= thresholds["share"] and paid.gross_pence >= thresholds["pence"]:
            says = f"first paid under in {first:%Y-%m}; {share:.0%} of the pounds of three months"
            yield Finding(
                *(APPEARED.name, *span, paid, round(share, 6), says),
                unit=unit,
                rows={"unit": unit},
            )


def stopped(units: Units) -> Iterator[Finding]:
    """The units that carried much money nearly every month and then none."""
    thresholds = STOPPED.thresholds
    changes = {each.since for each in recoded(units)}
    for unit, months in units.by_unit().items():
        last = months[-1].month
        # Counted are months with payments: one line of a mistyped day is no month without the unit.
        after = sum(month > last for month in units.months)
        if later_month(last, 1) in changes or after < thresholds["months_without"]:
            continue
        span = Span(later_month(last, -11), last_of_month(last))
        paid = [each for each in months if each.month >= span.since]
        total = add(*(each.sum for each in paid))
        share = total.gross_pence / (units.gross(span) or 1)
        if len(paid) >= thresholds["months_of_12"] and share >= thresholds["share"]:
            says = f"last paid under in {last:%Y-%m}; {share:.0%} of the pounds of twelve months"
            yield Finding(
                *(STOPPED.name, *span, total, round(share, 6), says),
                unit=unit,
                rows={"unit": unit},
            )
