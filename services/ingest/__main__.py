"""`python -m services.ingest`: serve, migrate, import files, look after buyers and rejects."""

import contextlib
import time
from dataclasses import replace
from pathlib import Path
from typing import Annotated
from uuid import UUID

import orjson
import typer
from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.agreement_files.whose import ALL
from services.ingest.buyers.buyer import as_org_id, find_buyer
from services.ingest.buyers.buyer_commands import buyers_app
from services.ingest.clock import clock
from services.ingest.dry_run.dry_run_files import dry_run_files
from services.ingest.dry_run.dry_run_report import dry_run_bar, dry_run_json, print_dry_run
from services.ingest.imports.bodies_of_file import WHOSE
from services.ingest.imports.file_commands import imports_app
from services.ingest.imports.import_file import import_file
from services.ingest.imports.import_report import (
    Imported,
    as_json,
    print_summary,
    progress_bar,
    told_to,
    waits,
)
from services.ingest.imports.list_files import list_files
from services.ingest.imports.paths import find_files
from services.ingest.imports.same_bytes import find_same_bytes_of
from services.ingest.ledger_command import with_ledger
from services.ingest.programmes.programme_commands import programmes_app
from services.ingest.queries.buyers import find_buyers
from services.ingest.queries.imports import WAITING
from services.ingest.queries.reject_corrections import find_settled
from services.ingest.reading.limits import Limits
from services.ingest.reading.opened_file import open_file
from services.ingest.rejects.reject_commands import rejects_app
from services.ingest.settings import Settings
from shared import database
from shared.audit_command import audit_command
from shared.command_line import INTERRUPTED, WAITS, WRONG, failed, with_engine
from shared.errors import Rejected
from shared.memory import spare_the_collector

_BUYER = "The org-id of the body that paid or agreed; all: of agreements, of every known body"
_MAP = 'The header of a field, as amount="Net Amount"; or order="month first", money=pence'

_ENTITY = (
    "The body in the file whose rows are the buyer's (again for several), or all: remembered for "
    "the buyer"
)

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Payments and agreements in: files, buyers, their codes, and what could not be used.",
)
app.add_typer(buyers_app, name="buyers")
app.add_typer(rejects_app, name="rejects")
app.add_typer(programmes_app, name="programmes")
imports_app.command(name="list")(list_files)
app.add_typer(imports_app, name="imports")
app.command("audit")(audit_command(Settings))


@app.command()
def serve() -> None:
    """Run the service until it is told to stop."""
    # What doors are made of takes 60 MB and half a second, which an import can do without.
    from services.ingest.main import build  # noqa: PLC0415
    from shared import service  # noqa: PLC0415

    raise typer.Exit(service.run(build, Settings()))


@app.command()
def migrate() -> None:
    """Bring the schema up to date."""

    async def run(engine: AsyncEngine, settings: Settings) -> None:
        await database.migrate(engine, settings.service, settings.schema_name)

    with_engine(Settings(), run, checked=False)
    print("the ingest schema stands at its newest revision")


@app.command(name="import")
def import_files(
    paths: Annotated[
        list[Path],
        typer.Argument(help="Files, folders (with all below) or patterns", metavar="PATH..."),
    ],
    buyer: Annotated[str, typer.Option(help=_BUYER)],
    mapped: Annotated[
        list[str] | None, typer.Option("--map", help=_MAP, metavar='FIELD="HEADER"')
    ] = None,
    entity: Annotated[
        list[str] | None, typer.Option(help=_ENTITY, metavar="NAME", show_default=False)
    ] = None,
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be: no broker, no database")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress bar")] = False,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Though the same file was imported for another buyer")
    ] = False,
    replaces: Annotated[
        str | None,
        typer.Option(help="The import that this file states anew", metavar="IMPORT-ID"),
    ] = None,
    adds: Annotated[
        bool, typer.Option("--adds", help="Whatever earlier file it looks like, it only adds")
    ] = False,
) -> None:
    """Import files of payments or agreements; the same command again resumes what was cut short.

    CSV, XLSX, XLS, ODS, XLSB, Parquet, JSON lines, and zips of them, as published: which column is
    the date, the amount, the payee and the rest is found by the headers and the values. A file that
    can be read in two ways waits, and --map answers; one that names another body than the buyer
    waits, and --entity answers; so does one that may state an earlier file of the same days anew,
    and --replaces or --adds answers. Nothing is counted twice: the same file again, or an
    overlapping one, adds nothing. Registers of contracts, notices of Contracts Finder, OCDS,
    360Giving and lists of grants register agreements; a later edition varies them. With --json one
    object is printed, with or without --dry-run: under files an object for each file and sheet,
    under total their sums. Exit code 2 for a wrong buyer or a file that can't be read; a dry run
    reads the others all the same, and has exit code 2 only where it could read none. Exit code 3
    where a file waits for an answer: it is listed with its question, and all others are imported.
    Rows that can't be used are kept with the reason (exit code 0).
    """
    answers = _answers(mapped or [])
    if entity:
        answers[WHOSE] = "\n".join(entity)
    if replaces is not None and adds:
        raise failed("a file either --replaces an import or only --adds", WRONG)
    if dry_run:
        _dry_run(paths, buyer, answers, json=json, quiet=quiet)
        return

    async def run(engine: AsyncEngine, settings: Settings) -> None:
        spare_the_collector()
        async with engine.connect() as connection:
            if buyer != ALL:
                find_buyer(await find_buyers(connection), buyer)
        files = find_files(paths)
        if replaces is not None and len(files) > 1:
            raise failed("--replaces is said of one file at a time", WRONG)
        rows = [
            _rows_about(path, settings.limits) for path in files
        ]  # one that can't be read is said before any
        imported: list[Imported] = []
        with progress_bar(quiet=quiet) as progress:
            for path, about in zip(files, rows, strict=True):
                started = time.perf_counter()
                told = told_to(progress, path.name, about)
                done = await import_file(
                    *(engine, path, buyer, clock, told),
                    anyway=anyway,
                    mapped=answers,
                    replaces=replaces,
                    adds=adds,
                    limits=settings.limits,
                )
                imported.append(Imported(done, time.perf_counter() - started))
        async with engine.connect() as connection:
            files_read = [UUID(each.run.file_id) for each in imported]
            settled = await find_settled(connection, files_read)
            imported = [
                replace(
                    each,
                    settled=settled.get(UUID(each.run.file_id), ()),
                    before=await find_same_bytes_of(connection, each.run.import_id),
                )
                for each in imported
            ]
        if json:
            print(orjson.dumps(as_json(imported), option=orjson.OPT_INDENT_2).decode())
        else:
            print_summary(imported)
        if any(waits(each.run) for each in imported):
            raise typer.Exit(WAITS)

    with_ledger(run)


def _rows_about(path: Path, limits: Limits) -> int:
    with open_file(path, limits) as opened:
        return sum(sheet.rows_about or 0 for sheet in opened.sheets)


def _answers(mapped: list[str]) -> dict[str, str]:
    answers = {}
    for each in mapped:
        field, equals, header = each.partition("=")
        if not (field.strip() and equals and header.strip()):
            raise failed(f'--map {each}: say FIELD="HEADER", as amount="Net Amount"', WRONG)
        answers[field.strip()] = header.strip()
    return answers


def _dry_run(
    paths: list[Path], buyer: str, answers: dict[str, str], *, json: bool, quiet: bool
) -> None:
    if buyer != ALL and as_org_id(buyer) is None:
        raise failed(f"{buyer!r} is not an org-id such as GB-LAE-LDS (https://org-id.guide)", WRONG)
    try:
        files = find_files(paths)
    except Rejected as error:
        raise failed(error.reason, WRONG) from error
    try:
        with dry_run_bar(len(files), quiet=quiet) as told:
            reads = dry_run_files(files, answers, clock().date(), told, buyer)
    except KeyboardInterrupt:
        raise failed("interrupted", INTERRUPTED) from None
    if json:
        print(orjson.dumps(dry_run_json(reads), option=orjson.OPT_INDENT_2).decode())
    else:
        print_dry_run(reads)
    if all(read.error for read in reads):
        raise typer.Exit(WRONG)
    if any(read.state in WAITING and not read.error for read in reads):
        raise typer.Exit(WAITS)


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        app()
