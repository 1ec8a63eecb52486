"""`python -m services.api`: serve, migrate, rebuild, load, compare, export, pack, audit, tokens."""

import re
from datetime import timedelta
from typing import Annotated

import orjson
import typer
from sqlalchemy.ext.asyncio import AsyncEngine

from services.api.export_commands import export
from services.api.main import build, now
from services.api.population_commands import populations_app
from services.api.queries.moment import as_one
from services.api.queries.totals import Total, add_up_payments, in_words, read_totals
from services.api.rebuild.rebuild_command import rebuild
from services.api.settings import Settings
from services.api.statement_commands import pack
from shared.access import EVERY_BUYER, SCOPES, issue_provider_token, issue_token
from shared.access.caller import PROVIDER
from shared.audit_command import audit_command
from shared.command_line import WRONG, failed, run_commands, with_engine
from shared.database import migrate as migrate_schema
from shared.fields import ORG_ID
from shared.money import format_pounds
from shared.service import run

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Local Pound's query service.")
tokens = typer.Typer(no_args_is_help=True, help="Bearer tokens for every door.")
app.add_typer(tokens, name="tokens")
app.add_typer(populations_app, name="populations")
app.command("audit")(audit_command(Settings))
app.command()(rebuild)
app.command()(export)
app.command()(pack)


_OFFICERS = [each for each in SCOPES if each != PROVIDER]


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
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object")] = False,
    buyer: Annotated[str | None, typer.Option(help="All by default")] = None,
) -> None:
    """Control totals by buyer and month; exit code 1 when roll-up and payments disagree."""

    async def work(engine: AsyncEngine, _: Settings) -> tuple[list[Total], list[Total]]:
        async with as_one(engine) as connection:
            return await read_totals(connection), await add_up_payments(connection)

    rolled_up, added_up = with_engine(Settings(), work)
    shown = [total for total in rolled_up if buyer in {None, total.buyer}]
    if as_json:
        print(_as_json(shown))
    else:
        for total in shown:
            pounds = format_pounds(total.pence)
            print(f"{total.buyer:24} {total.month:%Y-%m} {total.lines:>12,} {pounds:>18}")
        print(f"together: {in_words(shown)}")
    if rolled_up != added_up:
        typer.echo("the roll-up does not add up to the payments: run `rebuild`", err=True)
        raise typer.Exit(1)


@tokens.command("issue")
def issue(
    subject: Annotated[str, typer.Option(help="Whom it is for")],
    scope: Annotated[
        list[str] | None, typer.Option(help=f"Repeated; of {', '.join(_OFFICERS)}")
    ] = None,
    buyer: Annotated[
        list[str] | None, typer.Option(help="Whose officer; repeated, or '*' for every buyer's")
    ] = None,
    provider: Annotated[
        str | None,
        typer.Option(help="Instead: the org-id of a provider, whose own is all that it opens"),
    ] = None,
    hours: Annotated[float, typer.Option(min=0.01, help="How long it is valid")] = 12,
) -> None:
    """Print a token signed with LOCALPOUND_TOKEN_KEY."""
    key = Settings().token_key
    if key is None:
        raise failed("LOCALPOUND_TOKEN_KEY is not set: there is nothing to sign with", WRONG)
    scopes, buyers = scope or [], buyer or []
    for each in [*buyers, *([] if provider is None else [provider])]:
        if each != EVERY_BUYER and not re.fullmatch(ORG_ID, each):
            raise failed(f"{each!r} is not an org-id such as GB-LAE-LDS", WRONG)
    lasting = timedelta(hours=hours)
    if provider is not None:
        if scopes or buyers:
            raise failed("--provider goes with neither --scope nor --buyer", WRONG)
        if provider == EVERY_BUYER:
            raise failed("--provider takes one organisation", WRONG)
        print(issue_provider_token(key, subject, provider, now(), valid_for=lasting))
        return
    if not scopes or not buyers:
        raise failed("--scope and --buyer are needed, or --provider", WRONG)
    if unknown := sorted(set(scopes) - set(_OFFICERS)):
        known = ", ".join(_OFFICERS)
        raise failed(f"unknown scope {', '.join(unknown)}; known are: {known}", WRONG)
    print(issue_token(key, subject, scopes, now(), buyers=buyers, valid_for=lasting))


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
