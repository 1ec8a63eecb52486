"""The fact that a step was taken, and the wording by which officers hear of it."""

from datetime import datetime
from typing import NamedTuple

from services.notify.escalation.escalation import Chain, Step
from services.notify.telling.fact import NoticeFact
from shared.events import NotificationEscalated
from shared.identity import identify


class Unacknowledged(NamedTuple):
    """What was told and not acknowledged: its fact, and what its template was filled with."""

    event_id: str
    obligation_id: str
    agreement_id: str
    buyer: str
    revision: int
    sequence: int
    words: dict[str, str]


def escalated(
    told: Unacknowledged, chain: Chain, number: int, step: Step, now: datetime
) -> NoticeFact:
    """The `number`th step. It holds no person's name and no mailbox: facts are kept for ever."""
    fact = NotificationEscalated.model_validate(
        {
            "agreement_id": told.agreement_id,
            "obligation_id": told.obligation_id,
            "raised_event_id": told.event_id,
            "buyer": told.buyer,
            "party": chain.party,
            "step": number,
            "target": step.target,
            "reason": step.reason,
            "notifications": len(step.subscriptions),
            "revision": told.revision,
            "sequence": told.sequence,
            "recorded_at": now,
        },
        strict=False,
    )
    return NoticeFact(
        identify(fact.TYPE, told.event_id, chain.party, str(number)),
        told.obligation_id,
        told.agreement_id,
        chain.kind,
        fact,
        "not-acknowledged",
        told.words | {"reason": step.reason},
    )
