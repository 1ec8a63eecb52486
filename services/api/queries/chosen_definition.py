"""The one definition under which a question is asked."""

from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.asked.question import BROAD, choose
from services.api.queries.spend import known_definitions


async def choose_definition(connection: AsyncConnection, asked: str | None) -> str | None:
    """The definition that is asked for, else the broad one, else the first that is known.

    None where nothing has been classified. Rejected: one that is not known.
    """
    known = await known_definitions(connection)
    if asked is not None:
        return choose([asked], known, "definition")[0]
    return BROAD if BROAD in known else next(iter(known), None)
