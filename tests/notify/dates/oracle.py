"""The same answers by counting on fingers: slow, and written without the code that it judges."""

from calendar import monthrange
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import cache

from hypothesis import strategies as st

from services.notify.dates.bank_holidays import SHIPPED, read_holidays, shipped_calendars
from services.notify.dates.clause import Clause
from services.notify.dates.working_days import Calendar
from shared.notice_terms import Division

ONE_DAY = timedelta(days=1)
DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))
DIVISIONS: Sequence[Division] = ("england-and-wales", "scotland", "northern-ireland")
CALENDARS = [shipped_calendars().of(one) for one in DIVISIONS]
ENGLAND = CALENDARS[0]
ISO_PERIODS = st.one_of(
    st.integers(0, 36).map(lambda months: f"P{months}M"),
    st.integers(0, 3).map(lambda years: f"P{years}Y"),
    st.integers(0, 150).map(lambda weeks: f"P{weeks}W"),
    st.integers(0, 1000).map(lambda days: f"P{days}D"),
    st.tuples(st.integers(0, 3), st.integers(0, 11), st.integers(0, 40)).map(
        lambda each: "P{}Y{}M{}D".format(*each)
    ),
)
PERIODS = st.one_of(ISO_PERIODS, st.integers(1, 60).map(lambda days: f"{days}WD"))
CLAUSES = st.builds(
    Clause,
    PERIODS,
    st.sampled_from(CALENDARS),
    st.sampled_from([None, True, False]),
    st.sampled_from(["any-day", "month-end", "quarter-day", "break-date"]),
    st.lists(DAYS, min_size=1, max_size=4).map(tuple),
    st.none() | DAYS,
)
_USUAL = {(3, 25), (6, 24), (9, 29), (12, 25)}
_SCOTTISH = {(2, 28), (5, 28), (8, 28), (11, 28)}


@cache
def _holidays(division: Division) -> frozenset[date]:
    return frozenset(read_holidays(SHIPPED.read_text(encoding="utf-8"))[division])


def is_working_day(day: date, division: Division) -> bool:
    return day.isoweekday() <= 5 and day not in _holidays(division)


def working_day_after(day: date, count: int, division: Division) -> date:
    while count:
        day += ONE_DAY
        count -= is_working_day(day, division)
    return day


def end_of(period: str, day: date, calendar: Calendar) -> date:
    if period.endswith("WD"):
        return working_day_after(day, int(period.removesuffix("WD")), calendar.division)
    number, ends = "", day
    for letter in period.removeprefix("P"):
        if letter.isdigit():
            number += letter
            continue
        count, number = int(number), ""
        if letter in "YM":
            for _ in range(count * (12 if letter == "Y" else 1)):
                ends = _first_of_next_month(ends)
        else:
            ends += timedelta(days=count * (7 if letter == "W" else 1))
        if letter == "M" or (letter == "Y" and "M" not in period):
            ends = _same_number(ends, day.day)
        elif letter == "Y":
            ends = ends.replace(day=1)
    return ends


def _first_of_next_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def _same_number(month: date, number: int) -> date:
    return month.replace(day=min(number, monthrange(month.year, month.month)[1]))


def may_close(day: date, clause: Clause) -> bool:
    if clause.earliest_end is not None and day < clause.earliest_end:
        return False
    quarter_days = _SCOTTISH if clause.calendar.division == "scotland" else _USUAL
    return {
        "any-day": True,
        "month-end": (day + ONE_DAY).day == 1,
        "quarter-day": (day.month, day.day) in quarter_days,
        "break-date": day in clause.break_dates,
    }[clause.expires_on]


def expiry(served: date, clause: Clause, *, clear: bool, until: date) -> date | None:
    """None where it does not end by `until`."""
    day = end_of(clause.period, served, clause.calendar) + (ONE_DAY if clear else timedelta())
    while day <= until:
        if may_close(day, clause):
            return day
        day += ONE_DAY
    return None


def latest_service(end: date, clause: Clause, *, clear: bool) -> date | None:
    """Every day is tried, from the last one allowed back to the first that fits."""
    closes = latest(end, lambda day: may_close(day, clause), until=date(2019, 1, 1))
    if closes is None:
        return None
    more = ONE_DAY if clear else timedelta()
    return latest(
        closes,
        lambda day: end_of(clause.period, day, clause.calendar) + more <= closes,
        until=date(2010, 1, 1),
    )


def latest(day: date, fits: Callable[[date], bool], *, until: date) -> date | None:
    """The latest day that fits, of those from one back to another, looked at one by one."""
    while day >= until:
        if fits(day):
            return day
        day -= ONE_DAY
    return None
