"""Signed links by which whoever got a message says that it was read, or wants no more."""

from datetime import datetime, timedelta

import jwt

from shared.access import Refused

_ALGORITHM = "HS256"
_ACKNOWLEDGE = "localpound-acknowledge"
_UNSUBSCRIBE = "localpound-unsubscribe"
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

    def unsubscribe(self, subscription_id: str, written: datetime) -> str:
        """The address at which a subscription is ended from a message written then (RFC 8058)."""
        token = self._sign(_UNSUBSCRIBE, subscription_id, written)
        return f"{self._public_url}/v1/subscriptions/{subscription_id}/unsubscribe?token={token}"

    def token(self, notification_id: str, written: datetime) -> str:
        """What proves that its holder got the notification."""
        return self._sign(_ACKNOWLEDGE, notification_id, written)

    def check(self, token: str, notification_id: str, now: datetime) -> None:
        """Raise Refused unless the token is ours, for this notification, and not too old."""
        self._check(_ACKNOWLEDGE, token, notification_id, now)

    def check_unsubscribe(self, token: str, subscription_id: str, now: datetime) -> None:
        """Raise Refused unless the token is ours, to end this subscription, and not too old."""
        self._check(_UNSUBSCRIBE, token, subscription_id, now)

    def _sign(self, audience: str, subject: str, written: datetime) -> str:
        claims = {
            "sub": subject,
            "aud": audience,
            "exp": int((written + self._valid_for).timestamp()),
        }
        return jwt.encode(claims, self._key, algorithm=_ALGORITHM)

    def _check(self, audience: str, token: str, subject: str, now: datetime) -> None:
        try:
            claims = jwt.decode(
                token,
                self._key,
                algorithms=[_ALGORITHM],
                audience=audience,
                options={"require": ["exp", "sub"], "verify_exp": False},
            )
        except jwt.InvalidTokenError as error:
            raise Refused(_FORBIDDEN, "this link is not one of ours, or was changed") from error
        if claims["sub"] != subject:
            raise Refused(_FORBIDDEN, "this link is for another message or subscription")
        if int(claims["exp"]) < now.timestamp():
            raise Refused(
                _FORBIDDEN, "this link has expired; an officer of the buyer can do it instead"
            )
