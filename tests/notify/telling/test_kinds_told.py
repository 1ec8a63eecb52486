"""The shipped plan on the real database: who is told what, once each, and what is taken back."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.notify.planning.adopt_plans import adopt_plans
from services.notify.planning.plan import Plans, load_plans
from shared.agreement_parts import ExtensionOption
from tests.notify.conftest import Desk
from tests.notify.facts import BUYER, NOW, registered, varied
from tests.notify.receiver import Receiver

END = date(2029, 3, 31)
TERMS: dict[str, Any] = {
    "end": END,
    "maximum_end": date(2030, 3, 31),
    "extension_options": (ExtensionOption(length="P1Y", exercise_by=date(2028, 8, 31)),),
}


@pytest.fixture
async def desk(desk: Desk) -> Desk:
    await adopt_plans(desk.engine, Plans(2, (load_plans().default,)), NOW)
    await desk.match()
    return desk


async def on(desk: Desk, *days: date) -> list[str]:
    """What is raised on these days, each with everything that a day brings before."""
    told: list[str] = []
    for day in days:
        desk.now = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
        await desk.plan_outdated()
        told += [one.kind for one in (await desk.raise_due()).facts]
        await desk.deliver()
    return told


async def test_the_buyer_alone_is_told_what_it_has_to_decide(
    desk: Desk, receiver: Receiver
) -> None:
    await desk.subscribe(receiver.url + "/buyer", BUYER)
    await desk.subscribe(receiver.url + "/provider")
    await desk.tell(registered(**TERMS))
    told = await on(desk, date(2027, 10, 1), date(2028, 5, 31), date(2028, 6, 30), date(2028, 7, 1))
    assert [kind for kind in told if kind in ("decision", "option", "lapse")] == [
        *("option", "decision", "lapse"),
    ]
    heard = {
        path: [one.event["data"].get("kind") for one in receiver.requests if path in one.path]
        for path in ("/buyer", "/provider")
    }
    own = {"decision", "option", "lapse"}
    assert own <= set(heard["/buyer"])
    assert not own & set(heard["/provider"])
    assert len(heard["/provider"]) == len(heard["/buyer"]) - 3


async def test_an_extension_takes_back_what_was_told_of_the_old_end_and_no_review(
    desk: Desk, receiver: Receiver
) -> None:
    await desk.subscribe(receiver.url, BUYER)
    await desk.tell(registered(**TERMS))
    told = await on(desk, date(2027, 10, 1), date(2028, 9, 2))
    assert {"review", "notice"} <= set(told)
    seen = len(receiver.requests)
    extended = varied(**TERMS | {"end": date(2030, 3, 31)}, effective_on=desk.now.date())
    for _ in range(2):
        await desk.tell(extended)
    await desk.deliver()
    taken_back = receiver.requests[seen:]
    assert {one.type for one in taken_back} == {"notice.withdrawn.v1"}
    ids = [one.event["data"]["obligation_id"] for one in taken_back]
    assert len(set(ids)) == len(ids)
    rows = await desk.rows("select state from obligations where kind = 'review'")
    assert [row.state for row in rows] == ["raised"]


async def test_a_decision_in_time_keeps_the_alarm_silent(desk: Desk, receiver: Receiver) -> None:
    await desk.subscribe(receiver.url, BUYER)
    await desk.tell(registered(**TERMS))
    await on(desk, date(2027, 10, 1), date(2028, 6, 2))
    given = await desk.give(kind="extension", until="2030-03-31", served_on=desk.now.date())
    seen = len(receiver.requests)
    told = await on(desk, date(2028, 7, 1), date(2028, 9, 2), date(2028, 12, 31))
    assert set(told) <= {"review", "contacts", "monitoring"}
    assert "notice.withdrawn.v1" not in receiver.types[seen:]
    await desk.withdraw(given)
    assert (await on(desk, date(2029, 1, 4)))[-2:] == ["notice", "renewal"]


async def test_what_comes_back_by_itself_comes_once_each_time(desk: Desk) -> None:
    await desk.tell(registered(**TERMS))
    day, told = date(2027, 1, 1), []
    while day < date(2029, 1, 1):
        told += [(day, kind) for kind in await on(desk, day)]
        day += timedelta(days=15)
    for kind, times in (("review", 2), ("contacts", 2), ("monitoring", 4)):
        assert [one for _, one in told].count(kind) == times, (kind, told)
    rows = await desk.rows(
        "select kind, count(*) as count from obligations"
        " where kind in ('review', 'contacts', 'monitoring') and state in ('planned', 'raised')"
        " group by kind"
    )
    assert {row.kind: row.count for row in rows} == {"monitoring": 1}
