"""`python -m services.ingest buyers`: the public bodies, and which answers for which."""

from datetime import date, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.buyers.announce_buyers import register_buyer
from services.ingest.buyers.announce_successions import record_succession
from services.ingest.buyers.buyer import KINDS, Buyer, check_buyer
from services.ingest.buyers.succession import Succession
from services.ingest.clock import clock
from services.ingest.queries.buyers import find_buyers
from services.ingest.queries.successions import list_successions
from services.ingest.settings import Settings
from shared.command_line import with_engine

_KINDS = f"One of: {', '.join(KINDS)}"

buyers_app = typer.Typer(no_args_is_help=True, help="The public bodies whose payments are taken.")


@buyers_app.command(name="add")
def add_buyer(
    org_id: Annotated[str, typer.Argument(metavar="ORG-ID", help="Such as GB-LAE-LDS")],
    name: Annotated[str, typer.Option(help="What messages and exports call it")],
    kind: Annotated[str, typer.Option(help=_KINDS)],
    place: Annotated[
        str | None, typer.Option(help="The Place of its payments that name none")
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Its first day; without one it was always there"),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Its last day; without one it still is there"),
    ] = None,
) -> None:
    """Add a buyer, or replace what is known of it."""
    given = Buyer(org_id, name, kind, place, _day(since), _day(until))

    async def run(engine: AsyncEngine, _: Settings) -> None:
        buyer = check_buyer(given)
        replaced = await register_buyer(engine, buyer, clock())
        typer.echo(f"{'replaced' if replaced else 'added'}: {buyer.org_id} {buyer.name}")

    with_engine(Settings(), run)


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else moment.date()


@buyers_app.command(name="list")
def list_buyers() -> None:
    """List the buyers."""

    async def run(engine: AsyncEngine, _: Settings) -> None:
        async with engine.connect() as connection:
            buyers = await find_buyers(connection)
        table = Table("org-id", "name", "kind", "Place", "since", "until", box=None)
        for buyer in buyers.values():
            table.add_row(*("" if value is None else str(value) for value in buyer))
        Console(highlight=False).print(table)

    with_engine(Settings(), run)


@buyers_app.command(name="succeed")
def succeed_buyer(
    predecessor: Annotated[str, typer.Argument(metavar="PREDECESSOR", help="Such as GB-NHS-15F")],
    successor: Annotated[str, typer.Argument(metavar="SUCCESSOR", help="Such as GB-NHS-QWO")],
    since: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%d"], help="The successor's first day")
    ],
    source: Annotated[str, typer.Option(help="The document that says so")],
) -> None:
    """Say which body answers for another from a day on; the newest word on a pair counts."""
    given = Succession(predecessor, successor, since.date(), source)

    async def run(engine: AsyncEngine, _: Settings) -> None:
        async with engine.connect() as connection:
            buyers = await find_buyers(connection)
        await record_succession(engine, given, buyers, clock())
        typer.echo(f"{successor} answers for {predecessor} since {given.since}")

    with_engine(Settings(), run)


@buyers_app.command(name="successions")
def show_successions() -> None:
    """List which body answers for which."""

    async def run(engine: AsyncEngine, _: Settings) -> None:
        async with engine.connect() as connection:
            known = await list_successions(connection)
        table = Table("predecessor", "successor", "since", "source", box=None)
        for each in known:
            table.add_row(*map(str, each))
        Console(highlight=False).print(table)

    with_engine(Settings(), run)
