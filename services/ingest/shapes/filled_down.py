"""Reports that print a payee or a day once, at the head of its rows, and leave it blank below.

A blank is filled from above only where the table as a whole shows that it is such a report: heads
stand in order, none comes twice, none is printed again right below itself, and totals part the
groups, or of days there are as many blanks as heads. A list in which names were blacked out, with
their numbers, looks alike, so what is not proved is asked.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from services.ingest.reading.sheet import Broken, Sheet, SheetRow, Torn
from services.ingest.shapes.amounts import AmountForm, parse_amount
from services.ingest.shapes.cells import Row, as_text, cell, is_blank, is_blank_row
from services.ingest.shapes.columns import Columns
from services.ingest.shapes.day_form import read_day_as
from services.ingest.shapes.header import says_header
from services.ingest.shapes.question import Answer, Question
from services.ingest.shapes.row_kinds import says_total
from services.ingest.shapes.table import TableShape
from shared.errors import Rejected

BLANKS = "blanks"
"""What an answer calls what blank payees or days mean."""
_AS_ABOVE, _NONE = "as above", "none"
_LEAST = {"payment_date": 3, "payee": 5}
"""So many heads and blanks, of fewer nothing is said."""
_MANY = 5
"""Heads that are in order by chance once in sixty tables, either way."""
_LEAST_SHARE = 0.2
_TOGETHER = 0.95


class FilledDown(NamedTuple):
    """The columns that are filled from above, and the sentence about it."""

    places: tuple[int, ...]
    note: str


class _Heads(NamedTuple):
    """What stands in a column like heads of groups: how many, and which payments are blank."""

    blanks: frozenset[int]
    heads: int


def find_filled_down(
    rows: Sequence[SheetRow], shape: TableShape, answer: str | None
) -> FilledDown | Question | None:
    """Which columns are filled from above; a question where it is likely and not proved.

    Rejected: the `answer` is none that can be given.
    """
    if answer is not None and answer.strip().lower() not in {_AS_ABOVE, _NONE}:
        raise Rejected(f"{BLANKS} is {_AS_ABOVE} or {_NONE}, not {answer}", "map")
    if not any(_is_often_blank(rows, shape.columns.place(field)) for field in _LEAST):
        return None
    paid, totals = _payments(rows, shape)
    places: list[int] = []
    names: list[str] = []
    for field in _LEAST:
        place = shape.columns.place(field)
        seen = None if place is None else _look(paid, place, field, shape)
        if place is None or seen is None or (answer or "").strip().lower() == _NONE:
            continue
        # A name and its number are blacked out together: what else is blank there proves nothing.
        proved = min(seen.heads, len(seen.blanks)) >= _MANY and (
            totals * 2 >= seen.heads or (field == "payment_date" and len(seen.blanks) >= seen.heads)
        )
        header = shape.header.names[place]
        if answer is None and not proved:
            payments = len(paid) - paid.count(None)
            said = f"{header} is blank in {len(seen.blanks):,} of {payments:,} payments"
            return Question(
                BLANKS,
                f"{said}: is it printed once for a group of rows?",
                (_AS_ABOVE, _NONE),
                (Answer(BLANKS, _AS_ABOVE), Answer(BLANKS, _NONE, "where it is not known")),
            )
        places += [place, *_blank_along(paid, place, seen.blanks, shape.columns)]
        names.append(header)
    if not places:
        return None
    note = f"{' and '.join(names)} stands once at the head of a group of rows: filled down"
    return FilledDown(tuple(dict.fromkeys(places)), note)


def _is_often_blank(rows: Sequence[SheetRow], place: int | None) -> bool:
    """Whether enough of a column is blank, which few are: the rest is not looked at then."""
    if place is None:
        return False
    said = [row for _, row in rows if not isinstance(row, Broken)]
    return sum(is_blank(cell(row, place)) for row in said) >= min(_LEAST.values())


def _payments(rows: Sequence[SheetRow], shape: TableShape) -> tuple[list[Row | None], int]:
    """The rows with an amount, None where something else parts them; and how many totals."""
    found: list[Row | None] = []
    totals = 0
    for number, row in rows:
        if number <= shape.header_end or isinstance(row, Broken):
            continue
        if says_total(row):
            totals += 1
        elif _is_paid(row, shape.columns, shape.amount_form):
            found.append(row)
            continue
        found.append(None)
    return found, totals


def _is_paid(row: Row, columns: Columns, form: AmountForm) -> bool:
    places = (columns.place("amount"), columns.credit)
    return any(
        place is not None and parse_amount(cell(row, place), form) is not None for place in places
    )


def _look(rows: Sequence[Row | None], place: int, field: str, shape: TableShape) -> _Heads | None:
    """The heads of a column; None where it is filled, or where they can't be heads of groups."""
    blanks: set[int] = set()
    heads: list[Any] = []
    printed_again = True
    for number, row in enumerate(rows):
        if row is None:
            printed_again = True  # as a page begins
            continue
        value = cell(row, place)
        if is_blank(value):
            if not heads:
                return None
            blanks.add(number)
        elif heads and value == heads[-1]:
            if not printed_again:
                return None
        else:
            heads.append(value)
        printed_again = False
    paid = sum(row is not None for row in rows)
    least = _LEAST[field]
    if len(blanks) < max(least, _LEAST_SHARE * paid) or len(heads) < least:
        return None
    keys = [_key(value, shape) for value in heads]
    in_order = keys == sorted(keys) or keys == sorted(keys, reverse=True)
    if not in_order or len(set(keys)) < len(keys):
        return None
    return _Heads(frozenset(blanks), len(heads))


def _key(value: Any, shape: TableShape) -> str:
    try:
        return read_day_as(value, shape.day_form).isoformat()
    except Rejected:
        return (as_text(value) or "").casefold()


def _blank_along(
    rows: Sequence[Row | None], place: int, blanks: Collection[int], columns: Columns
) -> list[int]:
    """Chosen columns that are blank where the column is, and nowhere else."""
    along: list[int] = []
    for choice in columns.choices:
        if choice.place in {place, columns.place("amount"), columns.credit, *along}:
            continue
        own = {
            number
            for number, row in enumerate(rows)
            if row is not None and is_blank(cell(row, choice.place))
        }
        if len(own & set(blanks)) >= _TOGETHER * max(1, len(own | set(blanks))):
            along.append(choice.place)
    return along


def fill_down(sheet: Sheet, shape: TableShape, places: Sequence[int]) -> Sheet:
    """The same sheet with blanks of payments filled from the row above that says them.

    Nothing is carried over a total, nor over a note within the table.
    """
    names, columns, form = shape.header.names, shape.columns, shape.amount_form

    def read(torn: Torn) -> Iterator[SheetRow]:
        above: dict[int, Any] = {}
        for number, row in sheet.read(torn):
            if isinstance(row, Broken):
                above = {}
                yield SheetRow(number, row)
                continue
            if number <= shape.header_end or is_blank_row(row) or says_header(row, names):
                yield SheetRow(number, row)
                continue
            if says_total(row):
                above = {}
                yield SheetRow(number, row)
                continue
            paid = _is_paid(row, columns, form)
            cells = list(row)
            for place in places:
                value = cell(row, place)
                if not is_blank(value):
                    above[place] = value
                elif paid and place in above:
                    cells += [None] * (place + 1 - len(cells))
                    cells[place] = above[place]
            if not paid and all(is_blank(cell(row, place)) for place in _money(columns)):
                above = {}
            yield SheetRow(number, tuple(cells))

    return replace(sheet, read=read)


def _money(columns: Columns) -> list[int]:
    return [place for place in (columns.place("amount"), columns.credit) if place is not None]
