"""Import a file of agreements: the same checks and the same facts as at every other door."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.ingest import metrics
from services.ingest.agreement_files.edition_day import edition_day
from services.ingest.agreement_files.entry import BuyerNamed, Entry
from services.ingest.agreement_files.find_agreements import AgreementSheet, describe_sheet
from services.ingest.agreement_files.kept_table import keep_sheet
from services.ingest.agreement_files.record_entries import EntryBatch, record_entries
from services.ingest.agreement_files.row_entries import EntryRow
from services.ingest.agreement_files.table_shape import REGISTER
from services.ingest.agreement_files.whose import ALL, BuyersOfFile
from services.ingest.buyers.buyer import Buyers
from services.ingest.imports.column_answers import header_digest
from services.ingest.imports.open_run import Run, begin_run
from services.ingest.imports.relay_pace import RelayPace
from services.ingest.imports.tally import Tally
from services.ingest.queries.imports import FINISHED, NEEDS_MAPPING, RUNNING, advance_run
from services.ingest.queries.listed_agreements import count_outcomes, find_gone
from services.ingest.queries.mappings import remember_mapping
from services.ingest.reading.opened_file import OpenedFile
from services.ingest.shapes.row_reader import Skipped
from shared.database import begin
from shared.errors import Conflict

_BATCH_ROWS = 500
_MOST_GONE = 200

Placed = tuple[int, EntryRow]
"""The place of a sheet in its file, and a row of it."""


async def import_agreements(
    engine: AsyncEngine,
    opened: OpenedFile,
    sheets: Sequence[AgreementSheet],
    buyer: str,
    buyers: Buyers,
    clock: Callable[[], datetime],
    told: Callable[[int, Tally], None],
    mapped: Mapping[str, str],
    *,
    anyway: bool,
    asked: str | None,
) -> Run:
    """Register what an opened file says of agreements, or the rest where that was cut short.

    What a newer edition changes is a variation; what it has no longer is listed (`gone`), never
    ended. Rejected and Conflict as `import_file`.
    """
    described = [describe_sheet(sheet) for sheet in sheets]
    shapes = [keep_sheet(sheet) for sheet in sheets]
    waits = any(sheet.waits for sheet in sheets)
    whose = BuyersOfFile(buyer, buyers, () if waits and buyer != ALL else buyers_named(sheets))
    now = clock()
    async with begin(engine) as tx:
        run, _ = await begin_run(
            *(tx, opened, buyer, NEEDS_MAPPING if waits else RUNNING, described, shapes, None, now),
            anyway=anyway,
            asked=asked,
        )
        if mapped and not waits:
            await _remember(tx, buyer, sheets, mapped, now)
    if waits:
        return run
    edition = edition_day(opened.name, now.date())
    batch = EntryBatch(run.import_id, run.file_id, edition, sheets, buyers, whose)
    pace = RelayPace(engine)
    done = 0
    for rows in _batches(placed_rows(sheets), run.resumed_after):
        done += len(rows)
        if done <= run.resumed_after:
            batch.pass_over(rows)
        else:
            await pace.wait()
            now = clock()
            async with begin(engine) as tx:
                recorded = await record_entries(tx, batch, rows, now)
                tally = run.tally + recorded.tally
                await _advance(tx, run, tally, RUNNING, run.sheets, now)
            metrics.count(metrics.AGREEMENTS, "file", recorded.registered)
            run = replace(run, tally=tally)
        told(done, run.tally)
    async with begin(engine) as tx:
        found = [await _found(tx, run, sheet, buyer, batch) for sheet in sheets]
        described = [{**each, **more} for each, more in zip(described, found, strict=True)]
        await _advance(tx, run, run.tally, FINISHED, described, clock())
    return replace(run, state=FINISHED, sheets=described)


def placed_rows(sheets: Sequence[AgreementSheet]) -> Iterator[Placed]:
    """Every row of every sheet."""
    for place, sheet in enumerate(sheets):
        for row in sheet.rows():
            yield place, row


def buyers_named(sheets: Sequence[AgreementSheet]) -> set[BuyerNamed]:
    """The buyers that the entries of a file name."""
    return named_in(placed_rows(sheets))


def named_in(rows: Iterable[Placed]) -> set[BuyerNamed]:
    """The buyers that the entries of some rows name."""
    return {
        entry.buyer
        for _, row in rows
        if not isinstance(row.read, Skipped)
        for entry in row.read
        if isinstance(entry, Entry)
    }


async def _remember(
    tx: AsyncConnection,
    buyer: str,
    sheets: Sequence[AgreementSheet],
    mapped: Mapping[str, str],
    now: datetime,
) -> None:
    for sheet in sheets:
        if sheet.table is not None:
            await remember_mapping(tx, buyer, header_digest(sheet.table.names), mapped, now)


async def _found(
    tx: AsyncConnection, run: Run, sheet: AgreementSheet, buyer: str, batch: EntryBatch
) -> dict[str, Any]:
    """What an import adds to the decision about a sheet: outcomes, remarks, what is gone."""
    gone: list[str] = []
    if sheet.shape == REGISTER and buyer != ALL:
        gone = await find_gone(tx, buyer, sheet.shape, run.import_id, batch.edition)
    return {
        "edition": batch.edition.isoformat(),
        "agreements": await count_outcomes(tx, run.import_id),
        "remarks": batch.remarks_of(sheet),
        "questions": batch.whose.questions() if sheet.shape else [],
        "gone": gone[:_MOST_GONE],
        "gone_in_all": len(gone),
    }


async def _advance(
    tx: AsyncConnection,
    run: Run,
    tally: Tally,
    state: str,
    sheets: Sequence[Mapping[str, Any]],
    now: datetime,
) -> None:
    if not await advance_run(tx, run.import_id, run.tally.read, tally, state, sheets, now):
        raise Conflict(
            f"another process is importing {run.name} for {run.buyer}, or it was taken back"
        )


def _batches(placed: Iterator[Placed], resumed_after: int) -> Iterator[Sequence[Placed]]:
    """The rows in batches; those that were imported before share none with those after."""
    done = 0
    while True:
        left = resumed_after - done
        size = min(_BATCH_ROWS, left) if left > 0 else _BATCH_ROWS
        if not (batch := list(islice(placed, size))):
            return
        done += len(batch)
        yield batch
