"""SQL of what the service was asked to import itself."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Row, Uuid, any_, func, literal, or_, select, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.ingest.imports.tally import Tally
from services.ingest.queries.imports import QUEUED, RUNNING
from services.ingest.queries.tally_columns import tally_values
from services.ingest.tables import import_requests, imports

_TO_DO = imports.c.state.in_((QUEUED, RUNNING))
_DUE = or_(import_requests.c.not_before.is_(None), import_requests.c.not_before <= func.now())
_LONGEST_PAUSE = 60


async def queue_import(
    tx: AsyncConnection,
    import_id: str,
    file_id: str,
    run: int,
    buyer: str,
    name: str,
    digest: str,
    now: datetime,
) -> None:
    """Keep a run that waits to be begun; one that failed waits again, or goes on where it ended."""
    row = insert(imports).values(
        import_id=UUID(import_id),
        file_id=UUID(file_id),
        run=run,
        buyer=buyer,
        name=name,
        digest=digest,
        state=QUEUED,
        sheets=[],
        shapes=[],
        supersedes=[],
        started_at=now,
        moved_at=now,
        **tally_values(Tally()),
    )
    await tx.execute(row.on_conflict_do_nothing())
    await _wait_again(tx, import_id, now)


async def _wait_again(tx: AsyncConnection, import_id: str, now: datetime) -> None:
    begun = imports.c.read > 0
    for state, which in ((RUNNING, begun), (QUEUED, ~begun)):
        again = (imports.c.import_id == UUID(import_id), imports.c.state != RUNNING, which)
        await tx.execute(update(imports).where(*again).values(state=state, moved_at=now))


async def put_request(
    tx: AsyncConnection,
    import_id: str,
    asked_by: str,
    now: datetime,
    *,
    anyway: bool = False,
    mapped: Mapping[str, str] | None = None,
    replaces: str | None = None,
    adds: bool = False,
) -> None:
    """Ask for an import; who asks again for one adds answers, and it is tried anew."""
    row = insert(import_requests).values(
        import_id=UUID(import_id),
        asked_at=now,
        asked_by=asked_by,
        anyway=anyway,
        mapped=dict(mapped or {}),
        replaces=None if replaces is None else UUID(replaces),
        adds=adds,
        attempts=0,
        deaths=0,
    )
    new = row.excluded
    again = row.on_conflict_do_update(
        index_elements=["import_id"],
        set_={
            "anyway": import_requests.c.anyway | new.anyway,
            "mapped": import_requests.c.mapped.concat(new.mapped),
            "replaces": new.replaces,
            "adds": new.adds,
            "attempts": 0,
            "deaths": 0,
            "not_before": None,
            "failure": None,
        },
    )
    await tx.execute(again)


async def answer_request(tx: AsyncConnection, import_id: str, now: datetime) -> None:
    """Let an import that waited for an answer go on."""
    await _wait_again(tx, import_id, now)


def _lock(import_id: Any) -> Any:
    """Advisory locks are the database's, not the schema's: the schema is part of the lock."""
    name = func.concat(func.current_schema(), "/import/", import_id)
    return func.hashtextextended(name, 0)


async def is_any_waiting(engine: AsyncEngine) -> bool:
    """Whether there is an import that no process works on."""
    free = (
        select(imports.c.import_id)
        .join(import_requests, import_requests.c.import_id == imports.c.import_id)
        .where(_TO_DO, _DUE, func.pg_try_advisory_xact_lock(_lock(imports.c.import_id)))
        .limit(1)
    )
    async with engine.connect() as connection:
        return (await connection.execute(free)).first() is not None


async def claim_request(connection: AsyncConnection, worker: UUID) -> Row[Any] | None:
    """The import to do next, which is the caller's until it is let go or its session ends.

    `worker` names the caller, for who finds it dead.

    The one that was tried least, and of those the one that was asked for first.
    """
    waiting = (
        select(imports.c.import_id)
        .join(import_requests, import_requests.c.import_id == imports.c.import_id)
        .where(_TO_DO, _DUE)
        .order_by(import_requests.c.attempts, import_requests.c.asked_at)
    )
    for (import_id,) in list(await connection.execute(waiting)):
        locked = select(func.pg_try_advisory_lock(_lock(str(import_id))))
        if not (await connection.execute(locked)).scalar_one():
            continue
        begin = (
            update(import_requests)
            .where(
                import_requests.c.import_id == import_id,
                imports.c.import_id == import_requests.c.import_id,
                _TO_DO,
            )
            .values(attempts=import_requests.c.attempts + 1, worker=worker)
            .returning(
                import_requests,
                *(imports.c.buyer, imports.c.name, imports.c.digest, imports.c.read),
            )
        )
        claimed: Row[Any] | None = (await connection.execute(begin)).one_or_none()
        if claimed is not None:
            return claimed
        await let_go(connection, import_id)  # done since it was listed
    return None


async def let_go(connection: AsyncConnection, import_id: UUID) -> None:
    """Give up a claim."""
    await connection.execute(select(func.pg_advisory_unlock(_lock(str(import_id)))))


async def put_off(tx: AsyncConnection, request: Row[Any]) -> None:
    """An import that was begun in vain waits alone, the longer the more often it was."""
    pause = timedelta(seconds=min(_LONGEST_PAUSE, 2 ** min(request.attempts, 10) / 2))
    of_import = import_requests.c.import_id == request.import_id
    await tx.execute(
        update(import_requests).where(of_import).values(worker=None, not_before=func.now() + pause)
    )


async def count_death(tx: AsyncConnection, worker: UUID) -> Row[Any] | None:
    """Count the end of a process against the import that it was at, if it was at one."""
    died = (
        update(import_requests)
        .where(
            import_requests.c.worker == worker,
            imports.c.import_id == import_requests.c.import_id,
            _TO_DO,
        )
        .values(deaths=import_requests.c.deaths + 1)
        .returning(import_requests, imports.c.buyer, imports.c.name)
    )
    row: Row[Any] | None = (await tx.execute(died)).one_or_none()
    return row


async def fail_import(
    tx: AsyncConnection,
    import_id: UUID,
    failure: str,
    state: str,
    now: datetime,
    *,
    stood_at: int | None = None,
) -> bool:
    """Keep why an import can't be done; `state` is FAILED, or that of a question still open.

    False where it is to do no more, or another process moved it on from the rows read that it
    `stood_at`: it stays as it is, and what is still to do is tried anew.
    """
    stands = true() if stood_at is None else imports.c.read == stood_at
    of_import = (imports.c.import_id == import_id, _TO_DO, stands)
    moved = await tx.execute(update(imports).where(*of_import).values(state=state, moved_at=now))
    failed = moved.rowcount == 1
    values = {"failure": failure} if failed else {"attempts": 0}
    request = import_requests.c.import_id == import_id
    await tx.execute(update(import_requests).where(request).values(values))
    return failed


async def find_requests(
    connection: AsyncConnection, import_ids: list[UUID]
) -> dict[UUID, Row[Any]]:
    """What was asked of these imports, of those that the service was asked to do."""
    asked_for = import_requests.c.import_id == any_(literal(import_ids, ARRAY(Uuid)))
    query = select(import_requests).where(asked_for)
    return {row.import_id: row for row in await connection.execute(query)}


async def say_rows_about(tx: AsyncConnection, import_id: UUID, rows: int) -> None:
    """Keep about how many rows the file has, for who looks how far it is."""
    request = import_requests.c.import_id == import_id
    await tx.execute(update(import_requests).where(request).values(rows_about=rows))
