"""Tokens of Local Pound's own: issued at the command line, signed with the token key (HS256)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import jwt
from pydantic import SecretStr

from shared.access.caller import PROVIDER

OWN = "localpound"
"""The issuer and the audience of these tokens."""
_ALGORITHM = "HS256"
_HALF_A_DAY = timedelta(hours=12)


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


def _sign(
    key: SecretStr, subject: str, claims: Mapping[str, Any], now: datetime, valid_for: timedelta
) -> str:
    said = {
        "iss": OWN,
        "sub": subject,
        "aud": OWN,
        **claims,
        "iat": now,
        "exp": now + valid_for,
    }
    return jwt.encode(said, key.get_secret_value(), algorithm=_ALGORITHM)
