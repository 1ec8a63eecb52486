"""Import a file of payments: a batch a transaction, resumable, each row counted once."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.ingest.batch import read_batch
from services.ingest.buyer import find_buyer
from services.ingest.column_answers import answers_for, remember_answers
from services.ingest.file_rows import FileRow, FileRows, PaymentRows, count_row
from services.ingest.post_payments import Posted, record_payments
from services.ingest.queries.buyers import find_buyers
from services.ingest.queries.imports import (
    FINISHED,
    NEEDS_MAPPING,
    RUNNING,
    advance_run,
    imported_for_another,
    latest_run,
    read_tally,
    start_run,
)
from services.ingest.relay_pace import RelayPace
from services.ingest.shapes.row_reader import Skipped
from services.ingest.shapes.sheets import Table, describe_table, find_tables
from services.ingest.shapes.table import State
from services.ingest.sources.reading.limits import Limits
from services.ingest.sources.reading.opened_file import OpenedFile, open_file
from services.ingest.tally import Count, Tally, count_payments
from shared.database import begin
from shared.errors import Conflict, Rejected
from shared.identity import identify

BATCH_ROWS = 5_000

Told = Callable[[int, Tally], None]
Clock = Callable[[], datetime]
Sheets = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Run:
    """One import of one file; a file that was imported whole is run again under a new number.

    `sheets` are the decisions about its sheets, with their questions where it waits for an answer.
    """

    import_id: str
    file_id: str
    number: int
    name: str
    buyer: str
    state: str
    resumed_after: int
    tally: Tally
    sheets: Sheets = field(default=())


async def import_file(
    engine: AsyncEngine,
    path: Path,
    buyer: str,
    clock: Clock,
    told: Told,
    *,
    anyway: bool = False,
    mapped: Mapping[str, str] | None = None,
) -> Run:
    """Import a file, or the rest of it where an earlier import was cut short.

    `told` hears after each batch how many rows are done, and what they came to. A file that can be
    read in two ways waits (`needs_mapping`) until `mapped` names the header of a field: an answer
    that is remembered for the buyer's files with the same headers. Rejected: an unknown buyer, a
    file without payments, or the same bytes imported before for another buyer, unless they are to
    be taken `anyway`. Conflict: another process is importing the same file.
    """
    async with engine.connect() as connection:
        buyers = await find_buyers(connection)
        find_buyer(buyers, buyer)
        answers = await answers_for(connection, buyer, mapped or {})
    today = clock().date()
    with open_file(path, Limits()) as opened:
        tables = find_tables(opened.sheets, opened.name, today, answers)
        states = {table.shape.state for table in tables}
        if states <= {State.SKIPPED}:
            raise Rejected(_no_payments(opened, tables))
        run = await _open_run(engine, opened, tables, buyer, clock(), anyway=anyway)
        if run.state == NEEDS_MAPPING:
            return run
        if mapped:
            async with begin(engine) as tx:
                await remember_answers(tx, buyer, tables, mapped, clock())
        rows = FileRows(tables, today)
        payments = PaymentRows(rows, buyer, run.file_id)
        pace = RelayPace(engine)
        done = 0
        for sent in _batches(rows, run.resumed_after):
            now = clock()
            done += len(sent)
            said = [row for row in sent if not isinstance(row.read, Skipped)]
            batch = read_batch(
                said, partial(payments.read, buyers=buyers, now=now), payments.refuse
            )
            if done > run.resumed_after:  # those before were read for their occurrences
                await pace.wait()
                async with begin(engine) as tx:
                    posted = await record_payments(tx, batch, buyers, now, named_by_content=True)
                    tally = run.tally + _tally(posted, sent, payments)
                    await _advance(tx, run, tally, RUNNING, run.sheets, now)
                run = replace(run, tally=tally)
            told(done, run.tally)
        sheets = [
            {**sheet, "totals": [total._asdict() for total in rows.totals(place)]}
            for place, sheet in enumerate(run.sheets)
        ]
        async with begin(engine) as tx:
            await _advance(tx, run, run.tally, FINISHED, sheets, clock())
        return replace(run, state=FINISHED, sheets=sheets)


def _no_payments(opened: OpenedFile, tables: Sequence[Table]) -> str:
    whys = [f"{table.name}: {table.shape.reason}".removeprefix(": ") for table in tables]
    whys += [f"{each.member}: {each.reason}" for each in opened.unread]
    return f"{opened.name} holds no payments: {'; '.join(whys) or 'it has no sheet'}"


async def _open_run(
    engine: AsyncEngine,
    opened: OpenedFile,
    tables: Sequence[Table],
    buyer: str,
    now: datetime,
    *,
    anyway: bool,
) -> Run:
    name, file_id = opened.name, identify("file", opened.digest, buyer)
    sheets = [describe_table(table) for table in tables]
    waits = any(table.shape.state is State.NEEDS_MAPPING for table in tables)
    state = NEEDS_MAPPING if waits else RUNNING
    async with begin(engine) as tx:
        latest = await latest_run(tx, file_id)
        if latest is not None and latest.state == RUNNING:
            if latest.sheets != sheets:
                raise Conflict(
                    f"the import of {name} was begun with other columns and is not finished: "
                    "give the same --map again"
                )
            tally = read_tally(latest)
            import_id = str(latest.import_id)
            return Run(
                import_id,
                file_id,
                latest.run,
                latest.name,
                buyer,
                RUNNING,
                tally.read,
                tally,
                sheets,
            )
        other = await imported_for_another(tx, opened.digest, buyer)
        if latest is None and other is not None and not anyway:
            raise Rejected(
                f"the very bytes of {name} were imported for {other.buyer} on "
                f"{other.started_at:%Y-%m-%d %H:%M} UTC as {other.name}, and would count "
                f"for {buyer} again: with --anyway they do",
                "buyer",
            )
        number = 1 if latest is None else latest.run + (latest.state != NEEDS_MAPPING)
        import_id = identify("import", file_id, str(number))
        run = Run(import_id, file_id, number, name, buyer, state, 0, Tally(), sheets)
        await start_run(
            tx, import_id, file_id, number, buyer, name, opened.digest, state, sheets, now
        )
    return run


async def _advance(
    tx: AsyncConnection, run: Run, tally: Tally, state: str, sheets: Sheets, now: datetime
) -> None:
    if not await advance_run(tx, run.import_id, run.tally.read, tally, state, sheets, now):
        raise Conflict(f"another process is importing {run.name} for {run.buyer}")


def _batches(file_rows: FileRows, resumed_after: int) -> Iterator[Sequence[FileRow]]:
    """The rows in batches; the rows that were imported before share none with those after."""
    rows = iter(file_rows)
    done = 0
    while True:
        left = resumed_after - done
        size = min(BATCH_ROWS, left) if left > 0 else BATCH_ROWS
        if not (batch := list(islice(rows, size))):
            return
        done += len(batch)
        yield batch


def _tally(posted: Posted, sent: Sequence[FileRow], payments: PaymentRows) -> Tally:
    reasons: dict[str, Count] = {}
    refused = {reject.origin: reject.reason for reject in posted.rejects}
    skipped: dict[str, Count] = {}
    for row in sent:
        if isinstance(row.read, Skipped):
            kind = row.read.kind
            skipped[kind] = skipped.get(kind, Count()) + Count(1, row.pence)
        elif refused and (reason := refused.get(payments.origin(row))) is not None:
            reasons[reason] = reasons.get(reason, Count()) + count_row(row)
    reworded: dict[str, Count] = {}
    for payment, differing in posted.reworded:
        one = Count(1, payment.amount_pence)
        reworded[differing] = reworded.get(differing, Count()) + one
    days = [payment.payment_date for payment in (*posted.accepted, *posted.already_known)]
    return Tally(
        count_payments(posted.accepted),
        count_payments(posted.already_known),
        reasons,
        min(days, default=None),
        max(days, default=None),
        reworded,
        skipped,
    )
