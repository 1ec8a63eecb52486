"""A verb of ingest's command line that names suppliers, rows or agreements."""

from collections.abc import Awaitable, Callable
from functools import wraps

from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.settings import Settings
from services.ingest.take_id_key import take_id_key
from shared.command_line import ResultT, with_engine


def with_ledger(work: Callable[[AsyncEngine, Settings], Awaitable[ResultT]]) -> ResultT:
    """Run one verb on ingest's database, where ids are made under the deployment's key."""

    @wraps(work)
    async def keyed(engine: AsyncEngine, settings: Settings) -> ResultT:
        await take_id_key(engine)
        return await work(engine, settings)

    return with_engine(Settings(), keyed)
