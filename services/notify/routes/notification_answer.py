"""What the doors show of a notification: its attempts, who acknowledged it, how it escalated."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, JsonValue

from services.notify.acknowledgements.notification import SeenState

_EXAMPLE: dict[str, JsonValue] = {
    "notification_id": "0c1f7f5e-7c1b-5a55-8e5e-2b6f3d1c9a10",
    "event_id": "7b0a4c52-9d6e-5f0b-a3f4-0f6f0e9f3c21",
    "event_type": "notice.due.v1",
    "obligation_id": "3f9d8c1e-4b7a-5d2e-9c6f-1a2b3c4d5e6f",
    "agreement_id": "9a8b7c6d-5e4f-5a3b-8c2d-1e0f9a8b7c6d",
    "buyer": "GB-LAE-LDS",
    "subscription_id": "5d6cf6a0-2f8a-5b43-9d1c-6c1a0f3f2b11",
    "channel": "webhook",
    "state": "delivered",
    "created_at": "2026-11-23T09:00:00Z",
    "next_attempt_at": None,
    "sending_rule": None,
    "digest_id": None,
    "acknowledged_at": None,
    "acknowledgements": [],
    "attempts": [
        {
            "attempt": 1,
            "report": 0,
            "started_at": "2026-11-23T09:00:01Z",
            "finished_at": "2026-11-23T09:00:01Z",
            "outcome": "delivered",
            "status": 204,
            "detail": "",
            "response": "",
        }
    ],
}


class AttemptView(BaseModel):
    """One attempt to deliver; its `outcome` is `started` while, or wherever, it is not known.

    From `report` 1 on, it is what was heard later of that attempt: what a status polled says, or a
    bounce; `waiting` says nothing new.
    """

    model_config = ConfigDict(from_attributes=True)

    attempt: int
    report: int
    started_at: datetime
    finished_at: datetime | None
    outcome: str
    status: int | None
    detail: str
    response: str


class AcknowledgementView(BaseModel):
    """Who said that it was read, in which capacity (provider or buyer) and by which means.

    Means are link, reply (to a webhook), request (signed by its secret), officer, and token (of a
    provider).
    """

    model_config = ConfigDict(from_attributes=True)

    capacity: str
    means: str
    acknowledged_at: datetime
    acknowledged_by: str
    reason: str | None


class NotificationView(BaseModel):
    """A message to one recipient, with every attempt to deliver it.

    One that tells of a subscription switched off has no obligation and no agreement; nor has a
    digest, whose id is the `digest_id` of those that it carries. `sending_rule` says why one was
    sent at once where another time is preferred.
    """

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"examples": [_EXAMPLE]})

    notification_id: UUID
    event_id: UUID
    event_type: str
    obligation_id: UUID | None
    agreement_id: UUID | None
    buyer: str
    subscription_id: UUID
    channel: str
    state: SeenState
    created_at: datetime
    next_attempt_at: datetime | None
    sending_rule: str | None
    digest_id: UUID | None
    acknowledged_at: datetime | None
    acknowledgements: list[AcknowledgementView]
    attempts: list[AttemptView]


class ChainedView(BaseModel):
    """A message that was sent of the same, and what became of it."""

    model_config = ConfigDict(from_attributes=True)

    notification_id: UUID
    channel: str
    state: SeenState
    created_at: datetime
    acknowledged_at: datetime | None


class EscalationStepView(BaseModel):
    """A step: whom it told (`contact`, `channel`, `officers`), why, and by which messages."""

    model_config = ConfigDict(from_attributes=True)

    step: int
    target: str
    reason: str
    taken_at: datetime
    notifications: list[ChainedView]


class EscalationView(BaseModel):
    """Who of a party (buyer or provider) was told, and who was where nobody acknowledged.

    `state` is `waiting` while another step may follow, else why none does: acknowledged, withdrawn,
    closed (nothing is left to do), recalled, or exhausted (the officers were told).
    """

    model_config = ConfigDict(from_attributes=True)

    party: str
    state: str
    next_step_at: datetime | None
    told_first: list[ChainedView]
    steps: list[EscalationStepView]


class NotificationChain(NotificationView):
    """A notification with the chain that it is part of; null for what nobody need acknowledge."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                _EXAMPLE
                | {
                    "escalation": {
                        "party": "provider",
                        "state": "waiting",
                        "next_step_at": "2026-11-26T09:00:00Z",
                        "told_first": [
                            {
                                "notification_id": "0c1f7f5e-7c1b-5a55-8e5e-2b6f3d1c9a10",
                                "channel": "webhook",
                                "state": "delivered",
                                "created_at": "2026-11-23T09:00:00Z",
                                "acknowledged_at": None,
                            }
                        ],
                        "steps": [
                            {
                                "step": 1,
                                "target": "contact",
                                "reason": "the provider did not acknowledge it within 1 working "
                                "day",
                                "taken_at": "2026-11-24T09:00:00Z",
                                "notifications": [],
                            }
                        ],
                    }
                }
            ]
        }
    )

    escalation: EscalationView | None


class NotificationList(BaseModel):
    """One page, newest first; `next_cursor` is null on the last one."""

    notifications: list[NotificationView]
    next_cursor: str | None
