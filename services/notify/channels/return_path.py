"""Signed names of messages: by them what a mail server says later is found, and a forgery is not.

A message's token stands in its Message-ID and in its envelope sender (variable envelope return
paths, VERP), where mail servers send their delivery status notifications.
"""

import base64
import hashlib
import hmac
import re
from uuid import UUID

from shared.errors import Misconfigured

_PURPOSE = b"localpound-return-path:"
_SIGNED_BYTES = 10
_TOKEN = re.compile(r"([a-z2-7]{26})-([a-z2-7]{16})", re.IGNORECASE)
_LONGEST_LOCAL_PART = 64  # RFC 5321, 4.5.3.1.1
_TOKEN_LENGTH = 43


class ReturnPaths:
    """Makes and reads the tokens of this deployment.

    `address` takes bounces, where it is `plus` with anything after a `+`: not every mailbox does.
    The key may be told later than the rest, by `use`: it may stand in the database.
    """

    def __init__(self, address: str, key: str = "", *, plus: bool = True) -> None:
        self._address = address
        self._local, _, self._domain = address.rpartition("@")
        self._key = key
        self._plus = plus
        if plus and len(self._local) + 1 + _TOKEN_LENGTH > _LONGEST_LOCAL_PART:
            raise Misconfigured(
                f"the address for bounces, {address}, leaves no room for a message's name: "
                f"its part before the @ may have {_LONGEST_LOCAL_PART - 1 - _TOKEN_LENGTH} letters"
            )

    def use(self, key: str) -> None:
        """Sign with this key from now on."""
        self._key = key

    def to(self, message_id: str) -> str:
        """The envelope sender of a message."""
        if not self._plus:
            return self._address
        return f"{self._local}+{self.token(message_id)}@{self._domain}"

    def token(self, message_id: str) -> str:
        """A message's id with what proves that it is ours, 43 letters in either case."""
        named = UUID(message_id).bytes
        return f"{_letters(named)}-{_letters(self._sign(named))}"

    def find(self, text: str) -> str | None:
        """The message that the first token of ours in a text is of, None where there is none."""
        for found in _TOKEN.finditer(text):
            named, signed = (_bytes(part) for part in found.groups())
            if hmac.compare_digest(signed, self._sign(named)):
                return str(UUID(bytes=named))
        return None

    @staticmethod
    def looks_signed(text: str) -> bool:
        """Whether there is something of a token's form in a text, ours or not."""
        return _TOKEN.search(text) is not None

    def _sign(self, named: bytes) -> bytes:
        return hmac.digest(self._key.encode(), _PURPOSE + named, hashlib.sha256)[:_SIGNED_BYTES]


def _letters(raw: bytes) -> str:
    return base64.b32encode(raw).decode().rstrip("=").lower()


def _bytes(letters: str) -> bytes:
    return base64.b32decode(letters.upper() + "=" * (-len(letters) % 8))
