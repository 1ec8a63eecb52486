"""SQL of the buyers' maps of codes."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.programmes.programme_map import Changes, MapLine
from services.ingest.tables import buyers, programme_maps


class KeptMap(NamedTuple):
    """One version of a buyer's map; version 0 is the empty one before any was loaded."""

    version: int
    lines: Sequence[MapLine]
    loaded_at: datetime | None = None
    who: str | None = None
    came_from: str | None = None


async def lock_map(tx: AsyncConnection, buyer: str) -> None:
    """Nobody else changes the buyer's map until the transaction ends."""
    there = select(buyers.c.org_id).where(buyers.c.org_id == buyer)
    await tx.execute(there.with_for_update(key_share=True))


async def find_map(
    connection: AsyncConnection, buyer: str, version: int | None = None
) -> KeptMap | None:
    """A version of a buyer's map, the newest by default; None: it has no such version."""
    table = programme_maps.c
    asked = select(table.version, table.lines, table.loaded_at, table.who, table.came_from).where(
        table.buyer == buyer
    )
    asked = asked.order_by(table.version.desc()).limit(1)
    if version is not None:
        asked = asked.where(table.version == version)
    row = (await connection.execute(asked)).one_or_none()
    if row is None:
        return KeptMap(0, ()) if version in (None, 0) else None
    return KeptMap(row.version, [_line(said) for said in row.lines], *row[2:])


def _line(said: Sequence[Any]) -> MapLine:
    unit, expense_type, ledger_programme, since, *words = said
    day = None if since is None else date.fromisoformat(since)
    return MapLine(unit, expense_type, ledger_programme, day, *words)


async def insert_map(tx: AsyncConnection, buyer: str, kept: KeptMap, changes: Changes) -> None:
    """Keep a version after the one before it."""
    await tx.execute(
        insert(programme_maps).values(
            buyer=buyer,
            version=kept.version,
            loaded_at=kept.loaded_at,
            who=kept.who,
            came_from=kept.came_from,
            lines=[
                [*line[:3], None if line.since is None else line.since.isoformat(), *line[4:]]
                for line in kept.lines
            ],
            added=len(changes.added),
            changed=len(changes.changed),
            removed=len(changes.removed),
        )
    )


async def list_versions(connection: AsyncConnection, buyer: str) -> list[dict[str, Any]]:
    """Every version of a buyer's map, the newest first, without its lines but with their number."""
    table = programme_maps.c
    counts = (table.added, table.changed, table.removed)
    rows = await connection.execute(
        select(
            *(table.version, table.loaded_at, table.who, table.came_from),
            func.jsonb_array_length(table.lines).label("lines"),
            *counts,
        )
        .where(table.buyer == buyer)
        .order_by(table.version.desc())
    )
    return [dict(row) for row in rows.mappings()]
