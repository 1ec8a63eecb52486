"""A page of a list whatever its filter: so many rows are looked at, however few of them pass.

Each branch of a list (a buyer, a supplier) has an index in the list's order. Its rows are looked at
one after another until a page is full, or `LOOKED_AT` have been: then the page ends there, short
or empty, and the next one goes on. So no page takes long, and none of a rare filter is lost.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.lists.order import Order, Place

LOOKED_AT = 4_000
"""Rows of a page, of all its branches together: by amount each is elsewhere in the table."""

_SEARCH = """
    select seen.row_id::text, seen.key, seen.passes, seen.number = {most} as last
    from {branches} cross join lateral (
        select * from (
            select {row_id} as row_id, {column} as key, {passes} as passes,
                row_number() over (order by {column} {direction}, {row_id} {direction}) as number
            from {table} where {within}
            and {column} {follows}= :key
            and ({column}, {row_id}) {follows} (:key, cast(:id as uuid))
            order by {column} {direction}, {row_id} {direction} limit {most}
        ) as looked_at
        where passes or number = {most} limit :limit
    ) as seen
"""


class Search(NamedTuple):
    """What is sought: rows of a table by their id, in each of `branches` (as `from` names them; so
    many they are) those `within` it that pass; with the values of all three.
    """

    table: str
    row_id: str
    branches: str
    branch_count: int
    within: str
    passes: str
    values: Mapping[str, Any]


class Seen(NamedTuple):
    """A row that was looked at: where it stands, whether it passes, whether it was the last of its
    branch to be looked at.
    """

    place: Place
    passes: bool
    last: bool


class Found(NamedTuple):
    """The ids of a page in its order, and the place after which the next page begins."""

    ids: list[str]
    last: Place | None


async def search(
    connection: AsyncConnection, sought: Search, order: Order, after: Place, limit: int
) -> Found:
    """The `limit` rows at most that follow a place; `last` is None where the list ends with them.

    The names in `sought` are our own; what was asked is in its values.
    """
    statement = _SEARCH.format(
        most=max(limit + 1, LOOKED_AT // max(1, sought.branch_count)),
        branches=sought.branches,
        row_id=sought.row_id,
        column=order.column,
        passes=sought.passes,
        direction=order.direction,
        table=sought.table,
        within=sought.within,
        follows=order.follows,
    )
    asked = {"key": after.key, "id": after.row_id, "limit": limit + 1}
    rows = await connection.execute(text(statement), {**sought.values, **asked})
    return page_of(
        [Seen(Place(row.key, row.row_id), row.passes, row.last) for row in rows], order, limit
    )


def page_of(rows: Iterable[Seen], order: Order, limit: int) -> Found:
    """The page that rows of all branches make together."""
    ids: list[str] = []
    seen = sorted(rows, reverse=order.falling)
    for number, row in enumerate(seen, 1):
        if row.passes:
            ids.append(row.place.row_id)
        # What follows in a branch was not looked at: the page can't go beyond its last.
        if row.last or (len(ids) == limit and number < len(seen)):
            return Found(ids, row.place)
    return Found(ids, None)
