"""Notifications over HTTP, with their attempts."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncEngine

from services.notify.acknowledgements.acknowledge_notification import may_see
from services.notify.acknowledgements.notification import Notification, SeenState
from services.notify.queries.escalation_chains import find_escalation
from services.notify.queries.seen_notifications import (
    Wanted,
    find_notification,
    list_notifications,
)
from services.notify.routes.cursors import read_cursor, write_cursor
from services.notify.routes.notification_answer import (
    EscalationView,
    NotificationChain,
    NotificationList,
    NotificationView,
)
from shared.access import Allow, Caller, Refused
from shared.door.parameters import check_parameters
from shared.errors import NotKnown
from shared.fields import Instant, OrgId
from shared.lists.fields import Fields
from shared.lists.wish import NOT_MODIFIED, PAGES_ONLY, answer_page, read_wish

_FORBIDDEN = 403


def notification_routes(
    engine: AsyncEngine,
    authorised: Allow,
) -> APIRouter:
    """The routes under /v1/notifications."""
    router = APIRouter(
        prefix="/v1/notifications", tags=["notifications"], dependencies=[Depends(check_parameters)]
    )

    @router.get(
        "",
        summary="List notifications with their attempts",
        response_model=NotificationList,
        responses=NOT_MODIFIED,
    )
    async def list_all(
        request: Request,
        caller: Annotated[Caller, Depends(authorised)],
        agreement: UUID | None = None,
        subscription: UUID | None = None,
        subscriber: OrgId | None = None,
        buyer: OrgId | None = None,
        state: SeenState | None = None,
        since: Instant | None = None,
        until: Instant | None = None,
        cursor: str | None = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        fields: Fields = [],  # noqa: B006 - FastAPI copies it
    ) -> Response:
        """Newest first. `since` and `until` say when they were written: from, and before."""
        wish = read_wish(request, NotificationView, fields, PAGES_ONLY)
        own = caller.organisation
        if own is not None and subscriber not in {None, own}:
            raise Refused(_FORBIDDEN, f"the token is that of {own}: it sees no other's")
        wanted = Wanted(
            agreement_id=str(agreement) if agreement else None,
            subscription_id=str(subscription) if subscription else None,
            subscriber=own or subscriber,
            buyer=buyer,
            state=state,
            since=since,
            until=until,
        )
        async with engine.connect() as connection:
            found = await list_notifications(
                connection,
                wanted,
                buyers=None if own else caller.only,
                before=read_cursor(cursor),
                limit=limit + 1,
            )
        page = found[:limit]
        shown = NotificationList(
            notifications=[_as_seen(one, caller) for one in page],
            next_cursor=write_cursor(page[-1].seq) if len(found) > limit else None,
        )
        return answer_page(wish, shown.model_dump(mode="json"), "notifications")

    @router.get("/{notification_id}", summary="Show a notification with how it escalated")
    async def show(
        caller: Annotated[Caller, Depends(authorised)], notification_id: UUID
    ) -> NotificationChain:
        """Its attempts, who acknowledged it, and every step that was taken because nobody did.

        To a provider its own, without the steps: they tell of others.
        """
        key = str(notification_id)
        async with engine.connect() as connection:
            found = await find_notification(connection, key)
            if found is None or not may_see(found, caller):
                raise NotKnown(f"there is no notification {key}")
            # Whom else the buyer told is not the provider's to see.
            told = None if caller.organisation else (found.event_id, found.party)
            chain = await find_escalation(connection, *told) if told else None
        view = _as_seen(found, caller)
        escalation = EscalationView.model_validate(chain) if chain else None
        return NotificationChain(**view.model_dump(), escalation=escalation)

    return router


def _as_seen(found: Notification, caller: Caller) -> NotificationView:
    """A notification as this caller may see it: a provider is told no officer's name."""
    view = NotificationView.model_validate(found)
    if caller.organisation is None:
        return view
    unnamed = {"acknowledged_by": found.buyer, "reason": None}
    said = [
        one.model_copy(update=unnamed) if one.capacity == "buyer" else one
        for one in view.acknowledgements
    ]
    return view.model_copy(update={"acknowledgements": said})
