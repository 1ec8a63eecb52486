"""Acknowledgement over HTTP: by the link that a message carries, or by an officer."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from html import escape
from uuid import UUID

from fastapi import APIRouter
from fastapi.requests import Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncEngine

from services.notify.acknowledge_notification import acknowledge_notification, capacity_of
from services.notify.link import Links
from services.notify.message import Wordings
from services.notify.queries.acknowledgements import find_notification
from services.notify.routes.pages import PAGE_HEADERS, say
from shared.access import Allow, Refused


class Acknowledged(BaseModel):
    """The acknowledgement that stands."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "notification_id": "0c1f7f5e-7c1b-5a55-8e5e-2b6f3d1c9a10",
                    "capacity": "provider",
                    "acknowledged_at": "2026-11-24T10:12:00Z",
                    "acknowledged_by": "GB-CHC-1036460",
                }
            ]
        },
    )

    notification_id: UUID
    capacity: str = Field(description="provider, or buyer")
    acknowledged_at: datetime
    acknowledged_by: str


def acknowledgement_routes(
    engine: AsyncEngine,
    authorised: Allow,
    links: Links,
    wordings: Wordings,
    clock: Callable[[], datetime],
) -> APIRouter:
    """The routes at /v1/notifications/{id}/acknowledge."""
    router = APIRouter(prefix="/v1/notifications", tags=["notifications"])

    @router.get(
        "/{notification_id}/acknowledge",
        summary="The page that a message links to",
        response_class=HTMLResponse,
    )
    async def ask(notification_id: UUID, token: str) -> Response:
        """It only shows a button: programs that follow links in mails acknowledge nothing."""
        try:
            links.check(token, str(notification_id), clock())
        except Refused as error:
            return say(wordings, error.status, "This link does not work", error.reason)
        async with engine.connect() as connection:
            found = await find_notification(connection, str(notification_id))
        if found is None:
            return say(wordings, 404, "Not known", "This message is not known here.")
        capacity = capacity_of(found, None)
        if any(known.capacity == capacity for known in found.acknowledgements):
            return say(wordings, 200, "Confirmed already", "Nothing more is needed.")
        button = (
            "<p>Press the button once the right person has read the message.</p>"
            f'<form method="post" action="?token={escape(token)}">'
            "<button>Yes, it has been read</button></form>"
        )
        page = wordings.page("Confirm that it was read", button)
        return HTMLResponse(page, headers=PAGE_HEADERS)

    @router.post(
        "/{notification_id}/acknowledge",
        summary="Acknowledge a notification",
        response_model=Acknowledged,
    )
    async def acknowledge(
        request: Request, notification_id: UUID, token: str | None = None
    ) -> Response:
        """By the signed link of the message, or by an officer's bearer token. Doing it again
        changes nothing: the first acknowledgement stands, one of the provider and one of the buyer.
        """
        as_page = "text/html" in request.headers.get("accept", "")
        key = str(notification_id)
        try:
            if token is not None:
                links.check(token, key, clock())
            caller = await authorised(request) if token is None else None
            said = await acknowledge_notification(engine, key, caller, clock())
        except Refused as error:
            if as_page:
                return say(wordings, error.status, "This link does not work", error.reason)
            raise
        if as_page:
            return say(wordings, 200, "Thank you", "It is recorded that the message was read.")
        view = Acknowledged(notification_id=notification_id, **asdict(said))
        return JSONResponse(view.model_dump(mode="json"))

    return router
