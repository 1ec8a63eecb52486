"""Suppliers as classified: inserted once, changed under a lock, read one by one."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from services.classify.classification import Classification
from services.classify.decisions.decision import name_key_of
from services.classify.matching.names import comparable
from services.classify.supplier import Supplier
from shared.locks import Lock

_GIVEN = (*Supplier._fields, "name_key")
_JSON = {"evidence", "memberships", "candidates", "exclusions", "flags", "places"}
_COLUMNS = (*_GIVEN, "revision", *Classification._fields, "recorded_at", "basis")
_TYPES = {
    "supplier_id": "uuid",
    "name_key": "uuid",
    "revision": "int",
    "score": "float8",
    "redacted": "bool",
    "charity_probability": "float8",
    "income": "bigint",
    "recorded_at": "timestamptz",
    "basis": "uuid",
} | dict.fromkeys(_JSON, "jsonb")


_PAGE = (
    f"select {', '.join(_COLUMNS)} from suppliers"  # noqa: S608 - our own column names
    " where ($1::uuid is null or supplier_id > $1) and ($3::uuid is null or basis <> $3)"
    " order by supplier_id limit $2"
)


class ClassifiedSupplier(NamedTuple):
    """A supplier and its classification at a revision, with the id of what it was based on."""

    supplier: Supplier
    revision: int
    classification: Classification
    recorded_at: datetime
    basis: str


class KnownSupplier(NamedTuple):
    """A supplier with its revision and the classification in force, by field, as it is stored."""

    supplier: Supplier
    revision: int
    classification: dict[str, Any]


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
    columns = [c for c in _COLUMNS if c not in _GIVEN]
    settings = ", ".join(f"{c} = ${n}::{_TYPES.get(c, 'text')}" for n, c in enumerate(columns, 2))
    await connection.executemany(
        f"update suppliers set {settings} where supplier_id = $1",  # noqa: S608 - our own column names
        [(c.supplier.supplier_id, *_row(c)[len(_GIVEN) :]) for c in classified],
    )


async def base_suppliers(connection: Any, supplier_ids: Sequence[str], basis: str) -> None:
    """Say of suppliers that this transaction has locked that they stand as they are on a basis."""
    await connection.execute(
        "update suppliers set basis = $2 where supplier_id = any($1::uuid[]) and basis <> $2",
        supplier_ids,
        basis,
    )


async def lock_suppliers(
    connection: Any, after: str | None, most: int, other_than: str | None = None
) -> list[KnownSupplier]:
    """The next suppliers by id, locked: each with its revision and the classification in force.

    Only those that stand on another basis than `other_than`, where it is given.
    """
    rows = await connection.fetch(f"{_PAGE} for update", after, most, other_than)
    return [_as_known(row) for row in rows]


async def read_page(connection: Any, after: str | None, most: int) -> list[KnownSupplier]:
    """The same without a lock."""
    return [_as_known(row) for row in await connection.fetch(_PAGE, after, most, None)]


async def lock_named(
    connection: Any, supplier_ids: Iterable[str], name_keys: Iterable[str]
) -> list[KnownSupplier]:
    """These suppliers and all of these names, locked, in the order of their ids."""
    rows = await connection.fetch(
        f"select {', '.join(_COLUMNS)} from suppliers"  # noqa: S608 - our own column names
        " where supplier_id = any($1) or name_key = any($2) order by supplier_id for update",
        list(supplier_ids),
        list(name_keys),
    )
    return [_as_known(row) for row in rows]


async def find_supplier(connection: Any, supplier_id: str) -> dict[str, Any] | None:
    """One supplier, every column by name; None where it is not known."""
    return (await read_suppliers(connection, [supplier_id])).get(supplier_id)


async def read_suppliers(connection: Any, supplier_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Suppliers by id, every column by name; those that are not known are left out."""
    rows = await connection.fetch(
        f"select {', '.join(_COLUMNS)} from suppliers where supplier_id = any($1::uuid[])",  # noqa: S608 - our own column names
        list(supplier_ids),
    )
    return {
        str(row["supplier_id"]): {c: row[c] for c in _COLUMNS}
        | {"supplier_id": str(row["supplier_id"]), "basis": str(row["basis"])}
        for row in rows
    }


def as_json(values: Iterable[Any]) -> str:
    """Evidence, memberships, candidates and their like as they are stored."""
    return orjson.dumps([_plain(value) for value in values]).decode()


def _plain(value: Any) -> Any:
    return value.model_dump(mode="json") if hasattr(value, "model_dump") else value


def _row(classified: ClassifiedSupplier) -> tuple[Any, ...]:
    given = classified.classification._asdict()
    decided = [as_json(given[c]) if c in _JSON else given[c] for c in given]
    key = name_key_of(comparable(classified.supplier.payee).words)
    return (*classified.supplier, key, classified.revision, *decided, *classified[3:])


def _as_known(row: Any) -> KnownSupplier:
    return KnownSupplier(
        _supplier(row), row["revision"], {c: row[c] for c in Classification._fields}
    )


def _supplier(row: Any) -> Supplier:
    return Supplier(str(row["supplier_id"]), *(row[field] for field in Supplier._fields[1:]))
