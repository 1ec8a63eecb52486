"""A buyer asked of with the bodies that it answers for."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, NamedTuple

from fastapi import Query
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.asked.question import choose
from services.api.queries.buyers import known_buyers
from services.api.queries.predecessors import read_predecessors, read_successors
from services.api.routes.door import Answer
from shared.errors import Rejected

WithPredecessors = Annotated[
    bool,
    Query(description="With the bodies that the buyer answers for since they merged into it"),
]


class PredecessorAnswer(Answer):
    """A body whose payments are in the answer."""

    predecessor: str
    successor: str
    since: date = Field(description="The successor's first day")
    source: str = Field(description="The document that says so")


PREDECESSOR_EXAMPLE = {
    "predecessor": "GB-NHS-15F",
    "successor": "GB-NHS-QWO",
    "since": "2022-07-01",
    "source": "Integrated Care Boards (Establishment) Order 2022",
}


class AskedBuyers(NamedTuple):
    """The buyers of a question, none for all, and the predecessors among them as they are told."""

    buyers: tuple[str, ...]
    predecessors: list[dict[str, object]]


async def ask_of(
    connection: AsyncConnection, buyers: Sequence[str], *, with_predecessors: bool
) -> AskedBuyers:
    """The buyers that are asked of. Rejected: one that is not known, or predecessors of nobody."""
    known = await known_buyers(connection)
    if not with_predecessors:
        return AskedBuyers(choose(buyers, known, "buyer"), [])
    if not buyers:
        raise Rejected("predecessors are those of a buyer: name one", "buyer")
    heirs = await read_successors(connection)
    asked = choose(buyers, sorted({*known, *heirs}), "buyer")
    found = await read_predecessors(connection, asked)
    names = (*asked, *(each["predecessor"] for each in found))
    return AskedBuyers(tuple(dict.fromkeys(names)), found)
