"""`python -m services.api`: serve, migrate, rebuild, load, compare, export, pack, audit, tokens."""

from typing import Annotated

import orjson
import typer
from sqlalchemy.ext.asyncio import AsyncEngine

from services.api.commands.export_commands import export
from services.api.commands.population_commands import populations_app
from services.api.commands.rebuild_command import rebuild
from services.api.commands.statement_commands import pack
from services.api.commands.token_commands import tokens_app
from services.api.main import build
from services.api.queries.moment import as_one
from services.api.queries.totals import (
    Total,
    add_up_payments,
    add_up_spend,
    in_words,
    read_totals,
)
from services.api.settings import Settings
from shared.audit_command import audit_command
from shared.command_line import run_commands, with_engine
from shared.database import migrate as migrate_schema
from shared.money import format_pounds
from shared.service import run

_HELP = "Answers about spend and agreements, what is published of them, tokens, the read model."

app = typer.Typer(no_args_is_help=True, add_completion=False, help=_HELP)
app.add_typer(tokens_app, name="tokens")
app.add_typer(populations_app, name="populations")
app.command("audit")(audit_command(Settings))
app.command()(rebuild)
app.command()(export)
app.command()(pack)


@app.command()
def serve() -> None:
    """Project the topics and answer until stopped."""
    raise typer.Exit(run(build, Settings()))


@app.command()
def migrate() -> None:
    """Bring the schema up to date."""

    async def bring(engine: AsyncEngine, settings: Settings) -> None:
        await migrate_schema(engine, settings.service, settings.schema_name)

    with_engine(Settings(), bring, checked=False)


@app.command()
def totals(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object")] = False,
    buyer: Annotated[
        str | None, typer.Option(help="Of this buyer alone, by its org-id; all by default")
    ] = None,
) -> None:
    """Control totals by buyer and month; exit code 1 when roll-up and payments disagree."""

    async def work(engine: AsyncEngine, _: Settings) -> list[list[Total]]:
        async with as_one(engine) as connection:
            ways = read_totals, add_up_spend, add_up_payments
            return [await each(connection) for each in ways]

    kept, rolled_up, added_up = with_engine(Settings(), work)
    shown = [total for total in kept if buyer in {None, total.buyer}]
    if as_json:
        print(_as_json(shown))
    else:
        for total in shown:
            pounds = format_pounds(total.pence)
            print(f"{total.buyer:24} {total.month:%Y-%m} {total.lines:>12,} {pounds:>18}")
        print(f"together: {in_words(shown)}")
    if not kept == rolled_up == added_up:
        typer.echo("the roll-up does not add up to the payments: run `rebuild`", err=True)
        raise typer.Exit(1)


def _as_json(found: list[Total]) -> str:
    rows = [total._asdict() | {"month": f"{total.month:%Y-%m}"} for total in found]
    content = {
        "lines": sum(total.lines for total in found),
        "pence": sum(total.pence for total in found),
        "totals": rows,
    }
    return orjson.dumps(content).decode()


if __name__ == "__main__":
    run_commands(app)
