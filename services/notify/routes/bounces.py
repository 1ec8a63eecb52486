"""Bounces over HTTP, for a mail server or a mail provider that posts what it gets."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncEngine

from services.notify.bounces.record_bounce import record_bounce
from services.notify.channels.return_path import ReturnPaths
from shared.access import Allow, Caller
from shared.door.parameters import check_parameters

_MAIL: dict[str, object] = {
    "requestBody": {
        "required": True,
        "content": {
            "message/rfc822": {
                "schema": {"type": "string", "format": "binary"},
                "example": "Subject: Undelivered Mail\r\n\r\nThere is no such mailbox.\r\n",
            }
        },
    }
}


class BounceView(BaseModel):
    """What was read of a bounce."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "notification_id": "0c1f7f5e-7c1b-5a55-8e5e-2b6f3d1c9a10",
                    "outcome": "gone",
                    "status": "5.1.1",
                    "reason": "the mail server reports that the mailbox takes no mail (5.1.1)",
                    "new": True,
                }
            ]
        },
    )

    notification_id: UUID
    outcome: str = Field(
        description="delivered, waiting (a delay), retry, failed (this message), or gone (the "
        "mailbox: its subscriptions end)"
    )
    status: str = Field(description="RFC 3463, such as 5.1.1; empty where none was given")
    reason: str
    new: bool = Field(description="Whether it had not been recorded before")


def bounce_routes(
    engine: AsyncEngine,
    authorised: Allow,
    return_paths: ReturnPaths,
    schedule: Sequence[float],
    clock: Callable[[], datetime],
) -> APIRouter:
    """The route /v1/bounces."""
    router = APIRouter(
        prefix="/v1/bounces", tags=["bounces"], dependencies=[Depends(check_parameters)]
    )

    @router.post(
        "",
        summary="Record a bounce",
        openapi_extra=_MAIL,
        responses={404: {"description": "It is of a message that is no longer kept"}},
    )
    async def record(
        request: Request,
        caller: Annotated[Caller, Depends(authorised)],
        recipient: Annotated[
            str, Query(description="To whom it was delivered, if no header of it says so")
        ] = "",
    ) -> BounceView:
        """A delivery status notification (RFC 3464), as it came. The message is found by its signed
        return path, envelope id or Message-ID. Recording it again changes nothing.
        """
        raw = await request.body()
        recorded = await record_bounce(
            engine, raw, recipient, caller, return_paths, schedule, clock()
        )
        return BounceView.model_validate(recorded._asdict())

    return router
