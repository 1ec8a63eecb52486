"""`reclassify`, `runs list`, `recount`: what a newer register moves, and what it moves of."""

import getpass
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.classify.basis.basis import Basis
from services.classify.basis.basis_in_force import BasisInForce
from services.classify.basis.index_registers import STEPS
from services.classify.main import clock, definitions_of
from services.classify.pounds.read_payments import payments_topic
from services.classify.pounds.recount_payments import recount_payments
from services.classify.queries.runs import list_runs
from services.classify.restate_suppliers import Change
from services.classify.runs.count_moves import count_moves, moving_of
from services.classify.runs.moved import Move
from services.classify.runs.run_reclassification import (
    Totals,
    Watch,
    holding_runs,
    preview_reclassification,
    run_held,
)
from services.classify.settings import Settings
from services.classify.terminal import show_progress
from shared.command_line import with_engine
from shared.database import raw_connection
from shared.money import format_pounds

_MOST_RUNS = 1000

By = Annotated[str | None, typer.Option(help="Who starts the run; by default who is logged in")]
AsJson = Annotated[bool, typer.Option("--json", help="Print it as JSON")]

runs_app = typer.Typer(no_args_is_help=True, help="Runs of reclassification.")


def reclassify(
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Change nothing, tell it all")] = False,
    cause: Annotated[str, typer.Option(help="Why; it is kept with the run")] = "asked for",
    by: By = None,
    json: AsJson = False,
) -> None:
    """Bring every supplier up to the registers and definitions in force; publish what changed.

    Tells how many suppliers and pounds move, by buyer, from where to where.
    """

    async def work(engine: AsyncEngine, settings: Settings) -> None:
        if dry_run:
            basis = await latest_basis(engine, settings)
            async with engine.connect() as connection:
                totals = await preview(connection, basis, settings)
        else:
            async with holding_runs(engine):
                basis = await latest_basis(engine, settings)
                totals = await run(engine, basis, settings, cause, by)
        print_totals(totals, dry_run=dry_run, json=json)

    with_engine(Settings(), work)


async def latest_basis(engine: AsyncEngine, settings: Settings) -> Basis:
    """The basis of the registers in force, with a bar while their index is made."""
    with show_progress() as progress:
        task = progress.add_task("index", total=len(STEPS), visible=False)

        def began(step: str) -> None:
            done = STEPS.index(step) if step in STEPS else None
            progress.update(task, description=f"index: {step}", completed=done, visible=True)

        return await BasisInForce.of(engine, settings, definitions_of(settings)).latest(began)


async def run(
    engine: AsyncEngine, basis: Basis, settings: Settings, cause: str, by: str | None
) -> Totals:
    """Run a reclassification with a bar, for who holds the place of runs."""
    async with _watching() as watch:
        return await run_held(
            engine,
            basis,
            payments_topic(settings.brokers, settings.topic_prefix),
            cause,
            by or getpass.getuser(),
            clock,
            watch,
        )


async def preview(connection: AsyncConnection, basis: Basis, settings: Settings) -> Totals:
    """What a run on this basis would move, as this connection sees the suppliers, with a bar."""
    async with _watching() as watch:
        return await preview_reclassification(
            await raw_connection(connection),
            basis,
            payments_topic(settings.brokers, settings.topic_prefix),
            watch,
        )


async def moves_of(changes: Sequence[Change], settings: Settings) -> list[Move]:
    """The pounds that these changes move, with a bar."""
    payments_of = payments_topic(settings.brokers, settings.topic_prefix)
    async with _watching() as watch:
        return (await count_moves(moving_of(changes), payments_of, watch.records)).moves


def recount() -> None:
    """Count what suppliers were paid anew from payments.v1, after it was made or restored anew."""

    async def work(engine: AsyncEngine, settings: Settings) -> None:
        async with _watching() as watch:
            done = await recount_payments(
                engine, settings.brokers, settings.topic_prefix, watch.records
            )
        for when, (lines, pence) in (("before", done.before), ("after", done.after)):
            typer.echo(f"{when}: {lines:,} payments, {format_pounds(pence)} pounds")

    with_engine(Settings(), work)


@asynccontextmanager
async def _watching() -> AsyncIterator[Watch]:
    with show_progress() as progress:
        suppliers = progress.add_task("suppliers", total=None, visible=False)
        payments = progress.add_task("payments", total=None, visible=False)

        def passed(records: int, of: int) -> None:
            progress.update(payments, completed=records, total=of, visible=True)

        def looked_at(seen: int) -> None:
            progress.update(suppliers, advance=seen, visible=True)

        yield Watch(looked_at, passed)


def print_totals(totals: Totals, *, dry_run: bool = False, json: bool = False) -> None:
    """The moves as a table or as JSON, and how many suppliers changed."""
    if json:
        content = totals._asdict() | {"dry_run": dry_run, "moves": _plain(totals.moves)}
        typer.echo(orjson.dumps(content).decode())
        return
    print_moves(totals.moves)
    verb, tail = ("would reclassify", "would change") if dry_run else ("reclassified", "changed")
    typer.echo(
        f"{verb} {totals.suppliers:,} suppliers: {totals.changed:,} {tail}{_unmoved(totals)}"
    )


def print_moves(moves: Sequence[Move]) -> None:
    """The pounds that move as a table, where any do."""
    if moves:
        table = Table("buyer", "what", "from", "to", box=None)
        for name in ("suppliers", "lines", "pounds"):
            table.add_column(name, justify="right")
        for move in moves:
            counts = (f"{move.suppliers:,}", f"{move.lines:,}", format_pounds(move.pence))
            table.add_row(move.buyer, move.what, move.before, move.after, *counts)
        Console(highlight=False, width=120).print(table)


def _unmoved(totals: Totals) -> str:
    """Why more suppliers change than the table of moves counts."""
    if not (unmoved := totals.changed - totals.moved):
        return ""
    return (
        f". Pounds move of {totals.moved:,}; {unmoved:,} are not in the table: no payment is to "
        "them (providers under agreements), or what changes moves none (a name, a score, an income)"
    )


@runs_app.command(name="list")
def show_runs(*, json: AsJson = False) -> None:
    """List the runs, the newest first."""

    async def work(engine: AsyncEngine, _: Settings) -> None:
        async with engine.connect() as connection:
            runs = await list_runs(await raw_connection(connection), None, _MOST_RUNS)
        if json:
            rows = [each._asdict() | {"moves": _plain(each.moves or ())} for each in runs]
            typer.echo(orjson.dumps(rows).decode())
            return
        table = Table("run", "started", "by", "cause", "suppliers", "changed", "moves", box=None)
        for each in runs:
            over = each.finished_at is not None
            counts = (f"{each.suppliers:,}", f"{each.changed:,}", f"{len(each.moves or ()):,}")
            table.add_row(
                *(str(each.run_id), f"{each.started_at:%Y-%m-%d %H:%M}", each.started_by),
                *(each.cause, *(counts if over else ("interrupted or under way", "", ""))),
            )
        Console(highlight=False, width=160).print(table)

    with_engine(Settings(), work)


def _plain(moves: Sequence[Move]) -> list[dict[str, Any]]:
    return [move._asdict() | {"amount": format_pounds(move.pence)} for move in moves]
