"""All that the passing of time brings: what the timer does at each turn."""

from collections.abc import Callable
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from services.notify.contacts.record_contacts import forget_contacts
from services.notify.deliveries.put_together import put_digests_together
from services.notify.escalation.escalate_unacknowledged import escalate_unacknowledged
from services.notify.metrics import UNDATED
from services.notify.planning.plan_obligations import plan_outdated
from services.notify.queries.agreements import count_undated
from services.notify.steps import Steps
from services.notify.telling.raise_due import raise_due
from shared.database import begin
from shared.door.answers import forget_answers


def steps_due(
    engine: AsyncEngine,
    clock: Callable[[], datetime],
    today: Callable[[], date],
    deliver: Callable[[], None],
) -> Steps:
    """The steps of a turn; `deliver` is told at its end that there may be something to send."""

    async def count() -> None:
        async with begin(engine) as tx:
            UNDATED.set(await count_undated(tx))

    async def wake() -> None:
        deliver()

    return Steps(
        {
            "planning anew": lambda: plan_outdated(engine, today(), clock()),
            "raising": lambda: raise_due(engine, today(), clock()),
            "escalating": lambda: escalate_unacknowledged(engine, clock()),
            "forgetting contacts": lambda: forget_contacts(engine, clock()),
            "putting digests together": lambda: put_digests_together(engine, clock()),
            "counting agreements without an end": count,
            "forgetting answers": lambda: forget_answers(engine, clock()),
            "delivering": wake,
        }
    )
