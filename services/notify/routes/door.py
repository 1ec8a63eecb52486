"""What the routes of subscriptions work with."""

from collections.abc import Callable
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncEngine

from services.notify.subscriptions.subscribe import CheckAddress
from shared.access import Allow


class SubscriptionDoor(NamedTuple):
    """The database, who may, which addresses may be had, and what time it is."""

    engine: AsyncEngine
    authorised: Allow
    check_address: CheckAddress
    clock: Callable[[], datetime]
    today: Callable[[], date]
    email_is_set_up: bool
    govuk_notify_is_set_up: bool
