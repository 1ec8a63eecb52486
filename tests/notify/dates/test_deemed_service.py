"""From sending to service."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notify.dates.deemed_service import latest_hour, latest_sending, served_on
from services.notify.dates.working_days import Calendar
from tests.notify.dates import oracle
from tests.notify.dates.oracle import CALENDARS, DAYS, ENGLAND, ONE_DAY

RULES = st.builds(
    "{}{}{}".format,
    st.integers(0, 20),
    st.sampled_from(["D", "WD", "D+WD"]),
    st.sampled_from(["", "@17:00"]),
)


@pytest.mark.parametrize(
    ("rule", "sent", "late", "served"),
    [
        # First class post: the second working day after posting.
        ("2WD", date(2026, 11, 26), False, date(2026, 11, 30)),
        ("2WD", date(2026, 12, 23), False, date(2026, 12, 29)),
        ("2WD", date(2026, 11, 28), False, date(2026, 12, 1)),
        # CPR 6.26: the second day after posting if a business day, else the next.
        ("2D+WD", date(2026, 11, 26), False, date(2026, 11, 30)),
        ("2D+WD", date(2026, 12, 23), False, date(2026, 12, 29)),
        ("2D+WD", date(2026, 11, 23), False, date(2026, 11, 25)),
        # Email before 5 pm on a working day, else the next working day.
        ("0WD@17:00", date(2026, 11, 27), False, date(2026, 11, 27)),
        ("0WD@17:00", date(2026, 11, 27), True, date(2026, 11, 30)),
        ("0WD@17:00", date(2026, 11, 28), False, date(2026, 11, 30)),
        ("0WD@17:00", date(2026, 12, 24), True, date(2026, 12, 29)),
        ("2WD@17:00", date(2026, 11, 28), False, date(2026, 12, 2)),
        # By hand: on delivery.
        ("0D", date(2026, 11, 28), False, date(2026, 11, 28)),
        ("0D@16:30", date(2026, 11, 28), True, date(2026, 11, 29)),
        ("2D", date(2026, 11, 26), False, date(2026, 11, 28)),
    ],
)
def test_what_is_sent_counts_as_served(rule: str, sent: date, late: bool, served: date) -> None:
    assert served_on(sent, rule, ENGLAND, late=late) == served


def test_the_hour_is_the_rules_own() -> None:
    assert latest_hour("0WD@16:30") == time(16, 30)
    assert latest_hour("2WD") is None


@given(DAYS, RULES, st.sampled_from(CALENDARS))
def test_the_last_day_to_send_is_the_last_that_is_served_in_time(
    served_by: date, rule: str, calendar: Calendar
) -> None:
    found = latest_sending(served_by, rule, calendar)
    expected = oracle.latest(
        served_by,
        lambda day: served_on(day, rule, calendar) <= served_by,
        until=served_by - timedelta(days=60),
    )
    assert found == expected


@given(DAYS, RULES, st.booleans(), st.sampled_from(CALENDARS))
def test_what_is_sent_later_is_never_served_earlier(
    sent: date, rule: str, late: bool, calendar: Calendar
) -> None:
    served = served_on(sent, rule, calendar, late=late)
    assert sent <= served <= served_on(sent + ONE_DAY, rule, calendar, late=late)
    assert served <= served_on(sent, rule, calendar, late=True)
