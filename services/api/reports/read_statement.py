"""Reads all that a statement of a buyer's period is made of, as it is or was known at a moment."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.asked.known_at import end_of
from services.api.asked.periods import Span, financial_year, year_label
from services.api.asked.question import Question
from services.api.kept.claims import read_claims
from services.api.queries.buyers import known_buyers
from services.api.queries.chosen_definition import choose_definition
from services.api.queries.exports import read_buyer_name
from services.api.queries.known import Known, known_before
from services.api.queries.predecessors import read_predecessors
from services.api.queries.spend import Sums, read_spend
from services.api.queries.statement import read_agreement_facts, read_notices_given
from services.api.statements.document import Document
from services.api.statements.document_of import document_of
from services.api.statements.facts import Facts, Notice, Paid, PaidPart, PaidTo
from services.api.statements.held import Agreement, Held, held_in
from shared.errors import NotKnown, Rejected
from shared.periods import later

_AHEAD = 3
_SEPTEMBER = (9, 30)
_DAY = timedelta(days=1)


class AskedStatement(NamedTuple):
    """Which statement is asked for; without a definition by the broad one, where it is known; by
    what was recorded by the end of the day `as_known_at`, or by all.
    """

    buyer: str
    financial_year: str
    part: Literal["year", "first-half"] = "year"
    definition: str | None = None
    unsettled: bool = True
    with_predecessors: bool = False
    as_known_at: date | None = None

    def period(self, years_before: int = 0) -> Span:
        """The days of the year, or of its first half, or the same so many years before."""
        year = financial_year(year_named(self.financial_year, -years_before))
        if self.part == "year":
            return year
        return Span(year.since, year.since.replace(month=_SEPTEMBER[0], day=_SEPTEMBER[1]))

    def period_name(self, years_before: int = 0) -> str:
        """`2024-25`, or its first half."""
        year = year_named(self.financial_year, -years_before)
        return year if self.part == "year" else f"April to September of {year}"


def year_named(label: str, later: int) -> str:
    """The financial year so many years later; Rejected where there is none."""
    since = financial_year(label).since
    found = year_label(since.year + later)
    try:
        financial_year(found)
    except Rejected as error:
        raise Rejected(f"{label} is too near an end of the calendar", "financial_year") from error
    return found


def so_far(period: Span, before: Span, today: date) -> tuple[Span, Span]:
    """The days of a period that have come, and as much of the one before: like is held with like.

    Of a period that has not begun, none of either: they end before they begin.
    """
    if today >= period.until:
        return period, before
    last = max(today, period.since - _DAY)
    return Span(period.since, last), Span(before.since, earlier(last))


def earlier(day: date) -> date:
    """The same day a year before; 28 February of the 29th."""
    return later(day, "P1Y", -1)


async def read_statement(
    connection: AsyncConnection, asked: AskedStatement, today: date, *, title: str
) -> Document:
    """The statement; NotKnown: nothing is known of this buyer in these periods. Rejected: it is
    asked what was known on a day that has not come.
    """
    before = end_of(asked.as_known_at, today, "as_known_at")
    facts = await _read_facts(connection, asked, asked.as_known_at or today, before)
    if not (facts.held or facts.before or facts.paid.whole.lines or facts.paid_before.whole.lines):
        when = "" if before is None else f" by what was recorded by {asked.as_known_at}"
        raise NotKnown(f"nothing is known of {asked.buyer} in {asked.financial_year}{when}")
    # In a thread, as what is held: of 20,000 agreements each takes seconds.
    return await asyncio.to_thread(
        document_of,
        facts,
        title=title,
        period_name=asked.period_name(),
        before_name=asked.period_name(1),
    )


async def _read_facts(
    connection: AsyncConnection, asked: AskedStatement, day: date, before_moment: datetime | None
) -> Facts:
    period, before = asked.period(), asked.period(1)
    paid, paid_before = so_far(period, before, day)
    buyers = await _buyers_of(connection, asked)
    definition = await choose_definition(connection, asked.definition)
    known = await known_before(connection, before_moment, buyers)
    agreements = await read_agreement_facts(connection, buyers, definition, known)
    by_id = {each.agreement_id: each for each in agreements}
    held, held_before, ahead = await asyncio.to_thread(_hold, agreements, asked)
    given = await read_notices_given(connection, list(by_id), before_moment)

    async def pay(days: Span, *, named: bool) -> Paid:
        return await _read_paid(connection, buyers, definition, days, known, named=named)

    return Facts(
        buyer=asked.buyer,
        buyer_name=await read_buyer_name(connection, asked.buyer),
        financial_year=asked.financial_year,
        period=period,
        before_period=before,
        paid_period=paid,
        paid_before_period=paid_before,
        definition=definition,
        unsettled=asked.unsettled,
        with_predecessors=asked.with_predecessors,
        as_known_at=asked.as_known_at,
        held=held,
        before=held_before,
        ahead=ahead,
        paid=await pay(paid, named=True),
        paid_before=await pay(paid_before, named=False),
        notices=[Notice(by_id[key], content) for key, content in given],
        claims=await read_claims(connection, asked.buyer, asked.financial_year, before_moment)
        if asked.part == "year"
        else [],
    )


async def _buyers_of(connection: AsyncConnection, asked: AskedStatement) -> tuple[str, ...]:
    before = await read_predecessors(connection, [asked.buyer]) if asked.with_predecessors else []
    if not before and asked.buyer not in await known_buyers(connection):
        raise NotKnown(f"no buyer is known as {asked.buyer[:80]!r}")
    names = (asked.buyer, *(str(each["predecessor"]) for each in before))
    return tuple(dict.fromkeys(names))


def _hold(
    agreements: Sequence[Agreement], asked: AskedStatement
) -> tuple[Sequence[Held], Sequence[Held], Mapping[str, Sequence[Held]]]:
    """Which agreements ran in the period, in the one before, and in the years ahead."""

    def held(span: Span) -> Sequence[Held]:
        return held_in(agreements, span, unsettled=asked.unsettled)

    years = [year_named(asked.financial_year, later) for later in range(1, _AHEAD + 1)]
    ahead = {year: held(financial_year(year)) for year in years}
    return held(asked.period()), held(asked.period(1)), ahead


async def _read_paid(
    connection: AsyncConnection,
    buyers: tuple[str, ...],
    definition: str | None,
    period: Span,
    known: Known,
    *,
    named: bool,
) -> Paid:
    """What was paid in a period; to whom only where `named`, which takes as long again."""
    definitions = () if definition is None else (definition,)
    spans = (period,) if period.since <= period.until else ()

    async def cut(*group_by: str) -> list[Sums]:
        return await read_spend(
            connection,
            Question(group_by=group_by, definitions=definitions, buyers=buyers, spans=spans),
            known,
        )

    programmes: dict[str | None, PaidPart] = {}
    for sums in await cut("programme"):
        name = sums.group["programme"]
        programmes[name] = _added(programmes.get(name, PaidPart()), _part(sums))
    whole = PaidPart()
    for part in programmes.values():
        whole = _added(whole, part)
    organisations = [
        PaidTo(name, _part(sums).counted_pence)
        for sums in (await cut("organisation") if named else ())
        if (name := sums.group["organisation_name"] or sums.group["organisation"]) is not None
        and _part(sums).counted_lines
    ]
    return Paid(
        whole,
        programmes,
        tuple(sorted(organisations, key=lambda to: (-to.pence, to.name))),
        frozenset(sums.group["month"] for sums in await cut("month")),
    )


def _part(sums: Sums) -> PaidPart:
    counted = sums.counted[0] if sums.counted else None
    return PaidPart(
        sums.lines,
        sums.pence,
        counted.lines if counted else 0,
        counted.pence if counted else 0,
        counted.unsettled_pence if counted else 0,
        sums.gross,
    )


def _added(one: PaidPart, other: PaidPart) -> PaidPart:
    gross = {
        name: one.gross.get(name, 0) + other.gross.get(name, 0)
        for name in {**one.gross, **other.gross}
    }
    return PaidPart(
        one.lines + other.lines,
        one.pence + other.pence,
        one.counted_lines + other.counted_lines,
        one.counted_pence + other.counted_pence,
        one.unsettled_pence + other.unsettled_pence,
        gross,
    )
