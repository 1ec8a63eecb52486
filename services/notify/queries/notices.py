"""The ledger of notices: steps are added, and nothing is changed."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from services.notify.notices.notice import Notice, Step
from shared.database import driver


@dataclass(frozen=True, slots=True)
class Entry:
    """A step of a notice, the `number`th, with the notice as it stands after it."""

    notice: Notice
    number: int
    step: Step
    recorded_by: str
    recorded_at: datetime
    note: str | None = None


_SELECT = (
    "select content, number, step, recorded_by, recorded_at, note from notices"
    " where agreement_id = any($1::uuid[])"
)


async def add_entries(tx: AsyncConnection, entries: Sequence[Entry]) -> None:
    """Add steps; their agreements are locked."""
    connection = await driver(tx)
    await connection.executemany(
        "insert into notices (notice_id, number, agreement_id, step, content, note, recorded_by,"
        " recorded_at) values ($1, $2, $3, $4, $5, $6, $7, $8)",
        [
            (
                one.notice.notice_id,
                one.number,
                one.notice.agreement_id,
                one.step,
                one.notice.model_dump_json(),
                one.note,
                one.recorded_by,
                one.recorded_at,
            )
            for one in entries
        ],
    )


async def last_entries(tx: AsyncConnection, agreements: Iterable[str]) -> dict[str, list[Entry]]:
    """Of each agreement the last step of each of its notices."""
    connection = await driver(tx)
    rows = await connection.fetch(
        f"{_SELECT.replace('select', 'select distinct on (notice_id)', 1)}"
        " order by notice_id, number desc",
        list(agreements),
    )
    found: dict[str, list[Entry]] = defaultdict(list)
    for row in rows:
        entry = _entry(row)
        found[entry.notice.agreement_id].append(entry)
    return found


async def ledger_of(tx: AsyncConnection, agreement: str) -> list[list[Entry]]:
    """Every step of every notice of an agreement: notices by their first step, steps in order."""
    connection = await driver(tx)
    rows = await connection.fetch(f"{_SELECT} order by recorded_at, number", [agreement])
    found: dict[str, list[Entry]] = defaultdict(list)
    for entry in map(_entry, rows):
        found[entry.notice.notice_id].append(entry)
    return [sorted(steps, key=lambda one: one.number) for steps in found.values()]


def _entry(row: Sequence[object]) -> Entry:
    content, *rest = row
    return Entry(Notice.model_validate_json(str(content)), *rest)  # type: ignore[arg-type]  # columns in the order of its fields
