"""Answer the question for which an import waits."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.queries.import_requests import answer_request, put_request
from services.ingest.queries.imports import (
    NEEDS_DECISION,
    NEEDS_MAPPING,
    find_import,
    lock_latest_run,
)
from services.ingest.shapes.amount_form import UNIT
from services.ingest.shapes.amounts import MONEY
from services.ingest.shapes.day_form import ORDERS
from services.ingest.shapes.question import ORDER
from shared.access import Caller
from shared.database import begin
from shared.errors import Conflict, NotKnown, Rejected

_WORDS = {ORDER: ORDERS, UNIT: tuple(MONEY)}
"""The answers that are no header. They may be given unasked, and stay with the import: one that
can't be used would let no later answer be used either."""


async def answer_import(
    engine: AsyncEngine,
    import_id: UUID,
    caller: Caller,
    now: datetime,
    *,
    mapped: Mapping[str, str] | None = None,
    replaces: str | None = None,
    adds: bool = False,
) -> None:
    """Let an import go on with the answer, also one that the command line began.

    NotKnown: the caller has no such import. Conflict: it does not wait for this answer. Rejected: a
    column that was not asked for, or none of those that there are.
    """
    async with begin(engine) as tx:
        found = await find_import(tx, import_id)
        if found is None or not caller.speaks_for(found.buyer):
            raise NotKnown(f"no import {import_id} is known")
        row = await lock_latest_run(tx, str(found.file_id))
        waits_for = NEEDS_DECISION if mapped is None else NEEDS_MAPPING
        if row is None or row.import_id != import_id or row.state != waits_for:
            state = found.state if row is None or row.import_id != import_id else row.state
            raise Conflict(f"the import does not wait for this answer: its state is {state}")
        if mapped is not None:
            _check(row, mapped)
        await put_request(
            tx, str(import_id), caller.subject, now, mapped=mapped, replaces=replaces, adds=adds
        )
        await answer_request(tx, str(import_id), now)


def _check(row: Row[Any], mapped: Mapping[str, str]) -> None:
    asked = [question for sheet in row.sheets for question in sheet["questions"]]
    for field, header in mapped.items():
        about = [each for each in asked if field in _fields(each)]
        if field in _WORDS:
            if header not in _WORDS[field]:
                known = ", ".join(_WORDS[field])
                raise Rejected(f"{header[:80]!r} is none of: {known}", field)
            continue
        if not about:
            fields = ", ".join(dict.fromkeys(name for each in asked for name in _fields(each)))
            raise Rejected(f"{field} is not asked for; asked for are: {fields}", field)
        columns = [name for each in about for name in each["columns"]]
        strange = [line for line in header.splitlines() or [""] if line not in columns]
        if all(each["columns"] for each in about) and strange:
            raise Rejected(
                f"{strange[0]!r} is none of those asked about: {', '.join(columns)}", field
            )


def _fields(question: Mapping[str, Any]) -> list[str]:
    """What may be answered: what a question is about, and the fields of its answers."""
    return [question["field"], *(each["field"] for each in question["answers"])]
