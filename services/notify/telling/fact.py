"""The facts of which people are told, with the wording that tells them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from services.notify.dates.words import in_words, period_in_words
from services.notify.planning.agreement import Agreement
from services.notify.planning.obligation import (
    BUYERS_OWN,
    RECURRING,
    STAGES,
    Held,
    Obligation,
    ObligationKind,
)
from services.notify.planning.plan import Plan
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
_TOLD: dict[ObligationKind, str] = {
    "notice": "it ends on {end}, and {due} is the last safe day to serve notice on it",
    "commitment": "{due} is the day to give notice that keeps {policy}, before it ends on {end}",
    "provider-notice": "{due} is the provider's last safe day to serve notice to end it by {end}",
    "service": "the last safe day to serve notice on it comes nearer, before it ends on {end}",
    "decision": "the buyer should decide by {due} what becomes of it when it ends on {end}",
    "lapse": "nobody has recorded what becomes of it when it ends on {end}",
    "paid-after-end": "it is still being paid though it ended",
    "option": "the option to extend it beyond {end} must be taken up by {due}",
    "notice-short": "a notice on it gives too few days until {due}",
    "review": "it is to be reviewed by {due}",
    "contacts": "its contacts are to be confirmed by {due}",
    "monitoring": "a monitoring return is due by {due}",
    "over": "it had ended already when it was registered, and nothing says what became of it",
}
_AHEAD: dict[ObligationKind, str] = {
    "notice": "the last safe day to serve notice",
    "provider-notice": "the provider's last safe day to serve notice",
    "decision": "the buyer's day to decide what becomes of it",
    "option": "the last day to take up the option to extend it",
    "review": "its annual review",
    "contacts": "its contacts are to be confirmed",
    "monitoring": "a monitoring return",
}
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
        words["dates"] = _dates(agreement, obligation, stands, today)
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


def words_of(agreement: Agreement, obligation: Obligation, plan: Plan) -> dict[str, str]:
    """What templates can be filled with; dates are written out."""
    return {
        "title": _one_line(agreement.title),
        "reference": _one_line(agreement.reference),
        "provider": _one_line(agreement.provider),
        "buyer": plan.called(agreement.buyer),
        "end": _end(agreement, obligation),
        "due_on": in_words(obligation.due_on),
        "period": period_in_words(obligation.period),
        "told": _told(obligation),
        "rule": obligation.rule,
        "policy": obligation.policy or "",
        "dates": "",
        "contact": plan.contact,
    }


def _of_stage(wording: str, stands: Sequence[Obligation] | None) -> str:
    """A reminder that comes late says how the agreement stands, not which day it missed."""
    return wording if stands is None else "how-it-stands"


def _dates(
    agreement: Agreement, obligation: Obligation, ahead: Sequence[Obligation], today: date
) -> str:
    """Every date ahead, in a sentence; what is for the buyer alone in what it alone is told."""
    own = obligation.kind in BUYERS_OWN
    named = [
        (one.due_on, _ahead(one))
        for one in ahead
        if own or one.kind == "option" or one.kind not in BUYERS_OWN
    ]
    if agreement.last_day and agreement.last_day >= today:
        named.append((agreement.last_day, "its last day"))
    said = "; ".join(f"{in_words(day)}, {what}" for day, what in sorted(named))
    return f"As it stands on {in_words(today)}, its dates ahead are: {said}."


def _ahead(one: Obligation) -> str:
    if one.policy is not None:
        return f"the day to give notice that keeps {one.policy}"
    return _AHEAD[one.kind]


def _told(obligation: Obligation) -> str:
    if obligation.kind == "end-date":
        return "no end date is recorded for it"
    if obligation.kind == "renewal":
        return f"it ends on {in_words(obligation.end)}"
    kind: ObligationKind = "commitment" if obligation.policy else obligation.kind
    told = _TOLD[kind].format(
        due=in_words(obligation.due_on),
        end=in_words(obligation.end),
        policy=obligation.policy,
    )
    return "; ".join([told, *(one.in_words for one in obligation.send_by)])


def _end(agreement: Agreement, obligation: Obligation) -> str:
    if obligation.kind == "end-date":
        return "not recorded"
    if obligation.kind not in {*RECURRING, "notice-short", "paid-after-end", "over"}:
        return in_words(obligation.end)
    return in_words(agreement.last_day) if agreement.last_day else "not recorded"


def _one_line(text: str) -> str:
    return " ".join(text.split())
