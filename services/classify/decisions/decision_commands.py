"""`decisions export` and `decisions import`."""

from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncEngine

from services.classify.decisions.decisions_file import read_decisions, write_decisions
from services.classify.decisions.import_decisions import import_decisions
from services.classify.main import clock
from services.classify.queries.decisions import list_all_decisions
from services.classify.replaced_file import replace_file
from services.classify.runs.run_commands import latest_basis, moves_of, print_moves
from services.classify.settings import Settings
from shared.access.act import note_personal
from shared.command_line import WRONG, failed, with_engine
from shared.database import raw_connection
from shared.errors import Rejected

decisions_app = typer.Typer(no_args_is_help=True, help="What people decided about suppliers.")


@decisions_app.command(name="export")
def export_decisions(
    target: Annotated[
        Path, typer.Argument(dir_okay=False, metavar="FILE.csv", help="Where to write")
    ],
    *,
    personal: Annotated[
        bool, typer.Option("--personal", help="With names and reasons of what may be persons")
    ] = False,
) -> None:
    """Write every decision ever made, oldest first, for a spreadsheet or for `import`.

    Without --personal, decisions for organisations are left out where a later one says that the
    supplier is none: what they named may be the person's name.
    """

    async def work(engine: AsyncEngine, _: Settings) -> None:
        async with engine.connect() as connection:
            decisions = await list_all_decisions(await raw_connection(connection))
        if personal:
            note_personal()
        with replace_file(target) as file:
            left_out = write_decisions(file, decisions, personal=personal)
        withheld = f", {left_out:,} withheld without --personal" if left_out else ""
        written = len(decisions) - left_out
        typer.echo(f"{written:,} decisions written to {target.name}{withheld}")

    with_engine(Settings(), work)


@decisions_app.command(name="import")
def import_file(
    source: Annotated[
        Path,
        typer.Argument(
            exists=True, dir_okay=False, metavar="FILE.csv", help="As `decisions export` writes it"
        ),
    ],
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Change nothing, tell the pounds that would move")
    ] = False,
) -> None:
    """Add the decisions of a file to the history, row by row, and restate whom they concern.

    Rows that were added before stay as they are. Exit code 2 where a row can't be used; the others
    are added all the same.
    """

    async def work(engine: AsyncEngine, settings: Settings) -> None:
        try:
            with source.open(encoding="utf-8-sig", newline="") as file:
                rows = list(read_decisions(file, clock()))
        except UnicodeDecodeError as error:
            raise Rejected(f"{source.name} is not UTF-8: {error}") from error
        usable = [row.decision for row in rows if row.decision is not None]
        basis = await latest_basis(engine, settings)
        done = await import_decisions(engine, basis, usable, clock(), dry_run=dry_run)
        added = "would be added" if dry_run else "added"
        for row in rows:
            known = added if row.decision and row.decision.id in done.added else "known already"
            typer.echo(f"row {row.number}: {row.fault or known}")
        faults = sum(row.decision is None for row in rows)
        typer.echo(
            f"{len(done.added):,} of {len(rows):,} decisions {added}, {faults:,} can't be used, "
            f"{len(done.changes):,} suppliers {'would change' if dry_run else 'changed'}"
        )
        if dry_run:
            print_moves(await moves_of(done.changes, settings))
        if faults:
            raise failed(f"{source.name}: {faults:,} rows can't be used", WRONG)

    with_engine(Settings(), work)
