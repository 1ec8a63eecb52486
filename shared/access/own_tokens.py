"""Tokens of Local Pound's own: issued at the command line, signed with the token key (HS256)."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import uuid4

import jwt
from pydantic import SecretStr

from shared.access.caller import PROVIDER

OWN = "localpound"
"""The issuer and the audience of these tokens."""
_ALGORITHM = "HS256"
_HALF_A_DAY = timedelta(hours=12)


class Told(NamedTuple):
    """What a token says of itself: its id, and when it runs out."""

    token_id: str
    expires: datetime


def issue_token(
    key: SecretStr,
    subject: str,
    scopes: list[str],
    now: datetime,
    *,
    buyers: list[str],
    valid_for: timedelta = _HALF_A_DAY,
) -> str:
    """A signed token for `subject` that speaks for these buyers, all of them where one is "*"."""
    claims = {"scope": " ".join(scopes), "buyers": buyers}
    return _sign(key, subject, claims, now, valid_for)


def issue_provider_token(
    key: SecretStr,
    subject: str,
    organisation: str,
    now: datetime,
    *,
    valid_for: timedelta = _HALF_A_DAY,
) -> str:
    """A signed token for `subject` that sees this organisation's own, by org-id, and no other's."""
    claims = {"scope": PROVIDER, "organisation": organisation}
    return _sign(key, subject, claims, now, valid_for)


def check_own(token: str, key: SecretStr) -> dict[str, Any]:
    """The claims of a token of ours; raises jwt.InvalidTokenError."""
    claims: dict[str, Any] = jwt.decode(
        token,
        key.get_secret_value(),
        algorithms=[_ALGORITHM],
        audience=OWN,
        issuer=OWN,
        options={"require": ["exp", "sub", "iss"]},
    )
    return claims


def tell(token: str) -> Told:
    """What a token that was issued here says of itself."""
    claims = jwt.decode(token, options={"verify_signature": False})
    return Told(claims["jti"], datetime.fromtimestamp(claims["exp"], UTC))


def _sign(
    key: SecretStr, subject: str, claims: Mapping[str, Any], now: datetime, valid_for: timedelta
) -> str:
    said = {
        "iss": OWN,
        "sub": subject,
        "aud": OWN,
        "jti": str(uuid4()),
        **claims,
        "iat": now,
        "exp": now + valid_for,
    }
    return jwt.encode(said, key.get_secret_value(), algorithm=_ALGORITHM)
