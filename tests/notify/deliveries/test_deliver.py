"""Delivery on the real database: at least once under one id, in order, nobody held up."""

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest
from fastapi import Response

from services.notify.channels.smtp import SmtpRelay
from services.notify.channels.webhook import WebhookChannel
from services.notify.deliveries import deliver
from services.notify.deliveries.send import Sender
from services.notify.queries.claims import claim_due
from shared.database import begin
from tests.notify.conftest import SCHEDULE, Desk
from tests.notify.facts import BUYER, NOW, ORGANISATION, registered, varied
from tests.notify.mailbox import PATHS, Mailbox, email_channel
from tests.notify.receiver import Receiver
from tests.support.waiting import eventually

NOTICES_ONLY: dict[str, Any] = {"event_types": ["notice.due.v1"]}


async def one_notice(desk: Desk, receiver: Receiver) -> str:
    """One notification that waits to be delivered; returns its subscription."""
    await desk.match()
    subscription = await desk.subscribe(receiver.url, **NOTICES_ONLY)
    await desk.tell(registered())
    await desk.raise_due()
    return subscription


async def test_what_is_delivered_is_not_sent_again(desk: Desk, receiver: Receiver) -> None:
    await one_notice(desk, receiver)
    assert await desk.deliver() == 1
    desk.now += timedelta(days=30)
    assert await desk.deliver() == 0
    [(outcome, status)] = await desk.rows("select outcome, status from deliveries")
    assert (outcome, status) == ("delivered", 204)


async def test_retries_follow_the_schedule_under_one_id_and_then_it_is_given_up(
    desk: Desk, receiver: Receiver
) -> None:
    await one_notice(desk, receiver)
    receiver.answer = lambda _: Response("try later", status_code=503)
    for attempt, pause in enumerate(SCHEDULE, start=1):
        desk.now += timedelta(seconds=pause * 0.89)
        assert await desk.deliver() == (1 if attempt == 1 else 0)
        desk.now += timedelta(seconds=pause * 0.22)
        assert await desk.deliver() == (0 if attempt == 1 else 1)
    desk.now += timedelta(days=30)
    assert await desk.deliver() == 0
    assert len(receiver.ids) == len(SCHEDULE)
    assert len(set(receiver.ids)) == 1
    assert await desk.states() == [("failed", 4)]
    assert await desk.rows("select attempt, outcome, response from deliveries order by 1") == [
        (attempt, "retry", "try later") for attempt in range(1, 5)
    ]
    failed = (await desk.published())[-1]
    assert failed.type == "delivery.failed.v1"
    assert failed.data["attempts"] == 4
    assert failed.data["reason"] == "the receiver answered 503"


async def test_a_receiver_that_asks_for_time_gets_it(desk: Desk, receiver: Receiver) -> None:
    await one_notice(desk, receiver)
    receiver.answer = lambda _: Response(status_code=429, headers={"Retry-After": "3600"})
    await desk.deliver()
    desk.now += timedelta(minutes=59)
    assert await desk.deliver() == 0
    desk.now += timedelta(minutes=2)
    assert await desk.deliver() == 1


async def test_410_switches_the_subscription_off_with_all_that_waits(
    desk: Desk, receiver: Receiver
) -> None:
    subscription = await one_notice(desk, receiver)
    await desk.tell(registered("LCC/2"), registered("LCC/3"))
    await desk.raise_due()
    receiver.answer = lambda _: Response(status_code=410)
    desk.each = 1
    assert await desk.deliver() == 1
    assert [state for state, _ in await desk.states()] == ["failed"] * 3
    assert (await desk.published_types()).count("delivery.failed.v1") == 3
    [(active, reason)] = await desk.rows("select active, inactive_reason from subscriptions")
    assert (active, reason) == (False, "the receiver is gone (410)")
    await desk.tell(registered("LCC/4"))
    await desk.raise_due()
    assert await desk.deliver() == 0
    receiver.answer = lambda _: Response(status_code=200)
    assert await desk.subscribe(receiver.url, **NOTICES_ONLY) == subscription
    assert await desk.deliver() == 4


async def test_a_redirect_is_a_failure_and_is_not_followed(desk: Desk, receiver: Receiver) -> None:
    await one_notice(desk, receiver)
    receiver.answer = lambda _: Response(status_code=307, headers={"Location": receiver.url})
    assert await desk.deliver() == 1
    assert await desk.states() == [("failed", 1)]
    assert len(receiver.requests) == 1
    assert "redirects" in (await desk.published())[-1].data["reason"]


async def test_killed_between_send_and_commit_it_is_sent_again_with_the_same_id(
    desk: Desk, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    await one_notice(desk, receiver)

    async def killed(*_: Any) -> None:
        raise asyncio.CancelledError

    with monkeypatch.context() as dying:
        dying.setattr(deliver, "finish_attempts", killed)
        with pytest.raises(asyncio.CancelledError):
            await desk.deliver()
    assert len(receiver.ids) == 1
    assert await desk.deliver() == 0, "another process holds the lease, as far as can be known"
    desk.now += timedelta(seconds=61)
    assert await desk.deliver() == 1
    assert receiver.ids[0] == receiver.ids[1]
    assert await desk.states() == [("delivered", 2)]
    assert await desk.rows("select outcome from deliveries order by attempt") == [
        ("started",),
        ("delivered",),
    ]


async def test_several_workers_send_each_message_once(desk: Desk, receiver: Receiver) -> None:
    await desk.match()
    await desk.subscribe(receiver.url)
    await desk.tell(*(registered(f"LCC/{number}") for number in range(60)))
    await desk.raise_due()
    made = await asyncio.gather(*(desk.deliver() for _ in range(4)))
    assert sum(made) == 60
    assert len(receiver.ids) == len(set(receiver.ids)) == 60
    assert set(await desk.states()) == {("delivered", 1)}


async def test_messages_of_one_agreement_arrive_in_order(desk: Desk, receiver: Receiver) -> None:
    await one_notice(desk, receiver)
    receiver.answer = lambda _: Response(status_code=500)
    await desk.deliver()
    await desk.tell(varied(end=date(2028, 3, 31)))  # what was tried is taken back
    desk.now = NOW + timedelta(days=330)
    await desk.raise_due()
    receiver.answer = lambda _: Response(status_code=200)
    await desk.deliver()
    assert receiver.types == ["notice.due.v1", "notice.withdrawn.v1", "notice.due.v1"]
    assert await desk.states() == [("cancelled", 1), ("delivered", 1), ("delivered", 1)]


async def test_a_withdrawal_waits_for_the_attempt_under_way(desk: Desk, receiver: Receiver) -> None:
    await one_notice(desk, receiver)
    receiver.hold = asyncio.Event()
    sending = asyncio.ensure_future(desk.deliver())

    async def arrived() -> bool:
        return bool(receiver.requests)

    await eventually(arrived)
    await desk.tell(varied(end=date(2028, 3, 31)))
    assert await desk.deliver() == 0, "the withdrawal would overtake what it withdraws"
    receiver.hold.set()
    assert await sending == 2
    assert receiver.types == ["notice.due.v1", "notice.withdrawn.v1"]
    assert await desk.states() == [("delivered", 1), ("delivered", 1)]


async def test_what_is_withdrawn_between_claim_and_send_is_not_sent(
    desk: Desk, receiver: Receiver
) -> None:
    await one_notice(desk, receiver)
    async with begin(desk.engine) as tx:
        [claim] = await claim_due(
            tx,
            "0c1f7f5e-7c1b-4a55-8e5e-2b6f3d1c9a10",
            desk.now,
            lease=timedelta(seconds=60),
            channels=["webhook"],
            at_most=5,
            each=5,
        )
    await desk.tell(varied(end=date(2028, 3, 31)))
    await desk.deliverer()._attempt(claim)
    assert receiver.requests == []


@pytest.mark.parametrize(("channel", "failures"), [("webhook", 4), ("email", 0)])
async def test_who_hangs_delays_nobody_else(
    desk: Desk, receiver: Receiver, channel: str, failures: int
) -> None:
    """Thirty agreements of a receiver, or by a relay, that never answers, thirty of another."""
    await desk.match()
    over = asyncio.Event()

    async def hang(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.close()

    hanging = await asyncio.start_server(hang, "127.0.0.1", 0)
    port = hanging.sockets[0].getsockname()[1]
    relay = SmtpRelay("127.0.0.1", port, "none", None, None, None)
    desk.email = email_channel(relay, seconds=20)
    desk.webhook = WebhookChannel(
        allow_private=True, connect_seconds=5, total_seconds=20, connections=50
    )
    address = f"http://127.0.0.1:{port}/" if channel == "webhook" else "office@buyer.example"
    await desk.subscribe(address, BUYER, channel=channel)
    for number in range(30):  # each by itself: what comes together is one mail
        await desk.tell(registered(f"LCC/{number}"))
        await desk.raise_due()
    desk.slots, desk.slow, desk.each = 4, 30, 4  # as many slots as one of them may take
    deliverer = desk.deliverer()
    assert await deliverer._begin() == 4
    running = asyncio.ensure_future(deliverer.run())
    await desk.subscribe(receiver.url)

    async def all_arrived() -> bool:
        return len(receiver.ids) == 30

    await eventually(all_arrived, within=15)  # before the first hanging attempt runs out, at 20 s
    over.set()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    hanging.close()
    [(counted,)] = await desk.rows(
        "select failures from subscriptions where subscriber = :buyer", buyer=BUYER
    )
    assert counted == failures


async def test_a_failing_receiver_is_tried_one_message_at_a_time(
    desk: Desk, receiver: Receiver
) -> None:
    await one_notice(desk, receiver)
    receiver.answer = lambda _: Response(status_code=500)
    await desk.deliver()
    await desk.tell(*(registered(f"LCC/{number}") for number in range(2, 12)))
    await desk.raise_due()
    receiver.answer = lambda _: Response(status_code=200)
    desk.now += timedelta(seconds=10)
    deliverer = desk.deliverer()
    begun = []
    while count := await deliverer._begin():
        begun.append(count)
        await asyncio.gather(*deliverer._under_way)
    assert begun == [1, 10], "once it answers, it gets several at a time again"


async def test_an_error_of_ours_is_no_failure_of_the_receivers(
    desk: Desk, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    await one_notice(desk, receiver)

    async def broken(*_: Any) -> None:
        raise TypeError("a mistake of ours")

    for _ in range(6):  # more often than the schedule has attempts
        with monkeypatch.context() as wrong:
            wrong.setattr(Sender, "send", broken)
            assert await desk.deliver() == 1
        desk.now += timedelta(seconds=61)
    assert await desk.states() == [("pending", 6)]
    assert set(await desk.rows("select outcome, detail from deliveries")) == {
        ("not-made", "an error of ours")
    }
    receiver.answer = lambda _: Response(status_code=503)
    assert await desk.deliver() == 1
    assert await desk.states() == [("pending", 7)], "its own first failure is the first that counts"


async def test_the_loop_delivers_what_comes_while_it_runs(desk: Desk, receiver: Receiver) -> None:
    running = asyncio.ensure_future(desk.deliverer().run())
    await one_notice(desk, receiver)

    async def delivered() -> bool:
        return await desk.states() == [("delivered", 1)]

    await eventually(delivered)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert receiver.requests[0].event["data"]["organisation"] == ORGANISATION


async def test_email_goes_by_the_relay_and_waits_for_it(
    desk: Desk, mailbox: Mailbox, relay: SmtpRelay
) -> None:
    await desk.match()
    await desk.subscribe("office@provider.example", channel="email", **NOTICES_ONLY)
    await desk.tell(registered(notice_period="P6M"))
    await desk.raise_due()
    mailbox.mail = "451 not now"
    desk.email = email_channel(relay)
    assert await desk.deliver() == 1
    [(outcome, detail)] = await desk.rows("select outcome, detail from deliveries")
    assert outcome == "not-made"
    assert "not now" in detail
    mailbox.mail = "250 OK"
    desk.now += timedelta(seconds=61)
    assert await desk.deliver() == 1
    [mail] = mailbox.received
    [(key,)] = await desk.rows("select notification_id::text from notifications")
    assert mail["Message-ID"] == f"<{PATHS.token(key)}@localpound.example>"
    assert mail["Subject"] == "The last safe day for notice has passed: Hospice at home"
    assert await desk.states() == [("delivered", 2)]


async def test_a_mailbox_that_does_not_exist_is_given_up(
    desk: Desk, mailbox: Mailbox, relay: SmtpRelay
) -> None:
    await desk.match()
    await desk.subscribe("nobody@provider.example", channel="email", **NOTICES_ONLY)
    await desk.tell(registered())
    await desk.raise_due()
    mailbox.rcpt = "550 no such mailbox"
    desk.email = email_channel(relay)
    await desk.deliver()
    assert await desk.states() == [("failed", 1)]
    failed = (await desk.published())[-1]
    assert (failed.type, failed.data["channel"]) == ("delivery.failed.v1", "email")
