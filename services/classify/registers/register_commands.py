"""`registers load` and `registers list`."""

import time
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.classify.basis.basis import Basis
from services.classify.basis.index_registers import read_index
from services.classify.basis.index_standing import index_standing
from services.classify.main import clock, definitions_of
from services.classify.queries.registers import LoadedRegister, list_registers
from services.classify.registers import REGISTERS, Register, find_registers, register_of
from services.classify.registers.load_registers import load_register, load_within
from services.classify.registers.reading.opened import OpenFile
from services.classify.runs.run_commands import By, latest_basis, preview, print_totals, run
from services.classify.runs.run_reclassification import holding_runs
from services.classify.settings import Settings
from services.classify.terminal import show_progress
from shared import database
from shared.command_line import FAILED, WRONG, failed, with_engine
from shared.errors import Rejected
from shared.topics import PAYMENTS, create_topics

_TABLE_WIDTH = 130

registers_app = typer.Typer(
    no_args_is_help=True, help="The registers that suppliers are matched to."
)


@registers_app.command(name="load")
def load(
    files: Annotated[
        Path,
        typer.Argument(
            metavar="DIR|FILE", exists=True, help="A register file as published, or a folder"
        ),
    ],
    source: Annotated[str | None, typer.Option(help="Only this register")] = None,
    as_at: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The day to which the files go, if not their own"),
    ] = None,
    by: By = None,
    *,
    force: Annotated[
        bool, typer.Option("--force", help="Load an older or a much smaller edition too")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Change nothing, tell what a load would move")
    ] = False,
) -> None:
    """Load a register file, or every one that the folder holds, then reclassify what it changes.

    Each takes the place of its earlier edition at once, while the service goes on. A file that
    can't be read is named with its row and column, its register in force stays in force, and the
    exit code is 2. What changes is applied as a run: see `runs list`.
    """
    found = _found(files, source)
    day: date | None = as_at.date() if as_at else None

    async def load_all(engine: AsyncEngine, settings: Settings) -> None:
        # The run reads this topic: a broker that is away is told of while nothing has changed.
        await create_topics(settings.brokers, [PAYMENTS], prefix=settings.topic_prefix)
        async with holding_runs(engine):
            await load_held(engine, settings)

    async def load_held(engine: AsyncEngine, settings: Settings) -> None:
        faults = []
        in_force = []
        for register, path in found:
            started = time.perf_counter()
            with show_progress() as progress:
                try:
                    loaded = await load_register(
                        engine,
                        register,
                        path,
                        clock(),
                        day,
                        _watched(progress),
                        force=force,
                        note=_note,
                    )
                except Rejected as error:
                    faults.append(f"{register.source}: {error}")
                    continue
            in_force.append(loaded)
            typer.echo(f"{_told(loaded)}, {time.perf_counter() - started:.1f} s")
        if in_force:
            editions = ", ".join(f"{each.source} as at {each.as_at}" for each in in_force)
            started = time.perf_counter()
            basis = await latest_basis(engine, settings)
            seconds = time.perf_counter() - started
            typer.echo(f"index: {basis.index.entries:,} names, {seconds:.1f} s")
            cause = f"registers loaded: {editions}"
            print_totals(await run(engine, basis, settings, cause, by))
        if faults:
            raise Rejected("\n".join(faults))

    async def load_none(engine: AsyncEngine, settings: Settings) -> None:
        """All that a load does, in one transaction that is rolled back."""
        async with engine.connect() as tx:
            await tx.execute(text("select 1"))
            for register, path in found:
                with show_progress() as progress:
                    loaded = await load_within(
                        tx,
                        register,
                        path,
                        clock(),
                        day,
                        _watched(progress),
                        force=force,
                        note=_note,
                    )
                typer.echo(f"{register.source}: as at {loaded.as_at}, not kept")
            with show_progress() as progress:
                progress.add_task("index", total=None)
                index = await read_index(await database.raw_connection(tx))
            basis = Basis(index, definitions_of(settings))
            print_totals(await preview(tx, basis, settings), dry_run=True)
            await tx.rollback()

    with_engine(Settings(), load_none if dry_run else load_all)


def _found(files: Path, source: str | None) -> list[tuple[Register, Path]]:
    known = {register.source: register for register in REGISTERS}
    if source is not None and source not in known:
        raise failed(f"{source} is none of: {', '.join(known)}", WRONG)
    if files.is_file():
        register = known[source] if source else register_of(files)
        if register is None:
            raise failed(f"{files.name} has the name of no register: say which by --source", WRONG)
        return [(register, files)]
    try:
        found = [(r, path) for r, path in find_registers(files) if source in {None, r.source}]
    except OSError as error:
        raise failed(f"{error.filename or files}: {error.strerror or error}", FAILED) from error
    if not found:
        raise failed(f"{files} holds no file of: {source or ', '.join(known)}", WRONG)
    return found


def _watched(progress: Progress) -> OpenFile:
    """Opens a file with a bar of its own; a register may be read from several."""
    return lambda path: progress.open(path, "rb", description=path.name)


def _note(said: str) -> None:
    typer.echo(said, err=True)


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
    """List the registers in force, whether their index is made, and what is classified by them."""

    async def work(engine: AsyncEngine, settings: Settings) -> None:
        async with engine.connect() as one:
            connection = await database.raw_connection(one)
            loaded = await list_registers(connection)
            standing = await index_standing(connection, settings, definitions_of(settings))
        if json:
            registers = [each._asdict() for each in loaded]
            content = {"registers": registers, "index": standing._asdict()}
            typer.echo(orjson.dumps(content).decode())
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
        typer.echo(standing.told())

    with_engine(Settings(), work)
