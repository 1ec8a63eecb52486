"""Of which days a file is, and what it surely states of another's."""

from datetime import date, timedelta

import pytest

from services.ingest.republication.coverage import Span, covered, reached

MARCH = Span(date(2024, 3, 1), date(2024, 3, 31))


def days(first: str, last: str, apart: int = 1) -> list[date]:
    begin, end = date.fromisoformat(first), date.fromisoformat(last)
    return [begin + timedelta(n) for n in range(0, (end - begin).days + 1, apart)]


def working_days(first: str, last: str) -> list[date]:
    return [day for day in days(first, last) if day.weekday() < 5]


def span(first: str, last: str) -> Span:
    return Span(date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("paid", "named", "expected"),
    [
        # Its first payment is of the 2nd: the 1st is stated, and has none.
        (days("2024-03-02", "2024-03-31"), None, MARCH),
        (days("2024-03-06", "2024-03-27", 7), None, MARCH),  # weekly runs
        ([date(2024, 3, 28)], None, MARCH),  # one run a month
        (days("2024-03-15", "2024-04-14"), None, span("2024-03-15", "2024-04-14")),  # a window
        (days("2024-03-18", "2024-03-22"), None, span("2024-03-18", "2024-03-22")),  # a week
        (days("2024-03-10", "2024-03-20"), date(2024, 3, 31), MARCH),  # the name says March
        # A name of another month says nothing of these days.
        (days("2024-03-10", "2024-03-20"), date(2024, 4, 30), span("2024-03-10", "2024-03-20")),
        # A year to date ends where it ends.
        (days("2024-04-02", "2024-06-14"), None, span("2024-04-01", "2024-06-14")),
        # April 2023 began with a weekend.
        (working_days("2023-04-03", "2024-03-20"), None, span("2023-04-01", "2024-03-20")),
    ],
)
def test_a_file_is_of_whole_months_where_it_comes_near_to_their_ends(
    paid: list[date], named: date | None, expected: Span
) -> None:
    assert covered(paid, named) == expected


@pytest.mark.parametrize(
    ("earlier", "later", "expected"),
    [
        (MARCH, MARCH, MARCH),
        (span("2024-01-01", "2024-03-31"), MARCH, MARCH),  # a month of a quarter
        # A window may begin and end within a day.
        (
            span("2024-02-01", "2024-04-30"),
            span("2024-04-15", "2024-05-14"),
            span("2024-04-16", "2024-04-30"),
        ),
        (MARCH, span("2024-02-10", "2024-03-20"), span("2024-03-01", "2024-03-19")),
    ],
)
def test_a_file_surely_states_whole_the_days_within_it(
    earlier: Span, later: Span, expected: Span
) -> None:
    assert reached(earlier, later) == expected


def test_files_of_different_months_reach_nothing_of_each_other() -> None:
    nothing = reached(MARCH, span("2024-05-01", "2024-05-31"))
    assert nothing.last < nothing.first
