"""`python -m services.classify`: serve, migrate, load registers, reclassify, match a file."""

import asyncio
import contextlib
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, BinaryIO

import orjson
import typer
import uvloop
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncEngine

from services.classify.definitions.definition import read_definitions
from services.classify.fit_matching import FITTED_FILE, STEPS, fit_matching
from services.classify.index_files import index_files
from services.classify.load_registers import load_register
from services.classify.main import build, clock
from services.classify.match_file import match_file, read_suppliers
from services.classify.matching.index import Index
from services.classify.queries.registers import list_registers
from services.classify.reclassify_suppliers import reclassify_suppliers
from services.classify.registers import REGISTERS, find_registers
from services.classify.settings import Settings
from shared import database, service
from shared.database import DATABASE_ERRORS
from shared.errors import Misconfigured, Rejected

FAILED, WRONG, INTERRUPTED = 1, 2, 130

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

    _with_engine(run, checked=False)
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
        raise _failed(f"{folder} holds no file of: {source or sources}", WRONG)

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

    _with_engine(run)


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

    _with_engine(run)


@app.command()
def reclassify() -> None:
    """Bring every supplier up to the registers and definitions in force; publish what changed."""

    async def run(engine: AsyncEngine, _: Settings) -> None:
        await _reclassify(engine)

    _with_engine(run)


Registers = Annotated[
    Path, typer.Option(exists=True, file_okay=False, metavar="DIR", help="Register files")
]


@app.command()
def match(
    registers: Registers,
    source: Annotated[Path, typer.Option("--in", exists=True, dir_okay=False, metavar="FILE.csv")],
    target: Annotated[Path, typer.Option("--out", dir_okay=False, metavar="FILE.csv")],
) -> None:
    """Match a CSV file of suppliers against register files, without broker or database."""
    index = _index(registers)
    started = time.perf_counter()
    try:
        with (
            source.open(encoding="utf-8-sig", newline="") as rows,
            target.open("w", encoding="utf-8", newline="") as answers,
            _progress() as progress,
        ):
            task = progress.add_task("match", total=None)
            suppliers = progress.track(read_suppliers(rows), task_id=task)
            count = match_file(suppliers, answers, index, read_definitions())
    except (Rejected, UnicodeDecodeError) as error:
        raise _failed(f"{source.name}: {error}", WRONG) from error
    rate = count / (time.perf_counter() - started)
    sys.stderr.write(f"{count:,} names, {rate:,.0f} a second\n")


@app.command()
def fit(
    registers: Registers,
    benchmark: Annotated[
        Path, typer.Option(exists=True, file_okay=False, metavar="DIR", help="Labelled suppliers")
    ],
) -> None:
    """Fit the evidence model anew; its numbers are written beside the rules that use them."""
    index = _index(registers)
    try:
        with _progress() as progress:
            task = progress.add_task("fit", total=STEPS)
            thresholds = fit_matching(
                index,
                benchmark,
                clock().date(),
                watch=lambda steps: progress.advance(task, steps),
            )
    except (Rejected, Misconfigured) as error:
        raise _failed(str(error), WRONG) from error
    for name, value in thresholds._asdict().items():
        print(f"{name}: {value:.4f}")
    print(f"written to {FITTED_FILE}")


def _index(registers: Path) -> Index:
    started = time.perf_counter()
    try:
        with _progress() as progress:
            task = progress.add_task("registers", total=None)
            index = index_files(
                registers, watch=lambda what: progress.update(task, description=what)
            )
    except Rejected as error:
        raise _failed(str(error), WRONG) from error
    sys.stderr.write(
        f"{index.entries:,} register names ready in {time.perf_counter() - started:.1f} s\n"
    )
    return index


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


def _with_engine(
    run: Callable[[AsyncEngine, Settings], Awaitable[None]], *, checked: bool = True
) -> None:
    """Run one verb on the database; what is wrong is said in one sentence, with its exit code."""
    settings = Settings()

    async def main() -> None:
        engine = database.open_engine(settings.database, settings.schema_name, connections=2)
        try:
            if checked:
                await database.check_schema(engine, settings.service, settings.schema_name)
            await run(engine, settings)
        finally:
            await engine.dispose()

    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(main())
    except (Rejected, Misconfigured) as error:
        raise _failed(str(error), WRONG) from error
    except DATABASE_ERRORS as error:
        raise _failed(f"the database does not answer as it should: {error}", FAILED) from error
    except KeyboardInterrupt:
        raise _failed("interrupted: what was loaded stays; run it again", INTERRUPTED) from None


def _failed(sentence: str, code: int) -> typer.Exit:
    sys.stderr.write(f"{sentence}\n")
    return typer.Exit(code)


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        app()
