"""The id under which a payee is shown where its name is withheld: another one for each buyer.

A supplier's own id is the same for every buyer that pays it. Beside a withheld name it would tell
whoever sees the name elsewhere what other buyers paid. So one is made of supplier and buyer under
a key of this deployment (keyed BLAKE2b, RFC 7693), which api's own schema keeps over every rebuild
and each process takes once, before it projects or answers.
"""

from functools import lru_cache
from hashlib import blake2b
from uuid import UUID

_BYTES = 16
# Version 8 and the variant of RFC 9562, as all ids here are UUIDs of some version.
_VERSION, _OF_VERSION = 8 << 76, 0xF << 76
_VARIANT, _OF_VARIANT = 2 << 62, 3 << 62


class _Key:
    """The state of a digest that has read the key, from which each id goes on."""

    keyed: "blake2b | None" = None


def use_key(key: bytes) -> None:
    """Make this process's ids under a deployment's key, of 32 bytes."""
    _Key.keyed = blake2b(digest_size=_BYTES, key=key)
    withheld_id.cache_clear()


@lru_cache(maxsize=100_000)
def withheld_id(supplier_id: str, buyer: str) -> str:
    """The id of a supplier, given by its own, as a payee or provider of one buyer."""
    if _Key.keyed is None:
        raise RuntimeError("an id was asked for before the process took the deployment's key")
    digest = _Key.keyed.copy()
    digest.update(f"{supplier_id} {buyer}".encode())
    number = int.from_bytes(digest.digest(), "big")
    return str(UUID(int=number & ~_OF_VERSION & ~_OF_VARIANT | _VERSION | _VARIANT))
