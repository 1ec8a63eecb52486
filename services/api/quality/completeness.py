"""How complete the fields of payments are, and where that changes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from services.api.asked.periods import Span
from services.api.quality.finding import Finding, Rule, Sum, add
from services.api.quality.month import Month, runs
from services.api.quality.usual import usual

FIELDS = ("reference", "transaction", "unit", "expense_type", "purpose", "programme", "place")
"""What a ledger may say of a payment beside its day, payee and amount."""
OF_SUPPLIERS = {
    "payee": ("redacted",),
    "organisation": ("review", "unmatched", "redacted", "awaiting"),
}
"""What is known of the supplier, and the classes of coverage in which it is not: the payee is
redacted; which organisation it surely is was not found. `classify` has these to review."""

MISSING = Rule(
    "field-missing",
    "payments lack a field that the buyer's source mostly gives in that financial year",
    {"given_share": 0.5},
    "a field given in half of the lines is one that the ledger has; what it seldom or never gives "
    "is told as completeness and is no fault of a line",
)
STOPPED = Rule(
    "field-stopped",
    "in these months far fewer lines have a field than usual: a layout or a coding changed",
    {"share_below": 0.2, "spreads_below": 5, "months": 6},
    "a share moves by some hundredths from month to month; a fifth below the median and five "
    "spreads is a column that was left out or renamed",
)


class Given(NamedTuple):
    """How many lines a field could be in, and how many lack it."""

    every: Sum
    without: Sum

    @property
    def state(self) -> str:
        """Whether the field is never, sometimes or always given; none: there are no lines."""
        if not self.every.lines:
            return "none"
        if self.without.lines == self.every.lines:
            return "never"
        return "sometimes" if self.without.lines else "always"


def given(months: Iterable[Month], field: str) -> Given:
    """A field over all of these months."""
    several = list(months)
    return Given(
        add(*(month.sum for month in several)),
        add(*(month.without.get(field, Sum()) for month in several)),
    )


def with_suppliers(month: Month, classes: Mapping[str, Sum]) -> Month:
    """The month with what is not known of its suppliers, by their class of coverage."""
    unknown = {
        field: add(*(classes.get(name, Sum()) for name in names))
        for field, names in OF_SUPPLIERS.items()
    }
    return replace(month, without={**month.without, **unknown})


def missing_fields(years: Iterable[Sequence[Month]]) -> Iterator[Finding]:
    """The fields that lines of a financial year lack and most of its lines have."""
    for months in years:
        for field in FIELDS:
            found = given(months, field)
            if not found.without.lines:
                continue
            share = found.without.lines / found.every.lines
            if 1 - share < MISSING.thresholds["given_share"]:
                continue
            yield Finding(
                MISSING.name,
                months[0].first,
                months[-1].last,
                found.without,
                round(share, 6),
                f"{found.without.lines:,} of {found.every.lines:,} lines have no {field}",
                field=field,
                rows={"without": field},
            )


def stopped_fields(months: Sequence[Month]) -> Iterator[Finding]:
    """The runs of months in which a field is given far less than usual."""
    if len(months) < STOPPED.thresholds["months"]:
        return
    by_first = {month.first: month for month in months}
    for field in FIELDS:
        shares = {first: _share(month, field) for first, month in by_first.items()}
        common = usual(list(shares.values()))
        least = common.median - max(
            STOPPED.thresholds["share_below"], STOPPED.thresholds["spreads_below"] * common.spread
        )
        for run in runs(first for first, share in shares.items() if share < least):
            yield _stopped(
                field, run, [by_first[first] for first in _within(by_first, run)], common
            )


def _stopped(
    field: str, run: Span, months: Sequence[Month], common: tuple[float, float]
) -> Finding:
    found = given(months, field)
    share = 1 - found.without.lines / found.every.lines
    return Finding(
        STOPPED.name,
        *run,
        found.without,
        round(share, 6),
        f"{share:.0%} of the lines have a {field}, usually {common[0]:.0%} have",
        usual=round(common[0], 6),
        field=field,
        rows={"without": field},
    )


def _share(month: Month, field: str) -> float:
    return 1 - month.without.get(field, Sum()).lines / month.sum.lines


def _within(firsts: Iterable[date], run: Span) -> list[date]:
    return [first for first in firsts if run.since <= first <= run.until]
