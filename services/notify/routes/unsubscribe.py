"""Ending a subscription by the link in its messages, with one click (RFC 8058), and coming back."""

from collections.abc import AsyncGenerator
from html import escape
from uuid import UUID

from fastapi import APIRouter
from fastapi.requests import Request
from fastapi.responses import HTMLResponse, Response
from starlette.exceptions import HTTPException
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser

from services.notify.acknowledgements.link import Links
from services.notify.routes.door import SubscriptionDoor
from services.notify.routes.pages import CONFLICT_AS_PAGE, REFUSED_AS_PAGE, say
from services.notify.subscriptions.own_subscription import own_subscription
from services.notify.subscriptions.resume_subscription import resume_subscription
from services.notify.subscriptions.subscribe import unsubscribe
from services.notify.wording.message import Wordings
from shared.access import Refused
from shared.access.act import HOLDER_OF_LINK, note_caller
from shared.database import begin
from shared.errors import Conflict, NotKnown, Rejected

_ONE_CLICK = ("List-Unsubscribe", "One-Click")
_COME_BACK = ("Subscribe", "Again")
_LARGEST = 4 * 1024
_LONGEST_TYPE = 200  # its parameters are read in time that grows with the square of it
_MOST_FIELDS = 8
_ENDED = "Nothing more is sent to {}."
_WARNING = (
    "Messages about the agreements, their last days for notice among them, will no longer be sent "
    "to {}. Make sure that somebody else gets them."
)


def unsubscribe_routes(door: SubscriptionDoor, links: Links, wordings: Wordings) -> APIRouter:
    """The routes at /v1/subscriptions/{subscription_id}/unsubscribe."""
    router = APIRouter(prefix="/v1/subscriptions", tags=["subscriptions"])

    @router.get(
        "/{subscription_id}/unsubscribe",
        summary="The page by which a subscription is ended",
        response_class=HTMLResponse,
        responses=REFUSED_AS_PAGE,
    )
    async def ask(subscription_id: UUID, token: str) -> Response:
        """It only shows a button: programs that follow links in mails end nothing."""
        key = str(subscription_id)
        try:
            links.check_unsubscribe(token, key, door.clock())
            async with begin(door.engine) as tx:
                found = await own_subscription(tx, key, None)
        except (Refused, NotKnown) as error:
            return _refused(wordings, error)
        if not found.active:
            again = _button(token, _COME_BACK, "Send them again")
            form = again if found.inactive_by == "unsubscribed" else ""
            return say(wordings, 200, "Not subscribed", _ENDED.format(found.address), form)
        form = _button(token, _ONE_CLICK, "Unsubscribe")
        return say(wordings, 200, "Unsubscribe", _WARNING.format(found.address), form)

    @router.post(
        "/{subscription_id}/unsubscribe",
        summary="End a subscription with one click, or take it up again",
        response_class=HTMLResponse,
        responses=REFUSED_AS_PAGE | CONFLICT_AS_PAGE,
        openapi_extra={
            "requestBody": {
                "required": True,
                "content": {
                    kind: {
                        "schema": {
                            "type": "object",
                            "properties": {
                                "List-Unsubscribe": {"type": "string", "const": "One-Click"}
                            },
                        }
                    }
                    for kind in ("application/x-www-form-urlencoded", "multipart/form-data")
                },
            }
        },
    )
    async def end(request: Request, subscription_id: UUID, token: str) -> Response:
        """A mail program posts `List-Unsubscribe=One-Click`, as RFC 8058 says; so does the page's
        own button. Whoever ended it so can take it up again by the same link.
        """
        key = str(subscription_id)
        try:
            links.check_unsubscribe(token, key, door.clock())
            note_caller(request, HOLDER_OF_LINK, "")
            said = await _read_form(request)
            if _ONE_CLICK in said:
                await unsubscribe(door.engine, key, door.clock())
                form = _button(token, _COME_BACK, "That was a mistake: send them again")
                return say(wordings, 200, "Unsubscribed", _ENDED.format("this address"), form)
            if _COME_BACK in said:
                await _come_back(door, key)
                return say(wordings, 200, "Subscribed", "Messages are sent to this address again.")
        except (Refused, NotKnown, Conflict) as error:
            return _refused(wordings, error)
        raise Rejected("the form must hold List-Unsubscribe=One-Click", "List-Unsubscribe")

    return router


async def _read_form(request: Request) -> list[tuple[str, str]]:
    """The fields of a form, in either of the two kinds that RFC 8058 allows (section 3.2).

    Raises Rejected for a damaged one, HTTPException 413 for more than any mail program sends.
    """
    content_type = request.headers.get("content-type", "")
    if len(content_type) > _LONGEST_TYPE:
        raise Rejected("the content type is too long", "content-type")
    if not content_type.lower().startswith("multipart/form-data"):
        form = await FormParser(request.headers, _bounded(request)).parse()
    else:
        parser = MultiPartParser(
            request.headers, _bounded(request), max_files=0, max_fields=_MOST_FIELDS
        )
        try:
            form = await parser.parse()
        except MultiPartException as error:
            raise Rejected(f"the form can't be read: {error.message}") from error
    return [(name, str(value).strip()) for name, value in form.multi_items()]


async def _bounded(request: Request) -> AsyncGenerator[bytes, None]:
    read = 0
    async for piece in request.stream():
        read += len(piece)
        if read > _LARGEST:
            raise HTTPException(413, f"The form may have {_LARGEST:,} bytes at most")
        yield piece


async def _come_back(door: SubscriptionDoor, key: str) -> None:
    async with begin(door.engine) as tx:
        found = await own_subscription(tx, key, None)
    if not found.active and found.inactive_by != "unsubscribed":
        raise Conflict(
            "this subscription was switched off for another reason: an officer can resume it"
        )
    await resume_subscription(
        door.engine,
        key,
        None,
        check_address=door.check_address,
        email_is_set_up=door.email_is_set_up,
        govuk_notify_is_set_up=door.govuk_notify_is_set_up,
        today=door.today(),
        now=door.clock(),
    )


def _button(token: str, field: tuple[str, str], label: str) -> str:
    name, value = field
    return (
        f'<form method="post" action="?token={escape(token)}">'
        f'<input type="hidden" name="{name}" value="{value}">'
        f"<button>{escape(label)}</button></form>"
    )


def _refused(wordings: Wordings, error: Refused | NotKnown | Conflict) -> HTMLResponse:
    if isinstance(error, Refused):
        return say(wordings, error.status, "This link does not work", error.reason)
    status = 404 if isinstance(error, NotKnown) else 409
    return say(wordings, status, "This can't be done", str(error))
