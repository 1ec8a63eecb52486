"""Runs of reclassification: one under way, those that are over, and what an unfinished one did."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import orjson

from services.classify.restate_suppliers import Change
from services.classify.runs.moved import Move, Moving, State, state_before, state_now
from shared.locks import Lock


class Run(NamedTuple):
    """A run: why and by whom it was started, by which editions, and what it moved.

    `finished_at` and the totals are None while it is under way or was interrupted.
    """

    run_id: int
    cause: str
    started_by: str
    started_at: datetime
    finished_at: datetime | None
    editions: dict[str, Any]
    suppliers: int | None
    changed: int | None
    moves: list[Move] | None


_COLUMNS = ", ".join(Run._fields)


async def await_runs(connection: Any) -> None:
    """Wait until no other run is under way; the connection then holds the place until released."""
    await connection.execute(
        "select pg_advisory_lock($1, hashtext(current_schema()))", Lock.RUNNING
    )


async def try_runs(connection: Any) -> bool:
    """Take the place where no other run is under way; whether it was free."""
    free: bool = await connection.fetchval(
        "select pg_try_advisory_lock($1, hashtext(current_schema()))", Lock.RUNNING
    )
    return free


async def release_runs(connection: Any) -> None:
    """Let the next run begin."""
    await connection.execute(
        "select pg_advisory_unlock($1, hashtext(current_schema()))", Lock.RUNNING
    )


async def begin_run(
    connection: Any, cause: str, started_by: str, editions: dict[str, Any], now: datetime
) -> int:
    """A new run; or the one that was interrupted, which goes on with this cause beside its own."""
    unfinished = await connection.fetchrow(
        "select run_id, cause from runs where finished_at is null order by run_id limit 1"
    )
    said = orjson.dumps(editions).decode()
    if unfinished is None:
        run_id: int = await connection.fetchval(
            "insert into runs (cause, started_by, started_at, editions)"
            " values ($1, $2, $3, $4::jsonb) returning run_id",
            *(cause, started_by, now, said),
        )
        return run_id
    causes = dict.fromkeys([*unfinished["cause"].split("; "), cause])
    await connection.execute(
        "update runs set cause = $2, editions = $3::jsonb where run_id = $1",
        *(unfinished["run_id"], "; ".join(causes), said),
    )
    return int(unfinished["run_id"])


async def keep_changes(connection: Any, run_id: int, changes: Sequence[Change]) -> None:
    """Note what a run changed, in the transaction that changes it, until the run is finished."""
    rows = [
        (
            run_id,
            change.before.supplier.supplier_id,
            _written(state_before(change.before.classification)),
            _written(state_now(change.now)),
        )
        for change in changes
    ]
    await connection.executemany(
        "insert into run_changes values ($1, $2, $3::jsonb, $4::jsonb)"
        " on conflict (run_id, supplier_id) do update set after = excluded.after",
        rows,
    )


async def read_changes(connection: Any, run_id: int) -> dict[str, Moving]:
    """What an unfinished run changed so far, by supplier."""
    rows = await connection.fetch(
        "select supplier_id, before, after from run_changes where run_id = $1", run_id
    )
    return {
        str(row["supplier_id"]): Moving(_read(row["before"]), _read(row["after"])) for row in rows
    }


async def finish_run(
    connection: Any,
    run_id: int,
    suppliers: int,
    changed: int,
    moves: Sequence[Move],
    now: datetime,
) -> None:
    """Keep the totals, and forget the changes of which they are the sum."""
    await connection.execute(
        "update runs set finished_at = $2, suppliers = $3, changed = $4, moves = $5::jsonb"
        " where run_id = $1",
        *(run_id, now, suppliers, changed),
        orjson.dumps([move._asdict() for move in moves]).decode(),
    )
    await connection.execute("delete from run_changes where run_id = $1", run_id)


async def list_runs(connection: Any, before: int | None, most: int) -> list[Run]:
    """Runs, the newest first."""
    rows = await connection.fetch(
        f"select {_COLUMNS} from runs where $1::bigint is null or run_id < $1"  # noqa: S608 - our own column names
        " order by run_id desc limit $2",
        *(before, most),
    )
    return [_run(row) for row in rows]


def _run(row: Any) -> Run:
    run = Run(**row)
    return run._replace(
        moves=None if run.moves is None else [Move(**move) for move in row["moves"]]
    )


def _written(state: State) -> str:
    return orjson.dumps(state._asdict()).decode()


def _read(state: dict[str, Any]) -> State:
    return State(
        state["tier"],
        {
            definition: [
                (date.fromisoformat(since), date.fromisoformat(until)) for since, until in periods
            ]
            for definition, periods in state["periods"].items()
        },
    )
