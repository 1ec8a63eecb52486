"""`programmes`: a buyer's own codes to programmes, loaded, listed, exported, and taken back."""

import getpass
import sys
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.buyers.buyer import find_buyer
from services.ingest.clock import clock
from services.ingest.programmes.load_programmes import (
    Loaded,
    load_programmes,
    restore_programmes,
)
from services.ingest.programmes.map_columns import FIELDS
from services.ingest.programmes.map_sheet import MapSheet, read_map, write_map
from services.ingest.programmes.programme_map import SAID, MapLine
from services.ingest.queries.buyers import find_buyers
from services.ingest.queries.programme_maps import KeptMap, find_map, list_versions
from services.ingest.settings import Settings
from shared.command_line import WRONG, failed, with_engine
from shared.errors import NotKnown, Rejected

programmes_app = typer.Typer(
    no_args_is_help=True, help="Which of a buyer's own codes are which programme and budget head."
)

_MOST_PRINTED = 40
_WIDE = 160
_BUYER = Annotated[str, typer.Option(help="The org-id of the body whose codes they are")]
_WHO = Annotated[str | None, typer.Option(help="Who says so; by default who is logged in")]
_VERSION = Annotated[
    int | None, typer.Option(help="The number of a version; by default the newest")
]


@programmes_app.command(name="load")
def load(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="CSV, XLSX, XLS, ODS, ...")],
    buyer: _BUYER,
    who: _WHO = None,
    *,
    whole: Annotated[
        bool, typer.Option("--whole", help="The file is the whole map: what it lacks is removed")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON")] = False,
) -> None:
    """Load lines of a map: columns unit, expense_type, ledger_programme (any of them), programme.

    A payment that bears all codes of a line is of its programme, from the day under `since` on
    (blank: always); the line with most codes wins. A column `budget_head` is read too: the line
    with most codes that names one wins. Rows without a programme are left for later, so
    the sheet of `GET /v1/programmes/unmapped` of api can be filled in and loaded. Other lines of
    the map stay, unless the file is the --whole of it. One bad row, and nothing is loaded (exit
    code 2, each said with its row).
    """

    async def run(engine: AsyncEngine, settings: Settings) -> tuple[MapSheet, Loaded]:
        read = read_map(path, path.name, settings.limits)
        _check_faults(read, path.name)
        done = await load_programmes(
            *(engine, buyer, read.lines, who or getpass.getuser(), path.name, clock()),
            whole=whole,
            dry_run=dry_run,
        )
        return read, done

    read, done = with_engine(Settings(), run)
    if json:
        print(orjson.dumps(_as_json(read, done), option=orjson.OPT_INDENT_2).decode())
        return
    _print_changes(done, dry_run=dry_run)
    if read.left_blank:
        print(f"{read.left_blank:,} rows have no programme and were left for later")
    if read.unread:
        print(f"columns that are no part of a map: {', '.join(read.unread)}")


def _check_faults(read: MapSheet, name: str) -> None:
    if not read.faults:
        return
    for fault in read.faults:
        where = f"{fault.sheet}, row {fault.row}" if fault.sheet else f"row {fault.row}"
        sys.stderr.write(f"{name}, {where}: {fault.reason}\n")
    raise Rejected(f"{len(read.faults):,} bad rows: nothing was loaded")


def _as_json(read: MapSheet, done: Loaded) -> dict[str, object]:
    changes = done.changes
    return {
        "version": done.version,
        "added": [line._asdict() for line in changes.added],
        "changed": [[before._asdict(), after._asdict()] for before, after in changes.changed],
        "removed": [line._asdict() for line in changes.removed],
        "left_blank": read.left_blank,
        "unread_columns": read.unread,
    }


def _print_changes(done: Loaded, *, dry_run: bool = False) -> None:
    changes = done.changes
    table = Table("", *FIELDS, "was", box=None)
    rows = [
        *(("+", line, "") for line in changes.added),
        *(("~", after, _said_before(before)) for before, after in changes.changed),
        *(("-", line, "") for line in changes.removed),
    ]
    for sign, line, was in rows[:_MOST_PRINTED]:
        table.add_row(sign, *_cells(line), was)
    if rows:
        _print(table)
    if len(rows) > _MOST_PRINTED:
        print(f"... and {len(rows) - _MOST_PRINTED:,} more")
    counts = (
        f"{len(changes.added):,} added, {len(changes.changed):,} changed, "
        f"{len(changes.removed):,} removed"
    )
    if not changes:
        print(f"nothing changes: the map stands at version {done.version}")
    elif dry_run:
        print(f"a load would change version {done.version}: {counts}")
    else:
        print(f"version {done.version}: {counts}, {len(changes.after):,} lines")


def _said_before(line: MapLine) -> str:
    return ", ".join(said for name in SAID if (said := getattr(line, name)))


def _print(table: Table) -> None:
    console = Console(highlight=False, markup=False)
    if not console.is_terminal:  # else the width of a terminal that is not there
        console.width = _WIDE
    console.print(table)


def _cells(line: MapLine) -> list[str]:
    return ["" if value is None else str(value) for value in (getattr(line, f) for f in FIELDS)]


@programmes_app.command(name="list")
def list_lines(buyer: _BUYER, version: _VERSION = None) -> None:
    """List the lines of a buyer's map."""
    kept = _read(buyer, version)
    table = Table(*FIELDS, box=None)
    for line in kept.lines:
        table.add_row(*_cells(line))
    _print(table)
    print(f"version {kept.version}, {len(kept.lines):,} lines")


@programmes_app.command(name="export")
def export(
    buyer: _BUYER,
    out: Annotated[Path, typer.Option(help="FILE.csv")],
    version: _VERSION = None,
) -> None:
    """Write a buyer's map as CSV, to be changed and loaded back."""
    kept = _read(buyer, version)
    out.write_bytes(write_map(kept.lines))
    print(f"version {kept.version}, {len(kept.lines):,} lines in {out}")


def _read(buyer: str, version: int | None) -> KeptMap:
    async def run(engine: AsyncEngine, _: Settings) -> KeptMap:
        async with engine.connect() as connection:
            find_buyer(await find_buyers(connection), buyer)
            kept = await find_map(connection, buyer, version)
        if kept is None:
            raise failed(f"the map of {buyer} has no version {version}", WRONG)
        return kept

    return with_engine(Settings(), run)


@programmes_app.command(name="history")
def history(buyer: _BUYER) -> None:
    """Who loaded what, the newest first."""

    async def run(engine: AsyncEngine, _: Settings) -> None:
        async with engine.connect() as connection:
            rows = await list_versions(connection, buyer)
        table = Table(
            *("version", "loaded at", "who", "from", "lines", "added", "changed", "removed"),
            box=None,
        )
        for row in rows:
            loaded_at = f"{row['loaded_at']:%Y-%m-%d %H:%M}"
            table.add_row(*(str(value) for value in (row | {"loaded_at": loaded_at}).values()))
        _print(table)

    with_engine(Settings(), run)


@programmes_app.command(name="undo")
def undo(
    buyer: _BUYER,
    version: Annotated[
        int, typer.Option(min=0, help="The newest, as `list` shows it: else nothing is undone")
    ],
    to: Annotated[int | None, typer.Option(help="This version; by default the one before")] = None,
    who: _WHO = None,
) -> None:
    """Make an earlier version of the map the newest again; what it restates, restates back."""

    async def run(engine: AsyncEngine, _: Settings) -> None:
        try:
            done = await restore_programmes(
                engine, buyer, version, to, who or getpass.getuser(), clock()
            )
        except NotKnown as error:
            raise failed(str(error), WRONG) from error
        _print_changes(done)

    with_engine(Settings(), run)
