"""Acknowledgement over HTTP: by link, by a signed request, by an officer."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from html import escape
from uuid import UUID

from fastapi import APIRouter
from fastapi.requests import Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy.ext.asyncio import AsyncEngine

from services.notify.acknowledgements.acknowledge_notification import (
    acknowledge_by_link,
    acknowledge_by_officer,
    acknowledge_by_provider,
    acknowledge_by_request,
)
from services.notify.acknowledgements.link import Links
from services.notify.acknowledgements.notification import Acknowledgement
from services.notify.acknowledgements.webhook_reply import SIGNATURE
from services.notify.queries.seen_notifications import find_notification
from services.notify.routes.pages import PAGE_HEADERS, REFUSED_AS_PAGE, say
from services.notify.wording.message import Wordings
from shared.access import Allow, Refused
from shared.access.act import HOLDER_OF_LINK, note_caller
from shared.envelope import explain
from shared.errors import Rejected
from shared.fields import Line


class Acknowledged(BaseModel):
    """The acknowledgement that stands."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "notification_id": "0c1f7f5e-7c1b-5a55-8e5e-2b6f3d1c9a10",
                    "capacity": "provider",
                    "means": "link",
                    "acknowledged_at": "2026-11-24T10:12:00Z",
                    "acknowledged_by": "GB-CHC-1036460",
                    "reason": None,
                }
            ]
        },
    )

    notification_id: UUID
    capacity: str = Field(description="provider, or buyer")
    means: str = Field(
        description="link, reply (to a webhook), request (signed), officer, or a provider's token"
    )
    acknowledged_at: datetime
    acknowledged_by: str
    reason: str | None = Field(description="why an officer acknowledged it")


class OfficersWord(BaseModel):
    """What an officer may say of it, as that the provider was reached by telephone."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: Line | None = None
    who: Line | None = Field(
        default=None, description="Where the door has no token key; else the token's subject"
    )


_BODY = {
    "requestBody": {
        "required": False,
        "content": {
            "application/json": {
                "schema": {
                    "anyOf": [
                        {
                            "type": "object",
                            "properties": {
                                "reason": {"type": "string"},
                                "who": {
                                    "type": "string",
                                    "description": "required where the door has no token key; "
                                    "else the token's subject is taken",
                                },
                            },
                        },
                        {
                            "type": "object",
                            "properties": {
                                "acknowledged": {"const": True},
                                "by": {"type": "string", "maxLength": 200},
                            },
                            "required": ["acknowledged"],
                        },
                    ]
                },
                "examples": {
                    "officer": {
                        "value": {
                            "reason": "reached by telephone on 24 November",
                            "who": "A. Rahman",
                        }
                    },
                    "webhook": {"value": {"acknowledged": True, "by": "duty manager"}},
                },
            }
        },
    },
    "parameters": [
        {
            "name": name,
            "in": "header",
            "required": False,
            "schema": {"type": "string"},
            "description": said,
        }
        for name, said in (
            ("webhook-id", "by a signed request: the id of the notification"),
            ("webhook-timestamp", "seconds since 1970, at most five minutes from now"),
            (SIGNATURE, "`v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`"),
        )
    ],
}


def acknowledgement_routes(
    engine: AsyncEngine,
    authorised: Allow,
    links: Links,
    wordings: Wordings,
    clock: Callable[[], datetime],
    *,
    locked: bool,
) -> APIRouter:
    """The routes at /v1/notifications/{id}/acknowledge."""
    router = APIRouter(prefix="/v1/notifications", tags=["notifications"])

    @router.get(
        "/{notification_id}/acknowledge",
        summary="The page that a message links to",
        response_class=HTMLResponse,
        responses=REFUSED_AS_PAGE,
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
        if any(known.capacity == found.party for known in found.acknowledgements):
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
        responses={
            401: {"description": "No token, or no signature of the webhook's secret"},
            403: {"description": "The link is none of ours, or the token speaks for others"},
        },
        openapi_extra=_BODY,
    )
    async def acknowledge(
        request: Request, notification_id: UUID, token: str | None = None
    ) -> Response:
        """By the signed link of the message; by a request that the webhook's own secret signs, as
        Standard Webhooks says; or by the bearer token of an officer or of the provider itself. The
        first acknowledgement counts, one of the provider and one of the buyer, and is the answer;
        the same one again changes nothing.
        """
        as_page = "text/html" in request.headers.get("accept", "")
        key = str(notification_id)
        try:
            if token is not None:
                links.check(token, key, clock())
                note_caller(request, HOLDER_OF_LINK, "")
                said = await acknowledge_by_link(engine, key, clock())
            else:
                said = await _by_headers(engine, authorised, request, key, clock(), locked=locked)
        except Refused as error:
            if as_page:
                return say(wordings, error.status, "This link does not work", error.reason)
            raise
        if as_page:
            return say(wordings, 200, "Thank you", "It is recorded that the message was read.")
        view = Acknowledged(notification_id=notification_id, **asdict(said))
        return JSONResponse(view.model_dump(mode="json"))

    return router


async def _by_headers(
    engine: AsyncEngine,
    authorised: Allow,
    request: Request,
    key: str,
    now: datetime,
    *,
    locked: bool,
) -> Acknowledgement:
    """Acknowledge as whom the headers prove to be calling: a webhook's receiver, or an officer."""
    body = await request.body()
    if SIGNATURE in request.headers:
        note_caller(request, "who signs as the webhook's receiver", "")
        return await acknowledge_by_request(engine, key, request.headers, body, now)
    caller = await authorised(request)
    if caller.organisation is not None:
        return await acknowledge_by_provider(engine, key, caller, now)
    word = _officers_word(body)
    who = caller.subject if locked else word.who
    if who is None:
        raise Rejected("who acknowledges it must be said", "who")
    return await acknowledge_by_officer(engine, key, caller, who, word.reason, now)


def _officers_word(body: bytes) -> OfficersWord:
    try:
        return OfficersWord.model_validate_json(body or b"{}")
    except ValidationError as error:
        raise explain(error) from error
