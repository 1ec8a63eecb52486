"""The key that a deployment makes for itself."""

from sqlalchemy.ext.asyncio import AsyncEngine

from services.notify.queries.keys import kept_key


async def test_the_first_key_stands_for_every_replica_and_restart(engine: AsyncEngine) -> None:
    assert await kept_key(engine, "links", "first") == "first"
    assert await kept_key(engine, "links", "second") == "first"
