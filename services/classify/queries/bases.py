"""On what suppliers were classified, and which of them by what is in force no more."""

from datetime import date, datetime
from typing import Any, NamedTuple

import orjson

from services.classify.basis.basis import BasisRecord


class KnownBasis(NamedTuple):
    """A basis on which suppliers were classified: registers' days, definitions' versions, fit."""

    basis: str
    registers: dict[str, str]
    definitions: dict[str, str]
    fitted: date
    code: str
    recorded_at: datetime


async def record_basis(connection: Any, basis: BasisRecord, now: datetime) -> None:
    """Keep what this basis is. Rules that are new are in force from this moment."""
    await connection.execute(
        "insert into bases"
        " (basis, rules, registers, definitions, fitted, code, recorded_at, rules_since)"
        " values ($1, $2, $3::jsonb, $4::jsonb, $5, $6, $7,"
        " coalesce((select max(rules_since) from bases where rules = $2), $7))"
        " on conflict do nothing",
        *(basis.basis, basis.rules),
        *(orjson.dumps(each).decode() for each in (basis.registers, basis.definitions)),
        *(date.fromisoformat(basis.fitted), basis.code, now),
    )


async def put_rules_in_force(connection: Any, basis: BasisRecord, now: datetime) -> None:
    """Somebody asked for a run by these rules: they are in force, though others came later."""
    if not await has_rules_in_force(connection, basis):
        await connection.execute(
            "update bases set rules_since = $2 where rules = $1", basis.rules, now
        )


async def has_rules_in_force(connection: Any, basis: BasisRecord) -> bool:
    """Whether the definitions and the fit of this basis are those that were brought in last."""
    last = await connection.fetchval(
        "select rules from bases order by rules_since desc, recorded_at desc limit 1"
    )
    return last is None or str(last) == basis.rules


async def any_stale(connection: Any, basis: BasisRecord) -> bool:
    """Whether a supplier stands by another basis, or a run that began is not over."""
    # Two ranges, each answered by the first entry of an index: `<>` would read every supplier.
    stale: bool = await connection.fetchval(
        "select exists (select from suppliers where basis < $1)"
        " or exists (select from suppliers where basis > $1)"
        " or exists (select from runs where finished_at is null)",
        basis.basis,
    )
    return stale


async def count_by_basis(connection: Any, basis: BasisRecord) -> tuple[int, int]:
    """How many suppliers were classified on this basis, and how many on another."""
    row = await connection.fetchrow(
        "select count(*) filter (where basis = $1), count(*) filter (where basis <> $1)"
        " from suppliers",
        basis.basis,
    )
    return row[0], row[1]


async def find_basis(connection: Any, basis: str) -> KnownBasis:
    """What a supplier was classified on."""
    row = await connection.fetchrow(
        f"select {', '.join(KnownBasis._fields)} from bases where basis = $1",  # noqa: S608 - our own column names
        basis,
    )
    return KnownBasis(**{**row, "basis": str(row["basis"])})
