"""Raising on the real database: in time, once, and to whom it concerns."""

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest

from services.notify.channels.smtp import SmtpRelay
from services.notify.planning.adopt_plans import adopt_plans
from services.notify.planning.plan import Plans, load_plans
from services.notify.queries.notifications import address_raised
from services.notify.telling import raise_due as raise_module
from services.notify.telling.raise_due import raise_due
from shared.notice_terms import DeemedService, NoticeTerms
from tests.notify.conftest import Desk
from tests.notify.facts import BUYER, NOW, ORGANISATION, SUPPLIER, registered
from tests.notify.mailbox import Mailbox, email_channel
from tests.notify.receiver import Receiver
from tests.support.waiting import eventually


async def test_a_late_agreement_raises_its_notice_day_alone(desk: Desk) -> None:
    await desk.match()
    post = DeemedService(channel="post", rule="2WD@16:00")
    clause = NoticeTerms(buyer_period="P6M", clear=True, deemed_service=(post,))
    await desk.tell(registered(notice_terms=clause))
    raised = await desk.raise_due()
    assert len(raised.skipped) == 3
    events = {event.type: event.data for event in (await desk.published())[1:]}
    assert set(events) == {"notice.due.v1"}
    notice = events["notice.due.v1"]
    assert notice["organisation"] == ORGANISATION
    assert (notice["notice_period"], notice["last_safe_service"]) == ("P6M", "2026-09-30")
    assert notice["rule"].endswith("that day has passed")
    sent = [{"channel": "post", "day": "2026-09-28", "before": "16:00:00"}]
    assert notice["send_by"] == sent
    [planned, *_] = [event.data for event in await desk.published()]
    assert [one["send_by"] for one in planned["obligations"] if one["kind"] == "notice"] == [sent]
    assert notice["policy"] is None
    assert (await desk.raise_due()).facts == []


async def test_a_notice_day_this_week_is_raised_now_and_has_not_passed(desk: Desk) -> None:
    await desk.tell(registered(end=date(2027, 5, 26), notice_period="P6M"))
    raised = await desk.raise_due()
    notice = next(one for one in raised.facts if one.kind == "notice")
    assert notice.words["due_on"] == "25 November 2026"
    assert notice.wording == "notice-due"


async def test_who_knows_of_an_agreement_late_gets_one_message_each(
    desk: Desk, receiver: Receiver
) -> None:
    """Three months by the agreement, six by a commitment whose day has passed."""
    await adopt_plans(desk.engine, Plans(2, (load_plans().default,)), NOW)
    await desk.match()
    await desk.subscribe(receiver.url + "/buyer", BUYER)
    await desk.subscribe(receiver.url + "/provider")
    await desk.tell(registered(notice_period="P3M"))
    [fact] = (await desk.raise_due()).facts
    assert (fact.kind, fact.wording) == ("renewal", "how-it-stands")
    await desk.deliver()
    assert sorted(one.path for one in receiver.requests) == ["/notices/buyer", "/notices/provider"]
    said = " ".join(receiver.requests[0].event["message"].split())
    assert "30 December 2026, the last safe day to serve notice" in said
    assert "has passed" not in said
    assert "full length" not in said
    rows = await desk.rows("select kind, reason from obligations where state = 'skipped'")
    assert "lapse" in {row.kind for row in rows}
    assert all(row.reason for row in rows)


async def test_an_officer_gets_a_whole_register_in_one_mail(
    desk: Desk, mailbox: Mailbox, relay: SmtpRelay
) -> None:
    desk.email = email_channel(relay)
    await desk.subscribe("officer@buyer.example", BUYER, channel="email")
    await desk.tell(*(registered(f"LCC/{number}") for number in range(5)))
    await desk.raise_due()
    await desk.deliver()
    [mail] = mailbox.received
    assert mail["Subject"] == "5 messages about your agreements"


async def test_before_its_lead_a_notice_is_not_raised(desk: Desk) -> None:
    await desk.tell(registered(end=date(2027, 6, 30)))  # last safe day 29 December, lead 28 days
    desk.now = NOW.replace(month=11, day=30)
    assert [one.kind for one in (await desk.raise_due()).facts] == ["renewal"]
    desk.now = NOW.replace(month=12, day=1)
    assert [one.kind for one in (await desk.raise_due()).facts] == ["notice"]


async def test_several_replicas_raise_each_obligation_once(desk: Desk) -> None:
    await desk.tell(*(registered(f"LCC/{number}") for number in range(300)))
    results = await asyncio.gather(*(raise_due(desk.engine, NOW.date(), NOW) for _ in range(4)))
    ids = [fact.event_id for result in results for fact in result.facts]
    assert len(ids) == len(set(ids)) == 300
    types = await desk.published_types()
    assert types.count("notice.due.v1") == 300


async def test_buyer_organisation_and_unmatched_supplier_are_told_each(
    desk: Desk, receiver: Receiver
) -> None:
    await desk.match()
    await desk.subscribe(receiver.url + "/buyer", BUYER)
    await desk.subscribe(receiver.url + "/provider")
    await desk.subscribe(receiver.url + "/supplier", None, supplier_id=SUPPLIER)
    await desk.subscribe(receiver.url + "/stranger", "GB-CHC-1000001")
    await desk.tell(registered())
    assert (await desk.raise_due()).notifications == 3
    assert await desk.deliver() == 3
    assert len(set(receiver.ids)) == 3


async def test_an_organisation_matched_after_the_raise_is_told_then(
    desk: Desk, receiver: Receiver
) -> None:
    await desk.subscribe(receiver.url)
    await desk.tell(registered())
    await desk.match(None)
    assert (await desk.raise_due()).notifications == 0
    assert await desk.match(revision=2) == 1
    await desk.deliver()
    assert receiver.types == ["notice.due.v1"]
    assert await desk.match(revision=2) == 0
    assert await desk.match("GB-CHC-1000001", revision=1) == 0


async def test_who_subscribes_later_is_told_the_latest_of_what_holds(
    desk: Desk, receiver: Receiver
) -> None:
    await desk.match()
    await desk.tell(registered(end=date(2027, 12, 31)))
    desk.now = NOW.replace(year=2027, month=1)
    await desk.raise_due()
    desk.now = NOW.replace(year=2027, month=10, day=5)
    await desk.raise_due()
    await desk.subscribe(receiver.url)
    await desk.deliver()
    stages = [one.event["data"].get("stage") for one in receiver.requests]
    assert sorted(stages, key=str) == [None, "P3M"]


async def test_who_subscribes_after_the_end_is_told_nothing(desk: Desk, receiver: Receiver) -> None:
    await desk.match()
    await desk.tell(registered())
    await desk.raise_due()
    desk.now = NOW + timedelta(days=365)
    await desk.subscribe(receiver.url)
    assert await desk.deliver() == 0


async def test_who_subscribes_while_something_is_raised_is_not_missed(
    desk: Desk, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither sees the other before it commits, so one waits for the other."""
    await desk.match()
    await desk.tell(registered())
    addressed, go_on = asyncio.Event(), asyncio.Event()

    async def slowly(*given: Any) -> int:
        count = await address_raised(*given)
        addressed.set()
        await go_on.wait()
        return count

    monkeypatch.setattr(raise_module, "address_raised", slowly)
    raising = asyncio.ensure_future(desk.raise_due())
    await addressed.wait()
    subscribing = asyncio.ensure_future(desk.subscribe(receiver.url))

    async def waits_or_is_done() -> bool:
        waiting = "select 1 from pg_locks where locktype = 'advisory' and not granted"
        return subscribing.done() or bool(await desk.rows(waiting))

    await eventually(waits_or_is_done)
    go_on.set()
    await asyncio.gather(raising, subscribing)
    assert await desk.states() == [("pending", 0)]
