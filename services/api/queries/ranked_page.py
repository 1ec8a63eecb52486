"""A page of the organisations that are paid, from their ranking, beside the figures of all spend.

One statement reads the ranking without whoever was touched since it was refreshed, and what those
were paid from the spend itself: it says what adding all up says (`read_page`), for less.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    FromClause,
    Select,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    cast,
    column,
    func,
    literal,
    literal_column,
    null,
    select,
    text,
    true,
    tuple_,
    union,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.periods import Span
from services.api.queries.largest import Ranking, by_size
from services.api.queries.party_spend import PARTY_SPEND
from services.api.queries.spend import figures_of, make_room, read_sums, shown_of
from services.api.queries.spend_page import Page, Place, read_page
from services.api.question import Question
from services.api.tables import (
    ANY,
    EVERY_YEAR,
    party_ranks,
    party_spend,
    party_totals,
    suppliers,
    touched_suppliers,
)

MOST_TOUCHED = 2_000
"""Of more, to add up all that is paid takes no longer."""
_TOUCHED = "array(select unnest(suppliers) from touched_suppliers)"
_SUMS = ("lines", "pence", "gross_pence")


class _Ranked(NamedTuple):
    """The organisations of a question, in financial years (None: all), in an order.

    What of a question its statement is made of: which suppliers is told with it.
    """

    question: Question
    years: tuple[int, ...] | None
    ranking: Ranking
    goes_on: bool
    """After a place."""

    @property
    def of_one_rank(self) -> bool:
        """Whether a party has one row of `party_ranks` that says it all."""
        return len(self.question.buyers) + len(self.years or ()) <= 1

    @property
    def by_ranks(self) -> bool:
        """Whether the ranks say it: of no supplier alone, not of buyers in certain years. Nor what
        parties are called of which some count in one year, or by one buyer, and not in another.
        """
        question = self.question
        if question.suppliers is not None or (question.buyers and self.years is not None):
            return False
        return self.of_one_rank or not (self.ranking.by_name and self.ranking.under)


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
    waiting = await connection.scalar(select(func.sum(touched_suppliers.c.number)))
    if (waiting or 0) > MOST_TOUCHED:
        order = by_size(question, ranking)
        return await read_page(connection, question, order, after=after, limit=limit)
    return await read_ranked(connection, question, ranking, after=after, limit=limit)


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
    suppliers = None if question.suppliers is None else ()
    asked = _Ranked(replace(question, suppliers=suppliers), years, ranking, after is not None)
    values = {f"after_{number}": value for number, value in enumerate(after or ())}
    values |= {"suppliers": question.suppliers, "limit": limit}
    whole, *rows = await connection.execute(_statement(asked), values)
    return Page(
        read_sums(whole, question)._replace(group={}),
        [(tuple(row[-3:]), read_sums(row, question)) for row in rows],
    )


def _years(spans: Sequence[Span]) -> tuple[int, ...]:
    return tuple(year for span in spans for year in range(span.since.year, span.until.year))


@lru_cache(maxsize=100)  # to put it together takes Python as long as all else of a page
def _statement(asked: _Ranked) -> Any:
    """The whole first, then the page in its order; the last three columns are the place."""
    live = _live().cte("live")
    stood = [_asked(asked, party_spend), ~_touched(party_spend)]
    page = _page(asked, live, stood).cte("page")
    of_page = select(page).subquery("of_page")
    on_page = [of_page.c[name] for name in _PARTY]
    told = union_all(
        _row(asked, party_spend, *on_page, of_page.c.key)
        .join(of_page, _same(party_spend, of_page))
        .where(party_spend.c.listed, *stood),
        _row(asked, live, *on_page, of_page.c.key)
        .join(of_page, _same(live, of_page))
        .where(live.c.listed, _asked(asked, live)),
    ).subquery("told")
    place = [told.c.key, *(told.c[f"of_{name}"] for name in _PARTY)]
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


_PARTY = ("organisation", "unregistered_name")


def _live() -> Any:
    """What those who were touched were paid, as `party_spend` would have it."""
    types: dict[str, Any] = {each.name: each.type for each in party_spend.columns}
    statement = text(PARTY_SPEND.format(suppliers=_TOUCHED))
    return statement.columns(*(column(name, kind) for name, kind in types.items()))


def _touched(table: FromClause) -> ColumnElement[bool]:
    every = select(func.unnest(touched_suppliers.c.suppliers))
    return table.c.supplier_id.in_(every)


def _asked(asked: _Ranked, table: FromClause) -> ColumnElement[bool]:
    """Whether the question is of a row, by buyer, financial year and supplier."""
    question = asked.question
    found: list[ColumnElement[bool]] = [true()]
    if question.buyers:
        found.append(table.c.buyer.in_(question.buyers))
    if asked.years is not None:
        found.append(table.c.financial_year.in_(asked.years))
    if question.suppliers is not None:
        ids = bindparam("suppliers", type_=ARRAY(Uuid(as_uuid=False)))
        found.append(table.c.supplier_id == any_(ids))
    return and_(*found)


def _same(table: FromClause, party: FromClause) -> ColumnElement[bool]:
    return and_(*(table.c[name] == party.c[name] for name in _PARTY))


def _row(asked: _Ranked, table: Any, *beside: ColumnElement[Any]) -> Select[Any]:
    """What figures and groups are made of."""
    told = (each.label(f"of_{each.name}" if each.name in _PARTY else each.name) for each in beside)
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
        *(table.c[name] for name in _SUMS),
        *told,
    )


def _standing(asked: _Ranked, table: FromClause) -> list[ColumnElement[Any]]:
    """How a row counts."""
    return [
        table.c["class"],
        table.c.passed_on,
        *(
            (literal(definition) == any_(table.c.definitions)).label(f"holds_{number}")
            for number, definition in enumerate(asked.question.definitions)
        ),
    ]


def _whole(asked: _Ranked, live: FromClause, stood: list[ColumnElement[bool]]) -> FromClause:
    """All spend by how it counts: the totals without the touched ones' part, and that as it is."""

    def part(table: Any, *where: ColumnElement[bool], sign: int = 1) -> Select[Any]:
        sums = (sign * table.c[name] for name in _SUMS)
        named = (each.label(name) for each, name in zip(sums, _SUMS, strict=True))
        return select(*_standing(asked, table), *named).where(*where)

    parts = [part(live, _asked(asked, live))]
    if asked.question.suppliers is None:
        parts.append(part(party_totals, _asked(asked, party_totals)))
        parts.append(part(party_spend, _asked(asked, party_spend), _touched(party_spend), sign=-1))
    else:
        parts.append(part(party_spend, *stood))
    return union_all(*parts).subquery("whole")


def _page(asked: _Ranked, live: FromClause, stood: list[ColumnElement[bool]]) -> Select[Any]:
    """The parties of the page and the key by which they are ordered."""
    parties = _parties(asked, live, stood).subquery("parties")
    ranking = asked.ranking
    name = func.lower(func.coalesce(parties.c.organisation_name, ""))
    key = {"-amount": -parties.c.pence, "amount": parties.c.pence, "organisation_name": name}
    place: list[ColumnElement[Any]] = [
        cast(key[ranking.sort], Text() if ranking.by_name else BigInteger()).label("key"),
        *(parties.c[each] for each in _PARTY),
    ]
    page = select(*place).where(parties.c.lines > 0).order_by(*place)
    page = page.limit(bindparam("limit", type_=BigInteger()))
    if asked.goes_on:
        values = (bindparam(f"after_{at}", type_=of.type) for at, of in enumerate(place))
        page = page.where(tuple_(*place) > tuple_(*values))
    return page


def _parties(asked: _Ranked, live: FromClause, stood: list[ColumnElement[bool]]) -> Any:
    """What each party was paid, of those that may be on a page."""
    of_live = _paid(asked, live).where(live.c.listed, _asked(asked, live))
    if not asked.by_ranks:
        of_others = _paid(asked, party_spend).where(party_spend.c.listed, *stood)
        return _added(of_others, of_live)
    moved = union(
        select(*(party_spend.c[name] for name in _PARTY)).where(
            party_spend.c.listed, _touched(party_spend)
        ),
        select(*(live.c[name] for name in _PARTY)).where(live.c.listed),
    ).cte("moved")
    of_moved = (
        select(party_spend)
        .where(_same(party_spend, moved), party_spend.c.listed, *stood)
        .offset(0)  # which keeps it apart: few parties, each found by the index
        .correlate(moved)
        .lateral("of_moved")
    )
    of_others = _paid(asked, of_moved).select_from(moved.join(of_moved, true()))
    return union_all(_standing_ranks(asked, moved), _added(of_others, of_live))


def _standing_ranks(asked: _Ranked, moved: FromClause) -> Select[Any]:
    """The ranks of those parties of which no supplier was touched."""
    ranks = party_ranks.c
    buyers, years = asked.question.buyers or (ANY,), asked.years
    where = [
        ranks.buyer.in_(buyers),
        ranks.financial_year.in_((EVERY_YEAR,) if years is None else years),
        ranks.definition == (asked.ranking.under or ANY),
        tuple_(*(ranks[name] for name in _PARTY)).not_in(select(moved)),
    ]
    party = [ranks[name] for name in _PARTY]
    if asked.of_one_rank:
        return select(*party, ranks.organisation_name, ranks.lines, ranks.pence).where(*where)
    name = func.max(ranks.organisation_name).label("organisation_name")
    sums = (
        cast(func.sum(each), BigInteger).label(each.name) for each in (ranks.lines, ranks.pence)
    )
    return select(*party, name, *sums).where(*where).group_by(*party)


def _paid(asked: _Ranked, table: FromClause) -> Select[Any]:
    """What is paid to a party, and whether it counts."""
    under = asked.ranking.under
    counts = true() if under is None else literal(under) == any_(table.c.definitions)
    columns = (table.c[name] for name in (*_PARTY, "organisation_name", "lines", "pence"))
    return select(*columns, counts.label("counts"))


def _added(*parts: Select[Any]) -> Select[Any]:
    """Added up by party: of what counts, the lines and pence; of all, the name."""
    rows = union_all(*parts).subquery("rows")
    party = [rows.c[name] for name in _PARTY]
    name = func.max(rows.c.organisation_name).label("organisation_name")
    sums = (
        cast(func.coalesce(func.sum(each).filter(rows.c.counts), 0), BigInteger).label(each.name)
        for each in (rows.c.lines, rows.c.pence)
    )
    return select(*party, name, *sums).group_by(*party)
