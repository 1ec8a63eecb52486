"""Rejected rows of agreements, corrected: recorded as their import records, in the same edition."""

import asyncio
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.agreement_files.entry import BuyerNamed, Entry
from services.ingest.agreement_files.import_agreements import (
    Placed,
    buyers_named,
    named_in,
    placed_rows,
)
from services.ingest.agreement_files.kept_table import kept_sheets, read_kept_row
from services.ingest.agreement_files.record_entries import (
    EntryBatch,
    Recorded,
    entry_origin,
    record_entries,
)
from services.ingest.agreement_files.row_entries import EntryRow
from services.ingest.agreement_files.whose import ALL, BuyersOfFile
from services.ingest.buyers.buyer import Buyers
from services.ingest.imports.kept_files import unpack_file
from services.ingest.queries.rejects import rejected_places
from services.ingest.reading.limits import Limits
from services.ingest.reading.opened_file import open_file
from services.ingest.rejects.open_rejects import May
from services.ingest.rejects.reject_case import Case
from services.ingest.shapes.row_reader import Skipped
from shared.errors import Rejected


class _Corrected(NamedTuple):
    case: Case
    sheet: int
    row: EntryRow


async def replay_entries(
    tx: AsyncConnection,
    cases: Sequence[Case],
    runs: Mapping[str, Row[Any]],
    buyers: Buyers,
    may: May,
    limits: Limits,
    now: datetime,
) -> None:
    """Record the corrected rows of lists of agreements, file by file, each in a savepoint.

    The kept file is read again: one reference is one agreement in it, and its buyers tell whose a
    row is.
    """
    for file_id, run in sorted(runs.items()):
        rows = list(_corrected(cases, file_id, run))
        if not rows:
            continue
        try:
            batch = await _meet_file(tx, run, rows, buyers, limits)
        except Rejected as error:
            for each in rows:
                each.case.error = error.bare()
            continue
        for each in rows:
            try:
                await _record(tx, batch, each, may, now)
            except Rejected as error:
                each.case.error = error.bare()


def _corrected(cases: Sequence[Case], file_id: str, run: Row[Any]) -> Iterator[_Corrected]:
    for case in cases:
        origin = case.origin
        if case.row is None or origin is None or origin.file_id != file_id:
            continue
        read = read_kept_row(run.shapes[origin.sheet], case.row)
        if isinstance(read, Skipped):
            case.error = Rejected(f"the row reads as a {read.kind} row, and not as an agreement")
        else:
            yield _Corrected(case, origin.sheet, EntryRow(origin.row, case.row, read))


async def _meet_file(
    tx: AsyncConnection,
    run: Row[Any],
    rows: Sequence[_Corrected],
    buyers: Buyers,
    limits: Limits,
) -> EntryBatch:
    """What the rows of the file that were not rejected say, for the corrected ones to join."""
    rejected = await rejected_places(tx, str(run.file_id), None if run.buyer == ALL else run.buyer)
    named = named_in((each.sheet, each.row) for each in rows)
    with TemporaryDirectory(prefix="localpound-") as folder:
        path = Path(folder) / "file"
        await unpack_file(tx, run.digest, path)
        return await asyncio.to_thread(_read, path, run, named, rejected, buyers, limits)


def _read(
    path: Path,
    run: Row[Any],
    named: Iterable[BuyerNamed],
    rejected: Collection[str],
    buyers: Buyers,
    limits: Limits,
) -> EntryBatch:
    file_id = str(run.file_id)
    with open_file(path, limits, run.name) as opened:
        sheets = kept_sheets(opened.sheets, run.shapes)
        whose = BuyersOfFile(run.buyer, buyers, {*buyers_named(sheets), *named})
        edition = date.fromisoformat(run.sheets[0]["edition"])
        batch = EntryBatch(str(run.import_id), file_id, edition, sheets, buyers, whose)
        for placed in placed_rows(sheets):
            if entry_origin(file_id, *placed) not in rejected:
                batch.pass_over([placed])
    return batch


async def _record(
    tx: AsyncConnection, batch: EntryBatch, each: _Corrected, may: May, now: datetime
) -> None:
    placed: Placed = (each.sheet, each.row)
    async with tx.begin_nested():  # what is refused leaves nothing, no second reject either
        recorded = await record_entries(tx, batch, [placed], now)
        _check(recorded, may)
    entries = [entry for entry in _read_of(each.row) if isinstance(entry, Entry)]
    each.case.pence = sum(entry.stated_pence for entry in entries)
    each.case.settle(accepted=recorded.tally.accepted.rows > 0, payment_id=None)


def _read_of(row: EntryRow) -> tuple[Entry | Rejected, ...]:
    return () if isinstance(row.read, Skipped) else row.read


def _check(recorded: Recorded, may: May) -> None:
    for reject in recorded.registered.rejects:
        raise Rejected(reject.reason, reject.field)
    for kind in recorded.tally.skipped_by_kind:
        raise Rejected(f"the agreement is left out: {kind}", "buyer")
    for said in recorded.registered.accepted:
        if not may(str(said.data["buyer"])):
            raise Rejected(f"the token does not speak for {said.data['buyer']}", "buyer")
