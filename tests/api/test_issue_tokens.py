"""`tokens issue`: of an officer of buyers, or of one provider."""

import asyncio
import os
import pwd

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from deploy.local.addresses import Addresses
from services.api.__main__ import app
from shared.access import Guard
from shared.access.audit import read_audit
from tests.conftest import MakeEngine

KEY = SecretStr("a key of the tests, thirty-two bytes or more")
HOSPICE = "GB-CHC-1036460"


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCALPOUND_TOKEN_KEY", KEY.get_secret_value())


def issue(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["tokens", "issue", "--subject", "o", *arguments])
    return done.exit_code, done.output.strip()


async def test_a_token_is_what_was_asked_and_the_audit_says_who_issued_it(
    engine_for: MakeEngine, stack: Addresses, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = await engine_for("api")
    monkeypatch.setenv("LOCALPOUND_DATABASE", stack.database)
    monkeypatch.setenv("LOCALPOUND_API_DATABASE_SCHEMA", f"{prefix}_api")
    code, token = await asyncio.to_thread(issue, "--provider", HOSPICE)
    caller = await Guard(KEY).identify(token)
    assert (code, caller.organisation, caller.only) == (0, HOSPICE, frozenset())
    assert caller.scopes == frozenset({"provider"})
    officers = "--scope", "spend:read", "--buyer", "GB-LAE-LDS"
    code, token = await asyncio.to_thread(issue, *officers)
    caller = await Guard(KEY).identify(token)
    assert (code, caller.scopes) == (0, frozenset({"spend:read"}))
    assert caller.only == frozenset({"GB-LAE-LDS"})
    async with engine.connect() as connection:
        rows = await read_audit(
            connection, since=None, until=None, subject=None, about=None, limit=9
        )
    assert {(row.act, row.route, row.issuer, row.outcome) for row in rows} == {
        ("write", "COMMAND token_commands.issue", "command line", "issued")
    }
    assert {row.subject for row in rows} == {pwd.getpwuid(os.getuid()).pw_name}
    assert [row.about for row in rows] == ["o spend:read GB-LAE-LDS", f"o provider {HOSPICE}"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--provider", HOSPICE, "--scope", "spend:read"), "goes with neither --scope nor --buyer"),
        (("--provider", HOSPICE, "--buyer", "*"), "goes with neither --scope nor --buyer"),
        (("--provider", "*"), "takes one organisation"),
        (("--provider", "the hospice"), "'the hospice' is not an org-id"),
        (("--scope", "provider", "--buyer", "*"), "unknown scope provider"),
        (("--buyer", "*"), "--scope and --buyer are needed, or --provider"),
        (("--scope", "spend:read"), "--scope and --buyer are needed, or --provider"),
        (("--scope", "spend:read", "--buyer", "*", "--hours", "1e15"), "Invalid value for"),
        (("--subject", " ", "--scope", "spend:read", "--buyer", "*"), "must name somebody"),
    ],
)
def test_what_is_neither_an_officer_s_nor_a_provider_s_is_not_signed(
    arguments: tuple[str, ...], said: str
) -> None:
    code, output = issue(*arguments)
    assert (code, said in output, "eyJ" in output) == (2, True, False)
