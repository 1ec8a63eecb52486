"""Subscriptions that fail are switched off and told of; nothing that waited for them is lost."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi import Response

from services.notify.deliveries.replay import ReplayWish
from services.notify.deliveries.replay_notifications import replay_notifications
from services.notify.queries.replays import Replay, list_replays
from services.notify.subscriptions.addresses import check_anywhere
from services.notify.subscriptions.resume_subscription import resume_subscription
from services.notify.subscriptions.subscribe import end_subscription
from services.notify.subscriptions.switch_off import switch_off
from shared.access import ANYONE
from shared.database import begin
from shared.errors import Conflict, Rejected
from tests.notify.conftest import Desk
from tests.notify.facts import BUYER, NOW, named, registered, varied
from tests.notify.receiver import Receiver

NOTICES_ONLY: dict[str, Any] = {"event_types": ["notice.due.v1"]}


async def resume(desk: Desk, key: str) -> None:
    await resume_subscription(
        desk.engine,
        key,
        ANYONE,
        check_address=check_anywhere,
        email_is_set_up=True,
        govuk_notify_is_set_up=True,
        today=desk.now.date(),
        now=desk.now,
    )


async def replay(desk: Desk, key: str, **wish: Any) -> tuple[Replay, int | None]:
    return await replay_notifications(
        desk.engine, key, ReplayWish(**wish), wish.pop("after", 0), ANYONE, desk.now
    )


async def failing_for_five_days(desk: Desk, receiver: Receiver) -> str:
    """The provider's own receiver fails; the buyer's, and another of the provider's, do not."""
    await desk.match()
    failing = await desk.subscribe(receiver.url + "/failing", **NOTICES_ONLY)
    await desk.subscribe(receiver.url + "/other", event_types=["end-date.asked.v1"])
    await desk.subscribe(receiver.url + "/buyer", BUYER, event_types=["end-date.asked.v1"])
    status = {"/notices/failing": 500}
    receiver.answer = lambda got: Response(status_code=status.get(got.path, 204))
    await desk.tell(*(registered(f"LCC/{number}") for number in range(1, 4)))
    await desk.raise_due()
    for _ in range(5):
        await desk.deliver()
        desk.now += timedelta(days=1)
    await desk.tell(registered("LCC/4"))
    await desk.raise_due()
    assert await desk.rows("select 1 from subscriptions where not active") == []
    await desk.deliver()
    receiver.answer = lambda _: Response(status_code=204)
    return failing


async def test_five_days_of_failing_switch_off_hold_what_waits_and_tell(
    desk: Desk, receiver: Receiver
) -> None:
    failing = await failing_for_five_days(desk, receiver)
    [off] = [one for one in await desk.published() if one.type == "subscription.switched-off.v1"]
    assert off.data["because"] == "failing"
    assert off.data["failing_since"] == "2026-11-23T09:00:00Z"
    assert "address" not in off.data
    waiting = await desk.rows(
        "select state, count(*) from notifications where subscription_id = :key group by 1"
        " order by 1",
        key=failing,
    )
    assert waiting[-1].state == "held"
    told = [got for got in receiver.requests if got.type == "subscription.switched-off.v1"]
    assert sorted(got.path for got in told) == ["/notices/buyer", "/notices/other"]
    assert told[0].event["subject"] == failing
    assert "nothing has arrived since 23 November 2026" in told[0].event["message"]
    assert await desk.deliver() == 0


async def test_resumed_it_gets_what_was_held_under_the_same_ids(
    desk: Desk, receiver: Receiver
) -> None:
    failing = await failing_for_five_days(desk, receiver)
    await desk.tell(registered("LCC/5"))
    await desk.raise_due()
    held = await desk.rows("select notification_id::text from notifications where state = 'held'")
    before = len(receiver.requests)
    await resume(desk, failing)
    await resume(desk, failing)
    await desk.deliver()
    got = receiver.requests[before:]
    assert {one.path for one in got} == {"/notices/failing"}
    assert {key for (key,) in held} < {one.id for one in got}
    assert len(got) == len({one.event["subject"] for one in got}) == 5, "each of five agreements"
    assert (await desk.published_types()).count("subscription.resumed.v1") == 1
    [(active, since)] = await desk.rows(
        "select active, failing_since from subscriptions where subscription_id = :key", key=failing
    )
    assert (active, since) == (True, None)


async def test_that_a_contact_is_not_reached_any_more_is_told_to_the_buyer_without_its_mailbox(
    desk: Desk, receiver: Receiver
) -> None:
    await desk.subscribe(receiver.url, BUYER, event_types=["end-date.asked.v1"])
    await desk.tell(registered())
    await desk.name(named("provider jane@provider.example"))
    [(key,)] = await desk.rows(
        "select subscription_id::text from subscriptions where channel = 'email'"
    )
    async with begin(desk.engine) as tx:
        await switch_off(tx, key, "bounced", "mail to this address came back", desk.now)
    await desk.deliver()
    [told] = receiver.requests
    assert told.type == "subscription.switched-off.v1"
    assert "a contact of the provider for agreement LCC/1" in told.event["message"]
    assert "jane" not in told.event["message"]


async def test_a_subscription_by_govuk_notify_is_resumed_where_that_is_set_up(desk: Desk) -> None:
    key = await desk.subscribe("office@provider.example", channel="govuk-notify")
    async with begin(desk.engine) as tx:
        await switch_off(tx, key, "failing", "a test", desk.now)
    at: dict[str, Any] = {
        "today": desk.now.date(),
        "now": desk.now,
        "check_address": check_anywhere,
    }
    with pytest.raises(Rejected, match="Notify is not set up"):
        await resume_subscription(
            desk.engine, key, ANYONE, email_is_set_up=True, govuk_notify_is_set_up=False, **at
        )
    resumed = await resume_subscription(
        desk.engine, key, ANYONE, email_is_set_up=False, govuk_notify_is_set_up=True, **at
    )
    assert resumed.active


async def test_what_moved_while_it_was_off_is_not_sent_but_taken_back(
    desk: Desk, receiver: Receiver
) -> None:
    failing = await failing_for_five_days(desk, receiver)
    await desk.tell(*(varied(f"LCC/{number}", end=date(2029, 3, 31)) for number in range(1, 5)))
    before = len(receiver.requests)
    await resume(desk, failing)
    await desk.deliver()
    types = {one.type for one in receiver.requests[before:]}
    assert types == {"notice.withdrawn.v1"}, "for what an attempt was made to tell"
    assert await desk.rows("select 1 from notifications where state in ('held', 'pending')") == []


async def test_who_ended_it_hears_on_coming_back_what_no_longer_holds(
    desk: Desk, receiver: Receiver
) -> None:
    await desk.match()
    key = await desk.subscribe(receiver.url, **NOTICES_ONLY)
    await desk.tell(registered())
    await desk.raise_due()
    await desk.deliver()
    await end_subscription(desk.engine, key, ANYONE, desk.now)
    await desk.tell(varied(end=date(2029, 3, 31)))
    assert await desk.deliver() == 0
    assert await desk.subscribe(receiver.url, **NOTICES_ONLY) == key
    await desk.deliver()
    assert receiver.types == ["notice.due.v1", "notice.withdrawn.v1"]


async def told_three(desk: Desk, receiver: Receiver) -> str:
    await desk.match()
    key = await desk.subscribe(receiver.url, **NOTICES_ONLY)
    await desk.tell(*(registered(f"LCC/{number}") for number in range(1, 4)))
    await desk.raise_due()
    await desk.deliver()
    return key


async def test_a_replay_has_the_same_ids_and_leaves_out_what_was_withdrawn(
    desk: Desk, receiver: Receiver
) -> None:
    key = await told_three(desk, receiver)
    await desk.tell(varied("LCC/2", end=date(2029, 3, 31)))
    await desk.deliver()
    first = receiver.ids[:]
    assert len(first) == 4
    desk.now += timedelta(days=2)
    queued, came_to = await replay(desk, key, since=NOW)
    assert (queued.queued, queued.left_out, came_to) == (3, 1, None)
    again, _ = await replay(desk, key, since=NOW)
    assert (again.queued, again.left_out) == (0, 4), "what waits already is not queued twice"
    assert await desk.deliver() == 3
    withdrawn = receiver.requests[3].event["subject"]
    resent = receiver.requests[4:]
    assert [one.type for one in resent if one.event["subject"] == withdrawn] == [
        "notice.withdrawn.v1"
    ]
    assert {one.id for one in resent} < set(first)
    async with begin(desk.engine) as tx:
        latest, earlier = await list_replays(tx, key, 10)
    assert (latest.queued, earlier.waiting, earlier.delivered) == (0, 0, 3)


async def test_what_is_withdrawn_while_it_waits_to_be_sent_again_is_not(
    desk: Desk, receiver: Receiver
) -> None:
    key = await told_three(desk, receiver)
    await replay(desk, key, ids=[UUID(one) for one in receiver.ids])
    await desk.tell(*(varied(f"LCC/{number}", end=date(2029, 3, 31)) for number in range(1, 4)))
    await desk.deliver()
    assert receiver.types[3:] == ["notice.withdrawn.v1"] * 3


async def test_a_long_range_is_gone_through_in_parts(desk: Desk, receiver: Receiver) -> None:
    key = await told_three(desk, receiver)
    queued, came_to = await replay(desk, key, since=NOW, until=NOW + timedelta(1), limit=2)
    assert (queued.queued, came_to is None) == (2, False)
    rest, end = await replay_notifications(
        desk.engine, key, ReplayWish(since=NOW, limit=2), came_to or 0, ANYONE, desk.now
    )
    assert (rest.queued, end) == (1, None)


async def test_a_replay_that_can_not_be_names_its_field_and_queues_nothing(
    desk: Desk, receiver: Receiver
) -> None:
    key = await told_three(desk, receiver)
    strange = UUID(int=7)
    wishes: list[tuple[dict[str, Any], str]] = [
        ({}, "ids"),
        ({"ids": [strange], "since": NOW}, "ids"),
        ({"ids": [strange], "until": NOW}, "until"),
        ({"since": NOW, "until": NOW}, "until"),
        ({"ids": [UUID(receiver.ids[0]), strange]}, "ids.1"),
    ]
    for wish, field in wishes:
        with pytest.raises(Rejected) as refused:
            await replay(desk, key, **wish)
        assert refused.value.field == field
    await end_subscription(desk.engine, key, ANYONE, desk.now)
    with pytest.raises(Conflict, match="resume it first"):
        await replay(desk, key, since=NOW)
    assert await desk.rows("select 1 from notifications where state = 'pending'") == []
