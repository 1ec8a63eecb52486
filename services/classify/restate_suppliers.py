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
from services.classify.definitions.membership import undated
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

_SCORES = ("score", "charity_probability")
_DAYS = ("memberships", "exclusions")
_LEAST_MOVE = 0.05


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
    not change only the basis is written: scores and evidence stay those that were announced.
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
    """Whether what is decided changed, or a score by enough to matter.

    Every load moves the weights of words a little, and with them the scores of most suppliers, the
    figures in the evidence and who is the last, hardly likely candidate: those alone are no news.
    Nor is it that a body which stood still stands, as at a later day. What was announced is what
    the next is compared with, so small moves add up until they count.
    """
    before = change.before.classification
    now = {
        field: orjson.loads(as_json(value)) if isinstance(value, tuple) else value
        for field, value in change.now._asdict().items()
    }
    decided = now.keys() - {*_SCORES, *_DAYS, "evidence", "candidates"}
    return (
        any(now[field] != before[field] for field in decided)
        or any(_undated(now[field]) != _undated(before[field]) for field in _DAYS)
        or any(_moved(before[field], now[field]) for field in _SCORES)
        or _other_candidates(before["candidates"], now["candidates"])
    )


def _undated(periods: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**period, "rule": undated(period["rule"])} for period in periods]


def _moved(before: float | None, now: float | None) -> bool:
    if before is None or now is None:
        return before is not now
    return abs(now - before) >= _LEAST_MOVE


def _other_candidates(before: list[dict[str, Any]], now: list[dict[str, Any]]) -> bool:
    """Whether one is as likely no more; who is no candidate has no chance."""
    chances, chances_now = _chances(before), _chances(now)
    return any(
        _moved(chances.get(body, 0), chances_now.get(body, 0))
        for body in chances.keys() | chances_now.keys()
    )


def _chances(candidates: list[dict[str, Any]]) -> dict[tuple[str | None, str], float]:
    """By what a candidate is; several of a name without an org-id are one, the likeliest first."""
    return {(each["organisation"], each["name"]): each["score"] for each in reversed(candidates)}
