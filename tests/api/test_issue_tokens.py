"""`tokens issue`: of an officer of buyers, or of one provider."""

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from services.api.__main__ import app
from shared.access import Guard

KEY = SecretStr("a key of the tests, thirty-two bytes or more")
HOSPICE = "GB-CHC-1036460"


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCALPOUND_TOKEN_KEY", KEY.get_secret_value())


def issue(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["tokens", "issue", "--subject", "o", *arguments])
    return done.exit_code, done.output.strip()


async def test_a_provider_s_token_bears_its_organisation_and_nothing_else() -> None:
    code, token = issue("--provider", HOSPICE)
    caller = await Guard(KEY).identify(token)
    assert (code, caller.organisation, caller.only) == (0, HOSPICE, frozenset())
    assert caller.scopes == frozenset({"provider"})


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
        (("--subject", " ", "--scope", "spend:read", "--buyer", "*"), "must name somebody"),
    ],
)
def test_what_is_neither_an_officer_s_nor_a_provider_s_is_not_signed(
    arguments: tuple[str, ...], said: str
) -> None:
    code, output = issue(*arguments)
    assert (code, said in output, "eyJ" in output) == (2, True, False)
