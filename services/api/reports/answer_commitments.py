"""The promises of a buyer's year, read and shown: at their own door and in a pack."""

import asyncio
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.asked.known_at import end_of
from services.api.asked.periods import financial_year
from services.api.kept.commitment_statements import read_statements
from services.api.queries.buyers import check_buyer
from services.api.queries.chosen_definition import choose_definition
from services.api.reports.read_commitments import AskedCommitments, read_known
from services.api.reports.read_statement import year_named
from services.api.reports.show_commitments import show_commitments
from services.api.withheld.personal import Shows
from shared.errors import Rejected

_YEARS_BACK = 2
"""Years before the one asked for of which something is read."""


class AskedYear(NamedTuple):
    """Whose year, by what was recorded by the end of a day (None: today), under which definition
    (None: the broad one), and what no row tells, in per cent.
    """

    buyer: str
    year: str
    as_of: date | None = None
    definition: str | None = None
    allocation_growth: float | None = None
    net_uplift: float | None = None


async def answer_commitments(
    connection: AsyncConnection, asked: AskedYear, today: date, shows: Shows
) -> Mapping[str, Any]:
    """What `CommitmentsAnswer` says. Rejected: the year had not begun on the day, or none is so
    called.
    """
    year_named(asked.year, -_YEARS_BACK)
    day = asked.as_of or today
    before = end_of(day, today, "as_of")
    if before is None or financial_year(asked.year).since > day:
        raise Rejected(f"{asked.year} has not begun on {day}", "financial_year")
    await check_buyer(connection, asked.buyer)
    chosen = await choose_definition(connection, asked.definition)
    known = AskedCommitments(
        *(asked.buyer, asked.year, day, before, chosen, day == today),
        *(asked.allocation_growth, asked.net_uplift),
    )
    read = await read_known(connection, known)
    stated = await read_statements(connection, asked.buyer, asked.year, before)
    # Its promises are a dozen passes over every agreement: 20,000 of them would hold the door.
    return await asyncio.to_thread(show_commitments, known, read, stated, shows)
