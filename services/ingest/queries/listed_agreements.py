"""SQL of the published lists: in which edition each agreement stood last."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from shared.database import driver


class Listed(NamedTuple):
    """An agreement in an edition: `outcome` is `registered`, `varied`, `ended` or `known`."""

    agreement_id: str
    buyer: str
    reference: str
    shape: str
    edition: date
    import_id: str
    outcome: str


async def find_editions(tx: AsyncConnection, ids: Iterable[str]) -> dict[str, date]:
    """The day of the newest edition in which each of these agreements stood, where it stood."""
    connection = await driver(tx)
    rows = await connection.fetch(
        "select agreement_id::text, edition from listed_agreements "
        "where agreement_id = any($1::uuid[])",
        sorted(set(ids)),
    )
    return {row["agreement_id"]: row["edition"] for row in rows}


async def list_agreements(tx: AsyncConnection, listed: Sequence[Listed]) -> None:
    """Keep where these agreements stood; a row of the same import keeps what it came to first."""
    connection = await driver(tx)
    last = {each.agreement_id: each for each in listed}
    await connection.executemany(
        "insert into listed_agreements as old (agreement_id, buyer, reference, shape, edition, "
        "import_id, outcome) values ($1, $2, $3, $4, $5, $6, $7) "
        "on conflict (agreement_id) do update set shape = excluded.shape, "
        "edition = excluded.edition, import_id = excluded.import_id, outcome = excluded.outcome "
        "where old.edition <= excluded.edition "
        "and (old.import_id <> excluded.import_id or excluded.outcome <> 'known')",
        [last[key] for key in sorted(last)],
    )


async def count_outcomes(tx: AsyncConnection, import_id: str) -> dict[str, int]:
    """How many agreements of an import came to what."""
    connection = await driver(tx)
    rows = await connection.fetch(
        "select outcome, count(*) from listed_agreements where import_id = $1 "
        "group by 1 order by 1",
        import_id,
    )
    return {row[0]: row[1] for row in rows}


async def find_gone(
    tx: AsyncConnection, buyer: str, shape: str, import_id: str, edition: date
) -> list[str]:
    """References of the list's agreements that this edition has no longer, and that never ended."""
    connection = await driver(tx)
    rows = await connection.fetch(
        "select reference from listed_agreements as listed where buyer = $1 and shape = $2 "
        "and import_id <> $3 and edition <= $4 and not exists (select from agreement_facts as fact "
        "where fact.agreement_id = listed.agreement_id and fact.type = 'agreement.ended.v1') "
        "order by reference",
        *(buyer, shape, import_id, edition),
    )
    return [row[0] for row in rows]
