"""A subscription that is switched off: why, and how that is told to people."""

from datetime import datetime
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from services.notify.dates.words import in_words
from services.notify.planning.plan import Plan

Because = Literal["gone", "bounced", "failing", "unsubscribed", "ended"]
SUBSCRIPTION_OFF = "subscription-off"
"""The wording that tells of it."""


class Off(NamedTuple):
    """A subscription that was just switched off; a contact's has a `party` of an `agreement`."""

    subscription_id: str
    subscriber: str | None
    supplier_id: str | None
    channel: str
    address: str
    failing_since: datetime | None
    party: str | None = None
    agreement: str | None = None


def why_failing(since: datetime, detail: str) -> str:
    """Why a subscription that fails is switched off, in words."""
    return f"nothing has arrived since {in_words(since.date())}; the last attempt: {detail}"


def off_words(off: Off, reason: str, buyer: str, plan: Plan, now: datetime) -> dict[str, str]:
    """What the template is filled with.

    Only the host of a webhook: its path may be a secret. Not the mailbox of a contact, who may ask
    to be forgotten.
    """
    host = urlsplit(off.address).hostname or off.address
    to = f"webhooks to {host}" if off.channel == "webhook" else f"{off.channel} to {off.address}"
    whose = off.subscriber or f"supplier {off.supplier_id}"
    if off.party is not None:
        to = f"{off.channel} to a named contact"
        whose = f"a contact of the {off.party} for agreement {off.agreement}"
    since = f"since {in_words(off.failing_since.date())}" if off.failing_since else "at once"
    return {
        "buyer": plan.called(buyer),
        "provider": whose,
        "told": to,
        "due_on": in_words(now.date()),
        "period": since,
        "reason": reason,
        "reference": off.subscription_id,
        "contact": plan.contact,
    }
