"""Spend as councils publish it: payment_date, amount, organisational_unit, beneficiary_name.

Columns that a payment has besides (reference, programme, charity_number, ...) are taken where a
file has them under these names; any other column is left aside.
"""

import json
import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import orjson
from pydantic import ValidationError

from services.ingest.dates import read_day
from services.ingest.sources.reading.csv_rows import split_line
from services.ingest.sources.reading.sheet import Row
from shared.envelope import explain
from shared.errors import Rejected
from shared.events import PaymentPosted
from shared.identity import identify
from shared.money import parse_pounds

_DATE, _AMOUNT, _UNIT, _PAYEE = "payment_date", "amount", "organisational_unit", "beneficiary_name"
_NEEDED = (_DATE, _AMOUNT, _UNIT, _PAYEE)
_OPTIONAL = (
    "reference",
    "transaction",
    "purpose",
    "programme",
    "place",
    "charity_number",
    "company_number",
    "postcode",
)
COLUMNS = (*_NEEDED, *_OPTIONAL)
"""Every column that is read."""
_MAY_SPAN_LINES = {"purpose"}
_LINE_END = re.compile(r"\r\n|\r|\n")
_COLUMN_OF = {"payee": _PAYEE, "unit": _UNIT, "amount_pence": _AMOUNT}


class Columns(NamedTuple):
    """Where a file has what: `others` are the optional fields with their places."""

    names: tuple[str, ...]
    day: int
    amount: int
    unit: int
    payee: int
    others: tuple[tuple[str, int], ...]


def find_columns(header: Sequence[str], file: str) -> Columns:
    """The columns by their names, whatever their case. Rejected names the ones that lack."""
    named = [name.strip().lower() for name in header if name.strip()]
    if twice := sorted({name for name in named if named.count(name) > 1}):
        raise Rejected(
            f"{file} has the column {' and '.join(twice)} more than once: which one counts?"
        )
    places = {name.strip().lower(): place for place, name in reversed(list(enumerate(header)))}
    lacking = [name for name in _NEEDED if name not in places]
    if lacking:
        raise Rejected(
            f"{file} lacks the column {' and '.join(lacking)}; it has {', '.join(header) or 'none'}"
        )
    others = tuple((name, places[name]) for name in _OPTIONAL if name in places)
    day, amount, unit, payee = (places[name] for name in _NEEDED)
    return Columns(tuple(header), day, amount, unit, payee, others)


def read_pence(row: Row, columns: Columns) -> int:
    """The amount of a row in pence, exactly. Rejected: blank, or not pounds and pence."""
    value = _plain(row[columns.amount], _AMOUNT)
    if value is None or value == "":
        raise Rejected("amount is blank", _AMOUNT)
    try:
        return parse_pounds(_as_text(value), _AMOUNT)
    except Rejected as error:
        # The reason is one for all such rows, so that a summary can count them.
        raise Rejected("amount is not pounds and pence such as 1234.56", _AMOUNT) from error


def _as_text(value: Any) -> str:
    """A number as it would be typed: of a float, the shortest decimal that means it (no guess)."""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return repr(value) if isinstance(value, float) else str(value)


def is_blank(row: Row) -> bool:
    """Whether nothing is said in any field."""
    return all(value is None or (isinstance(value, str) and not value.strip()) for value in row)


def is_torn(row: Row, columns: Columns) -> bool:
    """Whether a row that spans several lines is several rows, caught by a quote that stayed open.

    Only a purpose and what is left aside may span lines, and then none of those that follow the
    first may look like a row: a day in its place, or an amount in its place in a line that is wide
    enough.
    """
    lines_of = {place for name, place in columns.others if name in _MAY_SPAN_LINES}
    taken = {columns.day, columns.amount, columns.unit, columns.payee}
    taken |= {place for _, place in columns.others}
    for place, value in enumerate(row):
        _, *more = _LINE_END.split(str(value).rstrip())
        if more and (
            place in taken - lines_of or any(_looks_like_row(line, columns) for line in more)
        ):
            return True
    return False


def _looks_like_row(line: str, columns: Columns) -> bool:
    fields = split_line(line)
    if len(fields) <= max(columns.day, 1):
        return False
    try:
        read_day(fields[columns.day], _DATE)
    except Rejected:
        pass
    else:
        return True
    try:
        return len(fields) >= len(columns.names) and bool(parse_pounds(fields[columns.amount]))
    except Rejected:
        return False


def _plain(value: Any, column: str) -> Any:
    """A value as text, number or day: bytes are read as UTF-8. Rejected where it is none."""
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError as error:
            raise Rejected(f"{column} holds bytes that are not UTF-8 text", column) from error
    if isinstance(value, bool) or not (
        value is None or isinstance(value, str | int | float | Decimal | date)
    ):
        raise Rejected(f"{column} is no text, number or date", column)
    return value


def read_posted_row(row: Row, columns: Columns, buyer: str, pence: int) -> PaymentPosted:
    """The payment that a row posts. Rejected names the column, in words that hold no value."""
    if len(row) > len(columns.names):
        raise Rejected(f"the row has more fields than the header's {len(columns.names)}")
    if not (payee := _text(row[columns.payee], _PAYEE)):
        raise Rejected(f"{_PAYEE} is blank", _PAYEE)
    said: dict[str, Any] = {
        "buyer": buyer,
        "payee": payee,
        "payment_date": read_day(_plain(row[columns.day], _DATE), _DATE),
        "amount_pence": pence,
        "unit": _text(row[columns.unit], _UNIT),
    }
    for name, place in columns.others:
        said[name] = _text(row[place], name)
    try:
        return PaymentPosted.model_validate(said)
    except ValidationError as error:
        plain = explain(error)
        column = _COLUMN_OF.get(plain.field, plain.field)
        if error.errors()[0]["type"] == "string_unicode":
            reason = f"{column} holds a byte that is no character of Windows-1252"
            raise Rejected(reason, column) from error
        raise Rejected(plain.reason.replace(plain.field, column, 1), column) from error


def _text(value: Any, column: str) -> str | None:
    plain = value if type(value) is str else _plain(value, column)
    return str(plain).strip() or None if plain is not None else None


def row_id(posted: PaymentPosted, pence: int, occurrence: int) -> str:
    """The payment id of a row: its natural key, and its occurrence among equal rows of its file.

    What describes the payment (purpose, programme, a charity's number, ...) is no part of it: the
    next edition of the file may fill a column more, and its pounds are the same pounds.
    """
    return identify(
        "payment",
        "file",
        posted.buyer,
        posted.payment_date.isoformat(),
        posted.payee,
        posted.reference or "",
        str(pence),
        posted.unit or "",
        str(occurrence),
    )


def row_as_json(row: Sequence[Any], columns: Columns) -> bytes:
    """A row as it is kept in quarantine: by column, and its surplus fields under `surplus`."""
    said = dict(zip(columns.names, row, strict=False))
    if surplus := list(row[len(columns.names) :]):
        said["surplus"] = surplus
    try:
        return orjson.dumps(said, default=_jsonable)
    except orjson.JSONEncodeError:  # a byte that is no character stands as an escape
        return json.dumps(said, default=_jsonable).encode()


def _jsonable(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode(errors="backslashreplace")
    return value.isoformat() if isinstance(value, date | datetime) else str(value)
