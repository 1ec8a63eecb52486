"""The organisations that are paid most, page by page."""

from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Text, func, literal, or_, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeEngine

from services.api.queries.spend import Sums, read_sums, spend_statement
from services.api.question import Question


class Ranked(NamedTuple):
    """An organisation where a list by size has it: less its pence, its org-id and name, '' for
    none.
    """

    less_pence: int
    organisation: str
    unregistered_name: str


async def read_largest(
    connection: AsyncConnection,
    question: Question,
    *,
    under: str | None,
    after: Ranked | None,
    limit: int,
) -> list[tuple[Ranked, Sums]]:
    """The `limit` largest organisations that follow the place `after`, the question being grouped
    by them: by what counts `under` a definition, and only those that count, or by all that they
    are paid.
    """
    statement, (organisation, name) = spend_statement(question)
    size: Any = statement.selected_columns["pence"]
    if under is not None:
        number = question.definitions.index(under)
        size = statement.selected_columns[f"pence_{number}"]
        statement = statement.having(statement.selected_columns[f"lines_{number}"] > 0)
    place = (-size, func.coalesce(organisation, ""), func.coalesce(name, ""))
    if after is not None:
        types: tuple[TypeEngine[Any], ...] = (BigInteger(), Text(), Text())
        values = [literal(value, kind) for value, kind in zip(after, types, strict=True)]
        statement = statement.having(tuple_(*place) > tuple_(*values))
    named = zip(place, Ranked._fields, strict=True)
    statement = (
        statement.where(or_(organisation.is_not(None), name.is_not(None)))
        .add_columns(*(value.label(f"place_{field}") for value, field in named))
        .order_by(*place)
        .limit(limit)
    )
    return [
        (
            Ranked(int(row.place_less_pence), row.place_organisation, row.place_unregistered_name),
            read_sums(row, question),
        )
        for row in await connection.execute(statement)
    ]
