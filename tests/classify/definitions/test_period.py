"""Periods of days."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from services.classify.definitions.period import Period, difference, intersection, union

DAYS = [date(2014, 1, 1) + timedelta(days=n) for n in range(40)]


@st.composite
def periods(draw: st.DrawFn) -> list[Period]:
    found = []
    for _ in range(draw(st.integers(0, 4))):
        one, other = sorted([draw(st.sampled_from(DAYS)), draw(st.sampled_from(DAYS))])
        since, until = draw(st.sampled_from([one, None])), draw(st.sampled_from([other, None]))
        found.append(Period(since, until, (draw(st.sampled_from("ab")),)))
    return found


def holds(several: list[Period], day: date) -> bool:
    return any((p.since or date.min) <= day <= (p.until or date.max) for p in several)


@given(periods())
def test_a_union_has_the_same_days_and_no_two_periods_touch(several: list[Period]) -> None:
    joined = union(several)
    assert all(holds(joined, day) == holds(several, day) for day in DAYS)
    for earlier, later in pairwise(joined):
        assert earlier.until is not None
        assert later.since is not None
        assert earlier.until + timedelta(days=1) < later.since


@given(st.lists(periods(), min_size=1, max_size=3))
def test_an_intersection_has_the_days_that_all_have(several: list[list[Period]]) -> None:
    common = intersection(several)
    for day in DAYS:
        assert holds(common, day) == all(holds(one, day) for one in several)


@given(periods(), periods())
def test_a_difference_has_the_days_that_are_not_taken(
    several: list[Period], taken: list[Period]
) -> None:
    left = difference(several, taken)
    for day in DAYS:
        assert holds(left, day) == (holds(several, day) and not holds(taken, day))


def test_periods_that_follow_day_on_day_are_one() -> None:
    first = Period(date(2014, 1, 1), date(2014, 3, 31), ("a",))
    second = Period(date(2014, 4, 1), None, ("b",))
    assert union([second, first]) == [Period(date(2014, 1, 1), None, ("a", "b"))]
