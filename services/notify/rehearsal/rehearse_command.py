"""`python -m services.notify rehearse`: what would go out between two days; nothing is sent."""

import json
import sys
from collections import Counter
from collections.abc import Iterator
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
_SHOWN = 20


def rehearse(
    first: Annotated[datetime, typer.Option("--from", formats=_DAY, help="The first day")],
    last: Annotated[datetime, typer.Option("--to", formats=_DAY, help="The last day")],
    *,
    buyer: Annotated[str | None, typer.Option(help="Of this buyer alone, by its org-id")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every line, not the first ones")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Every line, as one JSON object each, and no summary")
    ] = False,
) -> None:
    """Replay the calendar for the registered agreements and say what would go out.

    By month and kind, and the first of it line by line, in order.

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

        return await rehearse_calendar(engine, wordings, *days, clock(), progress, buyer=buyer)

    rehearsed = with_engine(settings, work)
    if sys.stderr.isatty():
        sys.stderr.write("\n")
    if as_json:
        for one in rehearsed.told:
            sys.stdout.write(f"{json.dumps(asdict(one), default=date.isoformat)}\n")
        return
    for line in report(rehearsed, len(rehearsed.told) if every else _SHOWN):
        sys.stdout.write(f"{line}\n")


def report(rehearsed: Rehearsed, shown: int) -> Iterator[str]:
    """The first lines, a table by month and kind, and how many agreements that is of."""
    yield from (_line(one) for one in rehearsed.told[:shown])
    if (more := len(rehearsed.told) - shown) > 0:
        yield f"and {more:,} more: --all prints them, or --json"
    yield ""
    yield "month    kind              facts  messages"
    facts = Counter((f"{one.day:%Y-%m}", one.kind) for one in rehearsed.told if not one.recipient)
    sent = Counter((f"{one.day:%Y-%m}", one.kind) for one in rehearsed.told if one.recipient)
    for month, kind in sorted(facts):
        yield f"{month}  {kind:<16}{facts[month, kind]:>7,}{sent[month, kind]:>10,}"
    yield ""
    yield from summary(rehearsed)


def _line(one: Told) -> str:
    if one.recipient:
        return f"{one.day}    by {one.channel} to {one.recipient}: {one.said}"
    return f"{one.day}  {one.what}  {one.buyer} {one.reference}: {one.said}"


def summary(rehearsed: Rehearsed) -> list[str]:
    """How many agreements were played and what came of them, a sentence each."""
    messages = sum(one.recipient != "" for one in rehearsed.told)
    facts = len(rehearsed.told) - messages
    played = (
        f"Agreements registered: {rehearsed.agreements:,}; with an end: {rehearsed.dated:,}, "
        f"without: {rehearsed.undated:,}, over already: {rehearsed.ended:,}."
    )
    late = f"Past on the first day was the last safe day to serve notice of {rehearsed.too_late:,}"
    short = f"the day that keeps a policy of {rehearsed.too_short:,} that record no notice period."
    sent = f"{facts:,} facts would be published and {messages:,} messages sent; nothing was."
    alarms = "Alarms about payments after an agreement's end are left out: none can be foretold."
    return [played, f"{late}, and {short}", sent, alarms]
