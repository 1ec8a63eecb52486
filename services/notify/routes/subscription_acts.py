"""What is done with a subscription over HTTP: its secret, its resumption, messages sent again."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, JsonValue

from services.notify.deliveries.replay import ReplayWish
from services.notify.deliveries.replay_notifications import replay_notifications
from services.notify.queries.replays import list_replays
from services.notify.routes.cursors import read_cursor, write_cursor
from services.notify.routes.door import SubscriptionDoor
from services.notify.routes.subscriptions import SubscriptionView
from services.notify.subscriptions.own_subscription import own_subscription
from services.notify.subscriptions.resume_subscription import resume_subscription
from services.notify.subscriptions.rotate_secret import rotate_secret
from services.notify.subscriptions.secret import RotationWish
from shared.access import Caller
from shared.database import begin
from shared.door.parameters import check_parameters

_SHOWN = 50
_REPLAY: dict[str, JsonValue] = {
    "replay_id": "b7d0c6f4-5a0e-4c7e-9a51-3f1f0d2c4e11",
    "asked_at": "2026-11-25T10:00:00Z",
    "asked_by": "officer@buyer.example",
    "queued": 412,
    "left_out": 9,
    "waiting": 378,
    "sent": 2,
    "delivered": 32,
    "failed": 0,
    "cancelled": 0,
}


class SecretRotated(BaseModel):
    """The new secret, shown this once, and until when the one before it signs too."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "secret": "whsec_bG9jYWwgcG91bmQsIGFuIGV4YW1wbGUgb25seQ==",
                    "previous_secret_until": "2026-11-26T10:00:00Z",
                }
            ]
        }
    )

    secret: str
    previous_secret_until: datetime | None


class ReplayView(BaseModel):
    """How many messages were queued again, how many left out, and how far the queued ones came.

    `sent`: GOV.UK Notify took it, and has not said yet what became of it.
    """

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"examples": [_REPLAY]})

    replay_id: UUID
    asked_at: datetime
    asked_by: str
    queued: int
    left_out: int
    waiting: int
    sent: int
    delivered: int
    failed: int
    cancelled: int


class ReplayQueued(ReplayView):
    """A replay as it begins; `next_cursor` where its range holds more messages than its limit."""

    model_config = ConfigDict(json_schema_extra={"examples": [_REPLAY | {"next_cursor": None}]})

    next_cursor: str | None


class ReplayList(BaseModel):
    """The latest replays, the newest first."""

    replays: list[ReplayView]


def subscription_act_routes(door: SubscriptionDoor) -> APIRouter:
    """The routes under /v1/subscriptions/{subscription_id}/."""
    router = APIRouter(
        prefix="/v1/subscriptions/{subscription_id}",
        tags=["subscriptions"],
        dependencies=[Depends(check_parameters)],
    )
    officer = Annotated[Caller, Depends(door.authorised)]

    @router.post(
        "/secret",
        summary="Give a webhook subscription a new secret",
        responses={409: {"description": "A rotation is under way, or nothing is signed"}},
    )
    async def rotate(caller: officer, subscription_id: UUID, wish: RotationWish) -> SecretRotated:
        """Until the old secret's time is over each message carries both signatures, the new one
        first. Within that time another rotation is refused (409), unless `overlap_hours` is 0: then
        every other secret ends at once.
        """
        new = await rotate_secret(door.engine, str(subscription_id), wish, caller, door.clock())
        return SecretRotated(secret=new.current, previous_secret_until=new.previous_until)

    @router.post("/resume", summary="Send to a subscription again that was switched off")
    async def resume(caller: officer, subscription_id: UUID) -> SubscriptionView:
        """Its address is checked again. What was held for it is sent, under the same ids, and what
        was raised meanwhile and still holds. One that is on stays as it is.
        """
        resumed = await resume_subscription(
            door.engine,
            str(subscription_id),
            caller,
            check_address=door.check_address,
            email_is_set_up=door.email_is_set_up,
            govuk_notify_is_set_up=door.govuk_notify_is_set_up,
            today=door.today(),
            now=door.clock(),
        )
        return SubscriptionView.model_validate(resumed)

    @router.post(
        "/replay",
        status_code=202,
        summary="Send messages again",
        responses={409: {"description": "The subscription is switched off: resume it first"}},
    )
    async def replay(caller: officer, subscription_id: UUID, wish: ReplayWish) -> ReplayQueued:
        """Under the ids that they had, in their order: a receiver that removes duplicates by id
        sees nothing twice. Left out is what no longer holds, what still waits or was never sent.
        """
        queued, came_to = await replay_notifications(
            door.engine,
            str(subscription_id),
            wish,
            read_cursor(wish.cursor) or 0,
            caller,
            door.clock(),
        )
        view = ReplayView.model_validate(queued)
        cursor = None if came_to is None else write_cursor(came_to)
        return ReplayQueued(**view.model_dump(), next_cursor=cursor)

    @router.get("/replays", summary="How far replays came")
    async def replays(caller: officer, subscription_id: UUID) -> ReplayList:
        """The latest fifty. A message that a later replay queued again counts there."""
        async with begin(door.engine) as tx:
            await own_subscription(tx, str(subscription_id), caller)
            found = await list_replays(tx, str(subscription_id), _SHOWN)
        shown = [ReplayView.model_validate(one) for one in found]
        if caller.organisation is not None:  # a provider is told no officer's name
            own = {caller.subject, caller.organisation}
            shown = [
                one if one.asked_by in own else one.model_copy(update={"asked_by": "an officer"})
                for one in shown
            ]
        return ReplayList(replays=shown)

    return router
