"""Signed links by which whoever got a message says that it was read."""

from datetime import datetime, timedelta

import jwt

from shared.access import Refused

_ALGORITHM = "HS256"
_AUDIENCE = "localpound-acknowledge"
_FORBIDDEN = 403


class Links:
    """Makes and checks the links of this deployment; they work for `valid_for` from the message.

    The key may be told later than the rest, by `use`: it may stand in the database.
    """

    def __init__(self, public_url: str, valid_for: timedelta, key: str = "") -> None:
        self._key = key
        self._public_url = public_url.rstrip("/")
        self._valid_for = valid_for

    def use(self, key: str) -> None:
        """Sign with this key from now on."""
        self._key = key

    def to(self, notification_id: str, written: datetime) -> str:
        """The address at which a notification is acknowledged."""
        token = self.token(notification_id, written)
        return f"{self._public_url}/v1/notifications/{notification_id}/acknowledge?token={token}"

    def token(self, notification_id: str, written: datetime) -> str:
        """What proves that its holder got the notification."""
        claims = {
            "sub": notification_id,
            "aud": _AUDIENCE,
            "exp": int((written + self._valid_for).timestamp()),
        }
        return jwt.encode(claims, self._key, algorithm=_ALGORITHM)

    def check(self, token: str, notification_id: str, now: datetime) -> None:
        """Raise Refused unless the token is ours, for this notification, and not too old."""
        try:
            claims = jwt.decode(
                token,
                self._key,
                algorithms=[_ALGORITHM],
                audience=_AUDIENCE,
                options={"require": ["exp", "sub"], "verify_exp": False},
            )
        except jwt.InvalidTokenError as error:
            raise Refused(_FORBIDDEN, "this link is not one of ours, or was changed") from error
        if claims["sub"] != notification_id:
            raise Refused(_FORBIDDEN, "this link is for another message")
        if int(claims["exp"]) < now.timestamp():
            raise Refused(
                _FORBIDDEN, "this link has expired; an officer of the buyer can acknowledge instead"
            )
