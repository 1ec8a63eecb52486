"""Escalation on the real database: each step once, stopped by what ends it."""

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest
from fastapi import Response
from sqlalchemy import text

from services.notify.channels.outcome import Outcome
from services.notify.deliveries.hear_report import hear_report, lock_heard
from services.notify.planning.adopt_plans import adopt_plans
from services.notify.planning.plan import Plans, load_plans
from services.notify.queries.escalation_chains import Escalation, find_escalation
from services.notify.queries.seen_notifications import find_notification
from services.notify.subscriptions.switch_off import switch_off
from shared.database import begin
from tests.notify.conftest import BARE, SCHEDULE, Desk
from tests.notify.facts import BUYER, FAR, NOW, named, registered, varied
from tests.notify.receiver import Receiver

NOTICES: dict[str, Any] = {"event_types": ["notice.due.v1"]}
LISTED = ("provider first@provider.example", "provider second@provider.example")


@pytest.fixture
async def told(desk: Desk, receiver: Receiver) -> Desk:
    """A provider that was told of a notice day by webhook and its first contact by email.

    The day has passed, so each step waits for one working day.
    """
    shipped = load_plans().default.escalation
    assert shipped is not None
    asked = shipped.model_copy(update={"rules": shipped.rules[:1]})
    watched = BARE.default.model_copy(update={"escalation": asked})
    await adopt_plans(desk.engine, Plans(2, (watched,)), NOW)
    await desk.match()
    await desk.subscribe(receiver.url, **NOTICES)
    await desk.name(named(*LISTED))
    await desk.tell(registered())
    await desk.raise_due()
    await desk.rows_written(
        "update notifications set state = 'cancelled' where event_id not in"
        " (select event_id from facts where event_type = 'notice.due.v1')"
    )
    await desk.escalate()
    return desk


async def chain_of(desk: Desk, receiver: Receiver) -> Escalation:
    """The chain of the first message that was received."""
    async with desk.engine.connect() as connection:
        found = await find_notification(connection, receiver.ids[0])
        assert found is not None
        chain = await find_escalation(connection, found.event_id, found.party)
    assert chain is not None
    return chain


async def steps(desk: Desk) -> list[tuple[int, str, int]]:
    facts = [one.data for one in await desk.published() if one.type == "notification.escalated.v1"]
    assert "@" not in str(facts), "no mailbox on a topic that is kept for ever"
    return [
        (one["step"], one["target"], one["notifications"])
        for one in facts
        if one["raised_event_id"] == await notice_event(desk)
    ]


async def notice_event(desk: Desk) -> str:
    [(event,)] = await desk.rows(
        "select event_id::text from facts where event_type = 'notice.due.v1'"
    )
    return str(event)


async def test_the_next_contact_then_another_channel_then_the_officers_each_once(
    told: Desk, receiver: Receiver
) -> None:
    await told.deliver()
    await told.subscribe(receiver.url + "/other", event_types=["end-date.asked.v1"])
    await told.subscribe(receiver.url + "/buyer", BUYER, event_types=["notification.escalated.v1"])
    expected = [(1, "contact", 1), (2, "channel", 1), (3, "officers", 1)]
    assert await steps(told) == []
    kinds = "select distinct o.kind from escalations join obligations o using (obligation_id)"
    assert await told.rows(kinds) == [("notice",)], "a renewal stage is information by this plan"
    for number in range(1, 6):
        told.now += timedelta(hours=23, minutes=59)
        await told.escalate()
        assert await steps(told) == expected[: number - 1]
        told.now += timedelta(minutes=1)
        await asyncio.gather(*(told.escalate() for _ in range(3)))  # three replicas
        assert await steps(told) == expected[:number]
        await told.deliver()
    assert receiver.types == ["notice.due.v1", "notice.due.v1", "notification.escalated.v1"]
    assert "did not acknowledge it within 1 working day" in receiver.requests[-1].event["message"]
    chain = await chain_of(told, receiver)
    assert (chain.party, chain.state, chain.next_step_at) == ("provider", "exhausted", None)
    assert [one.channel for one in chain.told_first] == ["webhook", "email"]
    assert [[one.channel for one in step.notifications] for step in chain.steps] == [
        ["email"],
        ["webhook"],
        ["webhook"],
    ]


async def test_the_answer_of_a_receiver_acknowledges_and_stops_it(
    told: Desk, receiver: Receiver
) -> None:
    receiver.answer = lambda _: Response('{"acknowledged": true, "by": "duty manager"}')
    await told.deliver()
    assert await told.rows("select capacity, means, acknowledged_by from acknowledgements") == [
        ("provider", "reply", "duty manager")
    ]
    assert (await chain_of(told, receiver)).state == "acknowledged"
    told.now += timedelta(days=30)
    await told.escalate()
    assert await steps(told) == []
    assert "duty manager" not in str([one.data for one in await told.published()])


async def test_a_message_that_is_given_up_escalates_at_once_and_only_once(
    told: Desk, receiver: Receiver
) -> None:
    receiver.answer = lambda _: Response(status_code=410)
    await told.deliver()
    for _ in range(3):
        await told.escalate()
    assert await steps(told) == [(1, "contact", 1)]
    [step] = (await chain_of(told, receiver)).steps
    assert step.reason == "a message to the provider could not be delivered"


async def test_a_report_that_ends_a_message_escalates_at_once(
    told: Desk, receiver: Receiver
) -> None:
    await told.deliver()
    assert (await told.escalate()).steps == 0
    said = Outcome("failed", detail="the mail server reports that it was refused")
    async with begin(told.engine) as tx:
        heard = await lock_heard(tx, receiver.ids[0], said)
        await hear_report(tx, heard, said, SCHEDULE, told.now, told.now)
    await told.escalate()
    assert await steps(told) == [(1, "contact", 1)]


@pytest.fixture
async def far_off(desk: Desk, receiver: Receiver) -> tuple[Desk, str]:
    """A provider that gets a digest on 11 January, seven weeks after a renewal stage is raised."""
    shipped = load_plans().default.escalation
    assert shipped is not None
    watched = BARE.default.model_copy(update={"escalation": shipped})
    await adopt_plans(desk.engine, Plans(2, (watched,)), NOW)
    await desk.match()
    desk.now += timedelta(minutes=1)
    quiet = {"pace": "weekly", "quiet_times": [{"first": "2026-11-23", "last": "2027-01-10"}]}
    renewals = ["renewal.approaching.v1"]
    key = await desk.subscribe(receiver.url, preferences=quiet, event_types=renewals)
    return desk, key


async def test_a_digest_does_not_escalate_before_it_is_sent(
    far_off: tuple[Desk, str], receiver: Receiver
) -> None:
    desk, _ = far_off
    await desk.tell(registered(**FAR))
    await desk.raise_due()
    for day in (23, 30, 40, 48):
        desk.now = NOW + timedelta(days=day)
        assert (await desk.escalate()).steps == 0
    desk.now = NOW + timedelta(days=49)  # 11 January
    await desk.deliver()
    assert receiver.types == ["digest.v1"]
    assert (await desk.escalate()).steps == 0
    desk.now += timedelta(days=13, hours=23)
    assert (await desk.escalate()).steps == 0
    desk.now += timedelta(hours=1)  # ten working days
    assert (await desk.escalate()).steps == 1


async def test_what_is_held_for_a_subscription_that_is_off_is_not_waited_for(
    far_off: tuple[Desk, str],
) -> None:
    desk, key = far_off
    await desk.tell(registered(**FAR))
    await desk.raise_due()
    assert (await desk.escalate()).steps == 0
    async with begin(desk.engine) as tx:
        await switch_off(tx, key, "failing", "a test", desk.now)
    desk.now += timedelta(days=1)
    assert (await desk.escalate()).steps == 1


async def test_a_date_that_moved_stops_it_and_the_officers_hear_of_it_too(
    told: Desk, receiver: Receiver
) -> None:
    await told.subscribe(receiver.url + "/buyer", BUYER, event_types=["notification.escalated.v1"])
    await told.deliver()
    for _ in range(2):
        told.now += timedelta(days=1)
        await told.escalate()
        await told.deliver()
    assert receiver.types == ["notice.due.v1", "notification.escalated.v1"]
    await told.tell(varied(end=date(2028, 3, 31)))
    await told.deliver()
    assert receiver.types[2:] == ["notice.withdrawn.v1"] * 2
    assert {one.path for one in receiver.requests[2:]} == {"/notices", "/notices/buyer"}


async def test_what_was_withdrawn_takes_no_step(told: Desk, receiver: Receiver) -> None:
    await told.deliver()
    await told.tell(varied(end=date(2028, 3, 31)))
    told.now += timedelta(days=30)
    assert (await told.escalate()).steps == 0
    assert (await chain_of(told, receiver)).state == "withdrawn"


async def test_a_step_waits_for_who_has_the_agreement_in_hand_and_holds_up_nobody(
    told: Desk,
) -> None:
    told.now += timedelta(days=1)
    async with begin(told.engine) as planning:
        await planning.execute(text("select from agreements for update"))
        assert (await asyncio.wait_for(told.escalate(), 10)).steps == 0
    assert (await told.escalate()).steps == 1


async def test_a_notice_that_settles_it_ends_the_chain_and_its_withdrawal_resumes_it(
    told: Desk, receiver: Receiver
) -> None:
    await told.deliver()
    given = await told.give(kind="renewal", served_on=told.now.date())
    told.now += timedelta(days=1)
    await told.escalate()
    assert (await chain_of(told, receiver)).state == "closed"
    await told.withdraw(given)
    await told.escalate()
    assert await steps(told) == [], "the wait begins anew"
    told.now += timedelta(days=1)
    await told.escalate()
    assert await steps(told) == [(1, "contact", 1)]
