"""Reclassification as a run: what it would move, or what it moved, is counted and kept."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncEngine

from services.classify.basis.basis import Basis
from services.classify.pounds.read_payments import PaymentsOf
from services.classify.queries.bases import put_rules_in_force, record_basis
from services.classify.queries.runs import (
    await_runs,
    begin_run,
    finish_run,
    keep_changes,
    read_changes,
    release_runs,
    try_runs,
)
from services.classify.queries.suppliers import read_page
from services.classify.restate_suppliers import Change, compare_suppliers, differs
from services.classify.runs.count_moves import count_moves, moving_of
from services.classify.runs.moved import Move, Moving
from services.classify.runs.reclassify_suppliers import AT_ONCE, reclassify_suppliers
from shared.database import begin, driver, raw_connection


class Watch(NamedTuple):
    """Who is told how far a run is: suppliers looked at in a page, and records passed of all."""

    suppliers: Callable[[int], object] = lambda _: None
    records: Callable[[int, int], object] = lambda _, __: None


UNWATCHED = Watch()


class Totals(NamedTuple):
    """Suppliers looked at, those of which anything changed, and the pounds that move.

    `moved` are those that changed and of which pounds move.
    """

    suppliers: int
    changed: int
    moved: int
    moves: list[Move]


async def preview_reclassification(
    connection: Any,
    basis: Basis,
    payments_of: PaymentsOf,
    watch: Watch = UNWATCHED,
) -> Totals:
    """What a run would move if it began now; nothing is changed.

    It sees what the connection's transaction sees: registers loaded in one not yet committed, too.
    """
    moving: dict[str, Moving] = {}
    seen = 0
    after: str | None = None
    while page := await read_page(connection, after, AT_ONCE):
        changes = await compare_suppliers(connection, page, basis)
        moving |= moving_of([change for change in changes if differs(change)])
        seen += len(page)
        after = page[-1].supplier.supplier_id
        watch.suppliers(len(page))
    moves, moved = await count_moves(moving, payments_of, watch.records)
    return Totals(seen, len(moving), moved, moves)


async def run_reclassification(
    engine: AsyncEngine,
    latest: Callable[[], Awaitable[Basis]],
    payments_of: PaymentsOf,
    cause: str,
    started_by: str,
    clock: Callable[[], datetime],
    watch: Watch = UNWATCHED,
) -> Totals:
    """Bring every supplier up to what is in force, once no other run is under way."""
    async with holding_runs(engine):
        basis = await latest()
        return await run_held(engine, basis, payments_of, cause, started_by, clock, watch)


async def run_held(
    engine: AsyncEngine,
    basis: Basis,
    payments_of: PaymentsOf,
    cause: str,
    started_by: str,
    clock: Callable[[], datetime],
    watch: Watch = UNWATCHED,
    *,
    only_stale: bool = False,
) -> Totals:
    """The run itself, for who holds the place: announce what changed, and keep what it moved.

    What each page changed is noted in its own transaction. Interrupted, the run is taken up by the
    next, whose totals are those of both: what moved twice counts from where it stood at first.
    """
    async with begin(engine) as tx:
        connection = await driver(tx)
        record = basis.record()
        await record_basis(connection, record, clock())
        if not only_stale:
            await put_rules_in_force(connection, record, clock())
        editions = {"registers": record.registers, "definitions": record.definitions}
        run_id = await begin_run(
            connection,
            cause,
            started_by,
            editions | {"fitted": record.fitted, "code": record.code},
            clock(),
        )

    async def keep(connection: Any, changes: Sequence[Change]) -> None:
        await keep_changes(connection, run_id, changes)

    done = await reclassify_suppliers(
        engine, basis, clock(), watch.suppliers, keep, only_stale=only_stale
    )
    async with engine.connect() as one:
        moving = await read_changes(await raw_connection(one), run_id)
    moves, moved = await count_moves(moving, payments_of, watch.records)
    async with begin(engine) as tx:
        connection = await driver(tx)
        await finish_run(connection, run_id, done.suppliers, len(moving), moves, clock())
    return Totals(done.suppliers, len(moving), moved, moves)


@asynccontextmanager
async def holding_runs(engine: AsyncEngine) -> AsyncIterator[None]:
    """Nobody else runs meanwhile; whoever does now is awaited.

    A load holds it from before its registers are in force until its run is over, so that the
    service, which finds what a killed one left (keep_current.py), does not run ahead of it.
    """
    async with engine.connect() as one:
        connection = await raw_connection(one)
        await await_runs(connection)
        try:
            yield
        finally:
            await release_runs(connection)


@asynccontextmanager
async def holding_runs_if_free(engine: AsyncEngine) -> AsyncIterator[bool]:
    """The same, and True, where nobody runs; else False at once."""
    async with engine.connect() as one:
        connection = await raw_connection(one)
        free = await try_runs(connection)
        try:
            yield free
        finally:
            if free:
                await release_runs(connection)
