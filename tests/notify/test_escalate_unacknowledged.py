"""Escalation on the real database: each step once, stopped by what ends it."""

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest
from fastapi import Response
from sqlalchemy import text

from services.notify.adopt_plans import adopt_plans
from services.notify.plan import Plans, load_plans
from services.notify.queries.acknowledgements import find_notification
from services.notify.queries.escalation_chains import Escalation, find_escalation
from shared.database import begin
from tests.notify.conftest import BARE, Desk
from tests.notify.facts import BUYER, NOW, named, registered, varied
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
