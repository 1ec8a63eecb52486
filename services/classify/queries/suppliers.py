"""Suppliers as classified: inserted once, changed under a lock, read one by one."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from services.classify.classification import Classification
from services.classify.supplier import Supplier
from shared.locks import Lock

_JSON = {"evidence", "memberships", "candidates"}
_COLUMNS = (*Supplier._fields, "revision", *Classification._fields, "recorded_at")
_TYPES = {
    "supplier_id": "uuid",
    "revision": "int",
    "score": "float8",
    "redacted": "bool",
    "recorded_at": "timestamptz",
} | dict.fromkeys(_JSON, "jsonb")


class ClassifiedSupplier(NamedTuple):
    """A supplier and its classification at a revision."""

    supplier: Supplier
    revision: int
    classification: Classification
    recorded_at: datetime


async def hold_registers(connection: Any) -> None:
    """Let a reclassification wait for this transaction, which reads the registers as they are."""
    await connection.execute(
        "select pg_advisory_xact_lock_shared($1, hashtext(current_schema()))", Lock.CLASSIFYING
    )


async def await_classifying(connection: Any) -> None:
    """Wait until no transaction classifies by registers read before this moment."""
    await connection.execute(
        "select pg_advisory_xact_lock($1, hashtext(current_schema()))", Lock.CLASSIFYING
    )


async def known_ids(connection: Any) -> list[str]:
    """Every supplier's id."""
    return [str(row[0]) for row in await connection.fetch("select supplier_id from suppliers")]


async def insert_suppliers(connection: Any, classified: Sequence[ClassifiedSupplier]) -> set[str]:
    """Insert the suppliers that are new; return the ids of those."""
    # In one order, so that replicas that see the same suppliers wait for each other, never in a
    # ring: insertion locks each id until the transaction ends.
    in_order = sorted(classified, key=lambda one: one.supplier.supplier_id)
    columns = list(zip(*map(_row, in_order), strict=True))
    given = ", ".join(
        f"${number}::{_TYPES.get(column, 'text')}[]" for number, column in enumerate(_COLUMNS, 1)
    )
    rows = await connection.fetch(
        f"insert into suppliers ({', '.join(_COLUMNS)}) select * from unnest({given})"  # noqa: S608 - our own column names
        " on conflict do nothing returning supplier_id",
        *columns,
    )
    return {str(row[0]) for row in rows}


async def change_suppliers(connection: Any, classified: Sequence[ClassifiedSupplier]) -> None:
    """Write a new revision of suppliers that this transaction has locked."""
    columns = [c for c in _COLUMNS if c not in Supplier._fields]
    settings = ", ".join(f"{c} = ${n}::{_TYPES.get(c, 'text')}" for n, c in enumerate(columns, 2))
    await connection.executemany(
        f"update suppliers set {settings} where supplier_id = $1",  # noqa: S608 - our own column names
        [(c.supplier.supplier_id, *_row(c)[len(Supplier._fields) :]) for c in classified],
    )


async def lock_suppliers(
    connection: Any, after: str | None, most: int
) -> list[tuple[Supplier, int, dict[str, Any]]]:
    """The next suppliers by id, locked: each with its revision and the classification in force."""
    rows = await connection.fetch(
        f"select {', '.join(_COLUMNS)} from suppliers"  # noqa: S608 - our own column names
        " where $1::uuid is null or supplier_id > $1 order by supplier_id limit $2 for update",
        after,
        most,
    )
    return [
        (_supplier(row), row["revision"], {c: row[c] for c in Classification._fields})
        for row in rows
    ]


async def find_supplier(connection: Any, supplier_id: str) -> dict[str, Any] | None:
    """One supplier, every column by name; None where it is not known."""
    row = await connection.fetchrow(
        f"select {', '.join(_COLUMNS)} from suppliers where supplier_id = $1",  # noqa: S608 - our own column names
        supplier_id,
    )
    if row is None:
        return None
    return {c: row[c] for c in _COLUMNS} | {"supplier_id": str(row["supplier_id"])}


def as_json(values: Iterable[Any]) -> str:
    """Evidence, memberships or candidates as they are stored."""
    return orjson.dumps([_plain(value) for value in values]).decode()


def _plain(value: Any) -> Any:
    return value.model_dump(mode="json") if hasattr(value, "model_dump") else value


def _row(classified: ClassifiedSupplier) -> tuple[Any, ...]:
    given = classified.classification._asdict()
    decided = [as_json(given[c]) if c in _JSON else given[c] for c in given]
    return (*classified.supplier, classified.revision, *decided, classified.recorded_at)


def _supplier(row: Any) -> Supplier:
    return Supplier(str(row["supplier_id"]), *(row[field] for field in Supplier._fields[1:]))
