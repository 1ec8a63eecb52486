"""The days on which a notice may end an agreement."""

from datetime import date

import pytest
from hypothesis import given, settings

from services.notify.dates.clause import Clause
from services.notify.dates.closing_days import first_closing_day, last_closing_day
from shared.notice_terms import Division, ExpiresOn
from tests.notify.dates import oracle
from tests.notify.dates.oracle import CLAUSES, DAYS, ONE_DAY

BREAKS = (date(2028, 3, 31), date(2027, 3, 31))


@pytest.mark.parametrize(
    ("expires_on", "division", "first", "last"),
    [
        ("any-day", "england-and-wales", date(2027, 2, 10), date(2027, 2, 10)),
        ("month-end", "england-and-wales", date(2027, 2, 28), date(2027, 1, 31)),
        ("quarter-day", "england-and-wales", date(2027, 3, 25), date(2026, 12, 25)),
        ("quarter-day", "scotland", date(2027, 2, 28), date(2026, 11, 28)),
        ("break-date", "england-and-wales", date(2027, 3, 31), None),
    ],
)
def test_around_the_tenth_of_february(
    expires_on: ExpiresOn, division: Division, first: date, last: date | None
) -> None:
    day = date(2027, 2, 10)
    assert first_closing_day(day, expires_on, BREAKS, division) == first
    assert last_closing_day(day, expires_on, BREAKS, division) == last


def test_after_the_last_break_date_there_is_none() -> None:
    day = date(2028, 4, 1)
    assert first_closing_day(day, "break-date", BREAKS, "scotland") is None
    assert last_closing_day(day, "break-date", BREAKS, "scotland") == date(2028, 3, 31)


@settings(deadline=None)  # it goes from day to day
@given(DAYS, CLAUSES)
def test_first_and_last_are_the_nearest_that_are_allowed(day: date, clause: Clause) -> None:
    asked = (clause.expires_on, clause.break_dates, clause.calendar.division)
    allowed = Clause("P0D", clause.calendar, None, clause.expires_on, clause.break_dates)
    first, last = first_closing_day(day, *asked), last_closing_day(day, *asked)
    for found, step in ((first, ONE_DAY), (last, -ONE_DAY)):
        if found is None:
            assert clause.expires_on == "break-date"
            continue
        between = day
        while between != found:
            assert not oracle.may_close(between, allowed)
            between += step
        assert oracle.may_close(found, allowed)
