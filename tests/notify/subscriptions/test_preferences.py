"""When messages are sent by what a subscriber prefers; nobody is late for it."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.notify.subscriptions.preferences import (
    AT_ONCE,
    LONGEST_QUIET,
    WEEKDAYS,
    Preferences,
    deadline_of,
    decide_sending,
    next_time,
)
from tests.notify.facts import CALENDARS

UK = ZoneInfo("Europe/London")
ENGLAND = CALENDARS.of("england-and-wales")
WEEKEND = {"quiet_weekdays": ["saturday", "sunday"]}
HOLIDAYS = {"quiet_bank_holidays": "england-and-wales"}
CHRISTMAS = {"quiet_times": [{"first": "2026-12-24", "last": "2027-01-04"}]}


def sent(now: str, **preferences: Any) -> str:
    at = next_time(
        Preferences.model_validate_json(_json(preferences)),
        ENGLAND,
        datetime.fromisoformat(now).replace(tzinfo=UK),
    )
    return at.astimezone(UK).strftime("%a %Y-%m-%d %H:%M")


def _json(preferences: dict[str, Any]) -> str:

    return json.dumps(preferences)


@pytest.mark.parametrize(
    ("now", "preferences", "expected"),
    [
        ("2026-11-25T10:30", {}, "Wed 2026-11-25 10:30"),
        ("2026-11-28T10:30", WEEKEND, "Mon 2026-11-30 09:00"),
        ("2026-12-25T08:00", HOLIDAYS, "Sat 2026-12-26 09:00"),
        ("2026-12-25T08:00", HOLIDAYS | WEEKEND, "Tue 2026-12-29 09:00"),
        ("2026-12-23T08:00", CHRISTMAS, "Wed 2026-12-23 08:00"),
        ("2026-12-24T08:00", CHRISTMAS, "Tue 2027-01-05 09:00"),
        ("2026-11-25T08:59", {"pace": "daily"}, "Wed 2026-11-25 09:00"),
        ("2026-11-25T09:01", {"pace": "daily"}, "Thu 2026-11-26 09:00"),
        ("2026-11-27T09:01", {"pace": "daily"} | WEEKEND, "Mon 2026-11-30 09:00"),
        ("2026-11-25T09:01", {"pace": "weekly", "at": "16:30"}, "Mon 2026-11-30 16:30"),
        ("2026-11-25T09:01", {"pace": "weekly", "weekday": "wednesday"}, "Wed 2026-12-02 09:00"),
        # A bank holiday Monday's digest comes on Tuesday, with what was written on Monday.
        ("2026-08-31T10:00", {"pace": "weekly"} | HOLIDAYS, "Tue 2026-09-01 09:00"),
        ("2026-12-21T10:00", {"pace": "weekly"} | CHRISTMAS, "Tue 2027-01-05 09:00"),
        # The clocks go forward on 28 March 2027 and back on 25 October 2026.
        ("2027-03-27T10:00", {"pace": "daily"}, "Sun 2027-03-28 09:00"),
        ("2026-10-24T10:00", {"pace": "daily"}, "Sun 2026-10-25 09:00"),
        ("2026-10-24T10:00", {"pace": "daily", "at": "01:30"}, "Sun 2026-10-25 01:30"),
        ("2027-03-27T10:00", {"pace": "daily", "at": "01:30"}, "Sun 2027-03-28 02:30"),
    ],
)
def test_the_next_time(now: str, preferences: dict[str, Any], expected: str) -> None:
    assert sent(now, **preferences) == expected


def test_nine_in_the_morning_is_another_instant_in_summer() -> None:
    daily = Preferences(pace="daily")
    winter = next_time(daily, ENGLAND, datetime(2027, 3, 27, 8, tzinfo=UTC))
    summer = next_time(daily, ENGLAND, datetime(2027, 3, 28, 7, tzinfo=UTC))
    assert (winter.hour, summer.hour) == (9, 8)


@pytest.mark.parametrize(
    ("deadline", "at_once"),
    [
        (None, False),
        (date(2026, 12, 1), False),
        (date(2026, 11, 30), True),
        (date(2026, 11, 26), True),
        (AT_ONCE, True),
    ],
)
def test_what_can_not_wait_for_monday_is_sent_on_wednesday(
    deadline: date | None, *, at_once: bool
) -> None:
    now = datetime(2026, 11, 25, 12, tzinfo=UTC)
    for preferences in (
        Preferences(pace="weekly"),
        Preferences(quiet_weekdays=frozenset(WEEKDAYS[2:])),
    ):
        sending = decide_sending(preferences, ENGLAND, deadline, now)
        assert (sending.at == now) == at_once
        assert sending.together == (not at_once and preferences.pace == "weekly")
        assert ("30 November 2026" in (sending.rule or "")) == at_once


def test_a_stage_presses_for_the_next_day_to_act_on_and_not_for_its_own() -> None:
    stage, notice, end = date(2026, 11, 25), date(2026, 12, 31), date(2027, 3, 31)
    assert deadline_of("renewal", stage, end, [], notice) == notice
    assert deadline_of("renewal", stage, end, [], None) == end
    assert deadline_of("notice", notice, end, [date(2026, 12, 29)], None) == date(2026, 12, 29)
    assert deadline_of("end-date", stage, end, [], None) is None
    assert deadline_of("lapse", stage, end, [], None) == AT_ONCE


@given(
    pace=st.sampled_from(["immediate", "daily", "weekly"]),
    weekday=st.sampled_from(WEEKDAYS),
    minutes=st.integers(0, 1439),
    quiet=st.frozensets(st.sampled_from(WEEKDAYS), max_size=6),
    holidays=st.booleans(),
    hours=st.integers(0, 30_000),
    wait=st.one_of(st.none(), st.integers(-5, 40)),
)
def test_nothing_comes_on_a_quiet_day_or_late(
    pace: Any,
    weekday: Any,
    minutes: int,
    quiet: Any,
    *,
    holidays: bool,
    hours: int,
    wait: int | None,
) -> None:
    now = datetime(2025, 1, 1, 0, 17, tzinfo=UTC) + timedelta(hours=hours)
    preferences = Preferences(
        pace=pace,
        at=f"{minutes // 60:02}:{minutes % 60:02}",
        weekday=weekday,
        quiet_weekdays=quiet,
        quiet_bank_holidays="scotland" if holidays else None,
    )
    calendar = CALENDARS.of(preferences.quiet_bank_holidays)
    at = next_time(preferences, calendar, now)
    day = at.astimezone(UK).date()
    assert now <= at <= now + timedelta(days=LONGEST_QUIET + 8)
    assert not preferences.is_quiet(day, calendar)
    assert next_time(preferences, calendar, at) == at
    deadline = None if wait is None else now.astimezone(UK).date() + timedelta(days=wait)
    sending = decide_sending(preferences, calendar, deadline, now)
    assert sending.at == now or (sending.at == at and (deadline is None or day < deadline))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"at": "24:00"}, "at"),
        ({"pace": "hourly"}, "pace"),
        ({"quiet_weekdays": list(WEEKDAYS)}, "quiet_weekdays"),
        ({"quiet_bank_holidays": "wales"}, "quiet_bank_holidays"),
        ({"quiet_times": [{"first": "2026-12-25", "last": "2026-12-24"}]}, "quiet_times"),
        ({"quiet_times": [{"first": "2026-01-01", "last": "2026-12-31"}]}, "quiet_times"),
    ],
)
def test_a_preference_that_can_not_be_names_its_field(wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Preferences.model_validate_json(_json(wrong))
    assert refused.value.errors()[0]["loc"][0] == field
