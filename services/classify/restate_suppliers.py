"""Classify suppliers anew by what is known now, and announce those of which something changed."""

import asyncio
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from services.classify.announce_suppliers import announce_suppliers
from services.classify.basis.basis import Basis
from services.classify.classification import Classification, classify
from services.classify.queries.bases import record_basis
from services.classify.queries.known import know
from services.classify.queries.suppliers import (
    ClassifiedSupplier,
    KnownSupplier,
    as_json,
    base_suppliers,
    change_suppliers,
)
from shared.database import driver


class Change(NamedTuple):
    """A supplier with its classification in force, as it is stored, and what it would be now."""

    before: KnownSupplier
    now: Classification


async def compare_suppliers(
    connection: Any, page: Sequence[KnownSupplier], basis: Basis
) -> list[Change]:
    """What each of these suppliers is on this basis and by the decisions of now."""
    suppliers = [each.supplier for each in page]
    known = await know(connection, suppliers)
    found = await asyncio.to_thread(classify, suppliers, known, basis.index, basis.definitions)
    return [Change(before, now) for before, now in zip(page, found, strict=True)]


async def restate_suppliers(
    tx: AsyncConnection,
    page: Sequence[KnownSupplier],
    basis: Basis,
    now: datetime,
    always: Collection[str] = (),
) -> list[Change]:
    """Write and announce what changed of suppliers that this transaction locked; return it.

    Suppliers in `always` get a new revision whether or not anything changed. Of the others that did
    not change only the basis is written.
    """
    connection = await driver(tx)
    record = basis.record()
    await record_basis(connection, record, now)
    changes = [
        change
        for change in await compare_suppliers(connection, page, basis)
        if differs(change) or change.before.supplier.supplier_id in always
    ]
    moved = [
        ClassifiedSupplier(before.supplier, before.revision + 1, classification, now, record.basis)
        for before, classification in changes
    ]
    await change_suppliers(connection, moved)
    await base_suppliers(connection, [each.supplier.supplier_id for each in page], record.basis)
    await announce_suppliers(tx, moved, now)
    return changes


def differs(change: Change) -> bool:
    """Whether anything that is announced changed."""
    return any(
        orjson.loads(as_json(value)) != change.before.classification[field]
        if isinstance(value, tuple)
        else value != change.before.classification[field]
        for field, value in change.now._asdict().items()
    )
