"""Import a file of payments or agreements: resumable, each row once."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.ingest.agreement_files.find_agreements import find_agreement_sheets
from services.ingest.agreement_files.import_agreements import import_agreements
from services.ingest.agreement_files.whose import ALL
from services.ingest.buyers.body_names import names_of
from services.ingest.buyers.buyer import Buyers, find_buyer
from services.ingest.imports.bodies_of_file import WHOSE, Whose, decide_bodies
from services.ingest.imports.column_answers import answers_for, remember_answers
from services.ingest.imports.file_rows import FileRows
from services.ingest.imports.import_rows import Clock, Told, import_rows
from services.ingest.imports.open_run import FilePayments, Run, open_run, weigh_republication
from services.ingest.queries.buyers import find_buyers
from services.ingest.queries.comparison import open_session
from services.ingest.queries.entities import find_entities, remember_entities
from services.ingest.queries.imports import WAITING
from services.ingest.queries.successions import list_successions
from services.ingest.reading.limits import USUAL, Limits
from services.ingest.reading.opened_file import OpenedFile, open_file
from services.ingest.shapes.sheets import find_tables
from services.ingest.shapes.table import Answers, State, Table
from shared.database import begin
from shared.errors import Rejected
from shared.identity import identify


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
        if agreements := find_agreement_sheets(opened.sheets, answers, opened.name):
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
        return await import_rows(engine, run, FileRows(tables, today), buyers, clock, told)


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
