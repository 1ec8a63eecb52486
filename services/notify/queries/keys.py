"""Keys that this deployment made for itself."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from services.notify.tables import keys

LINKS_KEY = "links"
"""Signs links and the return paths of mail, where an operator gave no key."""


async def kept_key(engine: AsyncEngine, name: str, fresh: str) -> str:
    """The key of that name; `fresh` is kept where there is none yet."""
    async with engine.begin() as tx:
        await tx.execute(insert(keys).values(name=name, secret=fresh).on_conflict_do_nothing())
        return str(
            (await tx.execute(select(keys.c.secret).where(keys.c.name == name))).scalar_one()
        )
