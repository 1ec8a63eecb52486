"""Days of which a spreadsheet program swapped day and month where it could.

Opened under American settings, 04/05/2021 of a British file becomes 5 April, a cell of the kind
day, while 14/05/2021 is no American day and stays text. British settings do the same to American
files. In a CSV file of such a workbook the swapped days are ISO 8601, or printed in British order.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from enum import Enum
from typing import Any

from services.ingest.shapes.dates import DayOrder, parse_day, tidy_day

_ORDERED = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](?:\d{4}|\d{2})\b.*", re.ASCII)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}.*", re.ASCII)
_IN_YEAR = 12
_MANY = 8
"""Of so many true days on either side some of the days would be after the 12th: 0.4 ** 8."""
_MOSTLY = 0.9
_FEW = 3


class Swapped(Enum):
    """Whether days and months stand swapped."""

    NO = "no"
    YES = "yes"
    UNSURE = "unsure"


def find_swapped(values: Iterable[Any], order: DayOrder, months: frozenset[int]) -> Swapped:
    """Whether the days that can be swapped were, by those that can't, and by the file's `months`.

    The texts with a day after the 12th show the months that the table is of. The others were
    swapped where none has a day after the 12th, and swapping them brings them into those months.
    """
    proving, cells, texts = set(), [], []
    for value in values:
        if isinstance(value, date):
            cells.append(value)
            continue
        if not isinstance(value, str) or (day := parse_day(value, order)) is None:
            continue
        if _ISO.fullmatch(tidy_day(value)):
            cells.append(day)
        elif (match := _ORDERED.fullmatch(tidy_day(value))) is not None:
            if max(int(match[1]), int(match[2])) > _IN_YEAR:
                proving.add(day)
            else:
                texts.append(day)
    if not proving:
        return Swapped.NO if texts else _judge_alone(cells, months)
    if cells:
        return Swapped.NO if texts else _judge(proving, cells, months, by_kind=True)
    return _judge(proving, texts, months, by_kind=False)


def _judge(
    proving: Iterable[date], others: Sequence[date], months: frozenset[int], *, by_kind: bool
) -> Swapped:
    """`by_kind`: that all others are cells, and all proving ones text, is evidence by itself."""
    proving, doubtful = list(proving), [day for day in others if day.day != day.month]
    least = 1 if by_kind else _FEW
    if len(doubtful) < least or any(day.day > _IN_YEAR for day in others):
        return Swapped.NO
    shown = {(day.year, day.month) for day in proving}
    shown |= {(year, month) for year, _ in shown for month in months}
    as_read = _share(doubtful, shown)
    undone = _share(map(swap_day, doubtful), shown)
    if undone >= _MOSTLY > as_read:
        return Swapped.YES
    if as_read >= _MOSTLY > undone or not by_kind:
        return Swapped.NO
    if undone >= _MOSTLY and min(len(doubtful), len(proving)) >= _MANY:
        return Swapped.YES
    return Swapped.UNSURE


def _judge_alone(cells: Sequence[date], months: frozenset[int]) -> Swapped:
    """Days with nothing to hold them against but the months that the file's name or title names."""
    doubtful = {day for day in cells if day.day != day.month}
    if len(doubtful) < _FEW or any(day.day > _IN_YEAR for day in cells):
        return Swapped.NO
    as_read = {day.month for day in doubtful}
    undone = {day.day for day in doubtful}
    if undone <= months and not as_read & months:
        return Swapped.YES
    # A payment on the same day of each month looks like it too; on the first it is usual.
    alike = len(undone) == 1 and undone != {1} and len(as_read) >= _FEW
    return Swapped.UNSURE if alike and not months else Swapped.NO


def _share(days: Iterable[date], shown: set[tuple[int, int]]) -> float:
    inside = [(day.year, day.month) in shown for day in days]
    return sum(inside) / len(inside)


def swap_day(day: date) -> date:
    """The day with day and month exchanged; itself where that is none."""
    return day.replace(month=day.day, day=day.month) if day.day <= _IN_YEAR else day


def is_swappable(value: Any) -> bool:
    """Whether a spreadsheet program may have swapped a value: one of which it made a day."""
    if isinstance(value, str):
        text = tidy_day(value)
        return _ISO.fullmatch(text) is not None or _ORDERED.fullmatch(text) is not None
    return isinstance(value, date | datetime)
