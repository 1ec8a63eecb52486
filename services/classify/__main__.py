"""`python -m services.classify`: serve, migrate, load registers, reclassify, match a file."""

import contextlib
import sys
import time
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncEngine

from services.classify.definitions.definition import read_definitions
from services.classify.load_registers import load_register
from services.classify.main import build, clock
from services.classify.match_file import know_registers, match_suppliers, read_suppliers
from services.classify.queries.registers import LoadedRegister, list_registers
from services.classify.reclassify_suppliers import reclassify_suppliers
from services.classify.registers import REGISTERS, Register, find_registers, register_of
from services.classify.registers.opened import OpenFile
from services.classify.settings import Settings
from shared import database, service
from shared.command_line import WRONG, failed, with_engine
from shared.errors import Rejected

_TABLE_WIDTH = 130

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)
registers_app = typer.Typer(
    no_args_is_help=True, help="The registers that suppliers are matched to."
)
app.add_typer(registers_app, name="registers")


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
    print("the classify schema stands at its newest revision")


@registers_app.command(name="load")
def load(
    files: Annotated[
        Path, typer.Argument(metavar="DIR|FILE", exists=True, help="Register files as published")
    ],
    source: Annotated[str | None, typer.Option(help="Only this register")] = None,
    as_at: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The day to which the files go, if not their own"),
    ] = None,
    *,
    force: Annotated[
        bool, typer.Option("--force", help="Load an older or a much smaller edition too")
    ] = False,
) -> None:
    """Load a register file, or every one that the folder holds, then reclassify what it changes.

    Each takes the place of its earlier edition at once, while the service goes on. A file that
    can't be read is named with its row and column, its register in force stays in force, and the
    exit code is 2.
    """
    found = _found(files, source)
    day: date | None = as_at.date() if as_at else None

    async def run(engine: AsyncEngine, _: Settings) -> None:
        faults = []
        for register, path in found:
            started = time.perf_counter()
            with _progress() as progress:
                try:
                    loaded = await load_register(
                        engine, register, path, clock(), day, _watched(progress), force=force
                    )
                except Rejected as error:
                    faults.append(f"{register.source}: {error}")
                    continue
            print(f"{_told(loaded)}, {time.perf_counter() - started:.1f} s", flush=True)
        if len(faults) < len(found):
            await _reclassify(engine)
        if faults:
            raise Rejected("\n".join(faults))

    with_engine(Settings(), run)


def _found(files: Path, source: str | None) -> list[tuple[Register, Path]]:
    known = {register.source: register for register in REGISTERS}
    if source is not None and source not in known:
        raise failed(f"{source} is none of: {', '.join(known)}", WRONG)
    if files.is_file():
        register = known[source] if source else register_of(files)
        if register is None:
            raise failed(f"{files.name} has the name of no register: say which by --source", WRONG)
        return [(register, files)]
    found = [(r, path) for r, path in find_registers(files) if source in {None, r.source}]
    if not found:
        raise failed(f"{files} holds no file of: {source or ', '.join(known)}", WRONG)
    return found


def _watched(progress: Progress) -> OpenFile:
    """Opens a file with a bar of its own; a register may be read from several."""
    return lambda path: progress.open(path, "rb", description=path.name)


def _told(loaded: LoadedRegister) -> str:
    counts = {
        "organisations": loaded.organisations,
        "companies": loaded.companies,
        "names": loaded.names,
        "links": loaded.links,
        "rows left out": loaded.left_out,
        "no longer listed": loaded.no_longer_listed,
    }
    said = [f"{count:,} {what}" for what, count in counts.items() if count]
    return f"{loaded.source}: {', '.join(said)}, as at {loaded.as_at}"


@registers_app.command(name="list")
def show(
    *, json: Annotated[bool, typer.Option("--json", help="Print them as JSON")] = False
) -> None:
    """List the registers in force: what each holds, what was left out of it and why."""

    async def run(engine: AsyncEngine, _: Settings) -> None:
        async with engine.connect() as connection:
            loaded = await list_registers(await database.raw_connection(connection))
        if json:
            print(orjson.dumps([each._asdict() for each in loaded]).decode())
            return
        counts = ("organisations", "companies", "names", "links", "left out", "no longer listed")
        table = Table(box=None)
        for column in ("source", "as at", "loaded"):
            table.add_column(column, no_wrap=True)
        for column in counts:
            table.add_column(column, no_wrap=True, justify="right")
        for each in loaded:
            figures = (getattr(each, count.replace(" ", "_")) for count in counts)
            days = (str(each.as_at), str(each.loaded_at.date()))
            table.add_row(each.source, *days, *(f"{figure:,}" for figure in figures))
        width = max(Console().width, _TABLE_WIDTH)
        Console(highlight=False, width=width).print(table)

    with_engine(Settings(), run)


@app.command()
def reclassify() -> None:
    """Bring every supplier up to the registers and definitions in force; publish what changed."""

    async def run(engine: AsyncEngine, _: Settings) -> None:
        await _reclassify(engine)

    with_engine(Settings(), run)


@app.command()
def match(
    registers: Annotated[Path, typer.Option(exists=True, file_okay=False, metavar="DIR")],
    source: Annotated[Path, typer.Option("--in", exists=True, dir_okay=False, metavar="FILE.csv")],
    target: Annotated[Path, typer.Option("--out", dir_okay=False, metavar="FILE.csv")],
) -> None:
    """Match a CSV file of suppliers against register files, without broker or database."""
    try:
        with source.open(encoding="utf-8-sig", newline="") as file:
            suppliers = list(read_suppliers(file))
        with _progress() as progress:
            progress.add_task("registers", total=None)
            known = know_registers(registers, suppliers)
    except (Rejected, UnicodeDecodeError) as error:
        raise failed(f"{source.name}: {error}", WRONG) from error
    started = time.perf_counter()
    with target.open("w", encoding="utf-8", newline="") as file:
        match_suppliers(suppliers, file, known, read_definitions())
    rate = len(suppliers) / (time.perf_counter() - started)
    sys.stderr.write(f"{len(suppliers):,} names, {rate:,.0f} a second\n")


async def _reclassify(engine: AsyncEngine) -> None:
    with _progress() as progress:
        task = progress.add_task("reclassify", total=None)
        done = await reclassify_suppliers(
            engine, read_definitions(), clock(), lambda seen: progress.advance(task, seen)
        )
    print(f"reclassified {done.suppliers:,} suppliers: {done.changed:,} changed")


@contextlib.contextmanager
def _progress() -> Iterator[Progress]:
    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal, transient=True) as progress:
        yield progress


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        app()
