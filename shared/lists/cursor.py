"""Cursors: where a list goes on, stable under inserts.

A cursor holds the keys of the last row shown and a mark over them, the list and its filters, so
that one that was changed, or belongs to another question, is told apart. It grants nothing: every
page checks the caller anew. Without a token key the mark finds mistakes, not forgers.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import orjson
from pydantic import SecretStr

from shared.errors import Rejected

_MARK_BYTES = 12
_NOT_OF_IT = "cursor is none of this list with these filters: take `next` from its last answer"

T = TypeVar("T")


class Cursors:
    """Writes and reads the cursors of every list."""

    def __init__(self, key: SecretStr | None) -> None:
        secret = key.get_secret_value() if key else ""
        self._key = hashlib.sha256(f"cursors:{secret}".encode()).digest()

    def write(self, question: Sequence[Any], keys: Sequence[Any]) -> str:
        """A cursor after the row with `keys` in the answer to `question`."""
        place = orjson.dumps(keys)
        mark = self._mark(question, place)
        return base64.urlsafe_b64encode(mark + place).rstrip(b"=").decode()

    def read(self, question: Sequence[Any], cursor: str, place_of: Callable[..., T]) -> T:
        """The place that `place_of` makes of the keys in a cursor.

        Rejected when it is not one of this question's, or was made up where the mark tells nothing.
        """
        try:
            content = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        except (binascii.Error, ValueError):
            content = b""
        mark, place = content[:_MARK_BYTES], content[_MARK_BYTES:]
        if not hmac.compare_digest(mark, self._mark(question, place)):
            raise Rejected(_NOT_OF_IT, "cursor")
        try:
            return place_of(*orjson.loads(place))
        except (TypeError, ValueError) as error:
            raise Rejected(_NOT_OF_IT, "cursor") from error

    def _mark(self, question: Sequence[Any], place: bytes) -> bytes:
        said = orjson.dumps(question) + b"\n" + place
        return hmac.digest(self._key, said, "sha256")[:_MARK_BYTES]
