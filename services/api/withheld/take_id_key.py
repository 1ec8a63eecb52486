"""Takes the key under which this deployment makes the ids of payees whose names are withheld."""

from sqlalchemy.ext.asyncio import AsyncEngine

from services.api.kept.tables import id_key
from services.api.withheld.withheld_ids import use_key
from shared.id_key import read_id_key

_LOST = "api's schema has no key of withheld ids (its table id_key is empty)"


async def take_id_key(engine: AsyncEngine) -> None:
    """Have this process make ids under the key that the schema was made with.

    Misconfigured: it is not there, as where a backup left it out.
    """
    use_key(await read_id_key(engine, id_key, _LOST))
