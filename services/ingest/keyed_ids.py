"""Ids that a payee's name goes into, under a key of this deployment (keyed BLAKE2b, RFC 7693).

A plain digest of a name is confirmed by whoever guesses the name, and what is withheld are the
names of people, of which there are lists.
"""

from datetime import date
from functools import lru_cache
from secrets import token_bytes

from shared.id_key import IdKey
from shared.identity import normalise_payee

_SEPARATOR = "\x1f"
_KEY_BYTES = 32
_VARIANT = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}
_DAY_0 = date(1970, 1, 1).toordinal()
ID_KEY = IdKey()


def use_key(key: bytes) -> None:
    """Make this process's ids under a deployment's key, of 32 bytes."""
    ID_KEY.use(key)
    supplier_id.cache_clear()


def use_passing_key() -> None:
    """Where none was taken, since no deployment is asked: what is named is compared with itself."""
    if ID_KEY.keyed is None:
        use_key(token_bytes(_KEY_BYTES))


def keyed_id(*parts: str) -> str:
    """The UUIDv8 of what parts say, as text, which only who has the key can make."""
    digits = ID_KEY.digest(_SEPARATOR.join(parts)).hexdigest()
    return (
        f"{digits[:8]}-{digits[8:12]}-8{digits[13:16]}"
        f"-{_VARIANT[digits[16]]}{digits[17:20]}-{digits[20:]}"
    )


def keyed_id_on(day: date, *parts: str) -> str:
    """Likewise of what a day is part of: ids of later days sort later.

    A file holds few days at a time, so its rows fall beside each other in an index of any size.
    """
    said, since_1970 = _said_of(day)
    digits = ID_KEY.digest(_SEPARATOR.join((said, *parts))).hexdigest()
    return (
        f"{since_1970}{digits[4:8]}-{digits[8:12]}-8{digits[13:16]}"
        f"-{_VARIANT[digits[16]]}{digits[17:20]}-{digits[20:]}"
    )


@lru_cache(maxsize=4096)
def _said_of(day: date) -> tuple[str, str]:
    """A day in words, and as 16 bits in hexadecimal: put so once for all rows of it."""
    return day.isoformat(), f"{day.toordinal() - _DAY_0 & 0xFFFF:04x}"


@lru_cache(maxsize=100_000)
def supplier_id(
    payee: str, charity_number: str | None = None, company_number: str | None = None
) -> str:
    """The supplier that a ledger means by a payee and the identifiers printed beside it."""
    return keyed_id("supplier", normalise_payee(payee), charity_number or "", company_number or "")
