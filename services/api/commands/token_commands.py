"""`python -m services.api tokens`: bearer tokens of our own, for officers and providers."""

import re
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.api.main import now
from services.api.settings import Settings
from shared.access import EVERY_BUYER, SCOPES, issue_provider_token, issue_token
from shared.access.audit import keep_command
from shared.access.caller import PROVIDER
from shared.access.claims import SUBJECT_MUST, names_somebody
from shared.access.own_tokens import tell
from shared.access.revoked import read_revoked, revoke
from shared.command_line import WRONG, failed, with_engine
from shared.fields import ORG_ID

tokens_app = typer.Typer(no_args_is_help=True, help="Bearer tokens for every door.")

_TEN_YEARS = 87_600.0
_ISSUED = "issued"
_LISTED = text(
    "select about from audit where route = 'COMMAND token_commands.issue' and outcome = :issued"
    " order by seq desc"
)
_OFFICERS = [each for each in SCOPES if each != PROVIDER]


@tokens_app.command("issue")
def issue(
    subject: Annotated[str, typer.Option(help="Whom it is for, as the audit will name them")],
    scope: Annotated[
        list[str] | None, typer.Option(help=f"What it may do; repeated: {', '.join(_OFFICERS)}")
    ] = None,
    buyer: Annotated[
        list[str] | None, typer.Option(help="Whose officer; repeated, or '*' for every buyer's")
    ] = None,
    provider: Annotated[
        str | None,
        typer.Option(help="Instead: the org-id of a provider, whose own is all that it opens"),
    ] = None,
    hours: Annotated[
        float, typer.Option(min=0.01, max=_TEN_YEARS, help="How many hours it is valid")
    ] = 12,
) -> None:
    """Print a token signed with LOCALPOUND_TOKEN_KEY, and beside it, on standard error, its id; the
    audit keeps its id, for whom and what it is, and until when.
    """
    settings = Settings()
    key = settings.token_key
    if key is None:
        raise failed(
            "LOCALPOUND_TOKEN_KEY is not set: there is nothing to sign with. Give the key that the "
            "services run with, or none of their doors takes the token. Where they run without a "
            f"key, {_without_key(settings)} (`openssl rand -hex 32` makes a key: set it for every "
            "service and start them again)",
            WRONG,
        )
    if not names_somebody(subject):
        raise failed(f"--subject {SUBJECT_MUST}", WRONG)
    scopes, buyers = scope or [], buyer or []
    for each in [*buyers, *([] if provider is None else [provider])]:
        if each != EVERY_BUYER and not re.fullmatch(ORG_ID, each):
            raise failed(f"{each!r} is not an org-id such as GB-LAE-LDS", WRONG)
    opens = _provider(provider, scopes, buyers) if provider else _officer(scopes, buyers)
    lasting = timedelta(hours=hours)
    if provider:
        token = issue_provider_token(key, subject, provider, now(), valid_for=lasting)
    else:
        token = issue_token(key, subject, scopes, now(), buyers=buyers, valid_for=lasting)

    told = tell(token)

    async def keep(engine: AsyncEngine, _: Settings) -> None:
        until = f"until {told.expires:%Y-%m-%dT%H:%M:%SZ}"
        await keep_command(engine, _ISSUED, " ".join([told.token_id, until, subject, *opens]))

    with_engine(settings, keep)
    typer.echo(f"its id, by which it can be revoked: {told.token_id}", err=True)
    print(token)


@tokens_app.command("revoke")
def revoke_token(
    token_id: Annotated[UUID, typer.Argument(help="As `tokens issue` told it, and `list` tells")],
) -> None:
    """Take a token back: within seconds no door that reads LOCALPOUND_REVOKED_TOKENS takes it."""
    settings = Settings()
    file = _file_of(settings)

    async def take_back(engine: AsyncEngine, _: Settings) -> tuple[bool, bool]:
        issued = await _issued(engine)
        new = revoke(file, str(token_id), now())
        await keep_command(engine, "revoked", str(token_id))
        return new, str(token_id) in {about.split()[0] for about in issued}

    new, known = with_engine(settings, take_back)
    print(f"{token_id} {'is revoked' if new else 'was revoked before'}")
    if not known:
        typer.echo(
            "no token of this id was issued here: it holds for a token of an issuer that bears it "
            "as its jti; if you meant one of ours, see `tokens list`",
            err=True,
        )


@tokens_app.command("list")
def list_tokens() -> None:
    """Print the tokens that were issued here, as the audit has them, the newest first: id, until
    when, for whom and what; and which of them are revoked.
    """
    settings = Settings()

    async def read(engine: AsyncEngine, _: Settings) -> Sequence[str]:
        return await _issued(engine)

    file = settings.revoked_tokens
    gone = frozenset() if file is None else read_revoked(file)
    for about in with_engine(settings, read):
        print(f"{about}{' (revoked)' if about.split()[0] in gone else ''}")


def _without_key(settings: Settings) -> str:
    """What opens the doors of services that have these settings and no key."""
    if issuers := [each.issuer for each in settings.issuers]:
        return f"they take tokens that {' or '.join(issuers)} gives out, and none of ours"
    return "they ask for no token, unless LOCALPOUND_ISSUERS names who gives them out"


async def _issued(engine: AsyncEngine) -> Sequence[str]:
    """What the audit keeps of each token that was issued, its id first; the newest first."""
    async with engine.connect() as connection:
        return (await connection.scalars(_LISTED, {"issued": _ISSUED})).all()


def _file_of(settings: Settings) -> Path:
    if settings.revoked_tokens is None:
        raise failed(
            "LOCALPOUND_REVOKED_TOKENS is not set: give the file that the services run with, which "
            "every door reads",
            WRONG,
        )
    return settings.revoked_tokens


def _provider(provider: str, scopes: list[str], buyers: list[str]) -> list[str]:
    """What a provider's token opens; an exit where it is asked to open more."""
    if scopes or buyers:
        raise failed("--provider goes with neither --scope nor --buyer", WRONG)
    if provider == EVERY_BUYER:
        raise failed("--provider takes one organisation", WRONG)
    return [PROVIDER, provider]


def _officer(scopes: list[str], buyers: list[str]) -> list[str]:
    """What an officer's token opens; an exit where that is nothing, or nothing that there is."""
    if not scopes or not buyers:
        raise failed("--scope and --buyer are needed, or --provider", WRONG)
    if unknown := sorted(set(scopes) - set(_OFFICERS)):
        known = ", ".join(_OFFICERS)
        raise failed(f"unknown scope {', '.join(unknown)}; known are: {known}", WRONG)
    return [*scopes, *buyers]
