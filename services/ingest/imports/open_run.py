"""Open the import of a file: anew, or where it was cut short."""

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.buyers.buyer import Buyers
from services.ingest.imports.begun_otherwise import say_begun_otherwise
from services.ingest.imports.file_rows import FileRows
from services.ingest.imports.kept_files import keep_file
from services.ingest.imports.payment_rows import PaymentRows
from services.ingest.imports.same_bytes import same_bytes
from services.ingest.imports.tally import Tally
from services.ingest.payments.payment import Payment
from services.ingest.queries.imports import (
    FAILED,
    FINISHED,
    NEEDS_DECISION,
    NEEDS_MAPPING,
    NOT_BEGUN,
    QUEUED,
    RUNNING,
    TAKEN_BACK,
    has_replaced_in_vain,
    imported_for_another,
    latest_run,
    lock_imports_of,
    lock_latest_run,
    start_run,
)
from services.ingest.queries.republications import begun_imports
from services.ingest.queries.tally_columns import read_tally
from services.ingest.reading.opened_file import OpenedFile
from services.ingest.republication.apply_republication import apply_republication
from services.ingest.republication.find_republication import Republication, find_republication
from services.ingest.shapes.kept_shape import keep_shape
from services.ingest.shapes.row_reader import Skipped
from services.ingest.shapes.sheets import describe_table
from services.ingest.shapes.table import State, Table
from shared.database import begin_in
from shared.errors import Conflict, Rejected
from shared.identity import identify

Sheets = Sequence[Mapping[str, Any]]
Begun = tuple[str, str]
"""An import's id and its state."""


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
    republication: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class FilePayments:
    """The payments of a file, read from its beginning as often as they are asked for."""

    tables: Sequence[Table]
    buyer: str
    file_id: str
    buyers: Buyers
    now: datetime

    def __call__(self) -> Iterator[Payment]:
        """Those that can be read."""
        rows = FileRows(self.tables, self.now.date())
        payments = PaymentRows(rows, self.buyer, self.file_id)
        for row in rows:
            if not isinstance(row.read, Skipped):
                with contextlib.suppress(Rejected):
                    yield payments.read(row, self.buyers, self.now)


@dataclass(frozen=True)
class Weighed:
    """What a file changes of an earlier one, and of which imports of the buyer that was said."""

    found: Republication | None
    begun: frozenset[Begun]


async def weigh_republication(
    session: AsyncConnection,
    file_id: str,
    name: str,
    payments: FilePayments,
    replaces: str | None,
    *,
    adds: bool,
) -> Weighed | None:
    """What the file changes of earlier ones; None once it was decided, also for a resumed run.

    What it found is in the session's temporary tables, where `open_run` takes it up. Conflict: a
    run that is not finished was begun otherwise, or is of another file of these months.
    """
    latest = await latest_run(session, file_id)
    begun = await begun_imports(session, payments.buyer)
    taken_back = await has_replaced_in_vain(session, file_id)
    await session.commit()  # what follows takes long, and keeps no transaction open
    if latest is not None:
        decided = replaces is None or replaces in map(str, latest.supersedes)
        if latest.state == RUNNING and not decided:
            raise Conflict(
                f"the import of {latest.name} was begun without replacing {replaces} and is "
                "not finished: finish it first, as it was begun"
            )
        if latest.state == RUNNING or (latest.state == FINISHED and decided):
            return None
    asked = None if latest is None else latest.republication
    shown = () if asked is None else asked["shown"]
    found = await find_republication(
        *(session, begun, file_id, name, payments, replaces, shown),
        adds=adds,
        taken_back=taken_back,
    )
    return Weighed(found, _states(begun))


def _states(begun: Sequence[Row[Any]]) -> frozenset[Begun]:
    return frozenset((str(row.import_id), row.state) for row in begun)


async def open_run(
    session: AsyncConnection,
    opened: OpenedFile,
    tables: Sequence[Table],
    payments: FilePayments,
    weighed: Weighed | None,
    *,
    anyway: bool,
    asked: str | None,
) -> Run:
    """A new run with what it corrects of an earlier file, or the one that was cut short.

    In one transaction of the session in which the file was `weighed`: a run that is there has
    corrected. Rejected and Conflict as `import_file`;
    Conflict too where an import of the buyer began or ended since the file was `weighed`.
    """
    found = None if weighed is None else weighed.found
    sheets = [describe_table(table) for table in tables]
    waits = any(table.shape.state is State.NEEDS_MAPPING for table in tables)
    asks = found is not None and found.verdict == "ask"
    state = NEEDS_MAPPING if waits else NEEDS_DECISION if asks else RUNNING
    summary = None if found is None else found.summary
    async with begin_in(session) as tx:
        await lock_imports_of(tx, payments.buyer)
        if weighed is not None:
            begun = await begun_imports(tx, payments.buyer)
            if _states(begun) != weighed.begun:
                raise Conflict(
                    f"another import for {payments.buyer} began or ended while {opened.name} was "
                    "compared with those before it: send it again"
                )
        run, resumed = await begin_run(
            *(tx, opened, payments.buyer, state, sheets),
            *([keep_shape(table.shape) for table in tables], summary, payments.now),
            anyway=anyway,
            asked=asked,
        )
        if not resumed and found is not None and found.verdict == "replaces":
            await apply_republication(tx, found, opened.name, run.import_id, payments.now)
    return run


async def begin_run(
    tx: AsyncConnection,
    opened: OpenedFile,
    buyer: str,
    state: str,
    sheets: Sheets,
    shapes: Sequence[Mapping[str, Any]],
    summary: Mapping[str, Any] | None,
    now: datetime,
    *,
    anyway: bool,
    asked: str | None,
) -> tuple[Run, bool]:
    """A new run in that state, or the one that was cut short; whether it was. Its bytes are kept.

    Where the service was asked for one import it is no other: Conflict, somebody took it back.

    `shapes` are those by which rejected rows can be read again. Rejected and Conflict as
    `import_file`.
    """
    name, file_id = opened.name, identify("file", opened.digest, buyer)
    latest = await lock_latest_run(tx, file_id)
    if latest is not None and latest.state == RUNNING:
        if latest.sheets != sheets:
            raise Conflict(say_begun_otherwise(name, latest.sheets, sheets))
        tally = read_tally(latest)
        run = Run(
            *(str(latest.import_id), file_id, latest.run, latest.name, buyer, RUNNING),
            *(tally.read, tally, sheets, latest.republication),
        )
        return run, True
    if not anyway and (latest is None or latest.state in (QUEUED, FAILED, TAKEN_BACK)):
        await refuse_for_another(
            *(tx, opened.digest, name, buyer),
            speaks_for=lambda _: asked is None,  # a person at the command line, else not known who
        )
    number = 1 if latest is None else latest.run + (latest.state not in NOT_BEGUN)
    import_id = identify("import", file_id, str(number))
    if asked not in (None, import_id):
        raise Conflict(f"the import of {name} was taken back: send the file again to import it")
    await keep_file(tx, opened.path, opened.digest, now)
    await start_run(
        *(tx, import_id, file_id, number, buyer, name, opened.digest, state, sheets, shapes),
        *(summary, now),
    )
    return Run(import_id, file_id, number, name, buyer, state, 0, Tally(), sheets, summary), False


async def refuse_for_another(
    tx: AsyncConnection, digest: str, name: str, buyer: str, speaks_for: Callable[[str], bool]
) -> None:
    """Rejected where the very same bytes were imported for another buyer.

    Which one, when and as which file is told to who speaks for it.
    """
    other = await imported_for_another(tx, digest, buyer)
    if other is None:
        return
    where = "for another body"
    if speaks_for(other.buyer):
        where = same_bytes(other).told
    raise Rejected(
        f"the very bytes of {name} were imported {where}, and would count for {buyer} again: "
        "with --anyway (over HTTP anyway=true) they do",
        "buyer",
    )
