"""Who is told next where nobody acknowledges, and when."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.notify.escalation.escalation import Over, Reachable, Step, after_working_days, decide
from services.notify.planning.plan import load_plans
from tests.notify.facts import CALENDARS, NOW, chain

PLAN = load_plans().default
LATE = NOW + timedelta(days=30)
EVERYBODY = Reachable(["second", "third"], ["webhook", "other"], ["officer"])


@pytest.mark.parametrize(
    ("reachable", "target", "told"),
    [
        (EVERYBODY, "contact", ("second",)),
        (replace(EVERYBODY, contacts=()), "channel", ("webhook", "other")),
        (Reachable(officers=["officer"]), "officers", ("officer",)),
        (Reachable(), "officers", ()),
    ],
)
def test_the_next_contact_another_channel_then_the_officers(
    reachable: Reachable, target: str, told: tuple[str, ...]
) -> None:
    step = decide(chain(), reachable, PLAN, CALENDARS, LATE)
    assert isinstance(step, Step)
    assert (step.target, step.subscriptions) == (target, told)
    assert step.reason == "the provider did not acknowledge it within 5 working days"


@pytest.mark.parametrize(
    ("due_in", "days"), [(-1, 1), (0, 1), (7, 1), (8, 3), (28, 3), (29, 7), (400, 7)]
)
def test_the_wait_is_shorter_as_the_deadline_nears(due_in: int, days: int) -> None:
    """1, 2 or 5 working days; told on a Monday, so 5 end with the next one; 8 days: Wednesday."""
    told = chain(due_on=NOW.date() + timedelta(days=due_in))
    at = decide(told, EVERYBODY, PLAN, CALENDARS, NOW)
    expected = {1: 1, 3: 2, 7: 7}[days]
    assert at == NOW + timedelta(days=expected)
    assert isinstance(decide(told, EVERYBODY, PLAN, CALENDARS, NOW + timedelta(expected)), Step)


def test_of_a_stage_the_end_comes_near_and_not_its_own_day() -> None:
    stage = chain(kind="renewal", due_on=NOW.date(), end=date(2027, 9, 30))
    assert decide(stage, EVERYBODY, PLAN, CALENDARS, NOW) == NOW + timedelta(days=14)
    near = replace(stage, end=NOW.date() + timedelta(days=91))
    assert decide(near, EVERYBODY, PLAN, CALENDARS, NOW) == NOW + timedelta(days=7)


@pytest.mark.parametrize(
    ("told", "count", "division", "until"),
    [
        # Maundy Thursday 2026: Good Friday and Easter Monday are no working days.
        (datetime(2026, 4, 2, 9, tzinfo=UTC), 2, "england-and-wales", (2026, 4, 8, 9)),
        (datetime(2026, 4, 2, 9, tzinfo=UTC), 2, "scotland", (2026, 4, 7, 9)),
        # The clocks go forward on 29 March: the same time of day is an hour earlier by UTC.
        (datetime(2026, 3, 27, 17, tzinfo=UTC), 1, "england-and-wales", (2026, 3, 30, 16)),
        # Half past midnight by British summer time is still the day before by UTC.
        (datetime(2026, 6, 4, 23, 30, tzinfo=UTC), 1, "england-and-wales", (2026, 6, 7, 23, 30)),
    ],
)
def test_working_days_are_those_of_the_division(
    told: datetime, count: int, division: Any, until: tuple[int, ...]
) -> None:
    at = after_working_days(told, count, CALENDARS.of(division))
    assert at == datetime(*until, tzinfo=UTC)  # type: ignore[misc,arg-type]


def test_a_message_that_is_given_up_is_not_waited_for() -> None:
    step = decide(chain(failed=True), EVERYBODY, PLAN, CALENDARS, NOW)
    reason = "a message to the provider could not be delivered"
    assert step == Step("contact", ("second",), reason)


@pytest.mark.parametrize(
    ("changes", "over"),
    [
        ({"acknowledged": True}, "acknowledged"),
        ({"obligation_state": "withdrawn"}, "withdrawn"),
        ({"obligation_state": None}, "withdrawn"),
        ({"obligation_state": "closed"}, "closed"),
        ({"still_told": False}, "recalled"),
        ({"kind": "review"}, "informational"),
    ],
)
def test_what_ends_it_ends_it_also_where_a_message_failed(
    changes: dict[str, Any], over: Over
) -> None:
    for failed in (False, True):
        told = chain(failed=failed, **changes)
        assert decide(told, EVERYBODY, PLAN, CALENDARS, LATE) == over


def test_who_was_not_told_yet_has_not_failed_to_answer() -> None:
    """The wait begins when a digest is sent; what its subscriber prefers may change before."""
    digest = NOW + timedelta(days=40)
    told = chain(told_at=digest, due_on=digest.date() + timedelta(days=100))
    assert decide(told, EVERYBODY, PLAN, CALENDARS, NOW) == NOW + timedelta(days=1)
    before = digest - timedelta(hours=1)
    assert decide(told, EVERYBODY, PLAN, CALENDARS, before) == digest
    assert isinstance(decide(told, EVERYBODY, PLAN, CALENDARS, digest), datetime)
    assert isinstance(decide(told, EVERYBODY, PLAN, CALENDARS, digest + timedelta(days=8)), Step)


def test_what_is_held_reaches_nobody_and_is_not_waited_for() -> None:
    step = decide(chain(told_at=None), EVERYBODY, PLAN, CALENDARS, NOW)
    assert isinstance(step, Step)
    assert step.reason == "a message to the provider could not be delivered"


def test_a_plan_without_escalation_has_none() -> None:
    silent = PLAN.model_copy(update={"escalation": None})
    assert decide(chain(), EVERYBODY, silent, CALENDARS, LATE) == "informational"
