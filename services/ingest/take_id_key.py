"""Takes the key under which this deployment makes the ids of suppliers and rows."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.keyed_ids import use_key
from services.ingest.tables import id_key


async def take_id_key(engine: AsyncEngine) -> None:
    """Have this process make ids under the key that the schema was made with."""
    async with engine.connect() as connection:
        use_key((await connection.execute(select(id_key.c.key))).scalar_one())
