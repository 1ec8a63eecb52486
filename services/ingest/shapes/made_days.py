"""Days of a table that has no column of them: of year and month apart, or of the file's month.

They become a column after the last, in each row that has a payee and an amount, so that rows are
read, rejected and corrected as others are.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from services.ingest.reading.sheet import Broken, Cell, Row, Sheet, SheetRow, Torn
from services.ingest.shapes.cells import Row as Cells
from services.ingest.shapes.cells import as_text, cell, is_blank
from services.ingest.shapes.columns import Columns
from services.ingest.shapes.dates import month_number
from services.ingest.shapes.fields import DATES
from services.ingest.shapes.month_named import MonthNamed, month_of
from services.ingest.shapes.months import month_end
from services.ingest.shapes.row_kinds import says_total
from services.ingest.shapes.scores import main_field
from services.ingest.shapes.table import Made
from services.ingest.shapes.vocabulary import plain_header, said_by

OF_FILE, CALENDAR, FINANCIAL = (
    each.value for each in (Made.OF_FILE, Made.CALENDAR, Made.FINANCIAL)
)
ANSWERS = {OF_FILE, CALENDAR, FINANCIAL}
"""What may be answered for the payment date besides a header."""
_KIND = r"(?:payment|paid|transaction|posting|invoice|calendar|accounting|financial|fiscal|fin)"
_DAY = re.compile(rf"(?:{_KIND} )?day(?: (?:number|of month))?")
_MONTH = re.compile(rf"(?:{_KIND} )?(?:month|period)(?: (?:name|number|paid))?")
_YEAR = re.compile(rf"(?:{_KIND} )?year(?: paid)?|fy")
_ACCOUNTS = re.compile(r"\b(?:accounting|financial|fiscal|fin|fy|period)\b")
_PLAIN_YEAR = re.compile(r"(?:19|20)\d{2}", re.ASCII)
_NUMBER = re.compile(r"(?:p|m|period |month )?0?(\d{1,2})", re.ASCII | re.IGNORECASE)
_SPENT_ON = ("reference", "purpose", "expense_type", "unit", "transaction")
_USUALLY, _MOSTLY = 0.6, 0.9
_IN_YEAR = 12

MakeDay = Callable[[Row], Cell]


class MadeDays(NamedTuple):
    """What the made column is called, how each row's day is made, and the sentence about it.

    `how` is the answer with which the same days are made again.
    """

    header: str
    make: MakeDay
    note: str
    how: Made


class Doubtful(NamedTuple):
    """Days could be made, but only a person can say so: why, and what may be answered."""

    why: str
    answers: tuple[str, ...]


def find_days(
    names: Sequence[str],
    columns: Columns,
    body: Sequence[Cells],
    named: Sequence[str],
    answer: str | None,
) -> MadeDays | Doubtful | None:
    """How days can be made for a table without a column of them; None where they can't.

    `named` are the name of the sheet, the title above the table and the name of the file: what is
    nearest first. `answer` is one of `ANSWERS`.
    """
    month = month_of(named)
    if (parts := _find_parts(names, body)) is not None:
        return _of_parts(names, parts, body, month, answer)
    if month is None or (month.doubt and answer != OF_FILE):
        return None if month is None else Doubtful(month.doubt, (OF_FILE,))
    if answer != OF_FILE and (doubt := _doubt(names, columns, body, month.end)):
        return Doubtful(doubt, (OF_FILE,))
    usual = _usual(columns, body, len(names))
    end = month.end

    def make(row: Row) -> Cell:
        return end if not usual or any(not is_blank(cell(row, each)) for each in usual) else None

    note = (
        f"the table has no days: each payment is of {end:%d %B %Y}, the last day of the month that "
        f"{month.where} names"
    )
    return MadeDays(f"Payment date (of {month.where})", make, note, Made.OF_FILE)


def _doubt(names: Sequence[str], columns: Columns, body: Sequence[Cells], end: date) -> str:
    """Why a table may be no list of one month's payments, "" where nothing speaks against it."""
    for place, name in enumerate(names):
        field = main_field(said_by(name))
        said = {as_text(cell(row, place)) for row in body} - {None}
        if field in DATES or (field == "period" and len(said) > 1):
            return f"{name} may say when each was paid, and can't be read"
        if field == "period" and any(_is_of_another_month(each, end) for each in said):
            return f"{name} names another month than the file"
    if all(columns.place(field) is None for field in _SPENT_ON):
        return "it may be a summary, for nothing tells one payment from another"
    return ""


def _is_of_another_month(text: str | None, end: date) -> bool:
    said = month_end(text or "", (end.year,) * _IN_YEAR)
    return said is not None and (said.year, said.month) != (end.year, end.month)


def _usual(columns: Columns, body: Sequence[Cells], width: int) -> tuple[int, ...]:
    """The columns besides payee and amount that most payments fill."""
    payee, amount = columns.place("payee"), columns.place("amount")
    paid = [row for row in body if _is_payment(row, columns)]
    return tuple(
        place
        for place in range(width)
        if place not in {payee, amount, columns.credit}
        and paid
        and sum(not is_blank(cell(row, place)) for row in paid) >= _USUALLY * len(paid)
    )


class _Parts(NamedTuple):
    year: int
    month: int
    day: int | None


def _find_parts(names: Sequence[str], body: Sequence[Cells]) -> _Parts | None:
    """The one column of years and the one of months, and that of days, if there are."""
    plain = [plain_header(name) for name in names]

    def only(pattern: re.Pattern[str]) -> list[int]:
        return [
            place
            for place, name in enumerate(plain)
            if pattern.fullmatch(name) and any(not is_blank(cell(row, place)) for row in body)
        ]

    years, months, days = only(_YEAR), only(_MONTH), only(_DAY)
    if len(years) != 1 or len(months) != 1 or len(days) > 1:
        return None
    return _Parts(years[0], months[0], days[0] if days else None)


def _of_parts(
    names: Sequence[str],
    parts: _Parts,
    body: Sequence[Cells],
    named: MonthNamed | None,
    answer: str | None,
) -> MadeDays | Doubtful | None:
    year, month, day = parts
    said = [(as_text(cell(row, year)), as_text(cell(row, month))) for row in body]
    pairs = {(one, other) for one, other in said if one is not None and other is not None}
    calendar = {pair: _calendar(*pair) for pair in pairs}
    accounts = {pair: _of_accounts(*pair) for pair in pairs}
    whole = [made for made in (calendar, accounts) if _are_read(made)]
    if not whole:
        return None
    numbered = any(_NUMBER.fullmatch(other) for _, other in pairs)
    of_accounts = any(_ACCOUNTS.search(plain_header(names[place])) for place in (year, month))
    plain_years = any(_PLAIN_YEAR.fullmatch(one) for one, _ in pairs)
    if answer in {CALENDAR, FINANCIAL}:
        made = _calendar if answer == CALENDAR else _of_accounts
    elif not (plain_years and of_accounts) and (day is not None or not numbered):
        # A day is of the calendar, and the name of a month needs no more than its year, unless
        # that is one of accounts: January of 2023 may be of 2023-24.
        made = _calendar if whole[0] is calendar else _of_accounts
    elif of_accounts and not plain_years and "period" in plain_header(names[month]):
        made = _of_accounts
    elif not of_accounts and named is not None and set(calendar.values()) == {named.end}:
        made = _calendar
    else:
        can = tuple(
            word for word, each in ((CALENDAR, calendar), (FINANCIAL, accounts)) if _are_read(each)
        )
        why = (
            f"1 under {names[month]} may be January, or April as the first of a financial year"
            if numbered
            else f"January may be of the year that {names[year]} says, or of the one after"
        )
        return Doubtful(why, can)
    header = " and ".join(names[place] for place in (day, month, year) if place is not None)

    def make(row: Row) -> Cell:
        texts = [as_text(cell(row, place)) for place in (year, month)]
        number = None if day is None else as_text(cell(row, day))
        if None in texts or (day is not None and number is None):
            return None
        end = made(str(texts[0]), str(texts[1]))
        if end is not None and number is not None:
            end = _on(end, number)
        return " ".join(filter(None, (number, *map(str, texts[::-1])))) if end is None else end

    rule = "" if day is not None else ": each payment is of the last day of its month"
    kind = "the calendar" if made is _calendar else "a financial year"
    how = Made.CALENDAR if made is _calendar else Made.FINANCIAL
    return MadeDays(header, make, f"days are made of {header} of {kind}{rule}", how)


def _are_read(made: Mapping[Any, date | None]) -> bool:
    read = sum(end is not None for end in made.values())
    return bool(made) and read >= _MOSTLY * len(made)


def _calendar(year: str, month: str) -> date | None:
    """The end of a month by its name or number in a year, or by its name in a financial year."""
    if (match := _NUMBER.fullmatch(month)) is None:
        return month_end(f"{month} {year}") if _PLAIN_YEAR.fullmatch(year) else _named(year, month)
    number = int(match[1])
    if not _PLAIN_YEAR.fullmatch(year) or not 1 <= number <= _IN_YEAR:
        return None
    return date(int(year), number, monthrange(int(year), number)[1])


def _named(year: str, month: str) -> date | None:
    """The end of a month that is named, of a financial year."""
    number = month_number(month)
    return _of_accounts(year, str((number - 4) % _IN_YEAR + 1)) if number else None


def _of_accounts(year: str, month: str) -> date | None:
    """The end of a period of a financial year, of which 1 is April."""
    if (match := _NUMBER.fullmatch(month)) is None:
        return _named(year, month) if month_number(month) else None
    return month_end(f"period {match[1]} {year}")


def _on(end: date, number: str) -> date | None:
    try:
        return end.replace(day=int(number))
    except ValueError:
        return None


def _is_payment(row: Cells, columns: Columns) -> bool:
    payee, amount = columns.place("payee"), columns.place("amount")
    assert payee is not None and amount is not None  # noqa: PT018, S101 - only a day is lacking
    money = [cell(row, amount)] + ([] if columns.credit is None else [cell(row, columns.credit)])
    paid = not is_blank(cell(row, payee)) and any(not is_blank(each) for each in money)
    return paid and not says_total(row)


def with_days(sheet: Sheet, days: MadeDays, columns: Columns, place: int, header: range) -> Sheet:
    """The same sheet with the days in a column at `place`; `header` are the numbers of its rows."""

    def read(torn: Torn) -> Iterator[SheetRow]:
        for number, row in sheet.read(torn):
            if isinstance(row, Broken):
                yield SheetRow(number, row)
            elif number in header:
                yield SheetRow(number, _put(row, place, days.header))
            elif number >= header.stop and _is_payment(row, columns):
                yield SheetRow(number, _put(row, place, days.make(row)))
            else:
                yield SheetRow(number, row)

    return replace(sheet, read=read)


def _put(row: Row, place: int, value: Cell) -> Row:
    """A row with one more cell; fields beyond the last column stay beyond it."""
    return (*row[:place], *[None] * (place - len(row)), value, *row[place:])
