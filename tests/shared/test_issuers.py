"""Tokens of an OpenID Connect issuer: by its keys, and by nothing else."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import httpx
import jwt
import pytest
from fastapi import Depends
from pydantic import SecretStr, ValidationError

from services.api.settings import Settings
from shared.access import Guard, Refused, issue_token
from shared.access.issuer import Issuer, IssuerAway
from shared.access.issuer_settings import IssuerSettings
from shared.door.web import open_door
from shared.service import guard_of as guard_of_settings
from tests.shared.oidc import OidcServer, ec_key, oidc_server, rsa_key

pytestmark = pytest.mark.loopback

KEY = SecretStr("a key of the tests, thirty-two bytes or more")
RSA, SECOND, EC = rsa_key(), rsa_key(), ec_key()
PROVIDER = frozenset({"provider"})
LEEDS, HOSPICE = "GB-LAE-LDS", "GB-CHC-1036460"


class Clock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def server() -> AsyncIterator[OidcServer]:
    async with oidc_server(first=RSA) as running:
        yield running


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def guard(server: OidcServer, clock: Clock) -> Guard:
    """A guard that verifies every token anew, so that what is asked of the issuer is seen."""
    return guard_of(server, clock)


def guard_of(server: OidcServer, clock: Clock, **settings: Any) -> Guard:
    said = IssuerSettings(issuer=server.url, audience="localpound-doors", **settings)
    guard = Guard(KEY, [Issuer(said, clock=clock)])
    guard._verified = Forgetful()
    return guard


class Forgetful(dict[Any, Any]):
    def __setitem__(self, key: Any, value: Any) -> None:
        """Nothing is kept."""


async def test_a_token_of_the_issuer_is_taken_with_our_scopes_of_it(
    server: OidcServer, guard: Guard
) -> None:
    token = server.token("first", scope="openid spend:read email", buyers=[LEEDS])
    caller = await guard.identify(token)
    assert (caller.subject, caller.issuer, caller.scopes, caller.only) == (
        "f3b1",
        server.url,
        frozenset({"spend:read"}),
        frozenset({LEEDS}),
    )
    own = issue_token(KEY, "o", ["ingest:write"], datetime.now(UTC), buyers=["*"])
    assert (await guard.identify(own)).issuer == "localpound"
    await guard.identify(token)
    assert server.asked == ["/.well-known/openid-configuration", "/keys"], "asked once"


async def test_an_elliptic_key_is_as_good(server: OidcServer, guard: Guard) -> None:
    server.keys["curve"] = EC
    assert (await guard.identify(server.token("curve"))).subject == "f3b1"


@pytest.mark.parametrize(
    ("claims", "settings", "scopes", "only"),
    [
        ({"scope": None, "scp": "spend:read"}, {}, {"spend:read"}, frozenset()),  # Entra, a person
        (
            {"scope": None, "roles": ["ingest:write"], "buyers": LEEDS},
            {},
            {"ingest:write"},
            frozenset({LEEDS}),
        ),
        (
            {"realm_access": {"roles": ["review:write", "offline_access"]}, "who": ["*"]},
            {"scopes": ("realm_access.roles",), "buyers": "who"},
            {"review:write"},
            None,
        ),
        (
            {"https://id.example/scopes": "spend:read"},
            {"scopes": ("https://id.example/scopes",)},
            {"spend:read"},
            frozenset(),
        ),
    ],
    ids=["Entra ID scp", "Entra ID app role", "Keycloak role", "a claim named by an address"],
)
async def test_scopes_and_buyers_stand_where_the_operator_says(
    server: OidcServer,
    clock: Clock,
    claims: dict[str, Any],
    settings: dict[str, Any],
    scopes: set[str],
    only: frozenset[str] | None,
) -> None:
    caller = await guard_of(server, clock, **settings).identify(server.token("first", **claims))
    assert (set(caller.scopes), caller.only) == (scopes, only)


async def test_a_provider_is_held_to_its_organisation_whatever_else_its_token_says(
    server: OidcServer, guard: Guard
) -> None:
    token = partial(server.token, "first", scope="provider spend:read personal:read", buyers="*")
    caller = await guard.identify(token(organisation=HOSPICE))
    assert (caller.organisation, caller.scopes, caller.only) == (HOSPICE, PROVIDER, frozenset())
    assert not caller.may_see_personal()
    assert not caller.speaks_for(LEEDS)
    for wrong in ({}, {"organisation": "the hospice"}, {"organisation": [HOSPICE]}):
        with pytest.raises(Refused, match="must be the org-id of its organisation"):
            await guard.identify(token(**wrong))


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ({"aud": "another-api"}, "Audience doesn't match"),
        ({"aud": None}, "aud"),
        ({"iss": "https://elsewhere.example"}, "its issuer is not known here"),
        ({"iss": None}, "its issuer is not known here"),
        ({"exp": datetime.now(UTC) - timedelta(minutes=1)}, "expired"),
        ({"exp": None}, "exp"),
        ({"sub": None}, "sub"),
        ({"nbf": datetime.now(UTC) + timedelta(hours=1)}, "not yet valid"),
        ({"scope": {"a": 1}}, "scope must be a list of words"),
    ],
)
async def test_a_token_that_is_not_for_these_doors_is_refused(
    server: OidcServer, guard: Guard, claims: dict[str, Any], said: str
) -> None:
    made = {name: value for name, value in claims.items() if value is not None}
    token = server.token("first", **made)
    if None in claims.values():
        kept = jwt.decode(token, options={"verify_signature": False})
        for name in claims:
            del kept[name]
        token = jwt.encode(kept, RSA, "RS256", headers={"kid": "first"})
    with pytest.raises(Refused, match=said) as refused:
        await guard.identify(token)
    assert refused.value.status == 401


async def test_no_algorithm_and_no_public_key_taken_for_a_secret_opens_a_door(
    server: OidcServer, guard: Guard
) -> None:
    claims = jwt.decode(server.token("first"), options={"verify_signature": False})
    published = RSA.public_key().public_numbers().n.to_bytes(256, "big")  # none knows more of it
    for forged in (
        jwt.encode(claims, None, "none", headers={"kid": "first"}),  # type: ignore[arg-type]
        jwt.encode(claims, published, "HS256", headers={"kid": "first"}),
        jwt.encode(claims, KEY.get_secret_value(), "HS256", headers={"kid": "first"}),
        jwt.encode(claims, SECOND, "RS256", headers={"kid": "first"}),
        jwt.encode(claims, RSA, "RS512", headers={"kid": "first"}),
        jwt.encode(claims | {"iss": "localpound", "aud": "localpound"}, RSA, "RS256"),
        server.token("first") + "x",
        "a.b.c",
    ):
        with pytest.raises(Refused) as refused:
            await guard.identify(forged)
        assert refused.value.status == 401


async def test_a_key_for_encryption_or_a_secret_among_the_keys_verifies_nothing(
    server: OidcServer, guard: Guard
) -> None:
    secret = {"kty": "oct", "kid": "first", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA"}
    server.others = [secret]
    server.keys = {"second": SECOND}
    forged = jwt.encode({"iss": server.url}, "secret-secret-secret-secret-secret", "HS256")
    with pytest.raises(Refused):
        await guard.identify(forged)


async def test_a_new_key_is_found_at_once_and_asked_for_at_most_once_a_minute(
    server: OidcServer, guard: Guard, clock: Clock
) -> None:
    await guard.identify(server.token("first"))
    clock.now += 61
    server.keys = {"second": SECOND}
    assert (await guard.identify(server.token("second"))).subject == "f3b1"
    server.keys["first"] = RSA
    with pytest.raises(Refused, match="its key 'first' is none of the issuer's"):
        await guard.identify(server.token("first"))
    assert server.asked.count("/keys") == 2, "the minute is not over"
    clock.now += 61
    await guard.identify(server.token("first"))
    assert server.asked.count("/keys") == 3


async def test_while_the_issuer_is_away_its_last_keys_hold_and_then_nobody_can_tell(
    server: OidcServer, guard: Guard, clock: Clock
) -> None:
    await guard.identify(server.token("first"))
    server.away = True
    clock.now += 3700
    assert (await guard.identify(server.token("first"))).subject == "f3b1"
    await guard._issuers[server.url]._refreshing  # type: ignore[misc]
    server.keys["second"] = SECOND
    with pytest.raises(IssuerAway):
        await guard.identify(server.token("second"))
    clock.now += 24 * 3600
    with pytest.raises(IssuerAway):
        await guard.identify(server.token("first"))
    server.away = False
    clock.now += 6
    assert (await guard.identify(server.token("first"))).subject == "f3b1"


async def test_an_issuer_that_says_to_be_another_is_none(server: OidcServer, guard: Guard) -> None:
    server.says_to_be = "https://elsewhere.example"
    with pytest.raises(IssuerAway):
        await guard.identify(server.token("first"))


async def test_a_verified_token_is_known_by_its_digest_for_five_minutes_at_most(
    server: OidcServer,
) -> None:
    clock = Clock()
    clock.now = datetime.now(UTC).timestamp()
    issuer = Issuer(IssuerSettings(issuer=server.url, audience="localpound-doors"))
    guard = Guard(None, [issuer], clock=clock)
    token = server.token("first", exp=datetime.now(UTC) + timedelta(hours=1))
    caller = await guard.identify(token)
    issuer._keys = {}
    assert await guard.identify(token) is caller
    clock.now += 301
    with pytest.raises(Refused, match="none of the issuer's"):
        await guard.identify(token)


async def test_at_a_door_an_issuer_that_is_away_is_503_and_not_401(
    server: OidcServer, guard: Guard
) -> None:
    async def nothing_amiss() -> list[str]:
        return []

    app = open_door("things", "", nothing_amiss)

    @app.get("/v1/things", dependencies=[Depends(guard.require("spend:read"))])
    async def things() -> str:
        return "shown"

    headers = {"authorization": f"Bearer {server.token('first')}"}
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://things") as client:
        server.away = True
        answer = await client.get("/v1/things", headers=headers)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
        server.away = False
        guard._issuers[server.url]._tried_at = float("-inf")
        assert (await client.get("/v1/things", headers=headers)).json() == "shown"


def test_issuers_are_a_setting_of_all_services_and_lock_their_doors(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = '{"issuer": "https://id.example/realms/a", "audience": "localpound"}'
    monkeypatch.setenv("LOCALPOUND_ISSUERS", f"[{said}]")
    settings = Settings()
    assert [each.scopes for each in settings.issuers] == [("scope", "scp", "roles")]
    assert guard_of_settings(settings).locked
    monkeypatch.setenv("LOCALPOUND_ISSUERS", f"[{said}, {said}]")
    with pytest.raises(ValidationError, match="names an issuer twice"):
        Settings()
    monkeypatch.setenv("LOCALPOUND_ISSUERS", "[]")
    assert not guard_of_settings(Settings()).locked


@pytest.mark.parametrize("address", ["http://id.example", "id.example", "ftp://id.example", ""])
def test_an_issuer_is_asked_where_nobody_can_answer_for_it(address: str) -> None:
    with pytest.raises(ValidationError, match="must be https"):
        IssuerSettings(issuer=address, audience="a")
