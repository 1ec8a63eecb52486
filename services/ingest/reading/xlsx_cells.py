"""The value of a cell of an XLSX sheet, from its text, its type and its style."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal

from services.ingest.reading.numbers import as_shown
from services.ingest.reading.sheet import Cell
from services.ingest.reading.text import storable

EPOCH, EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 - Excel has no zones
_LAST_SERIAL = 2_958_465
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


def read_number(text: str) -> Cell:
    """A number as a spreadsheet shows it; text that is none stays text."""
    try:
        return int(text) if text.isdigit() and len(text) < 16 else as_shown(text)  # noqa: PLR2004
    except ValueError:
        return text


def read_serial(text: str, epoch: datetime) -> Cell:
    """The day, or the moment, that a number stands for; a number where it is none of the calendar.

    The day before 1 March 1900, which a spreadsheet takes to be the 60th, is none.
    """
    number = read_number(text)
    if not isinstance(number, int | Decimal) or not 1 <= number <= _LAST_SERIAL:
        return number
    if isinstance(number, int):
        return (epoch + timedelta(days=number)).date()
    seconds = round(number * 86_400, 3)
    moment = epoch + timedelta(seconds=float(seconds))
    return moment if moment.time() != moment.min.time() else moment.date()


def read_iso(text: str) -> Cell:
    """A day or a moment of a strict workbook, which writes them out."""
    try:
        return date.fromisoformat(text) if len(text) == len("2021-03-31") else _moment(text)
    except ValueError:
        return text


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=None)


def unescape(text: str) -> str:
    """Characters that XML can't hold are escaped as `_x000D_`."""
    if "_x" not in text:
        return text
    return storable(_ESCAPE.sub(lambda match: chr(int(match[1], 16)), text))
