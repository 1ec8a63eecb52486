"""Who may: bearer tokens (JWT, HS256) with scopes, one check for every door.

A token speaks for the buyers that it names, and for all only where it says so: "*". Without a key
the doors trust the network that they are bound to (loopback, unless an operator opens them), and no
one can prove to be an officer: personal names stay withheld.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_address

import jwt
from fastapi import Request
from pydantic import SecretStr

from shared.errors import Misconfigured
from shared.logs import logger

_ALGORITHM = "HS256"
_AUDIENCE = "localpound"
SCOPES = (
    "spend:read",
    "payments:read",
    "payments:write",
    "personal:read",
    "review:write",
    "reconcile:read",
    "ingest:write",
    "notices:write",
)


EVERY_BUYER = "*"


class Refused(Exception):
    """The token is missing, not valid (401), or lacks the scope (403)."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


@dataclass(frozen=True)
class Caller:
    """Whoever calls: a subject, its scopes, and the buyers it speaks for (`EVERY_BUYER`: all)."""

    subject: str = "anyone"
    scopes: frozenset[str] = field(default_factory=frozenset)
    buyers: frozenset[str] = field(default_factory=frozenset)

    def may_see_personal(self, buyer: str | None = None) -> bool:
        """Whether names that match no organisation are shown: to the buyer's own officers only.

        Where the buyers concerned are not known (None), only to who speaks for all.
        """
        known = self.only is None or buyer in self.only
        return "personal:read" in self.scopes and known

    def speaks_for(self, buyer: str) -> bool:
        """Whether the caller may write for this buyer."""
        return self.only is None or buyer in self.only

    @property
    def only(self) -> frozenset[str] | None:
        """The buyers to which what the caller sees is held; None where it speaks for all."""
        return None if EVERY_BUYER in self.buyers else self.buyers


ANYONE = Caller(buyers=frozenset({EVERY_BUYER}))
"""Who calls at a door without a key: no officer, held to no buyer."""


def issue_token(
    key: SecretStr,
    subject: str,
    scopes: list[str],
    now: datetime,
    *,
    buyers: list[str],
    valid_for: timedelta = timedelta(hours=12),
) -> str:
    """A signed token for `subject` that speaks for these buyers, all of them where one is "*"."""
    claims = {
        "sub": subject,
        "aud": _AUDIENCE,
        "scope": " ".join(scopes),
        "buyers": buyers,
        "iat": now,
        "exp": now + valid_for,
    }
    return jwt.encode(claims, key.get_secret_value(), algorithm=_ALGORITHM)


def check_doors(host: str, key: SecretStr | None, *, may_be_open: bool) -> None:
    """Misconfigured where doors without a key would be open to a network; a warning where they are.

    `may_be_open` is the operator's word that the network may be trusted.
    """
    if key is not None:
        return
    if not _is_loopback(host) and not may_be_open:
        raise Misconfigured(
            f"LOCALPOUND_HTTP_HOST {host} opens the doors to a network, and without "
            "LOCALPOUND_TOKEN_KEY anyone there may read and write: set a key, or say "
            "LOCALPOUND_OPEN_DOORS=true"
        )
    logger.warning("doors.open", host=host, reason="there is no token key: the network is trusted")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


Allow = Callable[[Request], Awaitable[Caller]]
"""A FastAPI dependency that knows who calls."""


def require(key: SecretStr | None, scope: str, *, narrower: str = "", parameter: str = "") -> Allow:
    """A FastAPI dependency: the caller, once it holds `scope`. Raises Refused.

    `narrower` is a scope that will do as well. A token may then also come in the query parameter
    that is named, for clients that can send no header, but only with that scope and no other:
    addresses are written to logs.
    """

    async def caller(request: Request) -> Caller:  # async: FastAPI gives others a thread each
        if key is None:
            return ANYONE
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        in_query = parameter != "" and parameter in request.query_params
        if in_query:
            scheme, token = "bearer", request.query_params[parameter]
        if scheme.lower() != "bearer" or not token:
            raise Refused(401, "a bearer token is needed in the Authorization header")
        try:
            claims = jwt.decode(
                token,
                key.get_secret_value(),
                algorithms=[_ALGORITHM],
                audience=_AUDIENCE,
                options={"require": ["exp", "sub"]},
            )
        except jwt.InvalidTokenError as error:
            raise Refused(401, f"the bearer token is not valid: {error}") from error
        scopes = frozenset(str(claims.get("scope", "")).split())
        if in_query and scopes != {narrower}:
            raise Refused(403, f"in an address a token may hold {narrower} and no other scope")
        if scope not in scopes and narrower not in scopes:
            raise Refused(403, f"the token lacks the scope {scope}")
        buyers = claims.get("buyers", [])
        if not isinstance(buyers, list) or not all(isinstance(each, str) for each in buyers):
            raise Refused(401, "the bearer token is not valid: buyers must be a list of org-ids")
        return Caller(str(claims["sub"]), scopes, frozenset(buyers))

    return caller
