"""The facts that travel, each one frozen model named in the past tense.

The major version stands in the type: adding an optional field is allowed, anything else is a new
version. `shared/schemas/` holds what was published; tests/contracts compares. Lists that will grow
(kinds, routes, capacities) are closed where facts come in, and open words in what is published.
"""

from shared.agreement_parts import (
    AgreementLine,
    Contact,
    ExtensionOption,
    KnownMember,
    PostedMember,
)
from shared.events.agreements import (
    AgreementEnded,
    AgreementEndPosted,
    AgreementPosted,
    AgreementRegistered,
    AgreementTerms,
    AgreementVariationPosted,
    AgreementVaried,
    Change,
    Ending,
    Kind,
    PostedTerms,
    Route,
)
from shared.events.buyers import BuyerRegistered, BuyerSucceeded
from shared.events.contacts import ContactsNamed, ContactsPosted, PostedContact
from shared.events.fact import Fact, door_schema
from shared.events.notices import (
    DeliveryFailed,
    EndDateAsked,
    LastSending,
    NoticeAcknowledged,
    NoticeDue,
    NoticeFact,
    NoticeRecorded,
    NoticeWithdrawn,
    NotificationEscalated,
    ObligationRaised,
    ObligationsPlanned,
    PlannedObligation,
    RenewalApproaching,
)
from shared.events.payments import (
    PaymentAccepted,
    PaymentCorrected,
    PaymentPosted,
    ReplacedPayment,
)
from shared.events.programmes import ProgrammeMapped
from shared.events.subscriptions import SubscriptionResumed, SubscriptionSwitchedOff
from shared.events.suppliers import (
    Candidate,
    Exclusion,
    Flag,
    Membership,
    Reach,
    SupplierClassified,
    Tier,
)

__all__ = [
    "POSTED",
    "PUBLISHED",
    "AgreementEndPosted",
    "AgreementEnded",
    "AgreementLine",
    "AgreementPosted",
    "AgreementRegistered",
    "AgreementTerms",
    "AgreementVariationPosted",
    "AgreementVaried",
    "BuyerRegistered",
    "BuyerSucceeded",
    "Candidate",
    "Change",
    "Contact",
    "ContactsNamed",
    "ContactsPosted",
    "DeliveryFailed",
    "EndDateAsked",
    "Ending",
    "Exclusion",
    "ExtensionOption",
    "Fact",
    "Flag",
    "Kind",
    "KnownMember",
    "LastSending",
    "Membership",
    "NoticeAcknowledged",
    "NoticeDue",
    "NoticeFact",
    "NoticeRecorded",
    "NoticeWithdrawn",
    "NotificationEscalated",
    "ObligationRaised",
    "ObligationsPlanned",
    "PaymentAccepted",
    "PaymentCorrected",
    "PaymentPosted",
    "PlannedObligation",
    "PostedContact",
    "PostedMember",
    "PostedTerms",
    "ProgrammeMapped",
    "Reach",
    "RenewalApproaching",
    "ReplacedPayment",
    "Route",
    "SubscriptionResumed",
    "SubscriptionSwitchedOff",
    "SupplierClassified",
    "Tier",
    "door_schema",
]

POSTED: tuple[type[Fact], ...] = (
    PaymentPosted,
    AgreementPosted,
    AgreementVariationPosted,
    AgreementEndPosted,
    ContactsPosted,
)
"""What finance systems send; its schemas stand in schemas/posted/."""

PUBLISHED: tuple[type[Fact], ...] = (
    PaymentAccepted,
    PaymentCorrected,
    AgreementRegistered,
    AgreementVaried,
    AgreementEnded,
    ContactsNamed,
    BuyerRegistered,
    BuyerSucceeded,
    ProgrammeMapped,
    SupplierClassified,
    ObligationsPlanned,
    RenewalApproaching,
    NoticeDue,
    EndDateAsked,
    ObligationRaised,
    NoticeWithdrawn,
    NoticeAcknowledged,
    NoticeRecorded,
    NotificationEscalated,
    DeliveryFailed,
    SubscriptionSwitchedOff,
    SubscriptionResumed,
)
"""What Local Pound publishes; its schemas stand in schemas/."""
