"""Notices over HTTP: recorded by an officer of the buyer, and the ledger of them."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from functools import partial
from typing import Annotated, Any, NamedTuple, TypeVar
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from starlette.exceptions import HTTPException

from services.notify.notices.notice import EXCEPTIONS
from services.notify.notices.notice_wish import (
    AcknowledgementWish,
    NoticeWish,
    ServiceWish,
    WithdrawalWish,
)
from services.notify.notices.record_notice import (
    Desk,
    TooLate,
    acknowledge_notice,
    open_desk,
    record_notice,
    serve_notice,
    withdraw_notice,
)
from services.notify.queries.agreements import find_buyer
from services.notify.queries.notices import Entry, ledger_of
from services.notify.routes.notice_view import NoticeLedger, NoticeView
from shared.access import Allow, Caller, Refused
from shared.database import begin
from shared.door.answers import REPLAYED, Answer, answer_once, keyed, read_key
from shared.door.parameters import check_parameters
from shared.door.problems import TOO_LATE
from shared.door.web import problem
from shared.envelope import explain
from shared.errors import NotKnown

WishT = TypeVar("WishT", bound=BaseModel)
Work = Callable[[AsyncConnection, Desk, WishT], Awaitable[Entry]]
_PATH = "/v1/agreements/{agreement_id}/notices"
_FORBIDDEN = 403
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "Sent again with the same body, it gets the same answer, for 24 hours",
    "schema": {"type": "string"},
    "example": '"termination-of-LCC-2024-17"',
}
_PROBLEMS: dict[int | str, dict[str, Any]] = {
    400: {"description": "No usable Idempotency-Key"},
    403: {"description": "The token speaks for other buyers"},
    404: {"description": "No such agreement or notice"},
    409: {
        "description": "Too late, with the dates and what each exception asks for; or another "
        "notice stands; or the notice has come too far for this"
    },
    422: {"description": "A field that can't be used, by its name"},
}


class Door(NamedTuple):
    """What the routes work with."""

    engine: AsyncEngine
    clock: Callable[[], datetime]
    today: Callable[[], date]


def notice_routes(
    engine: AsyncEngine,
    authorised: Allow,
    clock: Callable[[], datetime],
    today: Callable[[], date],
) -> APIRouter:
    """The routes under /v1/agreements/{agreement_id}/notices."""
    router = APIRouter(tags=["notices"], dependencies=[Depends(check_parameters)])
    officer = Annotated[Caller, Depends(authorised)]
    answer = partial(_answer, Door(engine, clock, today))

    @router.post(
        _PATH,
        status_code=201,
        summary="Record a notice, drafted or served",
        response_model=NoticeView,
        responses=_PROBLEMS,
        openapi_extra=_document(NoticeWish),
    )
    async def record(request: Request, agreement_id: UUID, caller: officer) -> Response:
        """The answer says whether it is in time, by which rule, and how many days it really gives.
        Too late without one of the three exceptions it is refused, with the dates.
        """
        return await answer(request, caller, agreement_id, NoticeWish, record_notice)

    @router.post(
        _PATH + "/{notice_id}/serve",
        summary="Record when a draft was served, or another day of service",
        response_model=NoticeView,
        responses=_PROBLEMS,
        openapi_extra=_document(ServiceWish),
    )
    async def serve(
        request: Request, agreement_id: UUID, notice_id: UUID, caller: officer
    ) -> Response:
        """What was recorded before stays in the ledger."""
        work = partial(serve_notice, notice_id=str(notice_id))
        return await answer(request, caller, agreement_id, ServiceWish, work)

    @router.post(
        _PATH + "/{notice_id}/acknowledge",
        summary="Record that the other side acknowledged a notice",
        response_model=NoticeView,
        responses=_PROBLEMS,
        openapi_extra=_document(AcknowledgementWish),
    )
    async def acknowledge(
        request: Request, agreement_id: UUID, notice_id: UUID, caller: officer
    ) -> Response:
        """Of a notice that was served."""
        work = partial(acknowledge_notice, notice_id=str(notice_id))
        return await answer(request, caller, agreement_id, AcknowledgementWish, work)

    @router.post(
        _PATH + "/{notice_id}/withdraw",
        summary="Record that a notice is withdrawn",
        response_model=NoticeView,
        responses=_PROBLEMS,
        openapi_extra=_document(WithdrawalWish),
    )
    async def withdraw(
        request: Request, agreement_id: UUID, notice_id: UUID, caller: officer
    ) -> Response:
        """What it settled is watched again, and reminders go out as before it."""
        work = partial(withdraw_notice, notice_id=str(notice_id))
        return await answer(request, caller, agreement_id, WithdrawalWish, work)

    @router.get(_PATH, summary="The ledger of an agreement's notices")
    async def ledger(agreement_id: UUID, caller: officer) -> NoticeLedger:
        """Every notice as it stands, with each step that was ever recorded of it."""
        async with begin(engine) as tx:
            buyer = await find_buyer(tx, str(agreement_id))
            if buyer is None:
                raise NotKnown(f"there is no agreement {agreement_id}")
            if not caller.speaks_for(buyer):
                raise Refused(_FORBIDDEN, "the token speaks for other buyers")
            found = await ledger_of(tx, str(agreement_id))
        return NoticeLedger(
            agreement_id=agreement_id, notices=[NoticeView.of(steps) for steps in found]
        )

    return router


async def _answer(
    door: Door,
    request: Request,
    caller: Caller,
    agreement_id: UUID,
    asked: type[WishT],
    work: Work[WishT],
) -> Response:
    """Do what was asked once; the same request again gets the same answer."""
    body = await request.body()
    key = read_key(request.headers.get("idempotency-key", ""))
    if key is None:
        raise HTTPException(
            400, "The header Idempotency-Key is needed: 1 to 255 visible characters"
        )
    try:
        wish = asked.model_validate_json(body)
    except ValidationError as error:
        raise explain(error) from error
    sent = keyed(caller, request.url.path, key, [body])
    now = door.clock()

    async def once(tx: AsyncConnection) -> Answer:
        agreement, request_id = str(agreement_id), sent.request_id
        desk = await open_desk(tx, agreement, caller, request_id, door.today(), now)
        entry = await work(tx, desk, wish)
        view = NoticeView.of([entry])
        status = 201 if entry.number == 1 else 200
        return Answer(status, "application/json", view.model_dump_json().encode())

    try:
        given, replayed = await answer_once(door.engine, sent, once, now)
    except TooLate as error:
        return _too_late(error)
    headers = {REPLAYED: "true"} if replayed else None
    return Response(given.body, given.status, headers, given.media_type)


def _too_late(error: TooLate) -> Response:
    dates = error.verdict.model_dump(mode="json", exclude={"in_time", "rule"}, exclude_none=True)
    return problem(TOO_LATE, str(error), **dates, exceptions=EXCEPTIONS)


def _document(wish: type[BaseModel]) -> dict[str, Any]:
    schema = wish.model_json_schema(ref_template="#/components/schemas/{model}")
    content = {"application/json": {"schema": schema}}
    return {"parameters": [_KEY], "requestBody": {"required": True, "content": content}}
