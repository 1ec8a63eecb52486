"""The named contacts of agreements: each is a subscription to that agreement by email."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncConnection

from services.notify.contacts.contact_list import ListChange, Named
from services.notify.queries.subscriptions import put_subscription
from services.notify.subscriptions.subscription import Wish
from shared.database import driver
from shared.events import ContactsNamed

NO_EMAIL = "email is not set up here"
_NAMED_NO_MORE = "no longer named by the agreement"
_NEWER = """
    insert into contact_lists as l (agreement_id, confirmed_on, version)
    select * from unnest($1::uuid[], $2::date[], $3::bigint[]) order by 1
    on conflict (agreement_id) do update
    set confirmed_on = excluded.confirmed_on, version = excluded.version
    where (l.confirmed_on, l.version) < (excluded.confirmed_on, excluded.version)
    returning agreement_id::text
"""


async def put_lists(tx: AsyncConnection, lists: Sequence[ContactsNamed]) -> set[str]:
    """Note which lists are in force; returns the agreements whose list is newer than before."""
    connection = await driver(tx)
    rows = await connection.fetch(
        _NEWER,
        [str(one.agreement_id) for one in lists],
        [one.confirmed_on for one in lists],
        [one.version for one in lists],
    )
    return {row["agreement_id"] for row in rows}


async def agreements_of_keys(tx: AsyncConnection, keys: Sequence[bytes]) -> list[str]:
    """The agreements with contacts whose ids begin with these eight bytes."""
    connection = await driver(tx)
    rows = await connection.fetch(
        "select l.agreement_id::text from contact_lists l join unnest($1::text[]) as key"
        " on l.agreement_id between (key || repeat('0', 16))::uuid"
        " and (key || repeat('f', 16))::uuid order by l.agreement_id for update of l",
        [key.hex() for key in keys],
    )
    return [row["agreement_id"] for row in rows]


async def forget_lists(tx: AsyncConnection, agreements: Sequence[str]) -> None:
    """Keep nothing of the lists of agreements; their contacts are ended apart."""
    connection = await driver(tx)
    await connection.execute(
        "delete from contact_lists where agreement_id = any($1::uuid[])", list(agreements)
    )


async def kept_contacts(
    tx: AsyncConnection, agreements: Sequence[str]
) -> dict[str, dict[str, Named]]:
    """The contacts that are named, of each agreement by subscription."""
    connection = await driver(tx)
    rows = await connection.fetch(
        "select c.agreement_id::text, c.subscription_id::text, c.party, c.position, s.address"
        " from contacts c join subscriptions s using (subscription_id)"
        " where c.agreement_id = any($1::uuid[]) and c.position is not null",
        list(agreements),
    )
    found: dict[str, dict[str, Named]] = defaultdict(dict)
    for row in rows:
        agreement, key, *named = row.values()
        found[agreement][key] = Named(*named)
    return found


async def first_contacts(tx: AsyncConnection, agreements: Sequence[str]) -> dict[str, list[Named]]:
    """Of each agreement whom it names first of each party, among those that are written to."""
    connection = await driver(tx)
    rows = await connection.fetch(
        "select distinct on (c.agreement_id, c.party) c.agreement_id::text, c.party, c.position,"
        " s.address from contacts c join subscriptions s using (subscription_id)"
        " where c.agreement_id = any($1::uuid[]) and c.position is not null and s.active"
        " order by c.agreement_id, c.party, c.position",
        list(agreements),
    )
    found: dict[str, list[Named]] = defaultdict(list)
    for row in rows:
        agreement, *named = row.values()
        found[agreement].append(Named(*named))
    return found


async def write_contacts(
    tx: AsyncConnection,
    changes: Mapping[str, ListChange],
    now: datetime,
    *,
    email_is_set_up: bool,
) -> None:
    """Add, keep and end contacts. Of those that end the mailbox is erased, what waits cancelled."""
    connection = await driver(tx)
    # Not made of the mailbox, as other ids of subscriptions are: it is to be forgotten.
    added = [(str(uuid4()), key, one) for key, change in changes.items() for one in change.add]
    for subscription, _, one in added:
        wish = Wish(channel="email", address=one.address)
        await put_subscription(tx, subscription, wish, None, now)
    await connection.executemany(
        "insert into contacts (subscription_id, agreement_id, party, position)"
        " values ($1, $2, $3, $4)",
        [(subscription, key, one.party, one.position) for subscription, key, one in added],
    )
    await connection.executemany(
        "update contacts set position = $2 where subscription_id = $1",
        [(key, one.position) for change in changes.values() for key, one in change.keep],
    )
    await _end(tx, [key for change in changes.values() for key in change.end], now)
    await switch_contacts(tx, email_is_set_up=email_is_set_up)


async def _end(tx: AsyncConnection, subscriptions: Sequence[str], now: datetime) -> None:
    if not subscriptions:
        return
    connection = await driver(tx)
    await connection.execute(
        "update contacts set position = null where subscription_id = any($1::uuid[])", subscriptions
    )
    # Subscriptions before notifications, as whoever else locks both.
    await connection.execute(
        "select from subscriptions where subscription_id = any($1::uuid[])"
        " order by subscription_id for no key update",
        subscriptions,
    )
    await connection.execute(
        "select from notifications where subscription_id = any($1::uuid[])"
        " and state in ('pending', 'held', 'gathered', 'bundled') order by seq for update",
        subscriptions,
    )
    await connection.execute(
        "update notifications set state = 'cancelled' where subscription_id = any($1::uuid[])"
        " and state in ('pending', 'held', 'gathered', 'bundled')",
        subscriptions,
    )
    await connection.execute(
        "update subscriptions set active = false, inactive_reason = $2"
        " where subscription_id = any($1::uuid[])",
        subscriptions,
        _NAMED_NO_MORE,
    )
    await forget_former_contacts(tx, now, subscriptions)


async def part_with_provider(tx: AsyncConnection, since: Mapping[str, date]) -> None:
    """Name no more the provider's contacts of agreements that are with another provider `since`.

    Those that were confirmed on that day or later stay: they are the new provider's.
    """
    connection = await driver(tx)
    await connection.execute(
        "update contacts c set position = null from contact_lists l,"
        " unnest($1::uuid[], $2::date[]) as moved(agreement_id, since)"
        " where c.agreement_id = moved.agreement_id and l.agreement_id = c.agreement_id"
        " and c.party = 'provider' and l.confirmed_on < moved.since",
        list(since),
        list(since.values()),
    )


async def forget_former_contacts(
    tx: AsyncConnection, now: datetime, of: Sequence[str] | None = None
) -> None:
    """Erase the mailboxes of contacts named no more, of these or all, and what was said of them.

    But not while something is being sent to one, or waits to be: its provider's successor is known
    to it only by that.
    """
    connection = await driver(tx)
    rows = await connection.fetch(
        "with former as (select s.subscription_id"
        " from contacts c join subscriptions s using (subscription_id) where c.position is null"
        " and s.address <> '' and ($2::uuid[] is null or s.subscription_id = any($2::uuid[]))"
        " and not exists"
        " (select from notifications n where n.subscription_id = c.subscription_id"
        " and (n.state in ('pending', 'held', 'gathered', 'bundled')"
        " or (n.claimed_by is not null and n.next_attempt_at > $3)))"
        " order by s.subscription_id for no key update of s)"
        " update subscriptions s set address = '', active = false, inactive_reason = $1"
        " from former where former.subscription_id = s.subscription_id"
        " returning s.subscription_id",
        _NAMED_NO_MORE,
        of,
        now,
    )
    if rows:
        await connection.execute(
            "update deliveries d set response = '', detail = '' from notifications n"
            " where n.notification_id = d.notification_id and n.subscription_id = any($1::uuid[])",
            [row["subscription_id"] for row in rows],
        )


async def switch_contacts(tx: AsyncConnection, *, email_is_set_up: bool) -> list[str]:
    """Tell contacts from now on where email is set up, and none where it is not.

    Returns the agreements with contacts for which that is new.
    """
    connection = await driver(tx)
    rows = await connection.fetch(
        "with switched as (select s.subscription_id, c.agreement_id"
        " from contacts c join subscriptions s using (subscription_id)"
        " where c.position is not null"
        " and s.active <> $1 and (s.active or s.inactive_reason = $2)"
        " order by s.subscription_id for no key update of s)"
        " update subscriptions s set active = $1,"
        " inactive_reason = case when $1 then null else $2 end"
        " from switched c where c.subscription_id = s.subscription_id"
        " returning c.agreement_id::text",
        email_is_set_up,
        NO_EMAIL,
    )
    return sorted({row["agreement_id"] for row in rows})
