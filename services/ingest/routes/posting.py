"""What the doors for payments and for agreements share: read, claim the key, answer once."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from fastapi import Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from starlette.exceptions import HTTPException

from services.ingest.arrivals.read_request import NotAccepted, Row, plain_event, read_rows
from services.ingest.buyers.buyer import Buyers
from services.ingest.queries.buyers import find_buyers
from shared.access import Caller, Refused
from shared.access.act import note_object
from shared.door.answers import REPLAYED, Answer, Keyed, answer_once, keyed, read_key
from shared.door.problems import UNUSABLE
from shared.door.web import problem
from shared.errors import Rejected
from shared.inbox import Reject, say_quarantined


class RejectedRow(BaseModel):
    """A row that can't be used; it is kept in quarantine as `reject_id`."""

    model_config = ConfigDict(frozen=True)

    row: int = Field(description="Counted from 1 in what was sent", examples=[3])
    field: str = Field(description="The field at fault, empty for the row", examples=["amount"])
    reason: str = Field(examples=["amount is not an amount of pounds such as 1234.56"])
    reject_id: str


@dataclass(frozen=True)
class Done:
    """What became of a request: whether any row could be used, and the body of the answer.

    `count` counts it, once that is committed.
    """

    usable: bool
    rejects: Sequence[Reject]
    body: Callable[[list[RejectedRow]], BaseModel]
    count: Callable[[], None]


Record = Callable[[AsyncConnection, Sequence[Row], "Refuse", Buyers, datetime], Awaitable[Done]]
Refuse = Callable[[Row, Rejected], Reject]


@dataclass(frozen=True)
class Posting:
    """One kind of posting: its route, how many rows it takes, and how they are recorded."""

    route: str
    most: int
    default_type: str
    record: Record


async def post(
    posting: Posting, engine: AsyncEngine, request: Request, caller: Caller, now: datetime
) -> Response:
    """Take a posting: usable rows are recorded, the others quarantined, the answer is kept.

    400 without an Idempotency-Key or JSON, 403 for a buyer that the caller does not speak for, 409
    while the key is in use, 413 and 415 for what is too large or of another kind, 422 where the
    key was used for something else or no row can be used.
    """
    body = await request.body()
    key = read_key(request.headers.get("idempotency-key", ""))
    if key is None:
        raise HTTPException(
            400, "The header Idempotency-Key is needed: 1 to 255 visible characters"
        )
    try:
        rows = read_rows(
            request.headers, body, posting.most, partial(plain_event, posting.default_type)
        )
    except NotAccepted as error:
        raise HTTPException(error.status, error.reason) from error
    for row in rows:
        if row.buyer is not None and not caller.speaks_for(row.buyer):
            raise Refused(403, f"the token does not speak for {row.buyer} (row {row.number})")
    sent = keyed(caller, posting.route, key, _said(request, body))
    note_object(sent.request_id)
    recorded: list[Done] = []

    async def work(tx: AsyncConnection) -> Answer:
        done = await posting.record(tx, rows, _refuse(sent), await find_buyers(tx), now)
        recorded.append(done)
        return _answer_of(done)

    answer, replayed = await answer_once(engine, sent, work, now)
    for done in recorded:
        done.count()
        say_quarantined(posting.route, done.rejects)
    response = Response(answer.body, answer.status, media_type=answer.media_type)
    if replayed:
        response.headers[REPLAYED] = "true"
    return response


def _refuse(sent: Keyed) -> "Refuse":
    def refuse(row: Row, error: Rejected) -> Reject:
        origin = f"http:{sent.request_id}/{row.number}"
        return Reject(origin, error.reason, error.field, row.content, row.buyer, row.headers)

    return refuse


def _answer_of(done: Done) -> Answer:
    rejected = sorted((_rejected_row(each) for each in done.rejects), key=lambda each: each.row)
    if done.usable:
        return Answer(200, "application/json", done.body(rejected).model_dump_json().encode())
    first = rejected[0]
    answer = problem(
        UNUSABLE,
        f"row {first.row}: {first.reason}",
        errors=[each.model_dump() for each in rejected],
    )
    return Answer(422, "application/problem+json", bytes(answer.body))


def _rejected_row(reject: Reject) -> RejectedRow:
    return RejectedRow(
        row=int(reject.origin.rpartition("/")[2]),
        field=reject.field,
        reason=reject.reason,
        reject_id=reject.id,
    )


def _said(request: Request, body: bytes) -> list[bytes]:
    """What makes a request this one: its CloudEvents headers, its content type and its body."""
    counts = sorted(
        f"{name}: {value}"
        for name, value in request.headers.items()
        if name.startswith("ce-") or name == "content-type"
    )
    return [*(line.encode() for line in counts), body]
