"""Who is told, by which channel."""

import re
from typing import Annotated, Literal, get_args
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.notify.subscriptions.preferences import Preferences
from services.notify.subscriptions.secret import check_secret
from shared.errors import Rejected
from shared.fields import OrgId
from shared.identity import identify

Channel = Literal["webhook", "email", "govuk-notify"]
MessageType = Literal[
    "renewal.approaching.v1",
    "notice.due.v1",
    "end-date.asked.v1",
    "obligation.raised.v1",
    "notice.withdrawn.v1",
    "notification.escalated.v1",
]

_MAILBOX = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}"
)


class Wish(BaseModel):
    """What a subscriber asks for: exactly one of `subscriber` and `supplier_id`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    subscriber: OrgId | None = Field(
        default=None, description="A buyer, or a provider organisation, by its org-id"
    )
    supplier_id: UUID | None = Field(
        default=None, description="A provider that matched no organisation"
    )
    channel: Channel
    address: str = Field(description="A URL for webhooks, a mailbox for email and GOV.UK Notify")
    event_types: Annotated[tuple[MessageType, ...], Field(min_length=1)] = get_args(MessageType)
    preferences: Preferences = Preferences()
    secret: str | None = Field(
        default=None,
        description="For webhooks: `whsec_` and the base64 of 24 to 64 bytes; made where not given",
    )


def check_wish(wish: Wish, *, email_is_set_up: bool, govuk_notify_is_set_up: bool) -> None:
    """Raise Rejected, with the field at fault, for a wish that can't be granted."""
    if (wish.subscriber is None) == (wish.supplier_id is None):
        raise Rejected("give exactly one of subscriber and supplier_id", "subscriber")
    if wish.channel == "webhook":
        if wish.secret is not None:
            check_secret(wish.secret)
        return
    check_channel(
        wish.channel,
        email_is_set_up=email_is_set_up,
        govuk_notify_is_set_up=govuk_notify_is_set_up,
    )
    if not is_mailbox(wish.address):
        raise Rejected("the address must be a mailbox such as office@example.org", "address")
    if wish.secret is not None:
        raise Rejected("only webhooks are signed with a secret", "secret")


def check_channel(channel: str, *, email_is_set_up: bool, govuk_notify_is_set_up: bool) -> None:
    """Raise Rejected for a channel that this deployment can't send by."""
    if channel == "govuk-notify" and not govuk_notify_is_set_up:
        raise Rejected("GOV.UK Notify is not set up here; subscribe by another channel", "channel")
    if channel == "email" and not email_is_set_up:
        raise Rejected("email is not set up here; subscribe by another channel", "channel")


def is_mailbox(address: str) -> bool:
    """Whether mail can be sent there, as far as its form says."""
    return _MAILBOX.fullmatch(address) is not None


def subscription_id(wish: Wish) -> str:
    """One subscriber has one subscription for one address."""
    who = wish.subscriber or str(wish.supplier_id)
    return identify("subscription", who, wish.channel, wish.address)
