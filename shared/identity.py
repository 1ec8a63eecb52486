"""Identity from content: the same fact sent twice has the same id (UUIDv5, RFC 9562)."""

import hashlib
import re
import unicodedata
from functools import lru_cache
from uuid import UUID, uuid5

_NAMESPACE = uuid5(UUID("6ba7b812-9dad-11d1-80b4-00c04fd430c8"), "localpound")
_NAMESPACE_BYTES = _NAMESPACE.bytes
_SEPARATOR = "\x1f"
_VARIANT = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}
_SPACES = re.compile(r"\s+")


def identify(*parts: str) -> str:
    """The UUIDv5 of a natural key, as text. Parts are told apart: ("a", "b") is not ("ab",)."""
    name = _NAMESPACE_BYTES + _SEPARATOR.join(parts).encode()
    digits = hashlib.sha1(name, usedforsecurity=False).hexdigest()
    return (
        f"{digits[:8]}-{digits[8:12]}-5{digits[13:16]}"
        f"-{_VARIANT[digits[16]]}{digits[17:20]}-{digits[20:32]}"
    )


@lru_cache(maxsize=100_000)
def normalise_payee(payee: str) -> str:
    """The payee as one supplier's name: compatibility forms, case and runs of space folded."""
    return _SPACES.sub(" ", unicodedata.normalize("NFKC", payee)).strip().upper()


def agreement_id(buyer: str, reference: str) -> str:
    """The agreement that a buyer keeps under its own reference."""
    return identify("agreement", buyer, reference.strip().upper())


KEY_BYTES = 8


@lru_cache(maxsize=100_000)
def partition_key(identifier: str) -> bytes:
    """The Kafka key of a UUID: its first eight bytes, enough to tell 64 bits apart."""
    return bytes.fromhex(identifier[:8] + identifier[9:13] + identifier[14:18])
