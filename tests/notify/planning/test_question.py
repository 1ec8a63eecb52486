"""The end date of an agreement that records none is asked for every quarter until it is known."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notify.planning.brought import obligations_to_plan
from services.notify.planning.plan import load_plans
from services.notify.planning.question import ask_end, plan_again_on
from tests.notify.conftest import Desk
from tests.notify.facts import (
    CALENDARS,
    NOW,
    PROVIDER,
    TODAY,
    bare,
    ended,
    history,
    registered,
    varied,
)
from tests.notify.receiver import Receiver

PLAN = bare(load_plans().default)
UNDATED = history(registered(end=None))
END = date(2028, 3, 31)


@pytest.mark.parametrize(
    ("today", "asked_on", "until"),
    [
        (date(2026, 11, 23), date(2026, 10, 1), date(2026, 12, 31)),
        (date(2026, 12, 31), date(2026, 10, 1), date(2026, 12, 31)),
        (date(2027, 1, 1), date(2027, 1, 1), date(2027, 3, 31)),
        (date(2028, 2, 29), date(2028, 1, 1), date(2028, 3, 31)),
    ],
)
def test_it_is_asked_from_the_first_day_of_the_quarter(
    today: date, asked_on: date, until: date
) -> None:
    assert ask_end(UNDATED, today) == (asked_on, until)
    assert plan_again_on(UNDATED, today) == until + timedelta(days=1)


@pytest.mark.parametrize(
    "known",
    [
        history(registered()),
        history(registered(end=None), ended()),
        history(registered(end=None), varied(end=END)),
        # It will be known from a day ahead: nobody is asked until then.
        history(registered(end=None), varied(end=END, effective_on=date(2027, 4, 1))),
        history(registered(end=None, start=date(2027, 4, 1))),
    ],
)
def test_nobody_is_asked_what_is_known_or_of_what_has_not_begun(known: Any) -> None:
    assert ask_end(known, TODAY) is None


def test_an_agreement_that_begins_within_the_quarter_is_asked_about_from_its_start() -> None:
    begins = history(registered(end=None, start=date(2026, 12, 1)))
    assert ask_end(begins, TODAY) == (date(2026, 12, 1), date(2026, 12, 31))


@given(st.dates(date(2024, 4, 1), date(2040, 12, 31)))
def test_there_is_one_question_a_quarter_and_it_stands_all_of_it(today: date) -> None:
    [question] = obligations_to_plan(UNDATED, PLAN, CALENDARS, today)
    assert question.due_on <= today <= question.end
    following = plan_again_on(UNDATED, today)
    assert following == question.end + timedelta(days=1)
    [again] = obligations_to_plan(UNDATED, PLAN, CALENDARS, following)
    assert again.due_on == following
    assert again.obligation_id != question.obligation_id
    [same] = obligations_to_plan(UNDATED, PLAN, CALENDARS, question.end)
    assert same == question


async def on(desk: Desk, day: date) -> list[str]:
    """What the timer raises on a day, by the titles of messages that then arrive."""
    desk.now = datetime.combine(day, NOW.timetz())
    await desk.plan_outdated()
    raised = await desk.raise_due()
    await desk.deliver()
    return [one.fact.TYPE for one in raised.facts]


async def test_it_is_asked_once_a_quarter_until_the_end_is_recorded_and_then_taken_back(
    desk: Desk, receiver: Receiver
) -> None:
    await desk.match()
    await desk.subscribe(receiver.url)
    await desk.tell(registered(end=None))
    asked = ["end-date.asked.v1"]
    assert await on(desk, TODAY) == asked
    assert await on(desk, date(2026, 12, 31)) == []
    assert await on(desk, date(2027, 1, 1)) == asked
    assert await on(desk, date(2027, 2, 1)) == []
    assert receiver.types == asked * 2, "the question before it is closed without a word"
    told = receiver.requests[-1].event
    assert (told["data"]["due_on"], told["data"]["provider"]) == ("2027-01-01", PROVIDER)
    assert "recorded without an end date" in told["message"]
    await desk.tell(varied(end=END))
    await desk.deliver()
    assert receiver.types == [*asked * 2, "notice.withdrawn.v1"]
    told = receiver.requests[-1].event
    assert told["data"]["reason"] == "its end is recorded now: 31 March 2028"
    assert "that no end date is recorded for it" in told["message"]
    assert "end-date.asked.v1" not in await on(desk, date(2027, 4, 1))


async def test_whoever_subscribes_late_is_asked_this_quarters_question_once(
    desk: Desk, receiver: Receiver
) -> None:
    await desk.match()
    await desk.tell(registered(end=None))
    await on(desk, TODAY)
    await on(desk, date(2027, 1, 4))
    await desk.subscribe(receiver.url)
    await desk.deliver()
    await desk.tell(registered(end=None), registered(end=None))
    await desk.raise_due()
    await desk.deliver()
    assert [one.event["data"]["due_on"] for one in receiver.requests] == ["2027-01-01"]
