"""The secrets that sign webhooks, and how one takes the place of another.

At most two are valid: the one in use, and for a while the one before it, so that a receiver can
learn the new one before the old one stops. Both sign (Standard Webhooks: signatures parted by
spaces).
"""

import base64
import binascii
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from shared.errors import Conflict, Rejected

_PREFIX = "whsec_"
_BYTES = range(24, 65)  # Standard Webhooks: between 192 and 512 bits
_WEEK_HOURS = 7 * 24


class RotationWish(BaseModel):
    """A new secret, and for how long the old one signs beside it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    secret: str | None = Field(
        default=None,
        description="`whsec_` and the base64 of 24 to 64 bytes; made where not given",
    )
    overlap_hours: Annotated[float, Field(ge=0, le=_WEEK_HOURS, allow_inf_nan=False)] = Field(
        default=24,
        description="How long the old secret stays valid. 0 ends every other secret at once, as "
        "where one leaked",
    )


@dataclass(frozen=True, slots=True)
class Secrets:
    """The secret in use, and the one before it with the instant until which it is valid."""

    current: str
    previous: str | None = None
    previous_until: datetime | None = None

    def valid(self, now: datetime) -> tuple[str, ...]:
        """Those that sign now, the newest first."""
        if self.previous is None or self.previous_until is None or self.previous_until <= now:
            return (self.current,)
        return (self.current, self.previous)


def rotate(known: Secrets, wish: RotationWish, now: datetime) -> Secrets:
    """The secrets after a rotation.

    Raises Conflict while the secret before the present one is still valid: a receiver may not know
    the present one yet, and would refuse everything. An overlap of 0 is never refused.
    """
    if wish.secret is not None:
        check_secret(wish.secret)
        if wish.secret == known.current:
            raise Rejected("this secret is the one in use", "secret")
    new = wish.secret or new_secret()
    if wish.overlap_hours == 0:
        return Secrets(new)
    if len(known.valid(now)) > 1:
        raise Conflict(
            f"a rotation is under way: the secret before is valid until {known.previous_until}; "
            "rotate after that, or with overlap_hours 0, which ends both at once"
        )
    return Secrets(new, known.current, now + timedelta(hours=wish.overlap_hours))


def check_secret(secret: str) -> None:
    """Raise Rejected unless it is `whsec_` and the base64 of 24 to 64 bytes."""
    try:
        size = len(base64.b64decode(secret.removeprefix(_PREFIX), validate=True))
    except (binascii.Error, ValueError):
        size = 0
    if not secret.startswith(_PREFIX) or size not in _BYTES:
        raise Rejected("the secret must be whsec_ and the base64 of 24 to 64 bytes", "secret")


def new_secret() -> str:
    """A secret that nobody has seen."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()
