"""Subscriptions over HTTP."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, JsonValue

from services.notify.queries.subscriptions import Subscription, list_subscriptions
from services.notify.routes.cursors import read_cursor, write_cursor
from services.notify.routes.door import SubscriptionDoor
from services.notify.subscriptions.change_subscription import Change, change_subscription
from services.notify.subscriptions.own_subscription import own_subscription
from services.notify.subscriptions.preferences import Preferences
from services.notify.subscriptions.subscribe import end_subscription, subscribe
from services.notify.subscriptions.subscription import Wish
from shared.access import Caller
from shared.database import begin
from shared.door.parameters import check_parameters
from shared.lists.fields import Fields
from shared.lists.wish import NOT_MODIFIED, PAGES_ONLY, answer_page, read_wish

_EXAMPLE: dict[str, JsonValue] = {
    "subscription_id": "5d6cf6a0-2f8a-5b43-9d1c-6c1a0f3f2b11",
    "subscriber": "GB-CHC-1036460",
    "supplier_id": None,
    "channel": "webhook",
    "address": "https://provider.example/notices",
    "event_types": [
        "renewal.approaching.v1",
        "notice.due.v1",
        "end-date.asked.v1",
        "obligation.raised.v1",
        "notice.withdrawn.v1",
        "notification.escalated.v1",
    ],
    "preferences": {
        "pace": "weekly",
        "at": "09:00",
        "weekday": "monday",
        "quiet_weekdays": ["saturday", "sunday"],
        "quiet_bank_holidays": "england-and-wales",
        "quiet_times": [{"first": "2026-12-24", "last": "2027-01-04"}],
    },
    "previous_secret_until": None,
    "active": True,
    "inactive_by": None,
    "inactive_reason": None,
    "inactive_since": None,
    "failures": 0,
    "failing_since": None,
    "last_failed_at": None,
    "version": 1,
    "created_at": "2026-11-23T09:00:00Z",
}
_WISHES = {
    "webhook": {
        "summary": "A provider organisation, by webhook",
        "value": {
            "subscriber": "GB-CHC-1036460",
            "channel": "webhook",
            "address": "https://provider.example/notices",
        },
    },
    "email": {
        "summary": "A buyer, by email, of notice days only",
        "value": {
            "subscriber": "GB-LAE-LDS",
            "channel": "email",
            "address": "contracts@buyer.example",
            "event_types": ["notice.due.v1"],
            "preferences": {"pace": "daily", "at": "08:30"},
        },
    },
}


class SubscriptionView(BaseModel):
    """A subscription; `failures` are attempts that failed since the last one that arrived.

    `inactive_by`: gone (410), bounced (no such mailbox), failing (for five days), unsubscribed (by
    a link) or ended. While `previous_secret_until` lies ahead, two secrets sign. `version` is what
    PATCH must name.
    """

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"examples": [_EXAMPLE]})

    subscription_id: UUID
    subscriber: str | None
    supplier_id: UUID | None
    channel: str
    address: str
    event_types: list[str]
    preferences: Preferences
    previous_secret_until: datetime | None
    active: bool
    inactive_by: str | None
    inactive_reason: str | None
    inactive_since: datetime | None
    failures: int
    failing_since: datetime | None
    last_failed_at: datetime | None
    version: int
    created_at: datetime


class SubscriptionAdded(SubscriptionView):
    """A new subscription with the secret that signs its webhooks: keep it, it is shown once."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [_EXAMPLE | {"secret": "whsec_bG9jYWwgcG91bmQsIGFuIGV4YW1wbGUgb25seQ=="}]
        }
    )

    secret: str | None


class SubscriptionList(BaseModel):
    """One page; `next_cursor` is null on the last one."""

    subscriptions: list[SubscriptionView]
    next_cursor: str | None


def subscription_routes(door: SubscriptionDoor) -> APIRouter:
    """The routes under /v1/subscriptions."""
    router = APIRouter(
        prefix="/v1/subscriptions", tags=["subscriptions"], dependencies=[Depends(check_parameters)]
    )
    officer = Depends(door.authorised)

    @router.post(
        "",
        status_code=201,
        summary="Subscribe a buyer or a provider",
        responses={409: {"description": "The subscriber has one for this address, which is named"}},
    )
    async def add(
        caller: Annotated[Caller, officer],
        wish: Annotated[Wish, Body(openapi_examples=_WISHES)],
    ) -> SubscriptionAdded:
        """Who subscribes is told of renewals and notice days of its own agreements, and at once of
        those that were raised before and still hold. A withdrawal follows whatever was told.
        """
        added, secret = await subscribe(
            door.engine,
            wish,
            caller,
            check_address=door.check_address,
            email_is_set_up=door.email_is_set_up,
            govuk_notify_is_set_up=door.govuk_notify_is_set_up,
            today=door.today(),
            now=door.clock(),
        )
        view = SubscriptionView.model_validate(added)
        return SubscriptionAdded(**view.model_dump(), secret=secret)

    @router.get(
        "",
        summary="List subscriptions",
        response_model=SubscriptionList,
        responses=NOT_MODIFIED,
    )
    async def list_all(
        request: Request,
        caller: Annotated[Caller, officer],
        cursor: str | None = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
        fields: Fields = [],  # noqa: B006 - FastAPI copies it
    ) -> Response:
        """In the order in which they were added. Secrets are not shown."""
        wanted = read_wish(request, SubscriptionView, fields, PAGES_ONLY)
        async with door.engine.connect() as connection:
            found = await list_subscriptions(
                connection, caller.parties, read_cursor(cursor) or 0, limit + 1
            )
        return answer_page(wanted, _page(found, limit).model_dump(mode="json"), "subscriptions")

    @router.get("/{subscription_id}", summary="One subscription")
    async def read(caller: Annotated[Caller, officer], subscription_id: UUID) -> SubscriptionView:
        """As it stands, on or off. Secrets are not shown."""
        async with begin(door.engine) as tx:
            found = await own_subscription(tx, str(subscription_id), caller)
        return SubscriptionView.model_validate(found)

    @router.patch(
        "/{subscription_id}",
        summary="Change a subscription",
        responses={409: {"description": "It has another version by now, which is named"}},
    )
    async def change(
        caller: Annotated[Caller, officer], subscription_id: UUID, change: Change
    ) -> SubscriptionView:
        """What is not given stays. Refused (409) where it was changed since `version` was read."""
        changed = await change_subscription(
            door.engine, str(subscription_id), change, caller, door.today(), door.clock()
        )
        return SubscriptionView.model_validate(changed)

    @router.delete("/{subscription_id}", status_code=204, summary="End a subscription")
    async def end(caller: Annotated[Caller, officer], subscription_id: UUID) -> None:
        """What waits for it is not sent. Ending it again changes nothing."""
        await end_subscription(door.engine, str(subscription_id), caller, door.clock())

    return router


def _page(found: list[Subscription], limit: int) -> SubscriptionList:
    page = found[:limit]
    return SubscriptionList(
        subscriptions=[SubscriptionView.model_validate(one) for one in page],
        next_cursor=write_cursor(page[-1].seq) if len(found) > limit else None,
    )
