"""`python -m services.api tokens`: bearer tokens of our own, for officers and providers."""

import re
from datetime import timedelta
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncEngine

from services.api.main import now
from services.api.settings import Settings
from shared.access import EVERY_BUYER, SCOPES, issue_provider_token, issue_token
from shared.access.audit import keep_command
from shared.access.caller import PROVIDER
from shared.access.claims import SUBJECT_MUST, names_somebody
from shared.command_line import WRONG, failed, with_engine
from shared.fields import ORG_ID

tokens_app = typer.Typer(no_args_is_help=True, help="Bearer tokens for every door.")

_TEN_YEARS = 87_600.0
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
    """Print a token signed with LOCALPOUND_TOKEN_KEY; the audit keeps for whom and what it is."""
    settings = Settings()
    key = settings.token_key
    if key is None:
        raise failed(
            "LOCALPOUND_TOKEN_KEY is not set: there is nothing to sign with. Give the key that the "
            "services run with; without one, as in `make demo`, their doors ask for no token "
            "(`openssl rand -hex 32` makes one)",
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

    async def keep(engine: AsyncEngine, _: Settings) -> None:
        await keep_command(engine, "issued", about=" ".join([subject, *opens]))

    with_engine(settings, keep)
    print(token)


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
