"""Ask what became of messages that were handed in, until it is known.

Which are to be asked after, and when, stands in PostgreSQL: who is killed is followed by another.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from services.notify.channels.govuk_notify import GovukNotifyChannel
from services.notify.channels.outcome import Outcome
from services.notify.deliveries.delivery import ask_at
from services.notify.deliveries.hear_report import hear_report, lock_heard
from services.notify.queries.sent import Sent, take_to_ask
from shared.database import DATABASE_ERRORS, begin
from shared.errors import Misconfigured
from shared.logs import logger

# GOV.UK Notify tries for 72 hours and keeps what it did for a week.
_LONGEST_UNKNOWN = timedelta(days=8)


class Follower:
    """Asks after the messages of one process's turn, `at_most` at one time."""

    def __init__(
        self,
        engine: AsyncEngine,
        channel: GovukNotifyChannel,
        schedule: Sequence[float],
        lease: timedelta,
        clock: Callable[[], datetime],
        *,
        at_most: int,
        idle_seconds: float,
    ) -> None:
        self._engine = engine
        self._channel = channel
        self._schedule = schedule
        self._lease = lease
        self._clock = clock
        self._at_most = at_most
        self._idle_seconds = idle_seconds

    async def run(self) -> None:
        """Ask for ever."""
        while True:
            try:
                asked = await self.run_once()
            except DATABASE_ERRORS as error:
                logger.warning("following.interrupted", error=repr(error))
                asked = 0
            if not asked:
                await asyncio.sleep(self._idle_seconds)

    async def run_once(self) -> int:
        """Ask once after those that are due; return how many."""
        now = self._clock()
        async with begin(self._engine) as tx:
            due = await take_to_ask(tx, now, now + self._lease, self._at_most)
        await asyncio.gather(*(self._follow(one) for one in due))
        return len(due)

    async def _follow(self, one: Sent) -> None:
        log = logger.bind(notification_id=one.notification_id)
        try:
            said = await self._channel.ask(one.provider_id, one.buyer)
        except Misconfigured as error:
            log.warning("notification.not_followed", error=str(error))
            said = Outcome("waiting", detail=str(error))
        now = self._clock()
        if said.kind == "waiting" and now - one.sent_at > _LONGEST_UNKNOWN:
            said = replace(
                said, kind="retry", detail=f"never known what became of it; {said.detail}"
            )
        async with begin(self._engine) as tx:
            again = ask_at(one.sent_at, now)
            heard = await lock_heard(tx, one.notification_id, said)
            await hear_report(tx, heard, said, self._schedule, again, now)
        log.info("notification.followed", outcome=said.kind, detail=said.detail)
