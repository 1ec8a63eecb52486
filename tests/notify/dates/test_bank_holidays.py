"""The bank holidays that come with the program, and what is read in their form."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from dateutil.easter import easter

from services.notify.dates.bank_holidays import (
    DIVISIONS,
    SHIPPED,
    read_calendars,
    read_holidays,
    shipped_calendars,
)
from shared.errors import Rejected
from shared.notice_terms import Division

YEARS = range(2019, 2029)
EXTRA = {date(2022, 6, 3), date(2022, 9, 19), date(2023, 5, 8)}
SCOTTISH_EXTRA = {date(2026, 6, 15)}


def nth_monday(year: int, month: int, last: bool = False) -> date:
    days = [date(year, month, 1) + timedelta(days=each) for each in range(31)]
    mondays = [day for day in days if day.weekday() == 0 and day.month == month]
    return mondays[-1 if last else 0]


def kept(*days: date) -> set[date]:
    """Days, or the next that are free, as the Banking and Financial Dealings Act 1971 has it."""
    found = {day for day in days if day.weekday() < 5}
    for day in sorted(set(days) - found):
        after = (day + timedelta(days=each) for each in range(7))
        found.add(next(free for free in after if free.weekday() < 5 and free not in found))
    return found


def by_the_act(year: int, division: Division) -> set[date]:
    scotland = division == "scotland"
    sunday = easter(year)
    days = kept(*(date(year, 1, day) for day in ((1, 2) if scotland else (1,))))
    days |= kept(date(year, 12, 25), date(year, 12, 26))
    days |= {sunday - timedelta(days=2)}
    days |= {date(2020, 5, 8) if year == 2020 else nth_monday(year, 5)}
    days |= {date(2022, 6, 2) if year == 2022 else nth_monday(year, 5, last=True)}
    days |= {nth_monday(year, 8, last=not scotland)}
    if scotland:
        return days | kept(date(year, 11, 30)) | SCOTTISH_EXTRA
    days |= {sunday + timedelta(days=1)}
    if division == "northern-ireland":
        days |= kept(date(year, 3, 17)) | kept(date(year, 7, 12))
    return days


@pytest.mark.parametrize("division", DIVISIONS)
def test_what_is_shipped_is_what_the_act_and_the_proclamations_say(division: Division) -> None:
    shipped = read_holidays(SHIPPED.read_text(encoding="utf-8"))[division]
    expected = set().union(*(by_the_act(year, division) for year in YEARS)) | EXTRA
    assert shipped == tuple(sorted(day for day in expected if day.year in YEARS))


@pytest.mark.parametrize(
    "day",
    [
        date(2020, 5, 8),
        date(2021, 12, 28),
        date(2022, 6, 2),
        date(2022, 9, 19),
        date(2023, 5, 8),
        date(2026, 12, 28),
        date(2027, 3, 26),
        date(2028, 1, 3),
    ],
)
def test_days_that_were_moved_or_proclaimed_are_kept(day: date) -> None:
    assert all(not shipped_calendars().of(one).is_working_day(day) for one in DIVISIONS)


def published(**events: list[tuple[str, str]]) -> dict[str, Any]:
    return {
        name: {
            "division": name,
            "events": [
                {"title": title, "date": day, "notes": "", "bunting": True} for title, day in own
            ],
        }
        for name, own in ((key.replace("_", "-"), value) for key, value in events.items())
    }


YEAR = [("New Year\u2019s Day", "2030-01-01"), ("Boxing Day", "2030-12-26")]
WHOLE = published(england_and_wales=YEAR, scotland=YEAR, northern_ireland=YEAR)


def test_whole_years_are_known_and_a_list_that_breaks_off_is_known_to_its_last_day() -> None:
    calendar = read_calendars(json.dumps(WHOLE)).of("scotland")
    assert (calendar.first, calendar.last) == (date(2030, 1, 1), date(2030, 12, 31))
    part = [("Good Friday", "2030-04-19"), ("Summer bank holiday", "2030-08-26")]
    broken = WHOLE | published(scotland=part)
    calendar = read_calendars(json.dumps(broken)).of("scotland")
    assert (calendar.first, calendar.last) == (date(2030, 4, 19), date(2030, 8, 26))


def test_extra_days_are_kept_as_well_and_say_nothing_of_how_far_is_known() -> None:
    extra = published(scotland=[("Proclaimed", "2031-06-16")])
    calendars = read_calendars(json.dumps(WHOLE), json.dumps(extra))
    assert not calendars.of("scotland").is_working_day(date(2031, 6, 16))
    assert calendars.of(None).is_working_day(date(2031, 6, 16))
    assert calendars.of("scotland").last == date(2030, 12, 31)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "not JSON"),
        ("[]", "object"),
        (json.dumps({"wales": WHOLE["scotland"]}), "wales"),
        (json.dumps({k: v for k, v in WHOLE.items() if k != "scotland"}), "scotland is missing"),
        (json.dumps(WHOLE | {"scotland": WHOLE["northern-ireland"]}), "northern-ireland"),
        (json.dumps(WHOLE | published(scotland=[])), r"scotland\.events"),
        (json.dumps(WHOLE | published(scotland=[("Lost", "2030-02-30")])), r"events\.0\.date"),
        (json.dumps(WHOLE | published(scotland=[("Lost", "30/02/2030")])), r"events\.0\.date"),
    ],
)
def test_what_is_not_in_the_form_is_refused_with_its_place(content: str, says: str) -> None:
    with pytest.raises(Rejected, match=says):
        read_calendars(content)
