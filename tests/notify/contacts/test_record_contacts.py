"""Named contacts on the real database: told, each once, and forgotten."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest

from services.notify.contacts.record_contacts import forget_contacts, keep_contacts_reachable
from shared.events import ContactsNamed
from shared.identity import agreement_id, partition_key
from tests.notify.conftest import Desk
from tests.notify.facts import BUYER, TODAY, named, registered, varied
from tests.support.suppliers import supplier_id

BOTH = (
    "provider first@provider.example",
    "provider second@provider.example",
    "buyer me@buyer.example",
)
KEY = partition_key(agreement_id(BUYER, "LCC/1"))
TOLD = (
    "select s.address from notifications n join subscriptions s using (subscription_id)"
    " where n.state <> 'cancelled' and s.channel = 'email' order by n.seq"
)


async def mailboxes(desk: Desk) -> list[str]:
    return sorted({address for (address,) in await desk.rows(TOLD)})


@pytest.mark.parametrize("named_first", [True, False])
async def test_the_first_of_each_party_is_told_whichever_came_first(
    desk: Desk, *, named_first: bool
) -> None:
    if named_first:
        await desk.name(named(*BOTH))
    await desk.tell(registered())
    await desk.raise_due()
    if not named_first:
        await desk.name(named(*BOTH))
    for _ in range(2):  # at least once, from Kafka
        await desk.name(named(*BOTH))
    assert len(await desk.rows(TOLD)) == 2, "the notice day, to two parties"
    assert await mailboxes(desk) == ["first@provider.example", "me@buyer.example"]


async def test_nobody_gets_a_message_twice_at_one_mailbox(desk: Desk) -> None:
    await desk.match()
    await desk.subscribe("First@Provider.example", channel="email")
    await desk.name(named(*BOTH))
    await desk.tell(registered())
    await desk.raise_due()
    await desk.subscribe("me@BUYER.example", BUYER, channel="email")
    told = [address for (address,) in await desk.rows(TOLD)]
    assert sorted(told) == ["First@Provider.example", "me@buyer.example"]


@pytest.mark.parametrize("tombstone", [True, False])
async def test_who_is_erased_is_forgotten_and_what_waits_is_not_sent(
    desk: Desk, *, tombstone: bool
) -> None:
    await desk.tell(registered())
    await desk.raise_due()
    await desk.name(named(*BOTH))
    await desk.rows_written(
        "insert into deliveries select notification_id, 1, 0, now(), now(), 'retry', 450, 'full',"
        " '450 first@provider.example is over quota' from notifications"
    )
    lists: Sequence[ContactsNamed] = () if tombstone else (named(version=2),)
    await desk.name(*lists, erased=[KEY] if tombstone else [])
    assert {state for state, _ in await desk.states()} == {"cancelled"}
    assert set(await desk.rows("select address, active from subscriptions")) == {("", False)}
    assert await desk.rows("select * from contacts where position is not null") == []
    assert set(await desk.rows("select detail, response from deliveries")) == {("", "")}
    await desk.name(named(*BOTH, version=3))
    assert await mailboxes(desk) == ["first@provider.example", "me@buyer.example"]


async def test_who_is_named_stays_whatever_the_provider_is_matched_to(desk: Desk) -> None:
    await desk.match()
    await desk.tell(registered())
    await desk.raise_due()
    await desk.name(named(*BOTH))
    await desk.match(None, revision=2)
    assert {state for state, _ in await desk.states()} == {"pending"}


async def test_an_older_list_changes_nothing(desk: Desk) -> None:
    await desk.name(named("buyer new@buyer.example", version=2))
    await desk.name(named("buyer old@buyer.example", on=TODAY - timedelta(days=1), version=3))
    assert await desk.rows("select address from subscriptions") == [("new@buyer.example",)]


async def test_whoever_left_a_list_is_told_nothing_more_and_the_next_one_is(desk: Desk) -> None:
    await desk.tell(registered())
    await desk.raise_due()
    await desk.name(named(*BOTH))
    await desk.name(named(*BOTH[1:], version=2))
    assert await mailboxes(desk) == ["me@buyer.example", "second@provider.example"]


async def test_the_contacts_of_a_former_provider_are_told_to_disregard_it_and_forgotten(
    desk: Desk,
) -> None:
    await desk.tell(registered())
    await desk.raise_due()
    await desk.name(named(*BOTH, on=TODAY - timedelta(days=1)))
    await desk.rows_written("update notifications set attempts = 1, state = 'delivered'")
    moved = varied(provider="Another Hospice", supplier_id=UUID(supplier_id("Another Hospice")))
    await desk.tell(moved)
    wordings = await desk.rows(
        "select distinct f.wording, c.position is null from notifications n join facts f"
        " using (event_id) join contacts c using (subscription_id) where c.party = 'provider'"
        " and n.state = 'pending'"
    )
    assert wordings == [("notice-not-yours", True)]
    await forget_contacts(desk.engine, desk.now)
    assert ("first@provider.example",) in await desk.rows("select address from subscriptions")
    await desk.rows_written("update notifications set state = 'delivered' where state = 'pending'")
    await forget_contacts(desk.engine, desk.now)
    assert set(await desk.rows("select address from subscriptions")) == {
        ("",),
        ("me@buyer.example",),
    }


async def test_a_mailbox_is_erased_though_a_killed_process_claimed_what_was_for_it(
    desk: Desk,
) -> None:
    await desk.tell(registered())
    await desk.raise_due()
    await desk.name(named(*BOTH))
    ends = desk.now + timedelta(minutes=5)
    await desk.rows_written(
        "update notifications set claimed_by = gen_random_uuid(),"
        f" next_attempt_at = '{ends.isoformat()}'"
    )
    await desk.name(named(*BOTH[1:], version=2))
    gone = "select 1 from subscriptions where address = ''"
    await forget_contacts(desk.engine, ends - timedelta(seconds=1))
    assert await desk.rows(gone) == []
    await forget_contacts(desk.engine, ends)
    assert await desk.rows(gone) == [(1,)]


async def test_contacts_are_told_once_email_is_set_up(desk: Desk) -> None:
    await desk.tell(registered())
    await desk.raise_due()
    await desk.name(named(*BOTH), email_is_set_up=False)
    assert await desk.states() == []
    for _ in range(2):
        await keep_contacts_reachable(desk.engine, TODAY, desk.now, email_is_set_up=True)
        assert await mailboxes(desk) == ["first@provider.example", "me@buyer.example"]
