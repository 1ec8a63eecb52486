"""Buyers and Places side by side, read and shown: at their own door and in a pack."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.asked.known_at import check_known_by, end_of
from services.api.asked.periods import Span, financial_year
from services.api.asked.question import Question, choose
from services.api.kept.populations import read_areas
from services.api.queries.benchmarks import By, read_compared
from services.api.queries.buyers import known_buyers
from services.api.queries.chosen_definition import choose_definition
from services.api.queries.held_agreements import read_held
from services.api.queries.known import known_before
from services.api.queries.recorded import first_recorded
from services.api.reports.show_benchmarks import Year, cover_all, show_compared
from shared.errors import Rejected

_BY: tuple[By, ...] = ("buyer", "place")


class AskedBenchmarks(NamedTuple):
    """Which year, under which definition (None: the broad one), of whom and by what (none: all), by
    what was recorded by the end of a day (None: by all).
    """

    year: str
    definition: str | None = None
    buyers: Sequence[str] = ()
    by: Sequence[By] = ()
    as_known_at: date | None = None


async def answer_benchmarks(
    connection: AsyncConnection, asked: AskedBenchmarks, today: date
) -> dict[str, Any]:
    """What `BenchmarksAnswer` says. Rejected: the year has not begun, or nothing was known then."""
    days = financial_year(asked.year)
    if days.since > today:
        raise Rejected(f"{asked.year} has not begun", "financial_year")
    until = min(days.until, today)
    before = end_of(asked.as_known_at, today, "as_known_at")
    known = await known_buyers(connection)
    chosen = await choose_definition(connection, asked.definition)
    # All of them by name: an index then finds the months.
    buyers = choose(asked.buyers, known, "buyer") or tuple(known)
    question = Question(
        group_by=("programme",),
        definitions=() if chosen is None else (chosen,),
        buyers=buyers,
        spans=(Span(days.since, until),),
    )
    kinds = tuple(dict.fromkeys(asked.by)) or _BY
    found = {}
    if buyers:
        of_then = await known_before(connection, before, buyers)
        found = await read_compared(connection, question, kinds, of_then)
    if before and not any(found.values()):
        check_known_by(before, await first_recorded(connection, buyers), "as_known_at")
    compared = Year(
        question,
        until,
        days.since.year,
        await read_areas(connection),
        await read_held(connection, buyers, until, chosen),
    )
    shown = {
        kind: show_compared(compared, kind, found.get(kind, [])) if kind in kinds else []
        for kind in _BY
    }
    return {
        "financial_year": asked.year,
        "until": until,
        "definition": chosen,
        "coverage": cover_all(next(iter(found.values()), [])),
        "buyers": shown["buyer"],
        "places": shown["place"],
    }
