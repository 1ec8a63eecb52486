"""Which programmes there are: those of the maps, and the ledgers' own words."""

from collections.abc import Iterable, Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api import tables
from services.api.programme import MAPPED
from services.api.queries.known import NOW, Known
from shared.codes import fold_code
from shared.errors import Rejected


async def choose_programmes(
    connection: AsyncConnection, asked: Sequence[str], known: Known = NOW
) -> tuple[str, ...]:
    """The same programmes, in whatever spelling; '' is none.

    Rejected: one is of no buyer; where it is asked what was known at a moment, nor ever was.
    """
    keys = {fold_code(programme) for programme in asked}
    key = tables.programmes.c.programme_key
    paid = select(key).where(key.in_(keys)).distinct()
    there = {"", *(await connection.scalars(paid))} if keys - {""} else {""}
    if keys - there:  # a map may name what was never paid under
        lines = tables.programme_lines if known is NOW else tables.programme_line_versions
        mapped = select(lines.c.programme).where(lines.c.programme.is_not(None)).distinct()
        there |= {fold_code(programme) for programme in await connection.scalars(mapped)}
    for programme in asked:
        if fold_code(programme) not in there:
            raise Rejected(
                f"{programme[:80]!r} is no programme of a map or a ledger: `group_by=programme` "
                "tells which there are",
                "programme",
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
