"""`python -m services.api export`: the files of a publication day."""

import contextlib
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from sqlalchemy.ext.asyncio import AsyncEngine

from services.api.asked.question import BROAD, choose, days, one_span
from services.api.exports.asked import AskedExport
from services.api.exports.files import EXPORTS
from services.api.exports.publish_files import Told, Written, ask_for, publish_files
from services.api.main import publisher, today
from services.api.settings import Settings
from shared.command_line import FAILED, with_engine

_DAYS = ["%Y-%m-%d"]


def export(
    buyer: Annotated[str, typer.Option(help="Whose files, by org-id such as GB-LAE-LDS")],
    folder: Annotated[Path, typer.Option("--to", help="The folder to write into")],
    financial_year: Annotated[
        list[str] | None, typer.Option(help="Such as 2024-25; repeated for years that follow")
    ] = None,
    first: Annotated[
        datetime | None, typer.Option(formats=_DAYS, help="The first day, instead of years")
    ] = None,
    last: Annotated[
        datetime | None, typer.Option(formats=_DAYS, help="The last day, instead of years")
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(help=f"Which files, by default all; repeated: {', '.join(EXPORTS)}"),
    ] = None,
    definition: Annotated[str, typer.Option(help="Under which grants are to the sector")] = BROAD,
) -> None:
    """Write what a buyer publishes of some days, and what each file lacks (`problems_...json`).

    Without days it is of all that is known. Exit code 1 where a file could not be made; none for
    want of anything to publish is told, and is no failure.
    """

    async def work(engine: AsyncEngine, settings: Settings) -> list[Written]:
        names = choose(only or list(EXPORTS), list(EXPORTS), "only")
        span = one_span(days(_day(first), _day(last), financial_year or []))
        asked = AskedExport(buyer, None, span, today(), definition=definition)
        asked = await ask_for(engine, asked, publisher(settings), ())
        with _bar() as told:
            return await publish_files(engine, asked, folder, names, told)

    written = with_engine(Settings(), work)
    for each in written:
        if each.reason:
            print(f"{each.name}: no file: {each.reason}")
        else:
            print(f"{each.name}: {each.rows:,} rows, {each.left_out:,} left out")
    raise typer.Exit(FAILED if any(each.failed for each in written) else 0)


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else moment.date()


@contextlib.contextmanager
def _bar() -> Iterator[Told]:
    """Rows as they are written, on standard error where that is a terminal."""
    console = Console(stderr=True)
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}: {task.completed:,.0f} rows"),
        TimeElapsedColumn(),
        console=console,
        disable=not console.is_terminal,
    ) as progress:
        task = progress.add_task("reading", total=None)

        def told(name: str, more: int) -> None:
            progress.update(task, description=name, advance=more)

        yield told
