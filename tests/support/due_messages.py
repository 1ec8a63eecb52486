"""Messages of real agreements that wait to be delivered, one of each agreement."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.notify.calendars.keep_calendars import keep_shipped_calendars
from services.notify.main import clock, today
from services.notify.planning.adopt_plans import adopt_plans
from services.notify.planning.plan import load_plans
from services.notify.planning.plan_obligations import plan_obligations
from services.notify.subscriptions.addresses import check_anywhere
from services.notify.subscriptions.subscribe import subscribe
from services.notify.subscriptions.subscription import Wish
from services.notify.telling.raise_due import raise_due
from shared.access import ANYONE
from shared.events import AgreementRegistered
from shared.notice_terms import NoticeTerms
from tests.notify.facts import registered
from tests.notify.receiver import SECRET

_HELD = datetime(2999, 1, 1, tzinfo=UTC)
_AT_ONCE = 500


async def adopt_shipped(engine: AsyncEngine) -> None:
    """The plans and calendars that a service brings along."""
    await adopt_plans(engine, load_plans(), clock())
    await keep_shipped_calendars(engine, clock())


def agreements_of(buyer: str, count: int) -> list[AgreementRegistered]:
    """Agreements that end soon, so that each brings a message at once."""
    term = NoticeTerms(buyer_period="P3M", provider_period="P3M")
    end = today() + timedelta(days=100)
    return [
        registered(f"{buyer}/{number}", buyer=buyer, end=end, notice_terms=term)
        for number in range(count)
    ]


async def leave_messages(
    engine: AsyncEngine, addresses: Mapping[str, str], agreements_each: int
) -> int:
    """Subscribe each buyer at its address and raise what its agreements bring, held back.

    Returns how many messages wait; `let_go` makes them due.
    """
    for buyer, address in addresses.items():
        await _subscribe(engine, buyer, address)
    agreements = [one for buyer in addresses for one in agreements_of(buyer, agreements_each)]
    for start in range(0, len(agreements), _AT_ONCE):
        some = agreements[start : start + _AT_ONCE]
        await plan_obligations(engine, some, [], today(), clock())
    raised = await raise_due(engine, today(), clock())
    async with engine.begin() as tx:
        await tx.execute(text("update notifications set next_attempt_at = :held"), {"held": _HELD})
    return raised.notifications


async def let_go(engine: AsyncEngine, at: datetime) -> None:
    """Make everything that is held back due at one instant."""
    async with engine.begin() as tx:
        await tx.execute(
            text("update notifications set next_attempt_at = :at where next_attempt_at = :held"),
            {"at": at, "held": _HELD},
        )


async def _subscribe(engine: AsyncEngine, buyer: str, address: str) -> None:
    wish = Wish.model_validate(
        {"subscriber": buyer, "channel": "webhook", "address": address, "secret": SECRET}
    )
    await subscribe(
        engine,
        wish,
        ANYONE,
        check_address=check_anywhere,
        email_is_set_up=False,
        govuk_notify_is_set_up=False,
        today=today(),
        now=clock(),
    )
