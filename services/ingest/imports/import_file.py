"""Import a file of payments or agreements: a batch a transaction, resumable, each row once."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from itertools import islice
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.ingest.agreement_files.find_agreements import find_agreement_sheets
from services.ingest.agreement_files.import_agreements import import_agreements
from services.ingest.agreement_files.whose import ALL
from services.ingest.arrivals.batch import read_batch
from services.ingest.buyers.body_names import names_of
from services.ingest.buyers.buyer import Buyers, find_buyer
from services.ingest.imports.bodies_of_file import WHOSE, Whose, decide_bodies
from services.ingest.imports.column_answers import answers_for, remember_answers
from services.ingest.imports.file_rows import FileRow, FileRows, PaymentRows, count_row
from services.ingest.imports.open_run import (
    FilePayments,
    Run,
    Sheets,
    open_run,
    weigh_republication,
)
from services.ingest.imports.relay_pace import RelayPace
from services.ingest.imports.tally import Count, Tally, count_payments
from services.ingest.payments.post_payments import Posted, record_payments
from services.ingest.payments.restate import stating
from services.ingest.queries.buyers import find_buyers
from services.ingest.queries.comparison import open_session
from services.ingest.queries.entities import find_entities, remember_entities
from services.ingest.queries.imports import (
    FINISHED,
    RUNNING,
    WAITING,
    advance_run,
    share_imports_of,
)
from services.ingest.queries.successions import list_successions
from services.ingest.reading.limits import USUAL, Limits
from services.ingest.reading.opened_file import OpenedFile, open_file
from services.ingest.shapes.row_reader import Skipped
from services.ingest.shapes.sheets import find_tables
from services.ingest.shapes.table import Answers, State, Table
from shared.database import begin
from shared.errors import Conflict, Rejected
from shared.identity import identify

BATCH_ROWS = 5_000

Told = Callable[[int, Tally], None]
Clock = Callable[[], datetime]


async def import_file(
    engine: AsyncEngine,
    path: Path,
    buyer: str,
    clock: Clock,
    told: Told,
    *,
    anyway: bool = False,
    mapped: Mapping[str, str] | None = None,
    replaces: str | None = None,
    adds: bool = False,
    name: str | None = None,
    limits: Limits = USUAL,
    asked: str | None = None,
) -> Run:
    """Import a file, or the rest of it where an earlier import was cut short; its bytes are kept.

    `told` hears after each batch how many rows are done, and what they came to. A file that can be
    read in two ways waits (`needs_mapping`) until `mapped` names the header of a field: an answer
    that is remembered for the buyer's files with the same headers. So does one that names another
    body than the buyer, until `mapped` says under `whose` which rows are the buyer's. One that may
    state an earlier file anew waits (`needs_decision`) until it is said which import it `replaces`,
    or that it only `adds`; what it corrects is recorded before its rows are. Rejected: an unknown
    buyer, a file without payments, or the same bytes imported before for another buyer, unless they
    are to be taken `anyway`. Conflict: another process is importing the same file, or another file
    that this one may state anew is not imported whole, or the import that was `asked` for is
    taken back.

    A file of agreements registers them (`import_agreements`), for `all` buyers that it names too.
    """
    async with engine.connect() as connection:
        buyers = await find_buyers(connection)
        if buyer != ALL:
            find_buyer(buyers, buyer)
        whose, columns = await _split(connection, buyer, buyers, mapped or {})
        answers = await answers_for(connection, buyer, columns)
    today = clock().date()
    with open_file(path, limits, name) as opened:
        if agreements := find_agreement_sheets(opened.sheets, answers):
            return await import_agreements(
                engine,
                opened,
                agreements,
                buyer,
                buyers,
                clock,
                told,
                columns,
                anyway=anyway,
                asked=asked,
            )
        if buyer == ALL:
            raise Rejected("payments are of one buyer: say whose by --buyer ORG-ID", "buyer")
        found = _find_payments(opened, today, answers)
        tables, ours = decide_bodies(found, whose, today)
        waits = any(table.shape.state is State.NEEDS_MAPPING for table in tables)
        file_id = identify("file", opened.digest, buyer)
        every = FilePayments(tables, buyer, file_id, buyers, clock())
        async with open_session(engine) as session:
            weighed = None
            if not waits:
                said = (opened.name, every, replaces)
                weighed = await weigh_republication(session, file_id, *said, adds=adds)
            run = await open_run(
                *(session, opened, tables, every, weighed), anyway=anyway, asked=asked
            )
        async with begin(engine) as tx:
            if columns and all(table.shape.state is not State.NEEDS_MAPPING for table in found):
                await remember_answers(tx, buyer, found, columns, clock())
            await remember_entities(tx, buyer, ours, clock())
        if run.state in WAITING:
            return run
        return await _import_rows(engine, run, FileRows(tables, today), buyers, clock, told)


def _find_payments(opened: OpenedFile, today: date, answers: Answers) -> list[Table]:
    tables = find_tables(opened.sheets, opened.name, today, answers)
    if all(table.shape.state is State.SKIPPED for table in tables):
        raise Rejected(_no_payments(opened, tables))
    return tables


async def _split(
    connection: AsyncConnection, buyer: str, buyers: Buyers, mapped: Mapping[str, str]
) -> tuple[Whose, dict[str, str]]:
    """What is known of whose rows the buyer's files hold, and the answers about columns alone."""
    names = names_of(buyer, buyers, await list_successions(connection))
    whose = Whose(names, await find_entities(connection, buyer), mapped.get(WHOSE, ""))
    return whose, {field: header for field, header in mapped.items() if field != WHOSE}


def _no_payments(opened: OpenedFile, tables: Sequence[Table]) -> str:
    whys = [f"{table.name}: {table.shape.reason}".removeprefix(": ") for table in tables]
    whys += [f"{each.member}: {each.reason}" for each in opened.unread]
    return f"{opened.name} holds no payments: {'; '.join(whys) or 'it has no sheet'}"


async def _import_rows(
    engine: AsyncEngine, run: Run, rows: FileRows, buyers: Buyers, clock: Clock, told: Told
) -> Run:
    """Record the rows that a run has not recorded yet, batch by batch, and finish it."""
    payments = PaymentRows(rows, run.buyer, run.file_id)
    pace = RelayPace(engine)
    done = 0
    for sent in _batches(rows, run.resumed_after):
        done += len(sent)
        if done <= run.resumed_after:
            for row in sent:
                payments.pass_by(row)
            await asyncio.sleep(0)  # an interruption is heard here
        else:
            now = clock()
            said = [row for row in sent if not isinstance(row.read, Skipped)]
            read = partial(payments.read, buyers=buyers, now=now)
            batch = read_batch(said, read, payments.refuse)
            repeated = payments.take_repeated()
            await pace.wait()
            async with begin(engine) as tx:
                await share_imports_of(tx, run.buyer)
                posted = await record_payments(tx, batch, buyers, now, of_file=stating(run))
                tally = run.tally + _tally(posted, sent, payments, repeated)
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


async def _advance(
    tx: AsyncConnection, run: Run, tally: Tally, state: str, sheets: Sheets, now: datetime
) -> None:
    if not await advance_run(tx, run.import_id, run.tally.read, tally, state, sheets, now):
        raise Conflict(
            f"another process is importing {run.name} for {run.buyer}, or it was taken back"
        )


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
    )
