"""Record the rows of a file batch by batch, each in one transaction; meanwhile the next is read."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import islice
from types import TracebackType
from typing import Self

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.ingest.arrivals.batch import Batch, read_batch
from services.ingest.buyers.buyer import Buyers
from services.ingest.imports.file_rows import FileRow, FileRows
from services.ingest.imports.open_run import Run, Sheets
from services.ingest.imports.payment_rows import PaymentRows, count_row
from services.ingest.imports.relay_pace import RelayPace
from services.ingest.imports.tally import Count, Tally, count_payments
from services.ingest.payments.payment import Payment
from services.ingest.payments.post_payments import Posted, record_payments
from services.ingest.payments.restate import stating
from services.ingest.queries.imports import FINISHED, RUNNING, advance_run, share_imports_of
from services.ingest.shapes.row_reader import Skipped
from shared.database import begin
from shared.errors import Conflict

BATCH_ROWS = 8_000
"""Measured on 2.8 million rows: 75 s where 4,000 took 79, and 18 MB more."""
_ROWS_AT_ONCE = 100
"""So many are read before the database is heard: it is asked a dozen things for each batch."""

Told = Callable[[int, Tally], None]
Clock = Callable[[], datetime]


@dataclass(frozen=True)
class _Read:
    """A batch that is read: its last row is the file's `done`-th."""

    sent: Sequence[FileRow]
    batch: Batch[Payment]
    repeated: Count
    done: int
    now: datetime


async def import_rows(
    engine: AsyncEngine, run: Run, rows: FileRows, buyers: Buyers, clock: Clock, told: Told
) -> Run:
    """Record the rows that a run has not recorded yet, batch by batch, and finish it.

    Rejected: the file is corrupt inside; what was read before it is recorded. Conflict: somebody
    else moved the run on, or it was taken back.
    """
    payments = PaymentRows(rows, run.buyer, run.file_id)
    done = 0
    async with (
        _Recording(engine, run, payments, buyers, told) as recording,
        aclosing(_batches(rows, run.resumed_after)) as batches,
    ):
        async for sent in batches:
            done += len(sent)
            if done <= run.resumed_after:
                for row in sent:
                    payments.pass_by(row)
                told(done, run.tally)
            else:
                await recording.begin(_read(sent, payments, buyers, done, clock()))
    run = recording.run
    sheets = [
        {**sheet, "totals": [total._asdict() for total in rows.totals(place)]}
        for place, sheet in enumerate(run.sheets)
    ]
    async with begin(engine) as tx:
        await _advance(tx, run, run.tally, FINISHED, sheets, clock())
    return replace(run, state=FINISHED, sheets=sheets)


def _read(
    sent: Sequence[FileRow], payments: PaymentRows, buyers: Buyers, done: int, now: datetime
) -> _Read:
    said = [row for row in sent if not isinstance(row.read, Skipped)]
    read = partial(payments.read, buyers=buyers, now=now)
    batch = read_batch(said, read, payments.refuse)
    return _Read(sent, batch, payments.take_repeated(), done, now)


class _Recording:
    """Records one batch at a time, in order; whoever begins the next waits for the one before.

    Left in good order or for a fault of the file, the last one is recorded first; cancelled, it is
    given up.
    """

    def __init__(
        self, engine: AsyncEngine, run: Run, payments: PaymentRows, buyers: Buyers, told: Told
    ) -> None:
        self.run = run
        self._engine = engine
        self._payments = payments
        self._buyers = buyers
        self._told = told
        self._pace = RelayPace(engine)
        self._begun: asyncio.Task[int] | None = None

    async def __aenter__(self) -> Self:
        """Nothing is recorded yet."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None
    ) -> None:
        """See the class."""
        if kind is None or issubclass(kind, Exception):
            await self._end()
        elif (begun := self._begun) is not None:
            begun.cancel()
            await asyncio.wait([begun])

    async def begin(self, read: _Read) -> None:
        """Begin to record a batch."""
        await self._end()
        self._begun = asyncio.create_task(self._record(read))

    async def _end(self) -> None:
        """Wait for the batch that is being recorded, and tell of it.

        Not by awaiting it: whoever is cancelled meanwhile would hand that on to the batch, and if
        it ends in that moment nobody is cancelled.
        """
        if self._begun is not None:
            await asyncio.wait([self._begun])
            begun, self._begun = self._begun, None
            self._told(begun.result(), self.run.tally)

    async def _record(self, read: _Read) -> int:
        await self._pace.wait()
        run = self.run
        async with begin(self._engine) as tx:
            await share_imports_of(tx, run.buyer)
            posted = await record_payments(
                tx, read.batch, self._buyers, read.now, of_file=stating(run)
            )
            tally = run.tally + _tally(posted, read.sent, self._payments, read.repeated)
            await _advance(tx, run, tally, RUNNING, run.sheets, read.now)
        self.run = replace(run, tally=tally)
        return read.done


async def _advance(
    tx: AsyncConnection, run: Run, tally: Tally, state: str, sheets: Sheets, now: datetime
) -> None:
    if not await advance_run(tx, run.import_id, run.tally.read, tally, state, sheets, now):
        raise Conflict(
            f"another process is importing {run.name} for {run.buyer}, or it was taken back"
        )


async def _batches(
    file_rows: FileRows, resumed_after: int
) -> AsyncGenerator[Sequence[FileRow], None]:
    """The rows in batches; the rows that were imported before share none with those after.

    The loop is let go on every few rows: an interruption is heard, and the database.
    """
    rows = iter(file_rows)
    done = 0
    while True:
        left = resumed_after - done
        size = min(BATCH_ROWS, left) if left > 0 else BATCH_ROWS
        batch: list[FileRow] = []
        while some := list(islice(rows, min(_ROWS_AT_ONCE, size - len(batch)))):
            batch += some
            await asyncio.sleep(0)
        if not batch:
            return
        done += len(batch)
        yield batch


def _tally(
    posted: Posted, sent: Sequence[FileRow], payments: PaymentRows, repeated: Count
) -> Tally:
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
    days = [payment.payment_date for payment in posted.used()]
    return Tally(
        count_payments([*posted.accepted, *posted.restated]),
        count_payments(posted.already_known),
        reasons,
        min(days, default=None),
        max(days, default=None),
        reworded,
        skipped,
        repeated,
        count_payments(posted.changed),
    )
