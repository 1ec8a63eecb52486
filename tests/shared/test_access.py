"""Who may, by token and by network."""

from datetime import UTC, datetime

import jwt
import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from shared.access import Caller, Guard, Refused, check_doors, issue_token
from shared.errors import Misconfigured

KEY = SecretStr("a key of the tests, thirty-two bytes or more")
LEEDS, BRADFORD = "GB-LAE-LDS", "GB-LAE-BRD"


async def caller_of(token: str) -> Caller:
    return await Guard(KEY).identify(token)


def claims(**given: object) -> str:
    always = {
        "iss": "localpound",
        "sub": "o",
        "aud": "localpound",
        "scope": "ingest:write personal:read",
        "exp": 2**40,
    }
    return jwt.encode(always | given, KEY.get_secret_value(), "HS256")


@pytest.mark.parametrize(
    ("buyers", "leeds", "bradford"),
    [
        ({"buyers": [LEEDS]}, True, False),
        ({"buyers": ["*"]}, True, True),
        ({"buyers": []}, False, False),
        ({}, False, False),
    ],
)
async def test_a_token_speaks_for_the_buyers_that_it_names_and_for_all_only_if_it_says_so(
    buyers: dict[str, object], leeds: bool, bradford: bool
) -> None:
    caller = await caller_of(claims(**buyers))
    assert (caller.speaks_for(LEEDS), caller.speaks_for(BRADFORD)) == (leeds, bradford)
    assert caller.may_see_personal(LEEDS) == leeds
    assert caller.may_see_personal(None) == bradford
    assert (caller.only is None) == bradford


@pytest.mark.parametrize("buyers", [[1], {"a": 1}, 1])
async def test_buyers_that_are_no_list_of_names_are_refused(buyers: object) -> None:
    with pytest.raises(Refused, match="buyers must be a list"):
        await caller_of(claims(buyers=buyers))


@pytest.mark.parametrize("sub", ["", " ", "a\x00b", "a\ud800", "a\nb", "a\u202eb", "a" * 256])
async def test_whom_the_audit_could_not_name_is_nobody(sub: str) -> None:
    with pytest.raises(Refused, match="sub must name somebody"):
        await caller_of(claims(sub=sub))


async def test_a_token_that_is_issued_speaks_for_whom_it_was_issued() -> None:
    issued = issue_token(KEY, "o", ["ingest:write"], datetime.now(UTC), buyers=[LEEDS])
    assert (await caller_of(issued)).only == frozenset({LEEDS})


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "", "ingest"])
def test_doors_beyond_the_loopback_need_a_key_or_the_operator_s_word(host: str) -> None:
    with pytest.raises(Misconfigured, match="LOCALPOUND_OPEN_DOORS=true"):
        check_doors(host, locked=False, may_be_open=False)
    with capture_logs() as logs:
        check_doors(host, locked=True, may_be_open=False)
    assert logs == []
    with capture_logs() as logs:
        check_doors(host, locked=False, may_be_open=True)
    assert [(log["event"], log["log_level"]) for log in logs] == [("doors.open", "warning")]


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_doors_on_the_loopback_go_without_a_key_and_say_so(host: str) -> None:
    with capture_logs() as logs:
        check_doors(host, locked=False, may_be_open=False)
    assert [log["event"] for log in logs] == ["doors.open"]
