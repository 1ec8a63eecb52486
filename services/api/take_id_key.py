"""Takes the key under which this deployment makes the ids of payees whose names are withheld."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from services.api.kept.tables import id_key
from services.api.withheld_ids import use_key
from shared.errors import Misconfigured

_LOST = (
    "api's schema has no key of withheld ids (its table id_key is empty): restore the row from a "
    "backup of this schema"
)


async def take_id_key(engine: AsyncEngine) -> None:
    """Have this process make ids under the key that the schema was made with.

    Misconfigured: it is not there, as where a backup left it out.
    """
    async with engine.connect() as connection:
        key = await connection.scalar(select(id_key.c.key))
    if key is None:
        raise Misconfigured(_LOST)
    use_key(key)
