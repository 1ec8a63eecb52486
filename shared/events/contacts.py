"""contacts.v1: whom to ask about an agreement.

Persons' names and addresses have no place on a topic that is kept for ever: this one is compacted,
so that a list which is replaced is gone within days.
"""

from datetime import date, datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from shared.agreement_parts import Contact, Contacts
from shared.events.fact import Fact
from shared.fields import Day, Line, OrgId


class PostedContact(Contact):
    """A contact as a buyer sends it."""

    party: Literal["buyer", "provider"]
    channel: Literal["email", "phone", "post"]


class ContactsPosted(Fact):
    """Whom to ask about an agreement, all of them, as confirmed on a day.

    `contacts.named.v1` on `finance.agreements`; to confirm the same people send them again with the
    new day.
    """

    TYPE: ClassVar[str] = "contacts.named.v1"

    buyer: OrgId
    reference: Line
    confirmed_on: Day
    contacts: Annotated[tuple[PostedContact, ...], Field(max_length=50)]


class ContactsNamed(Fact):
    """Whom to ask about an agreement, canonical: replaces what was confirmed on an earlier day.

    Of two lists confirmed on one day the higher version counts.
    """

    TYPE: ClassVar[str] = "contacts.named.v1"

    agreement_id: UUID
    buyer: OrgId
    version: Annotated[int, Field(ge=1)]
    recorded_at: datetime
    confirmed_on: date
    contacts: Contacts
