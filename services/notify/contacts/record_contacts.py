"""Record whom agreements name, and forget who is named no more."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from services.notify.contacts.contact_list import named_mailboxes, revise_contacts
from services.notify.queries.contacts import (
    agreements_of_keys,
    forget_former_contacts,
    forget_lists,
    kept_contacts,
    put_lists,
    switch_contacts,
    write_contacts,
)
from services.notify.queries.contacts_told import address_named
from services.notify.queries.notifications import hold_matching
from shared.database import begin
from shared.events import ContactsNamed
from shared.inbox import Reject, quarantine
from shared.logs import logger


async def record_contacts(
    engine: AsyncEngine,
    facts: Sequence[ContactsNamed],
    erased: Sequence[bytes],
    rejects: Sequence[Reject],
    today: date,
    now: datetime,
    *,
    email_is_set_up: bool,
) -> int:
    """Keep of each agreement the list confirmed last; return how many lists changed.

    `erased` are the keys whose tombstone came, before any of the facts of that key. The first
    contact of each party is told at once what was raised before and still holds.
    """
    in_order = sorted(facts, key=lambda fact: (fact.confirmed_on, fact.version))
    lists = {str(fact.agreement_id): fact for fact in in_order}
    async with begin(engine) as tx:
        await quarantine(tx, rejects, now)
        forgotten = await agreements_of_keys(tx, erased) if erased else []
        await forget_lists(tx, forgotten)
        newer = await put_lists(tx, [lists[key] for key in sorted(lists)])
        changed = sorted(newer | set(forgotten))
        if not changed:
            return 0
        await hold_matching(tx, exclusive=True)
        kept = await kept_contacts(tx, changed)
        changes = {
            key: revise_contacts(
                kept[key], named_mailboxes(lists[key].contacts) if key in newer else ()
            )
            for key in changed
        }
        await write_contacts(tx, changes, now, email_is_set_up=email_is_set_up)
        await address_named(tx, sorted(newer), today, now)
    logger.info("contacts.recorded", agreements=len(changed))
    return len(changed)


async def keep_contacts_reachable(
    engine: AsyncEngine, today: date, now: datetime, *, email_is_set_up: bool
) -> None:
    """Write to contacts where email is set up; where it is not, messages do not wait for it."""
    async with begin(engine) as tx:
        await hold_matching(tx, exclusive=True)
        switched = await switch_contacts(tx, email_is_set_up=email_is_set_up)
        await address_named(tx, switched, today, now)


async def forget_contacts(engine: AsyncEngine, now: datetime) -> None:
    """Erase the mailboxes of contacts of a former provider, once what they are told is sent."""
    async with begin(engine) as tx:
        await forget_former_contacts(tx, now)
