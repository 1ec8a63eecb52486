"""Import a file of payments: a batch a transaction, resumable, each row counted once."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import islice

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.ingest.batch import read_batch
from services.ingest.buyer import find_buyer
from services.ingest.file_rows import FileRow, FileRows
from services.ingest.post_payments import Posted, record_payments
from services.ingest.queries.buyers import find_buyers
from services.ingest.queries.imports import advance_run, latest_run, read_tally, start_run
from services.ingest.relay_pace import RelayPace
from services.ingest.sources.tables import Scan, read_rows
from services.ingest.tally import Count, Tally, count_payments
from shared.database import begin
from shared.errors import Conflict
from shared.identity import identify

BATCH_ROWS = 5_000
RUNNING, FINISHED = "running", "finished"

Told = Callable[[int, Tally], None]
Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Run:
    """One import of one file; a file that was imported whole is run again under a new number."""

    import_id: str
    file_id: str
    number: int
    name: str
    buyer: str
    resumed_after: int
    tally: Tally


async def import_file(
    engine: AsyncEngine, scanned: Scan, buyer: str, clock: Clock, told: Told
) -> Run:
    """Import a file, or the rest of it where an earlier import was cut short.

    `told` hears after each batch how many rows are done, and what they came to. Rejected: an
    unknown buyer or a lacking column. Conflict: another process is importing the same file.
    """
    async with engine.connect() as connection:
        buyers = await find_buyers(connection)
    find_buyer(buyers, buyer)
    file_id = identify("file", scanned.digest, buyer)
    rows = FileRows(scanned, buyer, file_id)
    run = await _open_run(engine, file_id, scanned.path.name, buyer, clock())
    pace = RelayPace(engine)
    for sent in _batches(scanned, run.resumed_after):
        now = clock()
        batch = read_batch(sent, partial(rows.read, buyers=buyers, now=now), rows.refuse)
        if sent[-1].number > run.resumed_after:  # those before were read for their occurrences
            await pace.wait()
            async with begin(engine) as tx:
                posted = await record_payments(tx, batch, buyers, now, named_by_content=True)
                tally = run.tally + _tally(posted, sent, rows)
                await _advance(tx, run, tally, RUNNING, now)
            run = replace(run, tally=tally)
        told(sent[-1].number, run.tally)
    async with begin(engine) as tx:
        await _advance(tx, run, run.tally, FINISHED, clock())
    return run


async def _open_run(engine: AsyncEngine, file_id: str, name: str, buyer: str, now: datetime) -> Run:
    async with begin(engine) as tx:
        latest = await latest_run(tx, file_id)
        if latest is not None and latest.state == RUNNING:
            tally = read_tally(latest)
            import_id = str(latest.import_id)
            return Run(import_id, file_id, latest.run, latest.name, buyer, tally.read, tally)
        number = 1 if latest is None else latest.run + 1
        import_id = identify("import", file_id, str(number))
        run = Run(import_id, file_id, number, name, buyer, 0, Tally())
        await start_run(tx, run.import_id, file_id, number, buyer, name, now)
    return run


async def _advance(tx: AsyncConnection, run: Run, tally: Tally, state: str, now: datetime) -> None:
    if not await advance_run(tx, run.import_id, run.tally.read, tally, state, now):
        raise Conflict(f"another process is importing {run.name} for {run.buyer}")


def _batches(scanned: Scan, resumed_after: int) -> Iterator[Sequence[FileRow]]:
    """The rows in batches; the rows that were imported before share none with those after."""
    rows = (FileRow(number, row) for number, row in enumerate(read_rows(scanned), 1))
    done = 0
    while True:
        left = resumed_after - done
        size = min(BATCH_ROWS, left) if left > 0 else BATCH_ROWS
        if not (batch := list(islice(rows, size))):
            return
        done += len(batch)
        yield batch


def _tally(posted: Posted, sent: Sequence[FileRow], rows: FileRows) -> Tally:
    reasons: dict[str, Count] = {}
    for reject in posted.rejects:
        number = int(reject.origin.rpartition("/")[2])
        row = sent[number - sent[0].number]
        reasons[reject.reason] = reasons.get(reject.reason, Count()) + rows.count(row)
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
    )
