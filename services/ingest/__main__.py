"""`python -m services.ingest`: serve, migrate, import files, look after buyers and rejects."""

import contextlib
import time
from pathlib import Path
from typing import Annotated

import orjson
import typer
from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.buyer import as_org_id, find_buyer
from services.ingest.buyer_commands import buyers_app
from services.ingest.dry_run_files import dry_run_files
from services.ingest.dry_run_report import dry_run_bar, dry_run_json, print_dry_run
from services.ingest.import_file import import_file
from services.ingest.import_report import (
    Imported,
    as_json,
    print_summary,
    progress_bar,
    told_to,
)
from services.ingest.main import build, clock
from services.ingest.paths import find_files
from services.ingest.queries.buyers import find_buyers
from services.ingest.queries.rejects import list_rejects
from services.ingest.reject_place import place_rejects
from services.ingest.reject_report import print_rejects, reject_as_json
from services.ingest.settings import Settings
from services.ingest.sources.reading.limits import Limits
from services.ingest.sources.reading.opened_file import open_file
from shared import database, service
from shared.command_line import INTERRUPTED, WRONG, failed, with_engine
from shared.errors import Rejected

_MAP = 'The header of a field, as amount="Net Amount"; or order="month first", money=pence'

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)
rejects_app = typer.Typer(no_args_is_help=True, help="What could not be used, and why.")
app.add_typer(buyers_app, name="buyers")
app.add_typer(rejects_app, name="rejects")


@app.command()
def serve() -> None:
    """Run the service until it is told to stop."""
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
    buyer: Annotated[str, typer.Option(help="The org-id of the body that paid")],
    mapped: Annotated[
        list[str] | None, typer.Option("--map", help=_MAP, metavar='FIELD="HEADER"')
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
    """Import files of payments; the same command again goes on where it was cut short.

    CSV, XLSX, XLS, ODS, XLSB, Parquet, JSON lines, and zips of them, as published: which column is
    the date, the amount, the payee and the rest is found by the headers and the values. A file that
    can be read in two ways waits, and --map answers; so does one that may state an earlier file of
    the same days anew, and --replaces or --adds answers. Nothing is counted twice: the same file
    again, or an overlapping one, adds nothing. With --json one object is printed, with or without
    --dry-run: {"files": [one object a file and sheet], "total": {...}}. Exit code 2 for a wrong
    buyer or a file that can't be read; a dry run reads the others all the same, and has exit code 2
    only where it could read none. Rows that can't be used are kept with the reason, and files that
    wait are listed (exit code 0).
    """
    answers = _answers(mapped or [])
    if replaces is not None and adds:
        raise failed("a file either --replaces an import or only --adds", WRONG)
    if dry_run:
        _dry_run(paths, buyer, answers, json=json, quiet=quiet)
        return

    async def run(engine: AsyncEngine, _: Settings) -> None:
        service.spare_the_collector()
        async with engine.connect() as connection:
            find_buyer(await find_buyers(connection), buyer)
        files = find_files(paths)
        if replaces is not None and len(files) > 1:
            raise failed("--replaces is said of one file at a time", WRONG)
        rows = [_rows_about(path) for path in files]  # one that can't be read is said before any
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
                )
                imported.append(Imported(done, time.perf_counter() - started))
        if json:
            print(orjson.dumps(as_json(imported), option=orjson.OPT_INDENT_2).decode())
        else:
            print_summary(imported)

    with_engine(Settings(), run)


def _rows_about(path: Path) -> int:
    with open_file(path, Limits()) as opened:
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
    if as_org_id(buyer) is None:
        raise failed(f"{buyer!r} is not an org-id such as GB-LAE-LDS (https://org-id.guide)", WRONG)
    try:
        files = find_files(paths)
    except Rejected as error:
        raise failed(error.reason, WRONG) from error
    try:
        with dry_run_bar(len(files), quiet=quiet) as told:
            reads = dry_run_files(files, answers, clock().date(), told)
    except KeyboardInterrupt:
        raise failed("interrupted", INTERRUPTED) from None
    if json:
        print(orjson.dumps(dry_run_json(reads), option=orjson.OPT_INDENT_2).decode())
    else:
        print_dry_run(reads)
    if all(read.error for read in reads):
        raise typer.Exit(WRONG)


@rejects_app.command(name="list")
def list_rejected(
    buyer: Annotated[str | None, typer.Option(help="Of this buyer only")] = None,
    after: Annotated[int, typer.Option(help="After this number in the order of arrival")] = 0,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 50,
    *,
    json: Annotated[bool, typer.Option("--json", help="JSON lines, with the content")] = False,
) -> None:
    """List what could not be used, in the order of arrival.

    The row of a file has the number that a spreadsheet shows.
    """

    async def run(engine: AsyncEngine, _: Settings) -> None:
        async with engine.connect() as connection:
            rows = await list_rejects(connection, after, limit, None if buyer is None else {buyer})
            places = await place_rejects(connection, [row.origin for row in rows])
        if json:
            for row in rows:
                print(orjson.dumps(reject_as_json(row, places[row.origin])).decode())
        else:
            print_rejects([(row, places[row.origin]) for row in rows], full=len(rows) == limit)

    with_engine(Settings(), run)


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        app()
