"""Change a buyer's map of its codes, with the facts that follow, and keep every version of it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.ingest import SOURCE
from services.ingest.buyers.buyer import find_buyer
from services.ingest.programmes.programme_map import SAID, Changes, MapLine, change_map
from services.ingest.queries.buyers import find_buyers
from services.ingest.queries.programme_maps import KeptMap, find_map, insert_map, lock_map
from shared.database import begin
from shared.errors import Conflict, NotKnown, Rejected
from shared.events import ProgrammeMapped
from shared.identity import identify, partition_key
from shared.outbox import Outgoing, enqueue
from shared.topics import PROGRAMMES


class Loaded(NamedTuple):
    """What a load changed, and the version that the map has since; unchanged, the one it had."""

    version: int
    changes: Changes


async def load_programmes(
    engine: AsyncEngine,
    buyer: str,
    given: Sequence[MapLine],
    who: str,
    came_from: str,
    now: datetime,
    *,
    whole: bool = False,
    looked_at: int | None = None,
    dry_run: bool = False,
) -> Loaded:
    """Add lines to a buyer's map, or make them the `whole` of it; nothing new makes no version.

    `dry_run` only says what would change. Rejected: the buyer is not known, or lines contradict
    each other. Conflict: the map has another version than the one that was `looked_at`.
    """
    async with begin(engine) as tx:
        before = await _locked(tx, buyer)
        if looked_at is not None:
            _check_looked_at(before, looked_at)
        changes = change_map(before.lines, given, whole=whole)
        return await _keep(tx, buyer, before, changes, who, came_from, now, dry_run=dry_run)


async def restore_programmes(
    engine: AsyncEngine, buyer: str, looked_at: int, to: int | None, who: str, now: datetime
) -> Loaded:
    """Make an earlier version the map again, as a version of its own; by default the one before.

    Version 0 is the empty map. Rejected: no map was loaded. NotKnown: there is no such version.
    Conflict: the map has another version than the one that was `looked_at`, so that what is asked
    twice is done once.
    """
    async with begin(engine) as tx:
        before = await _locked(tx, buyer)
        if before.version == 0:
            raise Rejected("no map was loaded for this buyer: there is nothing to undo", "buyer")
        _check_looked_at(before, looked_at)
        wanted = before.version - 1 if to is None else to
        earlier = await find_map(tx, buyer, wanted)
        if earlier is None:
            raise NotKnown(f"the map of {buyer} has no version {wanted}")
        changes = change_map(before.lines, earlier.lines, whole=True)
        return await _keep(tx, buyer, before, changes, who, f"version {wanted} again", now)


def _check_looked_at(before: KeptMap, looked_at: int) -> None:
    if looked_at != before.version:
        raise Conflict(f"the map stands at version {before.version}: look at it again")


async def _locked(tx: AsyncConnection, buyer: str) -> KeptMap:
    find_buyer(await find_buyers(tx), buyer)
    await lock_map(tx, buyer)
    found = await find_map(tx, buyer)
    return found or KeptMap(0, ())


async def _keep(
    tx: AsyncConnection,
    buyer: str,
    before: KeptMap,
    changes: Changes,
    who: str,
    came_from: str,
    now: datetime,
    *,
    dry_run: bool = False,
) -> Loaded:
    if not changes or dry_run:
        return Loaded(before.version, changes)
    version = before.version + 1
    await insert_map(tx, buyer, KeptMap(version, changes.after, now, who, came_from), changes)
    said = [*changes.added, *(after for _, after in changes.changed)]
    facts = _facts(buyer, said, version, now)
    facts += _facts(buyer, changes.removed, version, now, gone=True)
    await enqueue(tx, PROGRAMMES, ProgrammeMapped.TYPE, SOURCE, facts, now)
    return Loaded(version, changes)


def _facts(
    buyer: str, lines: Iterable[MapLine], version: int, now: datetime, *, gone: bool = False
) -> list[Outgoing]:
    """One fact a line, under the key of its codes and day, so that they are read in their order."""
    facts = []
    for line in lines:
        line_id = identify("line of a map", buyer, *line.key())
        fact = ProgrammeMapped(
            buyer=buyer,
            version=version,
            recorded_at=now,
            **line._asdict() | (dict.fromkeys(SAID) if gone else {}),
        )
        event_id = identify(ProgrammeMapped.TYPE, line_id, str(version))
        data = fact.model_dump_json(exclude_none=not gone).encode()
        facts.append(Outgoing(partition_key(line_id), event_id, data))
    return facts
