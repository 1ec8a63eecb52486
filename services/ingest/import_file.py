"""Import a file of payments: a batch a transaction, resumable, each row counted once."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import islice

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.ingest.batch import read_batch
from services.ingest.buyer import find_buyer
from services.ingest.file_rows import FileRow, FileRows, says_nothing
from services.ingest.post_payments import Posted, record_payments
from services.ingest.queries.buyers import find_buyers
from services.ingest.queries.imports import (
    advance_run,
    imported_for_another,
    latest_run,
    read_tally,
    start_run,
)
from services.ingest.relay_pace import RelayPace
from services.ingest.sources.tables import Scan
from services.ingest.tally import Count, Tally, count_payments
from shared.database import begin
from shared.errors import Conflict, Rejected
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
    engine: AsyncEngine,
    scanned: Scan,
    buyer: str,
    clock: Clock,
    told: Told,
    *,
    anyway: bool = False,
) -> Run:
    """Import a file, or the rest of it where an earlier import was cut short.

    `told` hears after each batch how many rows are done, and what they came to. Rejected: an
    unknown buyer, a lacking column, or the same bytes imported before for another buyer, unless
    they are to be taken `anyway`. Conflict: another process is importing the same file.
    """
    async with engine.connect() as connection:
        buyers = await find_buyers(connection)
    find_buyer(buyers, buyer)
    file_id = identify("file", scanned.digest, buyer)
    rows = FileRows(scanned, buyer, file_id)
    run = await _open_run(engine, file_id, scanned, buyer, clock(), anyway=anyway)
    pace = RelayPace(engine)
    for sent in _batches(rows, run.resumed_after):
        now = clock()
        said = [row for row in sent if not says_nothing(row)]
        batch = read_batch(said, partial(rows.read, buyers=buyers, now=now), rows.refuse)
        if sent[-1].number > run.resumed_after:  # those before were read for their occurrences
            await pace.wait()
            async with begin(engine) as tx:
                posted = await record_payments(tx, batch, buyers, now, named_by_content=True)
                tally = run.tally + _tally(posted, sent, rows, len(sent) - len(said))
                await _advance(tx, run, tally, RUNNING, now)
            run = replace(run, tally=tally)
        told(sent[-1].number, run.tally)
    async with begin(engine) as tx:
        await _advance(tx, run, run.tally, FINISHED, clock())
    return run


async def _open_run(
    engine: AsyncEngine, file_id: str, scanned: Scan, buyer: str, now: datetime, *, anyway: bool
) -> Run:
    name = scanned.path.name
    async with begin(engine) as tx:
        latest = await latest_run(tx, file_id)
        if latest is not None and latest.state == RUNNING:
            tally = read_tally(latest)
            import_id = str(latest.import_id)
            return Run(import_id, file_id, latest.run, latest.name, buyer, tally.read, tally)
        other = await imported_for_another(tx, scanned.digest, buyer)
        if latest is None and other is not None and not anyway:
            raise Rejected(
                f"the very bytes of {name} were imported for {other.buyer} on "
                f"{other.started_at:%Y-%m-%d %H:%M} UTC as {other.name}, and would count "
                f"for {buyer} again: with --anyway they do",
                "buyer",
            )
        number = 1 if latest is None else latest.run + 1
        import_id = identify("import", file_id, str(number))
        run = Run(import_id, file_id, number, name, buyer, 0, Tally())
        await start_run(tx, run.import_id, file_id, number, buyer, name, scanned.digest, now)
    return run


async def _advance(tx: AsyncConnection, run: Run, tally: Tally, state: str, now: datetime) -> None:
    if not await advance_run(tx, run.import_id, run.tally.read, tally, state, now):
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


def _tally(posted: Posted, sent: Sequence[FileRow], rows: FileRows, blank: int) -> Tally:
    reasons: dict[str, Count] = {}
    numbered = {int(reject.origin.rpartition("/")[2]): reject.reason for reject in posted.rejects}
    for number, reason in sorted(numbered.items()):
        row = sent[number - sent[0].number]
        reasons[reason] = reasons.get(reason, Count()) + rows.count(row)
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
        blank,
    )
