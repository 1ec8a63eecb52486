"""The key of a deployment under which a service makes ids that give nothing away.

The service's own schema keeps it, from its first migration on, and each process takes it once,
before it makes an id: none is made without. Keyed BLAKE2b, RFC 7693.
"""

from hashlib import blake2b

from sqlalchemy import Boolean, CheckConstraint, Column, LargeBinary, MetaData, Table, select
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.errors import Misconfigured

_BYTES = 16


class IdKey:
    """What this process makes ids of a kind under."""

    def __init__(self) -> None:
        self.keyed: blake2b | None = None
        """The state of a digest that has read the key, from which each id goes on."""

    def use(self, key: bytes) -> None:
        """Make ids under this key, of 32 bytes."""
        self.keyed = blake2b(digest_size=_BYTES, key=key)

    def digest(self, said: str) -> blake2b:
        """Of what an id says, 16 bytes; RuntimeError where no key was taken."""
        if self.keyed is None:
            raise RuntimeError("an id was asked for before the process took the deployment's key")
        digest = self.keyed.copy()
        digest.update(said.encode())
        return digest


def id_key_table(metadata: MetaData) -> Table:
    """The table of one row that keeps the key."""
    return Table(
        "id_key",
        metadata,
        Column(
            "single", Boolean, CheckConstraint("single"), primary_key=True, server_default="true"
        ),
        Column("key", LargeBinary, nullable=False),
    )


async def read_id_key(engine: AsyncEngine, table: Table, lost: str) -> bytes:
    """The key; Misconfigured, with what is `lost`, where a backup left it out."""
    async with engine.connect() as connection:
        key: bytes | None = await connection.scalar(select(table.c.key))
    if key is None:
        raise Misconfigured(f"{lost}: restore the row from a backup of this schema")
    return key
