"""Who refreshes the ranking while the service runs, beside what it consumes."""

import asyncio
import time

from sqlalchemy.ext.asyncio import AsyncEngine

from services.api.metrics import RANKING_REFRESHED, RANKING_WAITING
from services.api.queries.ranked_page import MOST_TOUCHED
from services.api.ranking.pace import is_due
from services.api.ranking.refresh_ranking import analyse, read_waiting, refresh_some
from shared.database import DATABASE_ERRORS
from shared.logs import logger

_LOOKS_SECONDS = 1.0


class Refresher:
    """Looks every second for suppliers that wait, and refreshes some when it is time."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._ended = time.monotonic()
        self._took = 0.0
        self._since_analysed = 0

    async def run(self) -> None:
        """Refresh for ever; what fails is done at a later look."""
        while True:
            try:
                while await self.look():
                    pass
            except DATABASE_ERRORS as error:
                logger.warning("ranking.not_refreshed", error=repr(error))
            await asyncio.sleep(_LOOKS_SECONDS)

    async def look(self) -> bool:
        """Refresh some if it is time; whether to look again at once, for more wait in quiet."""
        waiting = await read_waiting(self._engine)
        RANKING_WAITING.set(waiting.suppliers)
        started = time.monotonic()
        if not is_due(
            waiting=waiting.suppliers,
            touched=waiting.touched,
            rested=started - self._ended,
            took=self._took,
        ):
            return False
        done = await refresh_some(self._engine)
        if not done:
            return False
        self._since_analysed += done
        if self._since_analysed > MOST_TOUCHED:
            await analyse(self._engine)
            self._since_analysed = 0
        self._ended = time.monotonic()
        self._took = self._ended - started
        RANKING_REFRESHED.set_to_current_time()
        return not waiting.touched
