"""The pure rules: periods, cursors, coverage, the state of an obligation."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from services.api.agreements.obligation import Happenings, state_of
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
from services.api.queries.payments import ORDERS
from services.api.spend.coverage import CLASSES, coverage, share
from shared.errors import Rejected
from shared.lists.cursor import Cursors

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


@given(st.lists(st.text() | st.none() | st.dates(), max_size=3), st.lists(st.text(), max_size=3))
def test_a_cursor_leads_back_to_where_it_was_written(
    question: list[object], keys: list[str]
) -> None:
    cursors = Cursors(SecretStr("one"))
    cursor = cursors.write(question, keys)
    assert cursors.read(question, cursor, _all) == keys
    with pytest.raises(Rejected, match="none of this list"):
        Cursors(SecretStr("another")).read(question, cursor, _all)
    with pytest.raises(Rejected, match="none of this list"):
        cursors.read([*question, "more"], cursor, _all)


def _all(*keys: str) -> list[str]:
    return list(keys)


@pytest.mark.parametrize("keys", [[], ["today", ""], [["2024-04-30"], ""], [1, 2, 3], {"a": 1}])
def test_a_cursor_that_is_made_up_is_refused_where_no_key_tells_it(keys: list[object]) -> None:
    cursors = Cursors(None)
    made_up = cursors.write(["payments"], keys)
    with pytest.raises(Rejected, match="none of this list"):
        cursors.read(["payments"], made_up, ORDERS["-payment_date"].place)


@given(st.dictionaries(st.sampled_from(CLASSES), st.integers(0, 10**12)))
def test_shares_lie_between_0_and_1_and_add_up(amounts: dict[str, int]) -> None:
    shares = coverage(amounts, amounts)["pounds"].values()
    if sum(amounts.values()) == 0:
        assert set(shares) == {None}
    else:
        found = [value for value in shares if value is not None]
        assert len(found) == len(CLASSES)
        assert all(0 <= value <= 1 for value in found)
        assert sum(found) == pytest.approx(1, abs=1e-5)


def test_a_share_of_nothing_or_of_a_credit_is_not_told() -> None:
    assert share(5, 0) is None
    assert share(5, -10) is None
    assert share(-5, 10) == -0.5
    assert share(15, 10) == 1.5


def at(number: int | None) -> tuple[int, int] | None:
    return None if number is None else divmod(number + 10, 3)


@pytest.mark.parametrize(
    ("planned", "raised", "withdrawn", "acknowledged", "passed_over", "state"),
    [
        (1, None, None, None, False, "planned"),
        (1, None, None, None, True, "skipped"),
        (1, 2, None, None, False, "raised"),
        (1, 2, None, 3, False, "acknowledged"),
        (1, 2, 3, None, False, "withdrawn"),
        (1, 2, 4, 3, False, "withdrawn"),
        (5, 2, 4, 3, False, "planned"),
        (5, 6, 4, 3, False, "raised"),
        (5, 6, 4, 7, False, "acknowledged"),
        (None, 2, None, None, True, "raised"),
        (None, None, 3, None, False, "withdrawn"),
        (None, None, None, None, False, "superseded"),
        (None, None, None, 3, False, "superseded"),
    ],
)
def test_the_state_of_an_obligation(
    planned: int | None,
    raised: int | None,
    withdrawn: int | None,
    acknowledged: int | None,
    passed_over: bool,
    state: str,
) -> None:
    seen = Happenings(at(planned), at(raised), at(withdrawn), at(acknowledged), passed_over)
    assert state_of(seen) == state


def test_what_was_raised_and_a_later_plan_has_no_more_is_closed() -> None:
    told = Happenings(None, at(2), None, None, False, newest=at(3))
    assert state_of(told) == "closed"
    assert state_of(told._replace(newest=at(1))) == "raised"
    assert state_of(told._replace(withdrawn=at(3))) == "withdrawn"


@pytest.mark.parametrize("label", ["1600-01", "1988-12", "2101-01", "2024-13", "0000-01"])
def test_what_names_no_month_is_refused(label: str) -> None:
    with pytest.raises(Rejected):
        month_named(label, "month")
