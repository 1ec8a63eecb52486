"""Days as finance systems write them."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.dates import read_day
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
        date(2024, 4, 3),
        datetime(2024, 4, 3, tzinfo=UTC),
    ],
)
def test_the_third_of_april(written: object) -> None:
    assert read_day(written, "payment_date") == date(2024, 4, 3)


@pytest.mark.parametrize(
    "written",
    ["529.33", "No", "2024-02-30", "31/04/2024", "04/13/2024", "3 Foo 2024", "45385", "20240403"],
)
def test_what_must_be_guessed_at_is_no_date(written: str) -> None:
    with pytest.raises(Rejected, match="payment_date is not a date"):
        read_day(written, "payment_date")


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
