"""Everything that the promises of a buyer's year are judged by, as known at a moment."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.asked.periods import Span, financial_year, last_of_month
from services.api.commitments.known import KnownYear
from services.api.kept.populations import read_areas
from services.api.queries.commitment_spending import read_spending
from services.api.queries.commitments import (
    read_known_agreements,
    read_known_notices,
    read_known_obligations,
    read_last_payment,
)
from services.api.queries.known import known_before
from shared.periods import later


@dataclass(frozen=True)
class AskedCommitments:
    """Whose year, as known before a moment and judged on a day of it, under which definition.

    `is_now`: it is asked of today, of which the read model as it stands tells in less time.
    """

    buyer: str
    year: str
    as_of: date
    before: datetime
    definition: str | None
    is_now: bool
    allocation_growth: float | None = None
    net_uplift: float | None = None

    @property
    def at(self) -> date:
        """The day on which the year is judged: its last, or the day of asking before that."""
        return min(self.as_of, financial_year(self.year).until)


class Read(NamedTuple):
    """What is known, how many agreements do not count, and the days of payments compared."""

    known: KnownYear
    others: int
    days: Span | None
    days_before: Span | None


async def read_known(connection: AsyncConnection, asked: AskedCommitments) -> Read:
    """What was known; payments and classification as recorded by then, terms and notices too."""
    year = financial_year(asked.year)
    then = await known_before(connection, None if asked.is_now else asked.before, (asked.buyer,))
    agreements, others = await read_known_agreements(
        connection, asked.buyer, then, asked.definition, asked.at, asked.before
    )
    ids = [one.agreement_id for one in agreements]
    last = await read_last_payment(connection, asked.buyer, year.since, asked.at)
    days = None if last is None else Span(year.since, min(asked.at, last_of_month(last)))
    days_before = None if days is None else _a_year_earlier(days)
    areas = await read_areas(connection)
    now, before = [
        None
        if span is None
        else await read_spending(connection, asked.buyer, span, asked.definition, areas, then)
        for span in (days, days_before)
    ]
    return Read(
        KnownYear(
            since=year.since,
            until=year.until,
            at=asked.at,
            agreements=agreements,
            notices=await read_known_notices(connection, ids, asked.before),
            obligations=await read_known_obligations(
                connection, ids, year.since, asked.at, asked.before
            ),
            now=now,
            before=before,
            allocation_growth=asked.allocation_growth,
            net_uplift=asked.net_uplift,
        ),
        others,
        days if now else None,
        days_before if before else None,
    )


def _a_year_earlier(days: Span) -> Span:
    """The same days of the year before; a whole February stays one."""
    until = later(days.until, "P1Y", -1)
    if days.until == last_of_month(days.until):
        until = last_of_month(until)
    return Span(later(days.since, "P1Y", -1), until)
