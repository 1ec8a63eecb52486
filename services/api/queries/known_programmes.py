"""Which programmes there are: those of the maps, and the ledgers' own words."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.tables import programme_lines, programmes
from shared.codes import fold_code
from shared.errors import Rejected


async def choose_programmes(connection: AsyncConnection, asked: Sequence[str]) -> tuple[str, ...]:
    """The same programmes, in whatever spelling; '' is none. Rejected: one is of no buyer."""
    keys = {fold_code(programme) for programme in asked}
    paid = select(programmes.c.programme_key).where(programmes.c.programme_key.in_(keys)).distinct()
    known = {"", *(await connection.scalars(paid))} if keys - {""} else {""}
    if keys - known:  # a map may name what was never paid under
        mapped = select(programme_lines.c.programme).distinct()
        named = await connection.scalars(mapped.where(programme_lines.c.programme.is_not(None)))
        known |= {fold_code(programme) for programme in named}
    for programme in asked:
        if fold_code(programme) not in known:
            raise Rejected(
                f"{programme[:80]!r} is no programme of a map or a ledger: `group_by=programme` "
                "tells which there are",
                "programme",
            )
    return tuple(asked)
