"""`tokens issue`: of an officer of buyers, or of one provider."""

import asyncio
import os
import pwd
from pathlib import Path
from uuid import UUID

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from deploy.local.addresses import Addresses
from services.api.__main__ import app
from shared.access import Guard, Refused
from shared.access.audit import read_audit
from shared.access.revoked import Revoked
from tests.conftest import MakeEngine

KEY = SecretStr("a key of the tests, thirty-two bytes or more")
HOSPICE = "GB-CHC-1036460"


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCALPOUND_TOKEN_KEY", KEY.get_secret_value())


def issue(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["tokens", "issue", "--subject", "o", *arguments])
    return done.exit_code, (done.stdout if done.exit_code == 0 else done.output).strip()


@pytest.mark.parametrize(
    ("issuers", "said"),
    [
        ("[]", "they ask for no token, unless LOCALPOUND_ISSUERS names who gives them out"),
        (
            '[{"issuer": "https://login.example.org/v2.0", "audience": "pounds"}]',
            "they take tokens that https://login.example.org/v2.0 gives out, and none of ours",
        ),
    ],
    ids=["no issuer", "an issuer"],
)
def test_without_a_key_it_says_what_opens_the_doors(
    monkeypatch: pytest.MonkeyPatch, issuers: str, said: str
) -> None:
    monkeypatch.delenv("LOCALPOUND_TOKEN_KEY")
    monkeypatch.setenv("LOCALPOUND_ISSUERS", issuers)
    code, output = issue("--scope", "spend:read", "--buyer", "*")
    assert (code, said in output, "demo" in output) == (2, True, False)


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
    opens = ("o spend:read GB-LAE-LDS", f"o provider {HOSPICE}")
    assert [row.about.partition("Z ")[2] for row in rows] == list(opens)


async def test_a_token_is_taken_back_by_the_id_that_it_is_listed_by(
    engine_for: MakeEngine,
    stack: Addresses,
    prefix: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    engine = await engine_for("api")
    monkeypatch.setenv("LOCALPOUND_DATABASE", stack.database)
    monkeypatch.setenv("LOCALPOUND_API_DATABASE_SCHEMA", f"{prefix}_api")
    file = tmp_path / "revoked"

    def type_verbs() -> tuple[str, str]:
        _, token = issue("--provider", HOSPICE)
        listed = CliRunner().invoke(app, ["tokens", "list"]).output
        told = CliRunner().invoke(app, ["tokens", "revoke", listed.split()[0]])
        assert (told.exit_code, "REVOKED_TOKENS is not set" in told.output) == (2, True)
        monkeypatch.setenv("LOCALPOUND_REVOKED_TOKENS", str(file))
        for said in ("is revoked", "was revoked before"):
            told = CliRunner().invoke(app, ["tokens", "revoke", listed.split()[0]])
            assert (said in told.output, "no token of this id" in told.output) == (True, False)
        mistyped = CliRunner().invoke(app, ["tokens", "revoke", str(UUID(int=0))])
        assert (mistyped.exit_code, "no token of this id" in mistyped.output) == (0, True)
        return token, CliRunner().invoke(app, ["tokens", "list"]).output

    token, listed = await asyncio.to_thread(type_verbs)
    assert listed.endswith(f"Z o provider {HOSPICE} (revoked)\n")
    with pytest.raises(Refused, match="it was revoked"):
        await Guard(KEY, revoked=Revoked(file)).identify(token)
    async with engine.connect() as connection:
        rows = await read_audit(
            connection, since=None, until=None, subject=None, about=listed.split()[0], limit=9
        )
    assert {(row.route, row.outcome) for row in rows} == {
        ("COMMAND token_commands.revoke_token", "revoked")
    }


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
