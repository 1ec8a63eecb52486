"""`python -m services.classify`: serve, migrate, load registers, reclassify, match a file."""

import contextlib
import sys
import time
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, BinaryIO

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
from services.classify.queries.registers import list_registers
from services.classify.reclassify_suppliers import reclassify_suppliers
from services.classify.registers import REGISTERS, find_registers
from services.classify.settings import Settings
from shared import database, service
from shared.command_line import WRONG, failed, with_engine
from shared.errors import Rejected

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)
registers_app = typer.Typer(
    no_args_is_help=True, help="The registers that suppliers are matched to."
)
app.add_typer(registers_app, name="registers")

Folder = Annotated[
    Path,
    typer.Argument(metavar="DIR", exists=True, file_okay=False, help="Register files as published"),
]


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
    folder: Folder,
    source: Annotated[str | None, typer.Option(help="Only this register")] = None,
    as_at: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The day to which the files go, if not their own"),
    ] = None,
) -> None:
    """Load every register file that the folder holds, then reclassify what it changes.

    Each takes the place of its earlier edition at once. A file that can't be read is named with its
    row and column, its register in force stays in force, and the exit code is 2.
    """
    day: date | None = as_at.date() if as_at else None
    found = [(r, path) for r, path in find_registers(folder) if source in {None, r.source}]
    if not found:
        sources = ", ".join(register.source for register in REGISTERS)
        raise failed(f"{folder} holds no file of: {source or sources}", WRONG)

    async def run(engine: AsyncEngine, _: Settings) -> None:
        faults = []
        with _progress() as progress:
            for register, path in found:
                started = time.perf_counter()
                task = progress.add_task(register.source, total=path.stat().st_size)

                def opened(each: Path, task: int = task) -> BinaryIO:
                    return progress.open(each, "rb", task_id=task)  # type: ignore[call-overload,no-any-return] # its stub asks for a TaskID

                try:
                    loaded = await load_register(engine, register, path, clock(), day, opened)
                except Rejected as error:
                    faults.append(str(error))
                    continue
                print(
                    f"{register.source}: {loaded.organisations:,} organisations, "
                    f"{loaded.names:,} names, {loaded.links:,} links, {loaded.left_out:,} rows "
                    f"left out, as at {loaded.as_at}, {time.perf_counter() - started:.1f} s",
                    flush=True,
                )
        if len(faults) < len(found):
            await _reclassify(engine)
        if faults:
            raise Rejected("\n".join(faults))

    with_engine(Settings(), run)


@registers_app.command(name="list")
def show(
    *, json: Annotated[bool, typer.Option("--json", help="Print them as JSON")] = False
) -> None:
    """List the registers in force."""

    async def run(engine: AsyncEngine, _: Settings) -> None:
        async with engine.connect() as connection:
            loaded = await list_registers(await database.raw_connection(connection))
        if json:
            print(orjson.dumps([each._asdict() for each in loaded]).decode())
            return
        table = Table("source", "as at", "organisations", "names", "links", "left out", box=None)
        for each in loaded:
            counts = (each.organisations, each.names, each.links, each.left_out)
            table.add_row(each.source, str(each.as_at), *(f"{count:,}" for count in counts))
        Console(highlight=False).print(table)

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
