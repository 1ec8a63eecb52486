"""When a notice runs out, and the last safe day to serve one."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.notify.dates.clause import (
    Clause,
    clause_of,
    expiry,
    latest_safe_service,
    latest_service,
)
from shared.notice_terms import NoticeTerms
from tests.notify.dates import oracle
from tests.notify.dates.oracle import CLAUSES, DAYS, ENGLAND, ONE_DAY


@pytest.mark.parametrize(
    ("end", "period", "plain", "clear"),
    [
        (date(2027, 3, 31), "P3M", date(2026, 12, 31), date(2026, 12, 30)),
        (date(2027, 3, 31), "P6M", date(2026, 9, 30), date(2026, 9, 30)),
        (date(2027, 3, 31), "P12M", date(2026, 3, 31), date(2026, 3, 30)),
        # Taking six months away would give 28 August.
        (date(2027, 2, 28), "P6M", date(2026, 8, 31), date(2026, 8, 27)),
        (date(2027, 3, 31), "P12W", date(2027, 1, 6), date(2027, 1, 5)),
        (date(2027, 3, 31), "P90D", date(2026, 12, 31), date(2026, 12, 30)),
        (date(2027, 3, 31), "10WD", date(2027, 3, 15), date(2027, 3, 14)),  # across Easter
    ],
)
def test_the_earlier_reading_is_advised(end: date, period: str, plain: date, clear: date) -> None:
    clause = Clause(period, ENGLAND)
    assert latest_service(end, clause) == plain
    assert latest_service(end, clause, clear=True) == clear
    latest = latest_safe_service(end, clause)
    assert (latest.plain, latest.clear, latest.advised) == (plain, clear, clear)
    assert ("corresponding date" in latest.rule) == (period[-1] == "M")


def test_an_agreement_that_says_how_it_counts_is_read_so() -> None:
    end, clause = date(2027, 2, 28), Clause("P6M", ENGLAND)
    assert latest_safe_service(end, replace(clause, clear=False)).advised == date(2026, 8, 31)
    assert latest_safe_service(end, replace(clause, clear=True)).advised == date(2026, 8, 27)
    rules = [latest_safe_service(end, replace(clause, clear=each)).rule for each in (None, True)]
    assert "the more careful reading (without them 31 August 2026)" in rules[0]
    assert "in clear days, as the agreement says" in rules[1]
    assert "in clear days too" in latest_safe_service(date(2027, 3, 31), clause).rule


@pytest.mark.parametrize(
    ("changes", "served", "ends", "latest"),
    [
        ({}, date(2026, 11, 10), date(2027, 2, 10), date(2026, 12, 15)),
        ({"expires_on": "month-end"}, date(2026, 11, 10), date(2027, 2, 28), date(2026, 11, 30)),
        ({"expires_on": "quarter-day"}, date(2026, 9, 10), date(2026, 12, 25), date(2026, 9, 25)),
        (
            {"expires_on": "break-date", "break_dates": (date(2027, 1, 31),)},
            date(2026, 10, 1),
            date(2027, 1, 31),
            date(2026, 10, 31),
        ),
        (
            {"earliest_end": date(2027, 3, 15)},
            date(2026, 11, 10),
            date(2027, 3, 15),
            date(2026, 12, 15),
        ),
        (
            {"earliest_end": date(2027, 3, 1)},
            date(2026, 11, 10),
            date(2027, 3, 1),
            date(2026, 12, 15),
        ),
    ],
)
def test_it_ends_only_on_the_days_that_the_agreement_names(
    changes: dict[str, object], served: date, ends: date, latest: date
) -> None:
    """Three months' notice on an agreement that ends on 15 March 2027."""
    clause = replace(Clause("P3M", ENGLAND), **changes)  # type: ignore[arg-type]
    assert expiry(served, clause) == ends
    assert latest_service(date(2027, 3, 15), clause) == latest


def test_where_no_notice_can_end_it_in_time_there_is_no_day_and_it_says_why() -> None:
    early = Clause("P3M", ENGLAND, earliest_end=date(2027, 4, 1))
    latest = latest_safe_service(date(2027, 3, 31), early)
    assert (latest.advised, latest.plain, latest.clear) == (None, None, None)
    assert latest.rule == (
        "no notice can end it by 31 March 2027; no notice ends it before 1 April 2027"
    )
    past = Clause("P3M", ENGLAND, expires_on="break-date", break_dates=(date(2027, 4, 1),))
    assert latest_safe_service(date(2027, 3, 31), past).advised is None
    assert expiry(date(2027, 1, 2), past) is None


def test_each_side_has_its_own_period_and_none_is_invented() -> None:
    terms = NoticeTerms(
        buyer_period="P6M", buyer_earliest_end=date(2027, 3, 31), expires_on="month-end"
    )
    assert clause_of(terms, "buyer", ENGLAND) == Clause(
        "P6M", ENGLAND, None, "month-end", (), date(2027, 3, 31)
    )
    assert clause_of(terms, "provider", ENGLAND) is None


@settings(deadline=None)  # the oracle takes its time
@given(DAYS, CLAUSES, st.booleans())
@example(end=date(2027, 2, 28), clause=Clause("P6M", ENGLAND), clear=False)
@example(end=date(2028, 2, 29), clause=Clause("P1Y", ENGLAND), clear=True)
def test_the_latest_day_is_the_one_found_by_trying_every_day(
    end: date, clause: Clause, clear: bool
) -> None:
    expected = oracle.latest_service(end, clause, clear=clear)
    assert latest_service(end, clause, clear=clear) == expected


@settings(deadline=None)
@given(DAYS, CLAUSES, st.booleans())
def test_a_notice_runs_out_on_the_first_day_that_is_allowed(
    served: date, clause: Clause, clear: bool
) -> None:
    ends = expiry(served, clause, clear=clear)
    until = ends or date(2050, 1, 1)
    assert oracle.expiry(served, clause, clear=clear, until=until) == ends


@given(DAYS, CLAUSES)
def test_the_advised_day_is_safe_in_every_reading_that_the_agreement_leaves(
    end: date, clause: Clause
) -> None:
    advised = latest_safe_service(end, clause).advised
    if advised is None:
        return
    for clear in (True, False) if clause.clear is None else (clause.clear,):
        ends = expiry(advised, clause, clear=clear)
        assert ends is not None
        assert ends <= end


@pytest.mark.parametrize("period", ["P1M", "P3M", "P6M", "P1Y", "P12W", "P1M15D", "10WD"])
def test_it_holds_for_every_end_of_twenty_years(period: str) -> None:
    clause = Clause(period, ENGLAND)
    end = date(2020, 1, 1)
    while end.year <= 2040:
        for clear in (False, True):
            latest = latest_service(end, clause, clear=clear)
            assert latest is not None
            assert str(expiry(latest, clause, clear=clear)) <= str(end)
            assert str(expiry(latest + ONE_DAY, clause, clear=clear)) > str(end)
        end += ONE_DAY
