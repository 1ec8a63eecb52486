"""How a table writes its days and amounts: what its values prove, taken as a whole."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, NamedTuple

from services.ingest.amounts import AmountForm, parse_amount, see_form
from services.ingest.dates import DayOrder, is_serial, see_order
from services.ingest.shapes.cells import is_blank
from services.ingest.shapes.columns import Question
from shared.errors import Rejected

_STRAY = 0.02
"""Up to this share of texts may contradict the others: they are rejected, row by row."""
_UNROUNDED, _LEAST_UNROUNDED = 0.01, 2
"""From this share of texts, and this many, fractions of a penny are the table's way."""
_SERIALS = 0.5
ORDER = "order"
"""What `--map` calls the order of day and month."""


class DayForm(NamedTuple):
    """In which order day and month stand, and whether numbers are days."""

    order: DayOrder = DayOrder.DAY_FIRST
    serials: bool = False
    proved: bool = True


def find_day_form(
    values: Collection[Any], months: frozenset[int], answer: str | None = None
) -> tuple[DayForm, Question | None]:
    """The form of a column of days; a question where its texts contradict each other.

    A day after the 12th proves the order. Without one the months decide that the file's name
    names, or else day first, as every UK public body prints it; unless month first would put all
    into a single month, and day first would not: that is asked.
    """
    said = [value for value in values if not is_blank(value)]
    days = sum(isinstance(value, date) for value in said)
    serial = sum(is_serial(value) for value in said if not isinstance(value, date))
    serials = bool(said) and (days > 0 or serial >= _SERIALS * len(said))
    if answer is not None:
        return DayForm(_order_of(answer), serials), None
    seen = see_order(value for value in said if isinstance(value, str))
    first, second = DayOrder.DAY_FIRST, DayOrder.MONTH_FIRST
    if seen.day_first or seen.month_first or not seen.either:
        form = DayForm(second if seen.month_first > seen.day_first else first, serials)
        stray = min(seen.day_first, seen.month_first)
        if stray > _STRAY * (seen.day_first + seen.month_first):
            return form, _ask("some days can only be read day first, others only month first")
        return form, None
    question = None
    day_first = {month for _, month in seen.months_day_first}
    month_first = {month for _, month in seen.months_month_first}
    order = second if month_first <= months and not day_first <= months else first
    several = len(seen.months_day_first) > 2  # noqa: PLR2004 - two are the end of one and the next
    if not months and several and len(seen.months_month_first) == 1:
        question = _ask("no day is after the 12th, and month first they are of one month")
    return DayForm(order, serials, proved=False), question


def _order_of(answer: str) -> DayOrder:
    try:
        return DayOrder(answer.strip().lower().replace("-", " "))
    except ValueError as error:
        orders = " or ".join(f'"{order.value}"' for order in DayOrder)
        raise Rejected(f"{ORDER} is {orders}, not {answer}", "map") from error


def is_order_open(values: Collection[Any]) -> bool:
    """Whether the values prove no order though they have one."""
    seen = see_order(value for value in values if isinstance(value, str))
    return seen.either > 0 and not (seen.day_first or seen.month_first)


def _ask(why: str) -> Question:
    return Question(
        "payment_date",
        f'{why}: which stands first? Say --map {ORDER}="day first" or --map {ORDER}="month first"',
    )


def find_amount_form(values: Sequence[Any]) -> tuple[AmountForm, Question | None]:
    """The form of a column of amounts; a question where its texts contradict each other."""
    seen = see_form(value for value in values if isinstance(value, str))
    comma = seen.comma > seen.point
    stray = min(seen.comma, seen.point)
    form = AmountForm(comma=comma)
    parsed = [
        each
        for each in (parse_amount(value, form) for value in values if isinstance(value, str))
        if each is not None
    ]
    rounded = sum(each.rounded for each in parsed)
    throughout = rounded >= max(_LEAST_UNROUNDED, _UNROUNDED * len(parsed))
    form = form._replace(unrounded=throughout)
    if stray > _STRAY * max(1, seen.comma + seen.point):
        return form, Question(
            "amount", "some amounts have a decimal point, others a decimal comma: mend the file"
        )
    return form, None
