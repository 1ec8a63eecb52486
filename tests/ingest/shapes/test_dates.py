"""Days as finance systems write them."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.shapes.dates import DayOrder, months_named, read_day
from shared.errors import Rejected


@pytest.mark.parametrize(
    "written",
    [
        "2024-04-03",
        " 2024-04-03 ",
        "2024-04-03 00:00:00",
        "2024-04-03T00:00:00Z",
        "03/04/2024",
        "3/4/2024",
        "03/04/2024 00:00",
        "03/04/24",
        "3.4.2024",
        "03-04-2024",
        "03-Apr-2024",
        "3 April 2024",
        "03-APR-24",
        "20240403",
        "2024/04/03",
        "2024-04-03T09:15:00",
        "3rd April 2024",
        "Wed 3 April 2024",
        "April 3, 2024",
        date(2024, 4, 3),
        datetime(2024, 4, 3, tzinfo=UTC),
    ],
)
def test_the_third_of_april(written: object) -> None:
    assert read_day(written, "payment_date") == date(2024, 4, 3)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2024-04-29T23:00:00Z", date(2024, 4, 30)),
        ("2024-04-30 23:00:00.000+00:00", date(2024, 5, 1)),
        ("2024-04-29T23:30:00Z", date(2024, 4, 29)),
        ("2024-04-29T23:00:00", date(2024, 4, 29)),
        ("2024-04-29T23:00:00+01:00", date(2024, 4, 29)),
        ("2024-01-29T23:00:00Z", date(2024, 1, 29)),
        ("9999-12-31T23:00:00Z", date(9999, 12, 31)),
    ],
)
def test_midnight_in_summer_time_is_the_day_that_begins_though_said_in_utc(
    written: str, day: date
) -> None:
    assert read_day(written, "payment_date") == day


_NO_TIMES = ("2024-04-30T99:00", "2024-04-30 12:60", "30/04/2024 24:30", "2024-04-30T09:00+99:00")


@pytest.mark.parametrize(
    "written",
    ["529.33", "No", "0000-02-30", "3 Foo 2024", "45385", *_NO_TIMES],
)
def test_what_must_be_guessed_at_is_no_date(written: str) -> None:
    with pytest.raises(Rejected, match="payment_date is not a date"):
        read_day(written, "payment_date")


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("31/04/2025", "its month, April, has 30 days"),
        ("31-Apr-25", "its month, April, has 30 days"),
        ("29/02/2025", "its month, February, has 28 days"),
        ("2024-02-30", "its month, February, has 29 days"),
        ("04/13/2024", "its month, read day first, is 13"),
        ("2024-13-04", "its month is 13"),
        ("00/04/2024", "none is numbered 0"),
    ],
)
def test_a_day_that_no_calendar_has_is_said_to_be_none(written: str, why: str) -> None:
    with pytest.raises(Rejected) as refused:
        read_day(written, "payment_date")
    assert refused.value.reason == f"payment_date is no day of the calendar: {why}"


@pytest.mark.parametrize("written", ["", "   ", None])
def test_a_blank_is_said_to_be_blank(written: object) -> None:
    with pytest.raises(Rejected, match="payment_date is blank"):
        read_day(written, "payment_date")


@given(
    st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    st.sampled_from(["%Y-%m-%d", "%d/%m/%Y", "%d/%m/%y", "%d-%b-%Y", "%d %B %Y"]),
)
def test_every_day_is_read_as_it_was_written(day: date, form: str) -> None:
    assert read_day(day.strftime(form), "payment_date") == day


def test_a_number_among_dates_is_said_to_be_a_spreadsheets_day() -> None:
    with pytest.raises(Rejected, match=r"by which spreadsheets count days, .* 45702 is 2025-02-14"):
        read_day("45385", "payment_date")


def test_american_days_and_days_of_a_spreadsheet_are_read_where_the_file_has_them() -> None:
    assert read_day("4/30/2020", "payment_date", DayOrder.MONTH_FIRST) == date(2020, 4, 30)
    assert read_day("45385", "payment_date", serials=True) == date(2024, 4, 3)
    assert read_day(45385.0, "payment_date", serials=True) == date(2024, 4, 3)
    with pytest.raises(Rejected):
        read_day("30/4/2020", "payment_date", DayOrder.MONTH_FIRST)


@pytest.mark.parametrize(
    ("name", "months"),
    [
        ("CHWE 06 - September.csv", {9}),
        ("spend_2020-04.csv", {4}),
        ("April to June 2021.xlsx", {4, 6}),
        ("marches and junetime 2021.csv", set()),
    ],
)
def test_months_are_named_by_files(name: str, months: set[int]) -> None:
    assert months_named(name) == months
