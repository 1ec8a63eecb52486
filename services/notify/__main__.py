"""`python -m services.notify`."""

import json
from datetime import datetime
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncEngine

from services.notify.bounces.bounce_command import bounces
from services.notify.calendars.calendar_commands import calendar_app
from services.notify.calendars.date_commands import dates_app
from services.notify.calendars.keep_calendars import keep_shipped_calendars
from services.notify.main import build, clock, today
from services.notify.planning.adopt_plans import adopt_plans
from services.notify.planning.plan import SHIPPED, load_plans
from services.notify.planning.plan_obligations import plan_outdated
from services.notify.rehearsal.rehearse_command import rehearse
from services.notify.settings import Settings
from services.notify.telling.raise_due import Raised, raise_due
from services.notify.wording.wording_commands import wording_app
from shared.audit_command import audit_command
from shared.command_line import with_engine
from shared.database import migrate as migrate_schema
from shared.logs import configure_logs
from shared.service import run

_HELP = "The dates that agreements bring: who is told of them, when, and by which channel."

cli = typer.Typer(no_args_is_help=True, add_completion=False, help=_HELP)
cli.add_typer(dates_app, name="dates")
cli.add_typer(calendar_app, name="calendar")
cli.add_typer(wording_app, name="wordings")
cli.command("rehearse")(rehearse)
cli.command("bounces")(bounces)
cli.command("audit")(audit_command(Settings))


@cli.command()
def serve() -> None:
    """Plan, raise, deliver, and answer over HTTP, until stopped."""
    raise typer.Exit(run(build, Settings()))


@cli.command()
def migrate() -> None:
    """Bring the schema to the newest revision."""

    async def bring(engine: AsyncEngine, settings: Settings) -> None:
        await migrate_schema(engine, settings.service, settings.schema_name)

    with_engine(Settings(), bring, checked=False)
    print("notify stands at its newest revision")


@cli.command("raise")
def raise_once(
    day: Annotated[
        datetime | None,
        typer.Option(
            "--today",
            formats=["%Y-%m-%d"],
            help="The day to take for today, by default today itself",
        ),
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line")] = False,
) -> None:
    """Raise once what is due by a day, by the terms in force on it, and print it.

    A running service delivers it.
    """
    settings = Settings()
    configure_logs(settings.service, "WARNING")

    async def work(engine: AsyncEngine, settings: Settings) -> Raised:
        await adopt_plans(engine, load_plans(settings.plans or SHIPPED), clock())
        await keep_shipped_calendars(engine, clock())
        on = day.date() if day else today()
        await plan_outdated(engine, on, clock())
        return await raise_due(engine, on, clock())

    raised = with_engine(settings, work)
    for line in lines_of(raised, as_json=as_json):
        print(line)


def lines_of(raised: Raised, *, as_json: bool) -> list[str]:
    """What was raised, a line each, and a line that sums up."""
    if as_json:
        return [
            json.dumps(
                {
                    "event_id": one.event_id,
                    "type": one.fact.TYPE,
                    "wording": one.wording,
                    **one.fact.model_dump(mode="json"),
                }
            )
            for one in raised.facts
        ]
    lines = [
        f"{one.fact.TYPE}  {one.words['reference']}  {one.words['title']}: {one.words['told']}"
        for one in raised.facts
    ]
    lines += [
        f"left out  {held.obligation.kind} of {held.obligation.due_on}: {reason}"
        for held, reason in raised.skipped
    ]
    told = f"{len(raised.facts)} raised, {len(raised.skipped)} left out"
    return [*lines, f"{told}, {raised.notifications} notifications to deliver"]


if __name__ == "__main__":
    cli()
