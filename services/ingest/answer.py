"""A request that may be sent again: its key, what it said, and what it was answered.

https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header-07
"""

import hashlib
import re
from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple

from shared.identity import identify

KEPT_FOR = timedelta(hours=24)

_KEY = re.compile(r'"?([\x21\x23-\x5b\x5d-\x7e]{1,255})"?', re.ASCII)


class Keyed(NamedTuple):
    """A request with its key: `answer_id` names it, `fingerprint` is a digest of what it says."""

    answer_id: str
    fingerprint: bytes

    @property
    def request_id(self) -> str:
        """Names the request for ever: the key alone may come again once its answer is forgotten."""
        return identify("request", self.answer_id, self.fingerprint.hex())


class Answer(NamedTuple):
    """What a request was answered."""

    status: int
    media_type: str
    body: bytes


def read_key(header: str) -> str | None:
    """The key of an Idempotency-Key header, in quotes or bare; None where it is not usable."""
    match = _KEY.fullmatch(header.strip())
    return match[1] if match and header.count('"') in (0, 2) else None


def keyed(caller: str, route: str, key: str, said: Iterable[bytes]) -> Keyed:
    """A request by its caller, route and key, and by what it says: headers that count, and body."""
    digest = hashlib.sha256()
    for part in said:
        digest.update(len(part).to_bytes(8, "big") + part)
    return Keyed(identify("answer", caller, route, key), digest.digest())
