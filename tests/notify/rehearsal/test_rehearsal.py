"""Time travel: what would go out, day by day, is what the service itself would send."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from services.notify.planning.adopt_plans import adopt_plans
from services.notify.planning.plan import Plans, load_plans
from services.notify.rehearsal.rehearsal import Happening, rehearse, told_before
from services.notify.rehearsal.rehearse_calendar import Rehearsed, Told, rehearse_calendar
from services.notify.rehearsal.rehearse_command import report, summary
from services.notify.wording.message import Wordings
from tests.notify.conftest import Desk
from tests.notify.facts import (
    BUYER,
    CALENDARS,
    NOW,
    ORGANISATION,
    TODAY,
    bare,
    ended,
    history,
    named,
    registered,
    varied,
)
from tests.notify.receiver import Receiver

PLAN = load_plans().default
UNTIL = date(2029, 3, 31)


async def play(desk: Desk, first: date, last: date = UNTIL) -> Rehearsed:
    return await rehearse_calendar(desk.engine, Wordings(), first, last, desk.now, lambda _: None)


async def test_a_rehearsal_says_what_the_service_then_sends_and_writes_nothing(
    desk: Desk, receiver: Receiver
) -> None:
    await adopt_plans(desk.engine, Plans(2, (PLAN,)), NOW)
    await desk.match()
    await desk.subscribe(receiver.url + "/buyer", BUYER)
    await desk.subscribe(receiver.url + "/provider")
    await desk.name(named("provider first@provider.example", "provider second@provider.example"))
    change: dict[str, Any] = {"effective_on": date(2028, 2, 1), "end": date(2029, 3, 31)}
    await desk.tell(registered(end=date(2028, 3, 31)), varied(**change))
    await desk.tell(registered("LCC/2", end=None), registered("LCC/3", notice_period="P3M"))
    await desk.tell(registered("LCC/4", end=date(2028, 3, 31)), ended("LCC/4", on=TODAY))
    before = await desk.rows("select count(*), max(since_revision) from obligations")
    rehearsed = await play(desk, TODAY, date(2028, 3, 1))
    assert await desk.rows("select count(*), max(since_revision) from obligations") == before
    assert receiver.requests == []
    day = TODAY
    while day <= date(2028, 3, 1):
        desk.now = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
        await desk.plan_outdated()
        await desk.raise_due()
        day += timedelta(days=1)
    sent = await desk.rows(
        "select (f.recorded_at at time zone 'UTC')::date as day, a.reference, f.event_type,"
        " coalesce(s.subscriber, :provider) from notifications n join facts f using (event_id)"
        " join agreements a on a.agreement_id = n.agreement_id"
        " join subscriptions s using (subscription_id)",
        provider=ORGANISATION,
    )
    said = [
        (one.day, one.reference, one.what, one.recipient) for one in rehearsed.told if one.recipient
    ]
    assert sorted(said) == sorted(map(tuple, sent))
    assert len(said) > 30
    played, past, *_ = summary(rehearsed)
    assert played == "Agreements registered: 4; with an end: 2, without: 1, over already: 1."
    assert "notice of 0, and the day that keeps a policy of 0" in past


async def test_the_summary_says_of_each_agreement_how_it_stands_on_the_first_day(
    desk: Desk,
) -> None:
    """Also where the messages that said so went out before it."""
    await desk.tell(
        registered("LCC/1"),  # no period is recorded, and the policy's day has passed
        registered("LCC/2", notice_period="P6M"),
        registered("LCC/3", notice_period="P3M"),
        registered("LCC/4", end=date(2026, 9, 30)),
    )
    await desk.raise_due()
    rehearsed = await play(desk, TODAY, date(2027, 3, 31))
    played, past, *_ = summary(rehearsed)
    assert played.endswith("with an end: 3, without: 0, over already: 1.")
    assert "notice of 1, and the day that keeps a policy of 1 that record no notice" in past
    other = await rehearse_calendar(
        desk.engine, Wordings(), TODAY, UNTIL, desk.now, lambda _: None, buyer="GB-LAE-BRD"
    )
    assert (other.agreements, other.told) == (0, [])


def test_the_report_shows_the_first_lines_and_says_how_many_more() -> None:
    told = [
        Told(date(2026, 12, day), BUYER, "LCC/1", "renewal.approaching.v1", "renewal", "Ends")
        for day in range(1, 31)
    ]
    lines = list(report(Rehearsed(told, agreements=1, dated=1), 20))
    assert lines[20] == "and 10 more: --all prints them, or --json"
    assert "2026-12  renewal              30         0" in lines


def test_an_end_that_moves_is_taken_back_in_the_rehearsal_too() -> None:
    moved = history(
        registered(end=date(2028, 3, 31)),
        varied(end=date(2029, 3, 31), effective_on=date(2027, 10, 15)),
    )
    happenings = list(rehearse(moved, [], [], PLAN, CALENDARS, date(2026, 4, 1), UNTIL))
    days = [one.day for one in happenings]
    assert days == sorted(days)
    ends = {
        one.obligation.end
        for one in happenings
        if isinstance(one, Happening) and one.obligation.kind == "renewal"
    }
    # What counts to the end that is known to move before it comes is never told.
    assert ends == {date(2029, 3, 31)}


def test_each_september_has_its_review_where_nothing_else_is_watched() -> None:
    alone = bare(PLAN).model_copy(update={"renewal_stages": (), "review_month": 9})
    known = history(registered(end=date(2031, 3, 31)))
    played = rehearse(known, [], [], alone, CALENDARS, TODAY, date(2029, 12, 31))
    assert [one.day for one in played] == [date(year, 9, 1) for year in (2027, 2028, 2029)]


async def test_what_was_told_before_the_first_day_stays_told(desk: Desk) -> None:
    await desk.match(ORGANISATION)
    await desk.tell(registered())
    await desk.raise_due()
    first = TODAY + timedelta(days=1)
    again = [one.what for one in (await play(desk, first)).told]
    assert again == ["renewal.approaching.v1"]  # three months before the end
    assert told_before([], first) == []
