"""`python -m services.notify rehearse`: what would go out between two days; nothing is sent."""

import json
import sys
from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncEngine

from services.notify.main import clock
from services.notify.rehearsal.rehearse_calendar import Rehearsed, Told, rehearse_calendar
from services.notify.settings import Settings
from services.notify.wording.message import Wordings
from shared.command_line import WRONG, failed, with_engine
from shared.logs import configure_logs

_DAY = ["%Y-%m-%d"]


def rehearse(
    first: Annotated[datetime, typer.Option("--from", formats=_DAY, help="The first day")],
    last: Annotated[datetime, typer.Option("--to", formats=_DAY, help="The last day")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line")] = False,
) -> None:
    """Replay the calendar for the registered agreements and print what would go out, in order.

    Nothing is written or sent. What was told of days before the first one stays told. Payments that
    go on after an end can't be foretold: alarms about them are left out.
    """
    settings = Settings()
    configure_logs(settings.service, "WARNING")
    days = first.date(), last.date()
    if days[1] < days[0]:
        raise failed(f"--to {days[1]} is before --from, {days[0]}", WRONG)

    async def work(engine: AsyncEngine, settings: Settings) -> Rehearsed:
        wordings, played = Wordings(settings.templates), 0

        def progress(more: int) -> None:
            nonlocal played
            played += more
            if sys.stderr.isatty():
                sys.stderr.write(f"\r{played:,} agreements played")

        return await rehearse_calendar(engine, wordings, *days, clock(), progress)

    rehearsed = with_engine(settings, work)
    if sys.stderr.isatty():
        sys.stderr.write("\n")
    for one in rehearsed.told:
        line = json.dumps(asdict(one), default=date.isoformat) if as_json else _line(one)
        sys.stdout.write(f"{line}\n")
    if not as_json:
        sys.stdout.write(f"{summary(rehearsed)}\n")


def _line(one: Told) -> str:
    if one.recipient:
        return f"{one.day}    by {one.channel} to {one.recipient}: {one.said}"
    return f"{one.day}  {one.what}  {one.buyer} {one.reference}: {one.said}"


def summary(rehearsed: Rehearsed) -> str:
    """How many agreements were played and what came of them."""
    messages = sum(one.recipient != "" for one in rehearsed.told)
    facts = len(rehearsed.told) - messages
    return (
        f"{rehearsed.agreements} registered: {rehearsed.dated} with an end, {rehearsed.undated} "
        f"without, {rehearsed.ended} ended; for {rehearsed.too_late} the last safe day to serve "
        f"notice had passed already; {facts} facts, {messages} messages; nothing was sent; "
        "what is paid after an agreement's end can't be foretold"
    )
