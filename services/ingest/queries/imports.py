"""SQL of the imports: where each one stands."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, func, select, update
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.imports.tally import Tally
from services.ingest.queries.tally_columns import tally_values
from services.ingest.tables import imports
from shared.database import driver
from shared.locks import Lock

QUEUED, RUNNING, FINISHED, FAILED = "waiting", "running", "finished", "failed"
TAKEN_BACK = "taken_back"
"""Undone by a person: what it stated counts no more."""
NEEDS_MAPPING, NEEDS_DECISION = "needs_mapping", "needs_decision"
WAITING = (NEEDS_MAPPING, NEEDS_DECISION)
"""For a person's answer."""
NOT_BEGUN = (QUEUED, FAILED, *WAITING)
"""A run in one of these states is begun under the number that it has."""
IMPORT_STATES = (QUEUED, RUNNING, *WAITING, FINISHED, FAILED, TAKEN_BACK)


async def latest_run(connection: AsyncConnection, file_id: str) -> Row[Any] | None:
    """The newest run of a file's import."""
    found: Row[Any] | None = (await connection.execute(_newest(file_id))).one_or_none()
    return found


async def lock_latest_run(tx: AsyncConnection, file_id: str) -> Row[Any] | None:
    """The newest run of a file's import, which nobody else moves until the transaction ends."""
    newest = await tx.execute(_newest(file_id).with_for_update())
    found: Row[Any] | None = newest.one_or_none()
    return found


def _newest(file_id: str) -> Select[Any]:
    of_file = select(imports).where(imports.c.file_id == UUID(file_id))
    return of_file.order_by(imports.c.run.desc()).limit(1)


async def lock_imports_of(tx: AsyncConnection, buyer: str) -> None:
    """Nobody else begins an import for this buyer until the transaction ends."""
    await _lock(tx, Lock.IMPORTING, buyer)


async def share_imports_of(tx: AsyncConnection, buyer: str) -> None:
    """No import of this buyer begins or is taken back until the transaction ends.

    What is met as known in it is not withdrawn meanwhile.
    """
    await (await driver(tx)).execute(
        "select pg_advisory_xact_lock_shared($1::int, hashtext(current_schema() || $2))",
        *(Lock.IMPORTING, buyer),
    )


async def _lock(tx: AsyncConnection, lock: Lock, name: str) -> None:
    await (await driver(tx)).execute(
        "select pg_advisory_xact_lock($1::int, hashtext(current_schema() || $2))", lock, name
    )


async def imported_for_another(tx: AsyncConnection, digest: str, buyer: str) -> Row[Any] | None:
    """The newest import of the very same bytes for another buyer, of those that hold.

    Nobody else asks until the transaction ends: two buyers do not both find nothing.
    """
    await _lock(tx, Lock.TAKING_BYTES, digest)
    others = (
        select(imports)
        .where(
            imports.c.digest == digest,
            imports.c.buyer != buyer,
            imports.c.state.not_in((FAILED, TAKEN_BACK)),
        )
        .order_by(imports.c.started_at.desc())
        .limit(1)
    )
    return (await tx.execute(others)).one_or_none()


async def name_files(
    connection: AsyncConnection, file_ids: Collection[str]
) -> dict[str, tuple[str, list[str]]]:
    """The names under which these files were imported last with those of their sheets, by ids."""
    ids = [UUID(each) for each in file_ids]
    rows = await connection.execute(
        select(imports.c.file_id, imports.c.name, imports.c.sheets)
        .where(imports.c.file_id.in_(ids))
        .order_by(imports.c.run)
    )
    return {str(row.file_id): (row.name, [sheet["sheet"] for sheet in row.sheets]) for row in rows}


async def start_run(
    tx: AsyncConnection,
    import_id: str,
    file_id: str,
    run: int,
    buyer: str,
    name: str,
    digest: str,
    state: str,
    sheets: Sequence[Mapping[str, Any]],
    shapes: Sequence[Mapping[str, Any]],
    republication: Mapping[str, Any] | None,
    now: datetime,
) -> None:
    """Keep a new run, at its start, with what was decided of its sheets.

    One that is there already stays as it is, unless nothing of it was begun.
    """
    row = insert(imports).values(
        import_id=UUID(import_id),
        file_id=UUID(file_id),
        run=run,
        buyer=buyer,
        name=name,
        digest=digest,
        state=state,
        sheets=sheets,
        shapes=shapes,
        republication=republication,
        supersedes=_superseded(state, republication),
        started_at=now,
        moved_at=now,
        **tally_values(Tally()),
    )
    again = row.on_conflict_do_update(
        index_elements=["import_id"],
        set_={
            "state": state,
            "sheets": sheets,
            "shapes": shapes,
            "republication": republication,
            "supersedes": _superseded(state, republication),
            "moved_at": now,
        },
        where=imports.c.state.in_(NOT_BEGUN),
    )
    await tx.execute(again)


def _superseded(state: str, republication: Mapping[str, Any] | None) -> list[UUID]:
    if republication is None or state != RUNNING:
        return []
    return [UUID(each) for each in republication["supersedes"]]


async def advance_run(
    tx: AsyncConnection,
    import_id: str,
    read: int,
    after: Tally,
    state: str,
    sheets: Sequence[Mapping[str, Any]],
    now: datetime,
) -> bool:
    """Move an import on; False where it does not stand at `read` rows: another process moved it."""
    moved = await tx.execute(
        update(imports)
        .where(
            imports.c.import_id == UUID(import_id),
            imports.c.read == read,
            imports.c.state == RUNNING,
        )
        .values(state=state, sheets=sheets, moved_at=now, **tally_values(after))
    )
    return moved.rowcount == 1


async def runs_from(tx: AsyncConnection, run: Row[Any]) -> list[Row[Any]]:
    """The runs of a file from one on, in order, but those that are taken back."""
    rows = await tx.execute(
        select(imports)
        .where(
            imports.c.file_id == run.file_id,
            imports.c.run >= run.run,
            imports.c.state != TAKEN_BACK,
        )
        .order_by(imports.c.run)
    )
    return list(rows)


async def mark_taken_back(tx: AsyncConnection, runs: Collection[Row[Any]], now: datetime) -> None:
    """These runs are taken back; their counts stay as they were."""
    values = {"state": TAKEN_BACK, "moved_at": now}
    await tx.execute(update(imports).where(_among(runs)).values(values))


async def say_taken_back(
    tx: AsyncConnection, runs: Collection[Row[Any]], taking_back: Mapping[str, Any]
) -> None:
    """Keep with these runs who took them back, why, and what that came to."""
    await tx.execute(update(imports).where(_among(runs)).values(taking_back=taking_back))


def _among(runs: Collection[Row[Any]]) -> ColumnElement[bool]:
    return imports.c.import_id.in_([run.import_id for run in runs])


async def has_replaced_in_vain(connection: AsyncConnection, file_id: str) -> bool:
    """Whether a run of a file stated earlier ones anew and was taken back."""
    query = select(imports.c.run).where(
        imports.c.file_id == UUID(file_id),
        imports.c.state == TAKEN_BACK,
        func.cardinality(imports.c.supersedes) > 0,
    )
    return (await connection.execute(query.limit(1))).first() is not None


async def is_finished_before(connection: AsyncConnection, run: Row[Any]) -> bool:
    """Whether an earlier run of the same file came to its end and holds."""
    query = select(imports.c.run).where(
        imports.c.file_id == run.file_id, imports.c.run < run.run, imports.c.state == FINISHED
    )
    return (await connection.execute(query.limit(1))).first() is not None


async def first_finished(
    connection: AsyncConnection, file_ids: Collection[UUID]
) -> dict[UUID, Row[Any]]:
    """The first import of each of these files that came to its end and holds, by file ids."""
    if not file_ids:
        return {}
    query = (
        select(imports.c.import_id, imports.c.file_id, imports.c.run)
        .add_columns(imports.c.buyer, imports.c.name, imports.c.started_at)
        .ext(distinct_on(imports.c.file_id))
        .where(imports.c.file_id.in_(file_ids), imports.c.state == FINISHED)
        .order_by(imports.c.file_id, imports.c.run)
    )
    return {row.file_id: row for row in await connection.execute(query)}


async def find_import(connection: AsyncConnection, import_id: UUID) -> Row[Any] | None:
    """An import by its id."""
    return (
        await connection.execute(select(imports).where(imports.c.import_id == import_id))
    ).one_or_none()


async def newest_imports(
    connection: AsyncConnection, file_ids: Collection[str]
) -> dict[str, Row[Any]]:
    """The newest import of each of these files of which anything was begun, by file ids."""
    rows = await connection.execute(_begun(file_ids))
    return {str(row.file_id): row for row in rows}


async def lock_newest_imports(
    tx: AsyncConnection, file_ids: Collection[str]
) -> dict[str, Row[Any]]:
    """The same, which nobody else moves on or locks until the transaction ends."""
    rows = await tx.execute(_begun(file_ids).with_for_update())
    return {str(row.file_id): row for row in rows}


def _begun(file_ids: Collection[str]) -> Select[Any]:
    ids = [UUID(each) for each in file_ids]
    return (
        select(imports)
        .where(imports.c.file_id.in_(ids), imports.c.state.not_in((*NOT_BEGUN, TAKEN_BACK)))
        .order_by(imports.c.file_id, imports.c.run)
    )
