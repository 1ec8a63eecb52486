"""Takes the key under which this deployment makes the ids of suppliers and rows."""

from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.keyed_ids import use_key
from services.ingest.tables import id_key
from shared.id_key import read_id_key

_LOST = (
    "ingest's schema has no key of its ids (its table id_key is empty), and under another one "
    "every row of a file would be counted again"
)


async def take_id_key(engine: AsyncEngine) -> None:
    """Have this process make ids under the key that the schema was made with.

    Misconfigured: it is not there, as where a backup left it out.
    """
    use_key(await read_id_key(engine, id_key, _LOST))
