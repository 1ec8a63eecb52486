"""notify on a real database, with a receiver of webhooks and what it takes to drive the service."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from aiosmtpd.smtp import SMTP
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.local.addresses import Addresses
from services.notify.acknowledgements.link import Links
from services.notify.calendars.keep_calendars import keep_shipped_calendars
from services.notify.channels.email import EmailChannel
from services.notify.channels.govuk_notify import GovukNotifyChannel
from services.notify.channels.smtp import SmtpRelay
from services.notify.channels.webhook import WebhookChannel
from services.notify.contacts.record_contacts import record_contacts
from services.notify.deliveries.deliver import Deliverer, Pace
from services.notify.deliveries.put_together import put_digests_together
from services.notify.deliveries.send import Channels
from services.notify.escalation.escalate_unacknowledged import Escalated, escalate_unacknowledged
from services.notify.notices.notice_wish import NoticeWish, ServiceWish, WithdrawalWish
from services.notify.notices.record_notice import (
    open_desk,
    record_notice,
    serve_notice,
    withdraw_notice,
)
from services.notify.planning.adopt_plans import adopt_plans
from services.notify.planning.agreement import AgreementFact
from services.notify.planning.plan import Plans, load_plans
from services.notify.planning.plan_obligations import Planned, plan_obligations, plan_outdated
from services.notify.queries.notices import Entry, ledger_of
from services.notify.subscriptions.addresses import check_anywhere
from services.notify.subscriptions.subscribe import subscribe
from services.notify.subscriptions.subscription import Wish
from services.notify.telling.raise_due import Raised, raise_due
from services.notify.telling.record_suppliers import record_suppliers
from services.notify.wording.message import Wordings
from shared.access import ANYONE
from shared.database import begin, raw_connection
from shared.events import ContactsNamed
from shared.identity import agreement_id
from tests.conftest import MakeEngine
from tests.notify.facts import BUYER, NOW, ORGANISATION, TODAY, bare, classified
from tests.notify.mailbox import Mailbox
from tests.notify.outbox import Published, waiting_facts
from tests.notify.receiver import SECRET, Receiver, receiving

LINKS = Links("https://notify.example", timedelta(days=90), "a key of the tests, 32 bytes or more")
BARE = Plans(1, (bare(load_plans().default),))
SCHEDULE = (0.0, 5.0, 300.0, 1800.0)


@pytest.fixture
async def engine(engine_for: MakeEngine) -> AsyncEngine:
    engine = await engine_for("notify")
    await adopt_plans(engine, BARE, NOW)
    await keep_shipped_calendars(engine, NOW)
    return engine


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as running:
        yield running


@pytest.fixture
def mailbox(stack: Addresses) -> Mailbox:
    return Mailbox()


@pytest.fixture
async def relay(mailbox: Mailbox) -> AsyncIterator[SmtpRelay]:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(mailbox), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    yield SmtpRelay("127.0.0.1", port, "none")
    server.close()


@dataclass
class Desk:
    """Drives notify as its handlers, timers and doors do, at a time that the test sets."""

    engine: AsyncEngine
    now: datetime = NOW
    email: EmailChannel | None = None
    govuk_notify: GovukNotifyChannel | None = None
    slots: int = 50
    slow: int = 0
    each: int = 12
    webhook: WebhookChannel = field(
        default_factory=lambda: WebhookChannel(
            allow_private=True, connect_seconds=1, total_seconds=2, connections=50
        )
    )

    def clock(self) -> datetime:
        return self.now

    def deliverer(self) -> Deliverer:
        lease = timedelta(seconds=60)
        pace = Pace(SCHEDULE, lease, self.slots, self.slow, self.each, 5, 0.02, patient_seconds=0.1)
        channels = Channels(self.webhook, self.email, self.govuk_notify)
        return Deliverer(self.engine, channels, Wordings(), LINKS, pace, self.clock)

    async def tell(self, *facts: AgreementFact) -> Planned:
        return await plan_obligations(self.engine, facts, [], self.now.date(), self.now)

    async def name(
        self,
        *lists: ContactsNamed,
        erased: Sequence[bytes] = (),
        email_is_set_up: bool = True,
    ) -> int:
        return await record_contacts(
            self.engine,
            lists,
            erased,
            [],
            self.now.date(),
            self.now,
            email_is_set_up=email_is_set_up,
        )

    async def escalate(self) -> Escalated:
        return await escalate_unacknowledged(self.engine, self.now)

    async def match(self, organisation: str | None = ORGANISATION, revision: int = 1) -> int:
        facts = [classified(organisation, revision)]
        return await record_suppliers(self.engine, facts, [], TODAY, self.now)

    async def plan_outdated(self) -> int:
        return await plan_outdated(self.engine, self.now.date(), self.now)

    async def raise_due(self) -> Raised:
        return await raise_due(self.engine, self.now.date(), self.now)

    async def subscribe(
        self, address: str, subscriber: str | None = ORGANISATION, **wish: Any
    ) -> str:
        given = {"subscriber": subscriber, "channel": "webhook", "address": address} | wish
        if given["channel"] == "webhook":
            given.setdefault("secret", SECRET)
        added, _ = await subscribe(
            self.engine,
            Wish.model_validate(given),
            ANYONE,
            check_address=check_anywhere,
            email_is_set_up=True,
            govuk_notify_is_set_up=True,
            today=self.now.date(),
            now=self.now,
        )
        return added.subscription_id

    async def give(self, reference: str = "LCC/1", request: str = "", **wish: Any) -> Entry:
        """Record a notice of the buyer's agreement, as its officer."""
        said = NoticeWish.model_validate_json(json.dumps(wish, default=str))
        return await self._at_desk(reference, record_notice, said, request)

    async def serve(self, given: Entry, **wish: Any) -> Entry:
        said = ServiceWish.model_validate_json(json.dumps(wish, default=str))
        work = partial(serve_notice, notice_id=given.notice.notice_id)
        return await self._at_desk("LCC/1", work, said)

    async def withdraw(self, given: Entry, reason: str = "served in error") -> Entry:
        work = partial(withdraw_notice, notice_id=given.notice.notice_id)
        return await self._at_desk("LCC/1", work, WithdrawalWish(reason=reason))

    async def _at_desk(self, reference: str, work: Any, wish: Any, request: str = "") -> Entry:
        async with begin(self.engine) as tx:
            key = agreement_id(BUYER, reference)
            place = (ANYONE, request or str(uuid4()), self.now.date(), self.now)
            entry: Entry = await work(tx, await open_desk(tx, key, *place), wish)
        return entry

    async def ledger(self, reference: str = "LCC/1") -> list[list[Entry]]:
        async with begin(self.engine) as tx:
            return await ledger_of(tx, agreement_id(BUYER, reference))

    async def deliver(self) -> int:
        await put_digests_together(self.engine, self.now)
        return await self.deliverer().run_once()

    async def rows(self, query: str, **values: Any) -> Sequence[Any]:
        async with self.engine.connect() as connection:
            return (await connection.execute(text(query), values)).all()

    async def rows_written(self, statement: str) -> None:
        async with begin(self.engine) as tx:
            await tx.execute(text(statement))

    async def states(self) -> list[tuple[str, int]]:
        found = await self.rows("select state, attempts from notifications order by seq")
        return [tuple(row) for row in found]

    async def published(self) -> list[Published]:
        async with begin(self.engine) as tx:
            return await waiting_facts(await raw_connection(tx))

    async def published_types(self) -> list[str]:
        return [one.type for one in await self.published()]


@pytest.fixture
async def desk(engine: AsyncEngine) -> AsyncIterator[Desk]:
    desk = Desk(engine)
    yield desk
    await desk.webhook.close()
