"""Obligations in the database: read and written for many agreements at a time."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notify.dates.deemed_service import SendBy
from services.notify.planning.obligation import Held, Obligation
from shared.database import driver

_COLUMNS = (
    'obligation_id, agreement_id, kind, period, due_on, raise_on, "end", rule, send_by, policy'
)
_TABLE_COLUMNS = [name.strip(' "') for name in _COLUMNS.split(",")] + ["since_revision", "state"]
_READ = _COLUMNS.replace("_id", "_id::text")
_SEND_BY = TypeAdapter(tuple[SendBy, ...])
_read_send_by = lru_cache(maxsize=1024)(_SEND_BY.validate_json)


async def held_obligations(tx: AsyncConnection, agreements: Iterable[str]) -> dict[str, list[Held]]:
    """The obligations of each agreement, as they stand."""
    connection = await driver(tx)
    rows = await connection.fetch(
        f"select {_READ}, state, since_revision, event_id::text from obligations"  # noqa: S608 - our own column names
        " where agreement_id = any($1::uuid[]) order by due_on, obligation_id",
        list(agreements),
    )
    found: dict[str, list[Held]] = defaultdict(list)
    for row in rows:
        *obligation, send_by, policy, state, since_revision, event_id = row.values()
        obligation += [_read_send_by(send_by), policy]
        known = Obligation(*obligation)
        found[row["agreement_id"]].append(Held(known, state, since_revision, event_id))
    return found


async def insert_planned(tx: AsyncConnection, planned: Sequence[tuple[Obligation, int]]) -> None:
    """Add obligations that are not there, each with the revision that plans it."""
    if planned:
        connection = await driver(tx)
        await connection.copy_records_to_table(
            "obligations",
            columns=_TABLE_COLUMNS,
            records=((*_values(one), revision, "planned") for one, revision in planned),
        )


async def reopen_obligations(
    tx: AsyncConnection, reopened: Sequence[tuple[Obligation, int]]
) -> None:
    """Plan anew obligations that were withdrawn or closed, each with the revision that does it."""
    connection = await driver(tx)
    await connection.executemany(
        "update obligations set raise_on = $2, rule = $3, policy = $4, state = 'planned',"
        " since_revision = $5, event_id = null, reason = null where obligation_id = $1",
        [
            (one.obligation_id, one.raise_on, one.rule, one.policy, revision)
            for one, revision in reopened
        ],
    )


async def amend_obligations(tx: AsyncConnection, amended: Sequence[Obligation]) -> None:
    """Write when they are raised and by what rule or policy, which are not of their identity."""
    if not amended:
        return
    connection = await driver(tx)
    await connection.execute(
        "update obligations set raise_on = new.raise_on, rule = new.rule, policy = new.policy"
        " from unnest($1::uuid[], $2::date[], $3::text[], $4::text[])"
        " as new(obligation_id, raise_on, rule, policy)"
        " where obligations.obligation_id = new.obligation_id",
        [one.obligation_id for one in amended],
        [one.raise_on for one in amended],
        [one.rule for one in amended],
        [one.policy for one in amended],
    )


async def delete_obligations(tx: AsyncConnection, ids: Sequence[str]) -> None:
    """Remove obligations of which nobody was told."""
    if ids:
        connection = await driver(tx)
        await connection.execute(
            "delete from obligations where obligation_id = any($1::uuid[])", ids
        )


async def mark_obligations(
    tx: AsyncConnection, marked: Sequence[tuple[str, str, str | None, str | None]]
) -> None:
    """Set (obligation, state, event, reason); the event stays as it is where None is given."""
    connection = await driver(tx)
    await connection.executemany(
        "update obligations set state = $2, event_id = coalesce($3, event_id), reason = $4"
        " where obligation_id = $1",
        marked,
    )


def _values(o: Obligation) -> tuple[object, ...]:
    return (
        o.obligation_id,
        o.agreement_id,
        o.kind,
        o.period,
        o.due_on,
        o.raise_on,
        o.end,
        o.rule,
        _SEND_BY.dump_json(o.send_by).decode(),
        o.policy,
    )
