"""A notification as people see it: its attempts, and who said that it was read."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from services.notify.escalation.escalation import Party

Means = Literal["link", "reply", "request", "officer", "token"]
"""By the link in the message, in the answer to a webhook, by a signed request, by an officer."""
SeenState = Literal[
    "pending",
    "held",
    "gathered",
    "bundled",
    "sent",
    "delivered",
    "acknowledged",
    "failed",
    "cancelled",
]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt; its `outcome` is `started` while, or wherever, it is not known.

    Where `report` is not 0 it is what was heard of the attempt later.
    """

    attempt: int
    report: int
    started_at: datetime
    finished_at: datetime | None
    outcome: str
    status: int | None
    detail: str
    response: str


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Who said in which capacity, by which means and when first that a message was read.

    `reason` is an officer's, who acknowledges for others.
    """

    capacity: str
    means: Means
    acknowledged_by: str
    acknowledged_at: datetime
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Notification:
    """A message to one recipient."""

    notification_id: str
    seq: int
    event_id: str
    event_type: str
    obligation_id: str | None
    agreement_id: str | None
    buyer: str
    subscription_id: str
    recipient: str
    party: Party
    subscriber: str | None
    channel: str
    state: str
    created_at: datetime
    next_attempt_at: datetime | None
    acknowledged_at: datetime | None
    recalled_at: datetime | None
    sending_rule: str | None
    digest_id: str | None
    wording: str
    revision: int
    sequence: int
    acknowledgements: list[Acknowledgement] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
