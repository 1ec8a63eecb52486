"""The organisations that are paid, in one of their orders: by page or all of them."""

from collections.abc import AsyncIterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Select, Text, func, literal, or_, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeEngine

from services.api.queries.spend import Sums, read_sums, spend_statement
from services.api.question import Question

ORDERS = ("-amount", "amount", "organisation_name")
"""By `sort`; equal ones by org-id and name. Each costs the same: all are added up first."""
_ROWS_AT_ONCE = 1_000
_MOST_PENCE = 2**63


class Ranked(NamedTuple):
    """Where an organisation stands in an order: by its pence, by less than them, or by its name;
    then by its org-id and the name that it has without one, '' for none.
    """

    key: int | str
    organisation: str
    unregistered_name: str


class Ranking(NamedTuple):
    """By what counts `under` a definition, and only those that count, or by all that they are paid;
    in an order.
    """

    under: str | None
    sort: str

    @property
    def by_name(self) -> bool:
        """Whether the order is that of names."""
        return self.sort == "organisation_name"

    def place(self, key: int | str, organisation: str, unregistered_name: str) -> Ranked:
        """A place as a cursor holds it; ValueError where it is none of this order."""
        texts = [organisation, unregistered_name, *([key] if self.by_name else [])]
        if not all(isinstance(each, str) and "\x00" not in each for each in texts):
            raise ValueError(texts)
        if not (self.by_name or (isinstance(key, int) and abs(key) < _MOST_PENCE)):
            raise ValueError(key)
        return Ranked(key, organisation, unregistered_name)


async def read_largest(
    connection: AsyncConnection,
    question: Question,
    ranking: Ranking,
    *,
    after: Ranked | None,
    limit: int,
) -> list[tuple[Ranked, Sums]]:
    """The `limit` organisations that follow a place; the question is grouped by them."""
    statement, place = _ranked(question, ranking)
    if after is not None:
        values = [literal(*each) for each in zip(after, _kinds(ranking), strict=True)]
        statement = statement.having(tuple_(*place) > tuple_(*values))
    named = zip(place, Ranked._fields, strict=True)
    statement = statement.add_columns(
        *(value.label(f"place_{field}") for value, field in named)
    ).limit(limit)
    return [
        (
            Ranked(*(getattr(row, f"place_{field}") for field in Ranked._fields)),
            read_sums(row, question),
        )
        for row in await connection.execute(statement)
    ]


async def read_every_organisation(
    connection: AsyncConnection, question: Question, ranking: Ranking
) -> AsyncIterator[Sequence[Sums]]:
    """All of them in their order, by batches; the question is grouped by them."""
    statement, _ = _ranked(question, ranking)
    async with connection.stream(statement) as found:
        async for rows in found.partitions(_ROWS_AT_ONCE):
            yield [read_sums(row, question) for row in rows]


def _ranked(
    question: Question, ranking: Ranking
) -> tuple[Select[Any], tuple[ColumnElement[Any], ...]]:
    """The organisations in their order, and what that is by."""
    statement, (organisation, name) = spend_statement(question)
    size: Any = statement.selected_columns["pence"]
    if ranking.under is not None:
        number = question.definitions.index(ranking.under)
        size = statement.selected_columns[f"pence_{number}"]
        statement = statement.having(statement.selected_columns[f"lines_{number}"] > 0)
    key: ColumnElement[Any] = {
        "-amount": -size,
        "amount": size,
        "organisation_name": func.lower(
            func.coalesce(statement.selected_columns["organisation_name"], "")
        ),
    }[ranking.sort]
    key = key.cast(_kinds(ranking)[0])
    place = (key, func.coalesce(organisation, ""), func.coalesce(name, ""))
    shown = or_(organisation.is_not(None), name.is_not(None))
    return statement.where(shown).order_by(*place), place


def _kinds(ranking: Ranking) -> tuple[TypeEngine[Any], ...]:
    return (Text() if ranking.by_name else BigInteger(), Text(), Text())
