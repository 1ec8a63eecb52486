"""SQL of the register of agreements."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.agreements.agreement import (
    CONTACTS,
    ENDED,
    REGISTERED,
    VARIED,
    End,
    Said,
    Standing,
    Step,
)
from shared.database import driver
from shared.locks import Lock

_STRIPES = 64


class Version(NamedTuple):
    """A row of `agreement_facts`."""

    agreement_id: str
    version: int
    type: str
    effective_on: date
    recorded_at: datetime
    data: str
    event_id: str


def version_row(agreement_id: str, version: int, step: Step, now: datetime) -> Version:
    """The row of one version of an agreement."""
    data = orjson.dumps(step.data).decode()
    return Version(agreement_id, version, step.type, step.effective_on, now, data, step.event_id)


async def lock_events(tx: AsyncConnection, event_ids: Iterable[str]) -> None:
    """Wait until no other transaction writes facts under these event ids: they may name others.

    The locks are few, shared by many ids, and taken in their order before any other: PostgreSQL
    has room for some thousands of them, and a batch may hold 500 ids.
    """
    stripes = list({UUID(each).int % _STRIPES for each in event_ids})
    connection = await driver(tx)
    await connection.execute(
        "select pg_advisory_xact_lock($1::int, key) from (select distinct "
        "hashtext(current_schema() || stripe::text) as key from unnest($2::int[]) as stripe "
        "order by key) as keys",
        Lock.SAYING_FACTS,
        stripes,
    )


async def lock_agreements(
    tx: AsyncConnection, said: Iterable[Said], now: datetime
) -> dict[str, Standing]:
    """What is known of each agreement that is spoken of; no one else writes of it meanwhile.

    Locks are taken in the order of the ids, so that two transactions never wait in a ring.
    """
    connection = await driver(tx)
    named = {each.agreement_id: each.data for each in said}
    ids = sorted(named)
    await connection.execute(
        "insert into agreements (agreement_id, buyer, reference, version, recorded_at) "
        "select *, 0, $4::timestamptz from unnest($1::uuid[], $2::text[], $3::text[]) "
        "on conflict do nothing",
        ids,
        [named[each]["buyer"] for each in ids],
        [named[each]["reference"] for each in ids],
        now,
    )
    rows = await connection.fetch(
        "select agreement_id::text, version from agreements where agreement_id = any($1::uuid[]) "
        "order by agreement_id for update",
        ids,
    )
    standings = {row["agreement_id"]: Standing(row["version"]) for row in rows}
    return await _with_facts(connection, standings)


async def read_standings(tx: AsyncConnection, ids: Iterable[str]) -> dict[str, Standing]:
    """What is known of those of these agreements of which anything is, without a lock."""
    connection = await driver(tx)
    rows = await connection.fetch(
        "select agreement_id::text, version from agreements where agreement_id = any($1::uuid[])",
        sorted(set(ids)),
    )
    standings = {row["agreement_id"]: Standing(row["version"]) for row in rows}
    return await _with_facts(connection, standings)


async def _with_facts(connection: Any, standings: dict[str, Standing]) -> dict[str, Standing]:
    """The standings with the facts that count."""
    ids = list(standings)
    counting = await connection.fetch(
        "select * from (select distinct on (agreement_id, type, one_of) agreement_id::text, type, "
        "version, data::text, case when type = $2 then effective_on - '2000-01-01' "
        "when type = $3 then version end as one_of from agreement_facts "
        "where agreement_id = any($1::uuid[]) order by agreement_id, type, one_of, "
        "case when type = $4 then effective_on end desc, version desc) as counting "
        "order by one_of",
        ids,
        VARIED,
        ENDED,
        CONTACTS,
    )
    for row in counting:
        known, data = standings[row["agreement_id"]], orjson.loads(row["data"])
        if row["type"] == REGISTERED:
            known = known._replace(registered=data)
        elif row["type"] == ENDED:
            known = known._replace(ends=(*known.ends, End(row["version"], data)))
        elif row["type"] == CONTACTS:
            known = known._replace(contacts=data)
        else:
            known = known._replace(variations=(*known.variations, data))
        standings[row["agreement_id"]] = known
    return standings


async def find_said(tx: AsyncConnection, event_ids: Sequence[str]) -> dict[str, Said]:
    """The facts that are kept under these event ids, by event id."""
    connection = await driver(tx)
    rows = await connection.fetch(
        "select event_id::text, agreement_id::text, type, data::text from agreement_facts "
        "where event_id = any($1::uuid[])",
        event_ids,
    )
    return {row[0]: Said(row[0], row[1], row[2], orjson.loads(row[3])) for row in rows}


async def insert_versions(tx: AsyncConnection, versions: Sequence[Version]) -> None:
    """Append the versions."""
    connection = await driver(tx)
    await connection.copy_records_to_table(
        "agreement_facts", records=versions, columns=Version._fields
    )


async def erase_replaced_contacts(tx: AsyncConnection, ids: Sequence[str]) -> None:
    """Erase each agreement's lists of persons but the one that was confirmed last.

    Nothing else in the register is ever changed; the day and the digest of a list stay.
    """
    connection = await driver(tx)
    await connection.execute(
        "update agreement_facts as old set data = old.data - 'contacts' "
        "where old.agreement_id = any($1::uuid[]) and old.type = $2 and old.data ? 'contacts' "
        "and exists (select from agreement_facts as newer "
        "where newer.agreement_id = old.agreement_id and newer.type = $2 "
        "and (newer.effective_on, newer.version) > (old.effective_on, old.version))",
        ids,
        CONTACTS,
    )


async def store_standings(
    tx: AsyncConnection, standings: Mapping[str, Standing], now: datetime
) -> None:
    """Write how many versions there are, and drop the rows that nothing was kept of."""
    connection = await driver(tx)
    await connection.executemany(
        "update agreements set version = $2, recorded_at = $3 where agreement_id = $1",
        [(each, standing.version, now) for each, standing in standings.items() if standing.version],
    )
    await connection.execute(
        "delete from agreements where agreement_id = any($1::uuid[]) and version = 0",
        [each for each, standing in standings.items() if not standing.version],
    )
