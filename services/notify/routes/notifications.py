"""Notifications over HTTP, with their attempts."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, JsonValue
from sqlalchemy.ext.asyncio import AsyncEngine

from services.notify.queries.acknowledgements import SeenState, list_notifications
from services.notify.routes.cursors import read_cursor, write_cursor
from shared.access import Allow, Caller
from shared.parameters import check_parameters

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
    """Who said that it was read, in which capacity: provider or buyer."""

    model_config = ConfigDict(from_attributes=True)

    capacity: str
    acknowledged_at: datetime
    acknowledged_by: str


class NotificationView(BaseModel):
    """A message to one recipient, with every attempt to deliver it."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"examples": [_EXAMPLE]})

    notification_id: UUID
    event_id: UUID
    event_type: str
    obligation_id: UUID
    agreement_id: UUID
    buyer: str
    subscription_id: UUID
    channel: str
    state: SeenState
    created_at: datetime
    next_attempt_at: datetime | None
    acknowledged_at: datetime | None
    acknowledgements: list[AcknowledgementView]
    attempts: list[AttemptView]


class NotificationList(BaseModel):
    """One page, newest first; `next_cursor` is null on the last one."""

    notifications: list[NotificationView]
    next_cursor: str | None


def notification_routes(
    engine: AsyncEngine,
    authorised: Allow,
) -> APIRouter:
    """The routes under /v1/notifications."""
    router = APIRouter(
        prefix="/v1/notifications", tags=["notifications"], dependencies=[Depends(check_parameters)]
    )

    @router.get("", summary="List notifications with their attempts")
    async def list_all(
        caller: Annotated[Caller, Depends(authorised)],
        agreement: UUID | None = None,
        state: SeenState | None = None,
        cursor: str | None = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> NotificationList:
        """Newest first, of one agreement or in one state where asked."""
        async with engine.connect() as connection:
            found = await list_notifications(
                connection,
                agreement_id=str(agreement) if agreement else None,
                state=state,
                buyers=caller.only,
                before=read_cursor(cursor),
                limit=limit + 1,
            )
        page = found[:limit]
        return NotificationList(
            notifications=[NotificationView.model_validate(one) for one in page],
            next_cursor=write_cursor(page[-1].seq) if len(found) > limit else None,
        )

    return router
