"""Who may: bearer tokens (JWT, HS256) with scopes, one check for every door.

Without a key the doors trust the network that they are bound to (loopback by default), and no one
can prove to be an officer: personal names stay withheld.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import jwt
from fastapi import Request
from pydantic import SecretStr

_ALGORITHM = "HS256"
_AUDIENCE = "localpound"
SCOPES = (
    "spend:read",
    "payments:read",
    "personal:read",
    "review:write",
    "reconcile:read",
    "ingest:write",
    "notices:write",
)


class Refused(Exception):
    """The token is missing, not valid (401), or lacks the scope (403)."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


@dataclass(frozen=True)
class Caller:
    """Whoever calls: a subject, its scopes, and the buyers it speaks for (none named: all)."""

    subject: str = "anyone"
    scopes: frozenset[str] = field(default_factory=frozenset)
    buyers: frozenset[str] = field(default_factory=frozenset)

    def may_see_personal(self, buyer: str | None = None) -> bool:
        """Whether names that match no organisation are shown: to the buyer's own officers only.

        Where the buyers concerned are not known (None), only to who speaks for all.
        """
        return "personal:read" in self.scopes and (not self.buyers or buyer in self.buyers)

    def speaks_for(self, buyer: str) -> bool:
        """Whether the caller may write for this buyer."""
        return not self.buyers or buyer in self.buyers


def issue_token(
    key: SecretStr,
    subject: str,
    scopes: list[str],
    now: datetime,
    *,
    buyers: list[str] | None = None,
    valid_for: timedelta = timedelta(hours=12),
) -> str:
    """A signed token for `subject`; an empty `buyers` speaks for all."""
    claims = {
        "sub": subject,
        "aud": _AUDIENCE,
        "scope": " ".join(scopes),
        "buyers": buyers or [],
        "iat": now,
        "exp": now + valid_for,
    }
    return jwt.encode(claims, key.get_secret_value(), algorithm=_ALGORITHM)


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
            return Caller()
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
