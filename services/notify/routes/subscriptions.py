"""Subscriptions over HTTP."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Query
from pydantic import BaseModel, ConfigDict, JsonValue
from sqlalchemy.ext.asyncio import AsyncEngine

from services.notify.queries.subscriptions import Subscription, list_subscriptions
from services.notify.routes.cursors import read_cursor, write_cursor
from services.notify.subscribe import CheckAddress, end_subscription, subscribe
from services.notify.subscription import Wish
from shared.access import Allow, Caller
from shared.parameters import check_parameters

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
    "active": True,
    "inactive_reason": None,
    "failures": 0,
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
        },
    },
}


class SubscriptionView(BaseModel):
    """A subscription; `failures` are attempts that failed since the last one that arrived."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"examples": [_EXAMPLE]})

    subscription_id: UUID
    subscriber: str | None
    supplier_id: UUID | None
    channel: str
    address: str
    event_types: list[str]
    active: bool
    inactive_reason: str | None
    failures: int
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


def subscription_routes(
    engine: AsyncEngine,
    authorised: Allow,
    check_address: CheckAddress,
    clock: Callable[[], datetime],
    today: Callable[[], date],
    *,
    email_is_set_up: bool,
) -> APIRouter:
    """The routes under /v1/subscriptions."""
    router = APIRouter(
        prefix="/v1/subscriptions", tags=["subscriptions"], dependencies=[Depends(check_parameters)]
    )
    officer = Depends(authorised)

    @router.post("", status_code=201, summary="Subscribe a buyer or a provider")
    async def add(
        caller: Annotated[Caller, officer],
        wish: Annotated[Wish, Body(openapi_examples=_WISHES)],
    ) -> SubscriptionAdded:
        """Who subscribes is told of renewals and notice days of its own agreements, and at once of
        those that were raised before and still hold. A withdrawal follows whatever was told.
        """
        added, secret = await subscribe(
            engine,
            wish,
            caller,
            check_address=check_address,
            email_is_set_up=email_is_set_up,
            today=today(),
            now=clock(),
        )
        view = SubscriptionView.model_validate(added)
        return SubscriptionAdded(**view.model_dump(), secret=secret)

    @router.get("", summary="List subscriptions")
    async def list_all(
        caller: Annotated[Caller, officer],
        cursor: str | None = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
    ) -> SubscriptionList:
        """In the order in which they were added. Secrets are not shown."""
        async with engine.connect() as connection:
            found = await list_subscriptions(
                connection, caller.only, read_cursor(cursor) or 0, limit + 1
            )
        return _page(found, limit)

    @router.delete("/{subscription_id}", status_code=204, summary="End a subscription")
    async def end(caller: Annotated[Caller, officer], subscription_id: UUID) -> None:
        """What waits for it is not sent. Ending it again changes nothing."""
        await end_subscription(engine, str(subscription_id), caller)

    return router


def _page(found: list[Subscription], limit: int) -> SubscriptionList:
    page = found[:limit]
    return SubscriptionList(
        subscriptions=[SubscriptionView.model_validate(one) for one in page],
        next_cursor=write_cursor(page[-1].seq) if len(found) > limit else None,
    )
