"""`python -m services.api populations`: mid-year estimates, and who serves which areas."""

from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncEngine

from services.api.benchmarks.population_file import read_estimates, read_serving
from services.api.kept.load_populations import load_areas, load_estimates
from services.api.main import now
from services.api.settings import Settings
from shared.command_line import WRONG, failed, with_engine
from shared.errors import Rejected

populations_app = typer.Typer(
    no_args_is_help=True, help="Mid-year population estimates, and who serves which areas."
)

File = Annotated[
    Path,
    typer.Argument(
        exists=True, dir_okay=False, readable=True, metavar="FILE.csv", help="The file to load"
    ),
]


@populations_app.command("load")
def load(
    file: File,
    source: Annotated[str, typer.Option(help="Who published it and when, as answers will say it")],
) -> None:
    """Load a CSV as the ONS publishes it: MYEB1, a download of Nomis, or area,mid_year,people."""
    try:
        estimates = read_estimates(file.read_bytes(), source)
    except Rejected as error:
        raise failed(_told(file, error), WRONG) from error

    async def work(engine: AsyncEngine, _: Settings) -> None:
        await load_estimates(engine, estimates, now())

    with_engine(Settings(), work)
    areas = {one.area for one in estimates}
    years = [one.mid_year for one in estimates]
    print(f"{len(areas):,} areas, mid-{min(years)} to mid-{max(years)}")


@populations_app.command("areas")
def areas(file: File) -> None:
    """Load who serves which areas: a CSV of serves (an org-id or a Place) and area (its code)."""
    try:
        serving = read_serving(file.read_bytes())
    except Rejected as error:
        raise failed(_told(file, error), WRONG) from error

    async def work(engine: AsyncEngine, _: Settings) -> None:
        await load_areas(engine, serving, now())

    with_engine(Settings(), work)
    print(f"{len({one.serves for one in serving}):,} buyers and Places")


def _told(file: Path, error: Rejected) -> str:
    where = "" if error.row is None else f", row {error.row}"
    return f"{file.name}{where}: {error.reason}"
