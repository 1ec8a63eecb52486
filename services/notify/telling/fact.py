"""The facts of which people are told, with the wording that tells them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from services.notify.planning.agreement import Agreement
from services.notify.planning.obligation import STAGES, Held, Obligation, ObligationKind
from services.notify.planning.plan import Plan
from services.notify.telling.obligation_words import dates_in_words, words_of
from services.notify.telling.recipient import Told
from shared.events import (
    EndDateAsked,
    NoticeDue,
    NoticeWithdrawn,
    NotificationEscalated,
    ObligationRaised,
    RenewalApproaching,
)
from shared.identity import identify

SOURCE = "/notify"
"""The CloudEvents source of all our facts."""
DIGEST = "digest.v1"
"""The type of a message that carries others; it is published on no topic."""
NOT_YOURS = "notice-not-yours"
"""The wording for people who are not recipients of an agreement, or no longer."""


class Position(NamedTuple):
    """Where a fact stands among those of its agreement: the plan's revision, then the sequence."""

    revision: int
    sequence: int


@dataclass(frozen=True, slots=True)
class NoticeFact:
    """A fact for `notices.v1` that also becomes messages: `wording` filled with `words`."""

    event_id: str
    obligation_id: str
    agreement_id: str
    kind: ObligationKind
    fact: (
        RenewalApproaching
        | NoticeDue
        | EndDateAsked
        | ObligationRaised
        | NoticeWithdrawn
        | NotificationEscalated
    )
    wording: str
    words: dict[str, str]


@dataclass(frozen=True, slots=True)
class FactToTell:
    """The same, as it is kept until everyone was told: `data` is the fact in JSON."""

    event_id: str
    event_type: str
    obligation_id: str | None
    agreement_id: str | None
    buyer: str
    data: bytes
    wording: str
    words: dict[str, str]
    recorded_at: datetime

    @property
    def is_digest(self) -> bool:
        """Whether it carries other messages, and says nothing itself."""
        return self.event_type == DIGEST

    @property
    def subject(self) -> str:
        """What it is about: an agreement, or the subscription that its words refer to."""
        return self.agreement_id or self.words["reference"]


def raised(
    agreement: Agreement,
    held: Held,
    organisation: str | None,
    plan: Plan,
    position: Position,
    today: date,
    now: datetime,
    *,
    stands: Sequence[Obligation] | None = None,
) -> NoticeFact:
    """An obligation that fell due. The same one raised twice has the same event id.

    `stands` are the dates ahead of an agreement of which this one message says how it stands.
    """
    obligation = held.obligation
    common = {
        "obligation_id": obligation.obligation_id,
        "agreement_id": agreement.agreement_id,
        "buyer": agreement.buyer,
        "reference": agreement.reference,
        "title": agreement.title,
        "provider": agreement.provider,
        "supplier_id": agreement.supplier_id,
        "organisation": organisation,
        **position._asdict(),
        "recorded_at": now,
    }
    fact: RenewalApproaching | NoticeDue | EndDateAsked | ObligationRaised
    if obligation.kind == "renewal":
        stage = {"stage": obligation.period, "due_on": obligation.due_on, "end": obligation.end}
        fact = RenewalApproaching.model_validate(common | stage, strict=False)
        wording = _of_stage("renewal-approaching", stands)
    elif obligation.kind == "end-date":
        asked = {"due_on": obligation.due_on, "rule": obligation.rule}
        fact = EndDateAsked.model_validate(common | asked, strict=False)
        wording = "end-date-asked"
    elif obligation.kind == "notice":
        passed = obligation.due_on < today
        leads = "notice" if obligation.policy is None else "commitment"
        rule = obligation.rule + ("; that day has passed" if passed else "")
        fact = NoticeDue.model_validate(
            common
            | {
                "notice_period": obligation.period,
                "last_safe_service": obligation.due_on,
                "end": obligation.end,
                "rule": rule,
                "send_by": [one._asdict() for one in obligation.send_by],
                "policy": obligation.policy,
            },
            strict=False,
        )
        wording = f"{leads}-due-passed" if passed else f"{leads}-due"
    else:
        brought = {
            "kind": obligation.kind,
            "period": obligation.period,
            "due_on": obligation.due_on,
            "end": agreement.last_day,
            "rule": obligation.rule,
            "send_by": [one._asdict() for one in obligation.send_by],
        }
        fact = ObligationRaised.model_validate(common | brought, strict=False)
        wording = f"{obligation.kind}-raised"
        if obligation.kind == "commitment":
            wording = "commitment-due"
        elif obligation.kind in STAGES:
            wording = _of_stage(wording, stands)
    words = words_of(agreement, obligation, plan)
    if stands is not None:
        words["dates"] = dates_in_words(agreement, obligation, stands, today)
    return NoticeFact(
        identify(fact.TYPE, obligation.obligation_id, str(held.since_revision)),
        obligation.obligation_id,
        agreement.agreement_id,
        obligation.kind,
        fact,
        wording,
        words,
    )


def withdrawn(
    agreement: Agreement,
    obligation: Obligation,
    reason: str,
    position: Position,
    plan: Plan,
    now: datetime,
) -> NoticeFact:
    """What was told of an obligation no longer holds, since the plan of this revision."""
    fact = NoticeWithdrawn.model_validate(
        {
            "obligation_id": obligation.obligation_id,
            "agreement_id": agreement.agreement_id,
            "buyer": agreement.buyer,
            "reason": reason,
            **position._asdict(),
            "recorded_at": now,
        },
        strict=False,
    )
    return NoticeFact(
        identify(fact.TYPE, obligation.obligation_id, str(position.revision)),
        obligation.obligation_id,
        agreement.agreement_id,
        obligation.kind,
        fact,
        "notice-withdrawn",
        words_of(agreement, obligation, plan) | {"reason": reason},
    )


def not_yours(told: Told, now: datetime) -> NoticeFact:
    """What was told of an agreement was not for its recipient; nothing new of it is said."""
    reason = "you are not recorded as a party to this agreement, or no longer"
    fact = NoticeWithdrawn.model_validate(
        {
            "obligation_id": told.obligation_id,
            "agreement_id": told.agreement_id,
            "buyer": told.buyer,
            "reason": reason,
            "revision": told.revision,
            "sequence": told.sequence,
            "recorded_at": now,
        },
        strict=False,
    )
    return NoticeFact(
        identify(fact.TYPE, told.notification_id),
        told.obligation_id,
        told.agreement_id,
        told.kind,
        fact,
        NOT_YOURS,
        told.words | {"reason": reason},
    )


def _of_stage(wording: str, stands: Sequence[Obligation] | None) -> str:
    """A reminder that comes late says how the agreement stands, not which day it missed."""
    return wording if stands is None else "how-it-stands"
