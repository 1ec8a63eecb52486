"""What is asked of the spend: how it is cut, filtered and counted. Pure; says what is not known."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from services.api.periods import Span, clip, financial_year, join_spans
from shared.errors import Rejected

CODES = ("unit", "expense_type", "ledger_programme")
"""The codes of a payment, as the ledger prints them."""
OF_SUPPLIERS = ("legal_form", "income_band", "reach", "tier")
"""What is known of a supplier now, with few values; null: not known."""
GROUPS = (
    *("buyer", "place", "programme", *CODES, "financial_year", "quarter", "month"),
    *("organisation", *OF_SUPPLIERS),
)

NO_DAYS = Span(date.max, date.min)
"""What filters of days that have none in common let pass."""


@dataclass(frozen=True)
class Question:
    """Cuts in their order, definitions side by side, and filters; an empty filter lets all pass.

    A place of '' is "not coded", a programme or a code of '' is none. Only these `suppliers` are
    counted, all where None. `spans` are disjoint days, in order.
    """

    group_by: tuple[str, ...] = ()
    definitions: tuple[str, ...] = ()
    buyers: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    programmes: tuple[str, ...] = ()
    programme_states: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    expense_types: tuple[str, ...] = ()
    ledger_programmes: tuple[str, ...] = ()
    suppliers: tuple[str, ...] | None = None
    spans: tuple[Span, ...] = (Span(),)

    @property
    def by_programme(self) -> bool:
        """Whether it is asked which programme the codes are, which costs a look at each coding."""
        return bool(self.programmes or self.programme_states or "programme" in self.group_by)

    @property
    def by_codes(self) -> bool:
        """Whether the codes matter at all."""
        return self.by_programme or self.by_own_codes

    @property
    def by_own_codes(self) -> bool:
        """Whether it is asked what the codes are, as the ledger prints them."""
        return any(self.codes.values()) or any(code in self.group_by for code in CODES)

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


def days(
    since: date | None, until: date | None, financial_years: Sequence[str]
) -> tuple[Span, ...]:
    """The days that all filters let pass: from `since` to `until`, in any of the years."""
    asked = Span(since or date.min, until or date.max)
    if asked.since > asked.until:
        raise Rejected("`from` is after `to`", "from")
    years = [financial_year(label) for label in financial_years]
    return tuple(clip(join_spans(years) if years else [Span()], asked))


def one_span(spans: Sequence[Span]) -> Span:
    """The days of a file, which has a first and a last one; Rejected where there are gaps."""
    if len(spans) > 1:
        raise Rejected("a file is of years that follow one another", "financial_year")
    return next(iter(spans), NO_DAYS)
