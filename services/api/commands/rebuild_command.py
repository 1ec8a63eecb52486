"""`python -m services.api rebuild`: what it is told and what it says."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.api.main import now
from services.api.queries.totals import in_words
from services.api.rebuild.compare import Difference
from services.api.rebuild.rebuild_read_model import (
    Rebuilt,
    drop_old,
    rebuild_read_model,
    swap_back,
)
from services.api.settings import Settings
from shared.command_line import FAILED, WRONG, failed, with_engine
from shared.logs import configure_logs
from shared.memory import keep_freed_memory, spare_the_collector

_DIFFERENCES_SHOWN = 20


def rebuild(
    *,
    anew: Annotated[
        bool, typer.Option("--anew", help="Forget what an interrupted rebuild filled")
    ] = False,
    accept_differences: Annotated[
        bool,
        typer.Option("--accept-differences", help="Swap although control totals differ"),
    ] = False,
    back: Annotated[
        bool, typer.Option("--swap-back", help="Put the model of before in place again")
    ] = False,
    drop: Annotated[
        bool, typer.Option("--drop-old", help="Give up on the model of before")
    ] = False,
) -> None:
    """Build the read model anew from the topics, beside the one that answers, and swap them.

    A running service goes on and answers throughout. Interrupted, the same command goes on. Exit
    code 1 when the control totals differ: then the old model goes on answering.
    """
    if back + drop + anew > 1 or (drop and accept_differences):
        raise failed("--anew, --swap-back and --drop-old are three different things", WRONG)
    settings = Settings()
    if drop:
        found = with_engine(settings, drop_old)
        typer.echo("the model of before is dropped" if found else "no model of before is kept")
        return
    with _progress_bar() as progress:
        configure_logs(settings.service, "INFO" if progress.disable else "WARNING")
        spare_the_collector()
        keep_freed_memory()

        async def work(engine: AsyncEngine, settings: Settings) -> Rebuilt:
            if back:
                return await swap_back(
                    engine, settings, now, progress, accept_differences=accept_differences
                )
            return await rebuild_read_model(
                engine, settings, now, progress, anew=anew, accept_differences=accept_differences
            )

        started = time.monotonic()
        rebuilt = with_engine(settings, work)
    _say(rebuilt, time.monotonic() - started, "--swap-back " if back else "")


def _say(rebuilt: Rebuilt, seconds: float, verb: str) -> None:
    typer.echo(f"{rebuilt.records:,} records replayed in {seconds:,.1f} s")
    typer.echo(f"old: {in_words(rebuilt.old)}")
    typer.echo(f"new: {in_words(rebuilt.new)}")
    for difference in rebuilt.differences[:_DIFFERENCES_SHOWN]:
        typer.echo(_in_words(difference))
    if (more := len(rebuilt.differences) - _DIFFERENCES_SHOWN) > 0:
        typer.echo(f"and {more:,} months more")
    if not rebuilt.swapped:
        raise failed(
            "control totals differ, and nothing was swapped: the old model goes on answering. "
            f"`rebuild {verb}--accept-differences` puts the new one in place all the same, "
            "`rebuild --anew` fills it again",
            FAILED,
        )
    answers, kept = ("model of before", "rebuilt") if verb else ("new model", "old")
    typer.echo(
        f"the {answers} answers; the {kept} one is kept: `rebuild --swap-back` puts it in place "
        "again, `rebuild --drop-old` gives up on it"
    )


def _in_words(difference: Difference) -> str:
    old, new = (
        "nothing" if total is None else in_words([total])
        for total in (difference.old, difference.new)
    )
    return f"differs: {difference.buyer} {difference.month:%Y-%m}, old {old}; new {new}"


class _Rate(ProgressColumn):
    """Records a second."""

    def render(self, task: Task) -> Text:
        """As a column of the bar."""
        return Text(f"{task.speed or 0:,.0f}/s")


@contextmanager
def _progress_bar() -> Iterator[Progress]:
    """A bar for each topic on standard error, with its rate; none where that is no terminal."""
    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=None),
        TaskProgressColumn(),
        TextColumn("{task.completed:,.0f} records"),
        _Rate(),
        TimeRemainingColumn(compact=True),
        console=console,
        expand=True,
        disable=not console.is_terminal,
    ) as progress:
        yield progress
