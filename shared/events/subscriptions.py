"""notices.v1: what became of those who are told."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from shared.events.fact import Fact
from shared.fields import OrgId, Word


class SubscriptionSwitchedOff(Fact):
    """Nothing more is sent to a subscription until it is resumed.

    `gone`: its receiver answered 410. `bounced`: there is no such mailbox. `failing`: nothing
    arrived for five days, since `failing_since`. `unsubscribed`: by the link in a message.
    `ended`: by an officer. Its address is not told: facts are kept for ever.
    """

    TYPE: ClassVar[str] = "subscription.switched-off.v1"

    subscription_id: UUID
    subscriber: OrgId | None
    supplier_id: UUID | None
    channel: Word
    because: Literal["gone", "bounced", "failing", "unsubscribed", "ended"]
    reason: str
    failing_since: datetime | None
    recorded_at: datetime


class SubscriptionResumed(Fact):
    """A subscription that was switched off is sent to again."""

    TYPE: ClassVar[str] = "subscription.resumed.v1"

    subscription_id: UUID
    subscriber: OrgId | None
    supplier_id: UUID | None
    channel: Word
    recorded_at: datetime
