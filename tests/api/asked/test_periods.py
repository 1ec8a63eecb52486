from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.api.asked.periods import (
    Span,
    cover,
    financial_year,
    first_of_month,
    join_spans,
    last_of_month,
    month_named,
    months_in_part,
    whole_years,
    year_label,
)
from shared.errors import Rejected

DAYS = st.dates(date(2015, 1, 1), date(2015, 4, 30)) | st.sampled_from([date.min, date.max])
SPANS = st.builds(Span, DAYS, DAYS)
_DAY = timedelta(days=1)


def days_of(spans: list[Span]) -> set[date]:
    year = [date(2014, 12, 30) + n * _DAY for n in range(130)]
    return {day for day in year for span in spans if span.since <= day <= span.until}


@given(st.lists(SPANS, max_size=5))
def test_joined_spans_hold_the_same_days_and_never_touch(spans: list[Span]) -> None:
    joined = join_spans(spans)
    assert days_of(joined) == days_of(spans)
    for before, after in pairwise(joined):
        assert before.until + _DAY < after.since


@given(SPANS.filter(lambda span: span.since <= span.until))
def test_a_span_is_its_whole_months_and_the_days_that_remain(span: Span) -> None:
    months, days = cover(span)
    whole = [Span(months.since, last_of_month(months.until))] if months else []
    assert days_of([*whole, *days]) == days_of([span])
    assert {first_of_month(day.since) for day in days} == months_in_part(span)
    for part in days:
        assert first_of_month(part.since) == first_of_month(part.until)
        assert not whole or not whole[0].since <= part.since <= whole[0].until


def _months(span: Span) -> set[date]:
    first = {first_of_month(date(1999, 1, 1) + n * 31 * _DAY) for n in range(70)}
    return {month for month in first if span.since <= month <= span.until}


_MONTHS = st.dates(date(2000, 1, 1), date(2004, 12, 31)).map(first_of_month)


@given(_MONTHS | st.just(date.min), _MONTHS | st.just(first_of_month(date.max)))
def test_months_are_whole_financial_years_and_the_months_that_remain(
    since: date, until: date
) -> None:
    months = Span(min(since, until), max(since, until))
    years, rest = whole_years(months)
    parts = list(rest)
    if years is not None:
        first, last = (max(min(year, 9000), 1) for year in years)
        parts.append(Span(date(first, 4, 1), date(last + 1, 3, 1)))
    assert sum(len(_months(part)) for part in parts) == len(_months(months))
    assert {month for part in parts for month in _months(part)} == _months(months)
    assert all(len(_months(part)) < 12 or years is None for part in rest)


@given(st.integers(1990, 2098))
def test_a_financial_year_is_named_by_its_first_year(first: int) -> None:
    assert financial_year(year_label(first)) == Span(date(first, 4, 1), date(first + 1, 3, 31))


@pytest.mark.parametrize(
    "label", ["2024", "2024-26", "24-25", "2024-2025", "", "1988-89", "2101-02", "٢٠٢٤-25"]
)
def test_what_names_no_financial_year_is_refused(label: str) -> None:
    with pytest.raises(Rejected):
        financial_year(label)


@pytest.mark.parametrize("label", ["1600-01", "1988-12", "2101-01", "2024-13", "0000-01"])
def test_what_names_no_month_is_refused(label: str) -> None:
    with pytest.raises(Rejected):
        month_named(label, "month")
