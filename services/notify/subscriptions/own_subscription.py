"""A subscription in the hands of somebody who may change it."""

from sqlalchemy.ext.asyncio import AsyncConnection

from services.notify.queries.subscriptions import Subscription, find_subscription
from shared.access import Caller, Refused
from shared.errors import NotKnown

_FORBIDDEN = 403


async def own_subscription(
    tx: AsyncConnection, key: str, caller: Caller | None, *, lock: bool = False
) -> Subscription:
    """The subscription; NotKnown where there is none, Refused where the caller may not have it.

    `caller` is None where a signed link was shown for this very subscription.
    """
    found = await find_subscription(tx, key, lock=lock)
    if found is None:
        raise NotKnown(f"there is no subscription {key}")
    if caller is not None:
        if caller.organisation is not None and found.subscriber != caller.organisation:
            raise NotKnown(
                f"there is no subscription {key}"
            )  # to a provider, as if there were none
        check_caller(caller, found.subscriber)
    return found


def check_caller(caller: Caller, subscriber: str | None) -> None:
    """Raise Refused unless the caller speaks for the subscriber."""
    if caller.parties is not None and subscriber not in caller.parties:
        raise Refused(_FORBIDDEN, "the token speaks for others than this subscriber")
