"""A page of the rows of an answer beside the figures of all of them, by one pass over the spend."""

from collections.abc import AsyncIterator, Callable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    FromClause,
    Select,
    and_,
    bindparam,
    cast,
    literal_column,
    null,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.asked.question import Question
from services.api.queries.cut import cut_rows
from services.api.queries.judged import JUDGED
from services.api.queries.known import NOW, Known
from services.api.queries.spend import (
    Sums,
    figures_of,
    keys_of,
    make_room,
    read_sums,
    shown_of,
    were_known,
)
from services.api.queries.summed import add_up

_ROWS_AT_ONCE = 1_000

Place = tuple[Any, ...]
"""Where a row stands in the order of its answer; a cursor holds the same values."""


class Order(NamedTuple):
    """In which order groups come: by a `size` of each, then by what tells them apart, which is
    never null; of which rows, and which groups of them.
    """

    apart: Sequence[ColumnElement[Any]]
    size: Sequence[ColumnElement[Any]] = ()
    rows: ColumnElement[bool] = true()
    groups: ColumnElement[bool] = true()

    @property
    def place(self) -> list[ColumnElement[Any]]:
        """What a place in it is made of."""
        return [*self.size, *self.apart]


OrderOf = Callable[[FromClause], Order]
"""The order of rows as they are cut; of two that are equal the statements are."""


class Page(NamedTuple):
    """The figures of all rows, and the rows of a page with their places."""

    whole: Sums
    rows: list[tuple[Place, Sums]]


async def read_page(
    connection: AsyncConnection,
    question: Question,
    order_of: OrderOf,
    known: Known = NOW,
    *,
    after: Place | None,
    limit: int,
    by_parties: bool = False,
) -> Page:
    """The `limit` rows that follow a place; none where the question has no groups.

    `by_parties` where `are_parties_kept` says so: what they are paid is not added up anew.
    """
    await make_room(connection)
    asked = _Asked(question, order_of, after is not None, by_parties)
    is_kept = known is NOW and question.suppliers is None  # of whom there may be thousands
    statement, width = _statement_now(asked) if is_kept else _statement(asked, known)
    values = {f"after_{number}": value for number, value in enumerate(after or ())}
    whole, *rows = await connection.execute(statement, values | {"limit": limit})
    return Page(
        read_sums(whole, question)._replace(group={}),
        [(tuple(row[-width:]), read_sums(row, question)) for row in rows],
    )


class _Asked(NamedTuple):
    """What the statement of a page is made of."""

    question: Question
    order_of: OrderOf
    goes_on: bool
    """After a place."""
    by_parties: bool


_Statement = tuple[Select[Any] | CompoundSelect[Any], int]


@lru_cache(maxsize=64)  # of some 600 KB; to put one together takes Python a tenth of an answer
def _statement_now(asked: _Asked) -> _Statement:
    return _statement(asked, NOW)


def _statement(asked: _Asked, known: Known) -> _Statement:
    """The whole first, then the page in its order; how many of the last columns are the place.

    Which rows are of the page is told by what orders them alone: the many sums are of those.
    """
    question = asked.question
    cut = select(cut_rows(question, known, by_parties=asked.by_parties)).cte("cut")
    # Three sums by what figures are made of, and the many of what is left.
    judged = [column for column in cut.c if column.name.startswith(JUDGED)]
    whole = select(*figures_of(add_up(cut, judged).subquery("judged"), question))
    if not question.group_by:
        return whole, 0
    order = asked.order_of(cut)
    place = order.place
    names = [f"place_{number}" for number in range(len(place))]
    ranked = (
        select(*(each.label(name) for each, name in zip(place, names, strict=True)))
        .where(order.rows)
        .group_by(*order.apart)
        .having(and_(order.groups, were_known(cut, known)))
        .order_by(*place)
        .limit(bindparam("limit", type_=BigInteger()))
    )
    if asked.goes_on:
        values = (bindparam(f"after_{at}", type_=of.type) for at, of in enumerate(place))
        ranked = ranked.having(tuple_(*place) > tuple_(*values))
    page = ranked.cte("page")
    told_apart = zip(order.apart, names[len(order.size) :], strict=True)
    shown = shown_of(cut, question)
    of_page = (
        select(*figures_of(cut, question), *shown, *(page.c[name] for name in names))
        .select_from(cut.join(page, and_(*(each == page.c[name] for each, name in told_apart))))
        .group_by(*keys_of(cut, question), *(page.c[name] for name in names))
    )
    nothing = [cast(null(), each.type).label(each.name) for each in (*shown, *page.c)]
    both = union_all(whole.add_columns(*nothing), of_page)
    return both.order_by(*(literal_column(name).nulls_first() for name in names)), len(names)


async def read_every_row(
    connection: AsyncConnection,
    question: Question,
    order_of: OrderOf,
    known: Known = NOW,
) -> AsyncIterator[list[Sums]]:
    """All rows in their order, some thousand at a time."""
    cut = cut_rows(question, known)
    order = order_of(cut)
    statement = (
        select(*figures_of(cut, question), *shown_of(cut, question))
        .where(order.rows)
        .group_by(*keys_of(cut, question))
        .order_by(*order.place)
    )
    if question.group_by:
        statement = statement.having(and_(order.groups, were_known(cut, known)))
    async with connection.stream(statement) as found:
        async for rows in found.partitions(_ROWS_AT_ONCE):
            yield [read_sums(row, question) for row in rows]
