"""Which programmes and budget heads there are: those of the maps, and the ledgers' own words."""

from collections.abc import Iterable, Sequence
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api import tables
from services.api.queries.known import NOW, Known
from services.api.spend.programme import MAPPED
from shared.codes import fold_code
from shared.errors import Rejected

Named = Literal["programme", "budget_head"]


async def choose_programmes(
    connection: AsyncConnection, asked: Sequence[str], known: Known = NOW
) -> tuple[str, ...]:
    """The same programmes, in whatever spelling; '' is none.

    Rejected: one is of no buyer; where it is asked what was known at a moment, nor ever was.
    """
    return await _choose(connection, asked, known, "programme", "programme of a map or a ledger")


async def choose_budget_heads(
    connection: AsyncConnection, asked: Sequence[str], known: Known = NOW
) -> tuple[str, ...]:
    """The same for budget heads."""
    return await _choose(connection, asked, known, "budget_head", "budget head of a map")


async def _choose(
    connection: AsyncConnection, asked: Sequence[str], known: Known, named: Named, what: str
) -> tuple[str, ...]:
    keys = {fold_code(one) for one in asked}
    key = tables.programmes.c[f"{named}_key"]
    paid = select(key).where(key.in_(keys)).distinct()
    there = {"", *(await connection.scalars(paid))} if keys - {""} else {""}
    if keys - there:  # a map may name what was never paid under
        lines = tables.programme_lines if known is NOW else tables.programme_line_versions
        mapped = select(lines.c[named]).where(lines.c[named].is_not(None)).distinct()
        there |= {fold_code(one) for one in await connection.scalars(mapped)}
    for one in asked:
        if fold_code(one) not in there:
            raise Rejected(
                f"{one[:80]!r} is no {what}: `group_by={named}` tells which there are", named
            )
    return tuple(asked)


async def read_spellings(
    connection: AsyncConnection, keys: Iterable[str], known: Known = NOW
) -> dict[str, str]:
    """How programmes are spelt, by their keys: as a map does, else as the first of the ledgers."""
    of = known.programmes.c
    found = await connection.execute(
        select(of.programme_key, of.state, func.min(of.programme))
        .where(of.programme_key.in_(sorted(keys)))
        .group_by(of.programme_key, of.state)
    )
    in_order = sorted(found, key=lambda row: row.state == MAPPED)
    return {key: programme for key, _, programme in in_order}
