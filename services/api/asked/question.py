"""What is asked of the spend: how it is cut, filtered and counted. Pure; says what is not known."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from services.api.asked.periods import (
    Span,
    clip,
    financial_year,
    join_spans,
    last_of_month,
    month_named,
    quarter_named,
)
from shared.errors import Rejected
from shared.money import parse_pounds

CODES = ("unit", "expense_type", "ledger_programme")
"""The codes of a payment, as the ledger prints them."""
OF_SUPPLIERS = ("legal_form", "income_band", "reach", "tier")
"""What is known of a supplier now, with few values; null: not known."""
OF_AGREEMENTS = ("route", "agreement_kind", "recurrence")
"""What the agreements say that were in force with the supplier in the month."""
GROUPS = (
    *("buyer", "place", "programme", "budget_head", *CODES, "financial_year", "quarter", "month"),
    *("organisation", *OF_SUPPLIERS, *OF_AGREEMENTS),
)

_BY_MAPS = frozenset({"programme", "budget_head"})
"""Groups that the buyers' maps of their codes tell apart."""
_APART = frozenset({"organisation", "supplier_id"})
"""Groups that tell suppliers apart; by `supplier_id` the bridge asks, no caller (`GROUPS`)."""

BROAD = "community-interest"
"""The definition where none is asked for: charities, CICs, community benefit societies and CASCs,
which the position statement of 2024 calls the third sector (section 1.4)."""
NO_DAYS = Span(date.max, date.min)
"""What filters of days that have none in common let pass."""


class Amounts(NamedTuple):
    """The least and the most pence of a payment, both counted; None: any."""

    least: int | None = None
    most: int | None = None


ANY_AMOUNT = Amounts()


@dataclass(frozen=True)
class Question:
    """Cuts in their order, definitions side by side, and filters; an empty filter lets all pass.

    A place of '' is "not coded", a programme, a budget head or a code of '' is none. Only these
    `suppliers` are counted, all where None. `spans` are disjoint days, in order. `kinds` filters
    what is known of suppliers and of agreements, by the name of the group; '' is "not known".
    `amounts` are the least and the most pence of a payment.
    """

    group_by: tuple[str, ...] = ()
    definitions: tuple[str, ...] = ()
    buyers: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    programmes: tuple[str, ...] = ()
    programme_states: tuple[str, ...] = ()
    budget_heads: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    expense_types: tuple[str, ...] = ()
    ledger_programmes: tuple[str, ...] = ()
    suppliers: tuple[str, ...] | None = None
    kinds: tuple[tuple[str, tuple[str, ...]], ...] = ()
    amounts: Amounts = ANY_AMOUNT
    spans: tuple[Span, ...] = (Span(),)

    @property
    def by_programme(self) -> bool:
        """Whether it is asked what the maps say of the codes, which costs a look at each coding."""
        filtered = self.programmes or self.programme_states or self.budget_heads
        return bool(filtered) or not _BY_MAPS.isdisjoint(self.group_by)

    @property
    def by_codes(self) -> bool:
        """Whether the codes matter at all."""
        return self.by_programme or self.by_own_codes

    @property
    def by_own_codes(self) -> bool:
        """Whether it is asked what the codes are, as the ledger prints them."""
        return any(self.codes.values()) or any(code in self.group_by for code in CODES)

    @property
    def by_kind(self) -> bool:
        """Whether no supplier, code or payment need be told from others of its kind."""
        of_suppliers = self.suppliers is not None or not _APART.isdisjoint(self.group_by)
        return not (of_suppliers or self.by_codes or self.amounts != ANY_AMOUNT)

    @property
    def by_year(self) -> bool:
        """Whether codes matter, but no supplier and no month within a year."""
        apart = _APART | {"quarter", "month"}
        return self.by_codes and self.suppliers is None and apart.isdisjoint(self.group_by)

    @property
    def by_party(self) -> bool:
        """Whether payees are told apart as parties, and beside them buyers and years at most."""
        beside = {"organisation", "buyer", "financial_year"}
        filtered = self.places or self.by_codes or self.kinds or self.suppliers is not None
        apart = "organisation" in self.group_by and beside.issuperset(self.group_by)
        return apart and not filtered and self.amounts == ANY_AMOUNT

    @property
    def codes(self) -> dict[str, tuple[str, ...]]:
        """The filter of each code."""
        return dict(
            zip(CODES, (self.units, self.expense_types, self.ledger_programmes), strict=True)
        )


def split(values: Iterable[str]) -> tuple[str, ...]:
    """Values given as repeated parameters or as comma lists, once each, in order."""
    parts = (part.strip() for value in values for part in value.split(","))
    return tuple(dict.fromkeys(part for part in parts if part))


def choose(asked: Sequence[str], known: Sequence[str], field: str) -> tuple[str, ...]:
    """The same values; Rejected names the known ones when one is none of them."""
    for value in asked:
        if value not in known:
            names = ", ".join(known) or "none yet"
            raise Rejected(f"{value[:80]!r} is not known; known are: {names}", field)
    return tuple(asked)


def amounts_between(least: str | None, most: str | None) -> Amounts:
    """The amounts as they were asked for, in pounds; Rejected when none lies between them."""
    found = Amounts(
        None if least is None else parse_pounds(least, "min_amount"),
        None if most is None else parse_pounds(most, "max_amount"),
    )
    if found.least is not None and found.most is not None and found.least > found.most:
        raise Rejected("`min_amount` is more than `max_amount`", "min_amount")
    return found


def days(
    since: date | None,
    until: date | None,
    financial_years: Sequence[str],
    quarters: Sequence[str] = (),
    months: Sequence[str] = (),
) -> tuple[Span, ...]:
    """The days that all filters let pass: from `since` to `until`, in any of the years, in any of
    the quarters, in any of the months; none of them lets all days pass.
    """
    asked = Span(since or date.min, until or date.max)
    if asked.since > asked.until:
        raise Rejected("`from` is after `to`", "from")
    found = [asked]
    for periods in (
        [financial_year(label) for label in financial_years],
        [quarter_named(label) for label in quarters],
        [Span(first := month_named(label, "month"), last_of_month(first)) for label in months],
    ):
        if periods:
            found = [day for span in join_spans(periods) for day in clip(found, span)]
    return tuple(found)


def one_span(spans: Sequence[Span]) -> Span:
    """The days of a file, which has a first and a last one; Rejected where there are gaps."""
    if len(spans) > 1:
        raise Rejected("a file is of years that follow one another", "financial_year")
    return next(iter(spans), NO_DAYS)
