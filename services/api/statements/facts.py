"""All that a statement is made of, read once, and how its figures are made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import urlencode

from services.api.asked.periods import Span
from services.api.spend.coverage import coverage
from services.api.statements.document import Claim, Coverage, Figure, Section
from services.api.statements.held import Agreement, Held, HeldLine, by_coverage
from services.api.statements.printed import Unit
from services.api.statements.relations import Relation
from services.api.statements.shown import show

OF_PAID = "gross pounds paid, by what is known of the payee"
OF_AGREED = "pounds agreed, by what is known of the provider"


class PaidPart(NamedTuple):
    """Net pence and lines, of all and of those that count; gross pence by class of coverage."""

    lines: int = 0
    pence: int = 0
    counted_lines: int = 0
    counted_pence: int = 0
    unsettled_pence: int = 0
    gross: Mapping[str, int] = MappingProxyType({})

    def coverage(self) -> Coverage:
        """How much of it is known."""
        return Coverage(of=OF_PAID, shares=coverage(self.gross, {})["pounds"])


class PaidTo(NamedTuple):
    """An organisation that counts, and its net pence."""

    name: str
    pence: int


@dataclass(frozen=True, slots=True)
class Paid:
    """What was paid in a period: whole, by programme (None: none), to whom, the largest first; and
    the months, by their first days, of which any payment is known.
    """

    whole: PaidPart
    programmes: Mapping[str | None, PaidPart]
    organisations: tuple[PaidTo, ...]
    months: frozenset[date]


class Notice(NamedTuple):
    """A notice as it stands, and its agreement."""

    agreement: Agreement
    content: Mapping[str, Any]


@dataclass(frozen=True)
class Facts:
    """A buyer's period and the one that it is compared with.

    `before` is the same part of the year before; `paid_period` the days of the period that have
    come, `paid_before_period` as many of the one before, both empty where none has; `ahead` what is
    agreed for the financial years that follow, by their names.
    """

    buyer: str
    buyer_name: str | None
    financial_year: str
    period: Span
    before_period: Span
    paid_period: Span
    paid_before_period: Span
    definition: str | None
    unsettled: bool
    with_predecessors: bool
    as_known_at: date | None
    held: Sequence[Held]
    before: Sequence[Held]
    ahead: Mapping[str, Sequence[Held]]
    paid: Paid
    paid_before: Paid
    notices: Sequence[Notice]
    claims: Sequence[Claim]

    @cached_property
    def lines(self) -> list[tuple[Held, HeldLine]]:
        """Every line of the period with its agreement, the largest of it first."""
        found = [(held, line) for held in self.held for line in held.lines]
        return sorted(found, key=lambda each: -each[1].pence)

    @cached_property
    def agreed_pence(self) -> int:
        """What is agreed for the period."""
        return sum(held.pence for held in self.held)

    @cached_property
    def agreed_before_pence(self) -> int:
        """What was agreed for the period before."""
        return sum(held.pence for held in self.before)

    @cached_property
    def agreed_coverage(self) -> Coverage:
        """How much of what is agreed is with providers of which it is known who they are."""
        return cover_agreed(self.held)

    def payments(self, period: Span) -> str:
        """Where the payments of a period are listed."""
        return self._link("/v1/payments", **_days(period))

    def spend(self, period: Span, group_by: str = "") -> str:
        """Where the spend of a period is cut."""
        grouped = {"group_by": group_by} if group_by else {}
        by = {"definition": self.definition} if self.definition else {}
        if self.as_known_at is not None:
            by["as_known_at"] = self.as_known_at.isoformat()
        return self._link("/v1/spend", **_days(period), **grouped, **by)

    def register(self, period: Span | None = None, **narrowed: str) -> str:
        """Where the agreements are listed that run in a period, that of the statement by default;
        `narrowed` by a route or a programme.
        """
        return self._link("/v1/agreements", **_days(period or self.period), **narrowed)

    def notice_list(self) -> str:
        """Where the notices on the buyer's agreements are listed, of every day and either side."""
        return f"/v1/notices?{urlencode({'buyer': self.buyer})}"

    def _link(self, path: str, **query: str) -> str:
        asked = {"buyer": self.buyer} | query
        if self.with_predecessors:
            asked["with_predecessors"] = "true"
        return f"{path}?{urlencode(asked)}"


def cover_agreed(held: Sequence[Held]) -> Coverage:
    """How much of what these agreements come to is with providers known to be who they are."""
    return Coverage(of=OF_AGREED, shares=coverage(by_coverage(held), {})["pounds"])


def _days(period: Span) -> dict[str, str]:
    since = min(period)  # one that has not begun ends before it begins
    return {"from": since.isoformat(), "to": period.until.isoformat()}


def agreement_link(agreement: Agreement) -> str:
    """Where an agreement is shown whole."""
    return f"/v1/agreements/{agreement.agreement_id}"


def figure(
    key: str,
    label: str,
    value: Decimal | int | None,
    unit: Unit,
    measure: str,
    *,
    coverage: Coverage | None = None,
    rows: str | None = None,
) -> Figure:
    """A figure as it is told and printed."""
    exact = None if value is None else Decimal(value)
    return Figure(
        key=key,
        label=label,
        value=exact,
        unit=unit,
        shown=show(exact, unit),
        measure=measure,
        coverage=coverage,
        rows=rows,
    )


@dataclass(frozen=True, slots=True)
class Built:
    """A section, and how its figures hang together."""

    section: Section
    relations: Sequence[Relation] = ()
