"""How a table writes its days: what its values prove, taken as a whole."""

from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple

from services.ingest.shapes.cells import as_text, is_blank
from services.ingest.shapes.dates import (
    DayOrder,
    count_year_day_month,
    is_serial,
    may_be_year_first,
    months_named,
    read_day,
    see_order,
)
from services.ingest.shapes.months import (
    RULE,
    Years,
    day_of_year_named,
    end_of_month,
    month_end,
    years_named,
)
from services.ingest.shapes.question import ORDER, Answer, Question
from services.ingest.shapes.scores import main_field
from services.ingest.shapes.swapped_days import Swapped, find_swapped, is_swappable, swap_day
from services.ingest.shapes.vocabulary import said_by
from shared.errors import Rejected

_STRAY = 0.02
"""Up to this share of texts may contradict the others: they are rejected, row by row."""
_SERIALS = 0.5
_MOSTLY = 0.9
_FIRST, _SECOND = DayOrder.DAY_FIRST, DayOrder.MONTH_FIRST
_ORDERS = tuple(Answer(ORDER, order.value) for order in DayOrder)
_SWAP = {"swapped": True, "not swapped": False}
ORDERS = (*(order.value for order in DayOrder), *_SWAP)
"""What may be answered of an order."""


class DayForm(NamedTuple):
    """In which order day and month stand, and whether numbers are days.

    `proved`: a day shows the order, or none needs it; `shows`: a day after the 12th does.
    `swapped`: day and month are exchanged where they can be. `months`: there are no days but
    months. `years` are those of texts that say none.
    """

    order: DayOrder = DayOrder.DAY_FIRST
    serials: bool = False
    proved: bool = True
    shows: bool = False
    swapped: bool = False
    months: bool = False
    years: Years = ()

    @property
    def note(self) -> str:
        """What is done to the days beyond reading them, "" where nothing is."""
        if self.months:
            return f"the table names no days: {RULE}"
        if self.swapped:
            return (
                "a spreadsheet program has swapped day and month of the days up to the 12th, as "
                "the other days and the file's months show: undone"
            )
        return ""

    @property
    def says(self) -> str:
        """In few words."""
        return "last day of the month" if self.months else self.order.value


def read_day_as(value: Any, form: DayForm, field: str = "payment_date") -> date:
    """The day of a cell in the form of its table. Rejected: it is none."""
    if form.months and (end := _end_of(value, form.years)) is not None:
        return end
    text = value.strip() if isinstance(value, str) else ""
    if (day := day_of_year_named(text, form.years)) is not None:
        return day
    day = read_day(value, field, form.order, serials=form.serials)
    return swap_day(day) if form.swapped and is_swappable(value) else day


def _end_of(value: Any, years: Years) -> date | None:
    if isinstance(value, date):
        return end_of_month(value)
    text = as_text(value)
    return None if text is None else month_end(text, years)


def find_day_form(
    values: Collection[Any], header: str, named: str, answer: str | None = None
) -> tuple[DayForm, Question | None]:
    """The form of a column of days; a question where its values contradict each other.

    `named` is the file's name with the title of the sheet.
    """
    said = [value for value in values if not is_blank(value)]
    years = years_named(named)
    if _are_months(said, header, years):
        return DayForm(months=True, years=years), None
    days = sum(isinstance(value, date) for value in said)
    serial = sum(is_serial(value) for value in said if not isinstance(value, date))
    serials = bool(said) and (days > 0 or serial >= _SERIALS * len(said))
    form, question = _find_order(said, months_named(named), answer)
    return form._replace(serials=serials, years=years), question


def _find_order(
    said: list[Any], months: frozenset[int], answer: str | None
) -> tuple[DayForm, Question | None]:
    """A day after the 12th proves the order.

    Without one the months decide that the file's name or title names, or else day first, as every
    UK public body prints it; unless month first would put all into a single month, and day first
    would not: that is asked.
    """
    if answer is not None and answer not in _SWAP:
        return DayForm(_order_of(answer)), None
    texts = [value for value in said if isinstance(value, str)]
    if (question := _ask_of_years(texts)) is not None:
        return DayForm(), question
    seen = see_order(texts)
    if seen.day_first or seen.month_first or not seen.either:
        order = _SECOND if seen.month_first > seen.day_first else _FIRST
        form = DayForm(order, shows=bool(seen.day_first or seen.month_first))
        if min(seen.day_first, seen.month_first) > _STRAY * (seen.day_first + seen.month_first):
            return form, _ask("some days can only be read day first, others only month first")
        if answer is not None:
            return form._replace(swapped=_SWAP[answer]), None
        swapped = find_swapped(said, order, months)
        question = _ask_swapped() if swapped is Swapped.UNSURE else None
        return form._replace(swapped=swapped is Swapped.YES), question
    day_first = {month for _, month in seen.months_day_first}
    month_first = {month for _, month in seen.months_month_first}
    order = _SECOND if month_first <= months and not day_first <= months else _FIRST
    several = len(seen.months_day_first) > 2  # noqa: PLR2004 - two are the end of one and the next
    if not months and several and len(seen.months_month_first) == 1:
        question = _ask("no day is after the 12th, and month first they are of one month")
    return DayForm(order, proved=False), question


def _ask_of_years(texts: Collection[str]) -> Question | None:
    if may_be_year_first(texts):
        return _ask(
            "the last part varies as days do, and the first hardly: 24-04-01 may be of 2024 or 2001"
        )
    if count_year_day_month(texts) > _STRAY * len(texts):
        return Question(
            "payment_date",
            "days stand between year and month, such as 2024-30-04, and those up to the 12th would "
            "be taken for months: write them as 2024-04-30",
        )
    return None


def _are_months(said: list[Any], header: str, years: Years) -> bool:
    """Whether a column names months: texts that do, or first days under a header that says so."""
    days = [value for value in said if isinstance(value, date)]
    if days:
        period = main_field(said_by(header)) == "period"
        return period and len(days) == len(said) and all(day.day == 1 for day in days)
    texts = [text for text in map(as_text, said) if text is not None]
    named = sum(month_end(text, years) is not None for text in texts)
    return bool(texts) and named >= _MOSTLY * len(texts)


def _order_of(answer: str) -> DayOrder:
    try:
        return DayOrder(answer.strip().lower().replace("-", " "))
    except ValueError as error:
        orders = " or ".join(f'"{each}"' for each in ORDERS)
        raise Rejected(f"{ORDER} is {orders}, not {answer}", "map") from error


def is_order_open(values: Collection[Any]) -> bool:
    """Whether the values prove no order though they have one."""
    seen = see_order(value for value in values if isinstance(value, str))
    return seen.either > 0 and not (seen.day_first or seen.month_first)


def _ask(why: str) -> Question:
    return Question(
        "payment_date",
        f"{why}: which stands first?",
        answers=_ORDERS,
    )


def _ask_swapped() -> Question:
    return Question(
        "payment_date",
        "the days may have been swapped with the months by a spreadsheet program, since none that "
        "it took for a day is after the 12th: was it so?",
        answers=tuple(Answer(ORDER, each) for each in _SWAP),
    )
