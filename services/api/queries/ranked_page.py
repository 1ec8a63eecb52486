"""A page of the organisations that are paid, from their ranking, beside the figures of all spend.

One statement reads the ranking without whoever was touched since it was refreshed, and what those
were paid from the spend itself: it says what adding all up says (`read_page`), for less.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Text,
    cast,
    func,
    literal_column,
    null,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.asked.periods import Span
from services.api.asked.question import Question
from services.api.queries.judged import SUMS, which_hold
from services.api.queries.largest import BySize, Ranking
from services.api.queries.party_spend import PARTY
from services.api.queries.ranked_parties import (
    RankedQuestion,
    is_asked,
    is_party,
    ranked_parties,
)
from services.api.queries.spend import figures_of, make_room, read_sums, shown_of
from services.api.queries.spend_page import Page, Place, read_page
from services.api.queries.touched import count_touched, is_touched, live_spend
from services.api.tables import party_spend, party_totals, suppliers

MOST_TOUCHED = 2_000
"""Of more, to add up all that is paid takes no longer."""


async def read_organisations(
    connection: AsyncConnection,
    question: Question,
    ranking: Ranking,
    *,
    after: Place | None,
    limit: int,
) -> Page:
    """The `limit` organisations that follow a place, and the figures of all spend.

    The question is grouped by them, of whole financial years, and filtered by nothing but those,
    buyers and suppliers. Where too many suppliers wait for the ranking all is added up.
    """
    if await count_touched(connection) <= MOST_TOUCHED:
        return await read_ranked(connection, question, ranking, after=after, limit=limit)
    order = BySize(question, ranking)
    return await read_page(connection, question, order, after=after, limit=limit)


async def read_ranked(
    connection: AsyncConnection,
    question: Question,
    ranking: Ranking,
    *,
    after: Place | None,
    limit: int,
) -> Page:
    """The same from the ranking, however many wait."""
    await make_room(connection)
    years = None if question.spans == (Span(),) else _years(question.spans)
    # Which suppliers is told with the statement, which is the same for all of them.
    of_any = question if question.suppliers is None else replace(question, suppliers=())
    asked = RankedQuestion(of_any, years, ranking, after is not None)
    values: dict[str, Any] = {f"after_{number}": value for number, value in enumerate(after or ())}
    values["limit"] = limit
    if question.suppliers is not None:
        values["suppliers"] = question.suppliers
    whole, *rows = await connection.execute(_statement(asked), values)
    return Page(
        read_sums(whole, question)._replace(group={}),
        [(tuple(row[-3:]), read_sums(row, question)) for row in rows],
    )


def _years(spans: Sequence[Span]) -> tuple[int, ...]:
    return tuple(year for span in spans for year in range(span.since.year, span.until.year))


@lru_cache(maxsize=100)  # to put it together takes Python as long as all else of a page
def _statement(asked: RankedQuestion) -> Any:
    """The whole first, then the page in its order; the last three columns are the place."""
    live = live_spend().cte("live")
    stood = [is_asked(asked, party_spend), ~is_touched(party_spend)]
    page = ranked_parties(asked, live, stood).cte("page")
    of_page = select(page).subquery("of_page")
    on_page = [of_page.c[name] for name in PARTY]
    told = union_all(
        _row(asked, party_spend, *on_page, of_page.c.key)
        .join(of_page, is_party(party_spend, of_page))
        .where(party_spend.c.listed, *stood),
        _row(asked, live, *on_page, of_page.c.key)
        .join(of_page, is_party(live, of_page))
        .where(live.c.listed, is_asked(asked, live)),
    ).subquery("told")
    place = [told.c.key, *(told.c[f"of_{name}"] for name in PARTY)]
    rows = select(
        *figures_of(told, asked.question), *shown_of(told, asked.question), *place
    ).group_by(told.c.organisation, *place)
    beside = [*shown_of(told, asked.question), *place]
    whole = select(
        *figures_of(_whole(asked, live, stood), asked.question),
        *(cast(null(), each.type).label(each.name) for each in beside),
    )
    both = union_all(whole, rows)
    return both.order_by(*(literal_column(each.name).nulls_first() for each in place))


def _row(asked: RankedQuestion, table: Any, *beside: ColumnElement[Any]) -> Select[Any]:
    """What figures and groups are made of."""
    told = (each.label(f"of_{each.name}" if each.name in PARTY else each.name) for each in beside)
    legal_form = (
        select(suppliers.c.legal_form)
        .where(suppliers.c.supplier_id == table.c.supplier_id)
        .scalar_subquery()
    )
    return select(
        *_standing(asked, table),
        func.nullif(table.c.organisation, "", type_=Text()).label("organisation"),
        table.c.organisation_name,
        legal_form.label("legal_form"),
        *(table.c[name] for name in SUMS),
        *told,
    )


def _standing(asked: RankedQuestion, table: FromClause) -> list[ColumnElement[Any]]:
    """How a row counts."""
    return [
        table.c["class"],
        table.c.passed_on,
        *which_hold(asked.question, table.c.definitions),
    ]


def _whole(asked: RankedQuestion, live: FromClause, stood: list[ColumnElement[bool]]) -> FromClause:
    """All spend by how it counts: the totals without the touched ones' part, and that as it is."""

    def part(table: Any, *where: ColumnElement[bool], sign: int = 1) -> Select[Any]:
        sums = (sign * table.c[name] for name in SUMS)
        named = (each.label(name) for each, name in zip(sums, SUMS, strict=True))
        return select(*_standing(asked, table), *named).where(*where)

    parts = [part(live, is_asked(asked, live))]
    if asked.question.suppliers is None:
        parts.append(part(party_totals, is_asked(asked, party_totals)))
        parts.append(
            part(party_spend, is_asked(asked, party_spend), is_touched(party_spend), sign=-1)
        )
    else:
        parts.append(part(party_spend, *stood))
    return union_all(*parts).subquery("whole")
