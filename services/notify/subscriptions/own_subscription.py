"""A subscription in the hands of somebody who may change it."""

from sqlalchemy.ext.asyncio import AsyncConnection

from services.notify.queries.subscriptions import Subscription, find_subscription
from shared.access import Caller, Refused
from shared.errors import NotKnown

_FORBIDDEN = 403


async def own_subscription(
    tx: AsyncConnection, key: str, caller: Caller | None, *, lock: bool = False
) -> Subscription:
    """The subscription; NotKnown where there is none, and of another's as if there were none.

    Its id follows from its address, which may be a person's: who guesses that is not to learn
    that it is subscribed. `caller` is None where a signed link was shown for this very one.
    """
    found = await find_subscription(tx, key, lock=lock)
    if found is None or not (caller is None or _speaks_for(caller, found.subscriber)):
        raise NotKnown(f"there is no subscription {key}")
    return found


def check_caller(caller: Caller, subscriber: str | None) -> None:
    """Raise Refused unless the caller speaks for the subscriber."""
    if not _speaks_for(caller, subscriber):
        raise Refused(_FORBIDDEN, "the token speaks for others than this subscriber")


def _speaks_for(caller: Caller, subscriber: str | None) -> bool:
    return caller.parties is None or subscriber in caller.parties
