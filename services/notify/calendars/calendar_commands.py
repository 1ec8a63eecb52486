"""`python -m services.notify calendar`: the bank holidays by which everyone counts."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncEngine

from services.notify.calendars.keep_calendars import keep_shipped_calendars, load_calendar
from services.notify.dates.bank_holidays import DIVISIONS, Calendars, read_file
from services.notify.main import clock, today
from services.notify.queries.calendars import LoadedKind
from services.notify.settings import Settings
from shared.command_line import WRONG, failed, with_engine
from shared.errors import Rejected

calendar_app = typer.Typer(no_args_is_help=True, help="Bank holidays, by which notice is counted.")


@calendar_app.command("load")
def load(
    file: Annotated[Path, typer.Argument(metavar="FILE.json", help="As GOV.UK publishes it")],
    *,
    extra: Annotated[
        bool,
        typer.Option(
            "--extra", help="The file holds further days, instead of those loaded before it"
        ),
    ] = False,
) -> None:
    """Put a file of https://www.gov.uk/bank-holidays.json in force, for all replicas.

    A running service plans anew, by its timer, the agreements that count working days.
    """
    try:
        content = read_file(file)
    except Rejected as error:
        raise failed(error.reason, WRONG) from error

    async def work(engine: AsyncEngine, _: Settings) -> tuple[Calendars, Calendars]:
        kind: LoadedKind = "extra" if extra else "published"
        return await load_calendar(engine, kind, content, today(), clock())

    before, after = with_engine(Settings(), work)
    for division in DIVISIONS:
        old, new = before.of(division), after.of(division)
        for sign, days in (("+", new.holidays - old.holidays), ("-", old.holidays - new.holidays)):
            sys.stdout.writelines(f"{division} {sign} {day}\n" for day in sorted(days))
        if new.last < old.last:
            sys.stderr.write(
                f"WARNING: {division} is known to {new.last} only, before to {old.last}\n"
            )
        if new.confirmed < new.last:
            sys.stderr.write(
                f"WARNING: {division}: what is loaded ends on {new.confirmed}; the days from then "
                f"to {new.last} came with the program and are not confirmed by it\n"
            )
    _say(after)


@calendar_app.command("show")
def show() -> None:
    """Say what is in force: how far it is known, and every day."""

    async def work(engine: AsyncEngine, _: Settings) -> Calendars:
        return await keep_shipped_calendars(engine, clock())

    calendars = with_engine(Settings(), work)
    for division in DIVISIONS:
        days = sorted(calendars.of(division).holidays)
        sys.stdout.writelines(f"{division} {day} {day:%a}\n" for day in days)
    _say(calendars)


def _say(calendars: Calendars) -> None:
    for division in DIVISIONS:
        calendar = calendars.of(division)
        told = f"{len(calendar.holidays)} days, known from {calendar.first} to {calendar.last}"
        if calendar.confirmed < calendar.last:
            told += f", confirmed to {calendar.confirmed}"
        sys.stdout.write(f"{division}: {told}\n")
