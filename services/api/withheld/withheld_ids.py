"""The id under which a payee is shown where its name is withheld: another one for each buyer.

A supplier's own id is the same for every buyer that pays it. Beside a withheld name it would tell
whoever sees the name elsewhere what other buyers paid. So one is made of supplier and buyer under
a key of this deployment, which api's own schema keeps over every rebuild.
"""

from functools import lru_cache
from uuid import UUID

from shared.id_key import IdKey

ID_KEY = IdKey()
# Version 8 and the variant of RFC 9562, as all ids here are UUIDs of some version.
_VERSION, _OF_VERSION = 8 << 76, 0xF << 76
_VARIANT, _OF_VARIANT = 2 << 62, 3 << 62


def use_key(key: bytes) -> None:
    """Make this process's ids under a deployment's key, of 32 bytes."""
    ID_KEY.use(key)
    withheld_id.cache_clear()


@lru_cache(maxsize=100_000)
def withheld_id(supplier_id: str, buyer: str) -> str:
    """The id of a supplier, given by its own, as a payee or provider of one buyer."""
    number = int.from_bytes(ID_KEY.digest(f"{supplier_id} {buyer}").digest(), "big")
    return str(UUID(int=number & ~_OF_VERSION & ~_OF_VARIANT | _VERSION | _VARIANT))
