"""Digests and quiet days on the real database: together, never late, never what was withdrawn."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from fastapi import Response
from sqlalchemy import event

from services.notify.acknowledgements.acknowledge_notification import acknowledge_by_link
from services.notify.bounces.record_bounce import record_bounce
from services.notify.channels.smtp import SmtpRelay
from services.notify.deliveries import deliver
from services.notify.deliveries.put_together import put_digests_together
from services.notify.queries.sendings import next_open
from services.notify.subscriptions.addresses import check_anywhere
from services.notify.subscriptions.change_subscription import Change, change_subscription
from services.notify.subscriptions.preferences import Preferences
from services.notify.subscriptions.resume_subscription import resume_subscription
from services.notify.subscriptions.switch_off import switch_off
from shared.access import ANYONE
from shared.database import begin, raw_connection
from shared.identity import agreement_id
from tests.notify.conftest import LINKS, SCHEDULE, Desk
from tests.notify.dsn import bounce
from tests.notify.facts import BUYER, DAILY, FAR, NOW, TUESDAY, registered, varied
from tests.notify.mailbox import PATHS, Mailbox, email_channel
from tests.notify.receiver import Receiver


async def gathered(
    desk: Desk, receiver: Receiver, count: int = 3, address: str = "", **wish: Any
) -> str:
    await desk.match()
    desk.now = NOW + timedelta(minutes=1)
    key = await desk.subscribe(address or receiver.url, **(DAILY | wish))
    await desk.tell(*(registered(f"LCC/{number}", **FAR) for number in range(1, count + 1)))
    await desk.raise_due()
    return key


async def test_a_digest_is_one_message_and_lists_what_it_carries(
    desk: Desk, receiver: Receiver
) -> None:
    await gathered(desk, receiver)
    assert await desk.deliver() == 0
    assert await desk.states() == [("gathered", 0)] * 3
    desk.now = TUESDAY
    assert await desk.deliver() == 1
    [got] = receiver.requests
    assert got.type == "digest.v1"
    items = got.event["data"]["items"]
    assert [one["type"] for one in items] == ["renewal.approaching.v1"] * 3
    assert len({one["notificationid"] for one in items} | {got.id}) == 4
    assert "3 messages" not in got.event["message"]
    assert await desk.states() == [("delivered", 1)] * 4
    assert await desk.deliver() == 0


async def test_a_digest_is_tried_again_under_its_id_with_what_still_holds(
    desk: Desk, receiver: Receiver
) -> None:
    await gathered(desk, receiver)
    desk.now = TUESDAY
    receiver.answer = lambda _: Response(status_code=503)
    await desk.deliver()
    assert await desk.states() == [("bundled", 1)] * 3 + [("pending", 1)]
    desk.now += timedelta(seconds=10)
    await desk.tell(varied("LCC/2", start=FAR["start"], end=date(2029, 3, 31)))
    receiver.answer = lambda _: Response(status_code=204)
    await desk.deliver()
    first, again = receiver.requests
    assert first.id == again.id
    assert [len(one.event["data"]["items"]) for one in (first, again)] == [3, 2]
    desk.now += timedelta(days=1)
    await desk.deliver()
    [withdrawal] = receiver.requests[2].event["data"]["items"]
    assert withdrawal["type"] == "notice.withdrawn.v1", "an attempt had carried it"


async def test_what_is_withdrawn_before_its_digest_falls_out_of_it(
    desk: Desk, receiver: Receiver
) -> None:
    await gathered(desk, receiver, count=2)
    await desk.tell(varied("LCC/1", start=FAR["start"], end=date(2029, 3, 31)))
    desk.now = TUESDAY
    assert await desk.deliver() == 1
    assert len(receiver.requests[0].event["data"]["items"]) == 1


async def test_a_digest_of_which_nothing_holds_is_not_sent(desk: Desk, receiver: Receiver) -> None:
    await gathered(desk, receiver, count=1)
    desk.now = TUESDAY
    receiver.answer = lambda _: Response(status_code=503)
    await desk.deliver()
    desk.now += timedelta(seconds=10)
    await desk.tell(varied("LCC/1", start=FAR["start"], end=date(2029, 3, 31)))
    await desk.deliver()
    assert len(receiver.requests) == 1
    assert await desk.states() == [("cancelled", 1), ("cancelled", 2), ("gathered", 0)]


async def test_what_can_not_wait_goes_at_once_after_what_was_written_before(
    desk: Desk, receiver: Receiver
) -> None:
    """The last safe day is 30 December; a weekly digest of January would be too late."""
    await desk.match()
    far_off = {"pace": "weekly", "quiet_times": [{"first": "2026-11-23", "last": "2027-01-10"}]}
    await desk.subscribe(receiver.url, preferences=far_off)
    await desk.tell(registered(notice_period="P3M"))
    await desk.raise_due()
    await desk.deliver()
    assert receiver.types == ["renewal.approaching.v1"]
    rules = await desk.rows("select sending_rule from notifications")
    assert all("11 January 2027" in (rule or "") for (rule,) in rules)
    said = "sent at once, because it can't wait"
    assert any(said in one.event["message"] for one in receiver.requests)


async def test_an_urgent_message_takes_with_it_what_waits_of_its_agreement(
    desk: Desk, receiver: Receiver
) -> None:
    await desk.match()
    types = ["renewal.approaching.v1", "notice.due.v1"]
    await desk.subscribe(receiver.url, event_types=types, preferences={"pace": "weekly"})
    desk.now = NOW + timedelta(minutes=1)
    await desk.tell(*(registered(one, **FAR, notice_period="P3M") for one in ("LCC/1", "LCC/2")))
    await desk.raise_due()
    assert await desk.states() == [("gathered", 0)] * 2
    async with begin(desk.engine) as tx:
        await (await raw_connection(tx)).execute(
            "update obligations set raise_on = '2026-11-23', due_on = '2026-11-26'"
            " where kind = 'notice' and agreement_id = $1",
            agreement_id(BUYER, "LCC/1"),
        )
    await desk.raise_due()
    await desk.deliver()
    assert receiver.types == ["renewal.approaching.v1", "notice.due.v1"]
    assert sorted(await desk.states()) == [("delivered", 1), ("delivered", 1), ("gathered", 0)]


async def test_nothing_is_sent_on_a_quiet_day_nor_tried_again(
    desk: Desk, receiver: Receiver
) -> None:
    quiet = {"quiet_weekdays": ["saturday", "sunday"]}
    await gathered(desk, receiver, count=1, preferences=quiet)
    desk.now = datetime(2026, 11, 27, 23, 50, tzinfo=UTC)  # Friday
    receiver.answer = lambda _: Response(status_code=503)
    assert await desk.deliver() == 1
    desk.now += timedelta(seconds=10)
    assert await desk.deliver() == 1  # at 23:50:10, still Friday
    for saturday in (datetime(2026, 11, 28, hour, 10, tzinfo=UTC) for hour in (0, 12, 23)):
        desk.now = saturday
        await desk.deliver()
    assert len(receiver.requests) == 2
    assert await desk.states() == [("pending", 2)], "what was not begun is no attempt"
    desk.now = datetime(2026, 11, 30, 9, tzinfo=UTC)
    assert await desk.deliver() == 1
    assert len(receiver.requests) == 3


async def test_what_is_withdrawn_while_its_quiet_days_are_looked_up_is_not_sent(
    desk: Desk, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    await gathered(desk, receiver, count=1, preferences={"quiet_weekdays": ["sunday"]})

    async def meanwhile(*given: Any) -> datetime:
        opens = await next_open(*given)
        await desk.tell(varied("LCC/1", start=FAR["start"], end=date(2029, 3, 31)))
        return opens

    monkeypatch.setattr(deliver, "next_open", meanwhile)
    await desk.deliver()
    assert "renewal.approaching.v1" not in receiver.types


@pytest.mark.parametrize("together", [True, False])
async def test_what_a_digest_carries_is_acknowledged_with_it_or_alone(
    desk: Desk, receiver: Receiver, *, together: bool
) -> None:
    await gathered(desk, receiver, count=2)
    desk.now = TUESDAY
    await desk.deliver()
    [got] = receiver.requests
    key = got.id if together else got.event["data"]["items"][0]["notificationid"]
    await acknowledge_by_link(desk.engine, key, desk.now)
    said = await desk.rows("select 1 from notifications where acknowledged_at is not null")
    assert len(said) == (3 if together else 1)
    facts = (await desk.published_types()).count("notice.acknowledged.v1")
    assert facts == (2 if together else 1)


async def test_what_a_digest_carries_is_read_at_once_to_be_acknowledged(
    desk: Desk, receiver: Receiver
) -> None:
    await gathered(desk, receiver, count=5)
    desk.now = TUESDAY
    await desk.deliver()
    asked: list[str] = []

    def note(*given: Any) -> None:
        asked.append(given[2].lstrip().lower())

    event.listen(desk.engine.sync_engine, "before_cursor_execute", note)
    await acknowledge_by_link(desk.engine, receiver.ids[0], desk.now)
    event.remove(desk.engine.sync_engine, "before_cursor_execute", note)
    reads = [one for one in asked if one.startswith("select")]
    assert sum("from notifications" in one for one in reads) == 1
    assert not any("from deliveries" in one for one in reads), "nobody looks at the attempts"


async def test_a_digest_by_email_says_all_of_it_as_text_and_as_html(
    desk: Desk, receiver: Receiver, mailbox: Mailbox, relay: SmtpRelay
) -> None:
    desk.email = email_channel(relay)
    key = await gathered(desk, receiver, channel="email", address="office@provider.example")
    desk.now = TUESDAY
    await desk.deliver()
    [mail] = mailbox.received
    assert mail["Subject"] == "3 messages about your agreements"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path, _, token = mail["List-Unsubscribe"].strip("<>").partition("?token=")
    assert path == f"https://notify.example/v1/subscriptions/{key}/unsubscribe"
    LINKS.check_unsubscribe(token, key, desk.now)
    text, html = (part.get_content() for part in mail.iter_parts())
    for reference in ("LCC/1", "LCC/2", "LCC/3"):
        assert reference in text
        assert reference in html
    assert text.count("/acknowledge?token=") == html.count('<a href="https://') == 4


async def test_a_digest_that_comes_back_takes_with_it_what_it_carried(
    desk: Desk, receiver: Receiver, mailbox: Mailbox, relay: SmtpRelay
) -> None:
    desk.email = email_channel(relay)
    await gathered(desk, receiver, channel="email", address="office@provider.example")
    desk.now = TUESDAY
    await desk.deliver()
    await desk.email.close()
    assert await desk.states() == [("delivered", 1)] * 4
    [(digest,)] = await desk.rows(
        "select distinct digest_id::text from notifications where digest_id is not null"
    )
    raw = bounce(PATHS.token(digest))
    said = await record_bounce(desk.engine, raw, "", ANYONE, PATHS, SCHEDULE, desk.now)
    assert (said.notification_id, said.outcome) == (digest, "gone")
    assert await desk.states() == [("failed", 1)] * 4
    failed = [one for one in await desk.published() if one.type == "delivery.failed.v1"]
    assert len({one.data["agreement_id"] for one in failed}) == 3


async def test_another_preference_sends_what_waits_when_it_says(
    desk: Desk, receiver: Receiver
) -> None:
    key = await gathered(desk, receiver)
    change = Change(version=1, preferences=Preferences())
    changed = await change_subscription(desk.engine, key, change, ANYONE, NOW.date(), desk.now)
    assert changed.preferences == Preferences()
    assert await desk.deliver() == 3
    assert set(receiver.types) == {"renewal.approaching.v1"}


async def test_what_was_held_waits_for_its_digest_again_once_it_is_resumed(
    desk: Desk, receiver: Receiver
) -> None:
    key = await gathered(desk, receiver)
    desk.now = TUESDAY
    await put_digests_together(desk.engine, desk.now)
    async with begin(desk.engine) as tx:
        await switch_off(tx, key, "failing", "a test", desk.now)
    assert await desk.states() == [("held", 0)] * 3 + [("cancelled", 0)]
    desk.now += timedelta(hours=1)
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
    assert await desk.deliver() == 0
    desk.now += timedelta(days=1)
    await desk.deliver()
    assert [len(one.event["data"]["items"]) for one in receiver.requests] == [3]


async def test_a_digest_whose_sender_was_killed_is_sent_again_whole(
    desk: Desk, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    await gathered(desk, receiver)
    desk.now = TUESDAY

    async def killed(*_: Any) -> None:
        raise asyncio.CancelledError

    with monkeypatch.context() as dying:
        dying.setattr(deliver, "finish_attempts", killed)
        with pytest.raises(asyncio.CancelledError):
            await desk.deliver()
    desk.now += timedelta(seconds=61)
    assert await desk.deliver() == 1
    first, again = receiver.requests
    assert first.id == again.id
    assert first.event["data"] == again.event["data"]
    assert await desk.states() == [("delivered", 2)] * 4
