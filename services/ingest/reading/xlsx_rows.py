"""The rows of an XLSX sheet, one after the other, however many."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import BinaryIO

from services.ingest.reading.shared_strings import LONGEST_TEXT, SharedStrings
from services.ingest.reading.sheet import STRUCK, Cell, SheetRow
from services.ingest.reading.xlsx_cells import (
    read_iso,
    read_number,
    read_serial,
    unescape,
)
from services.ingest.reading.xlsx_styles import Styles
from services.ingest.reading.xml_elements import feed, local_name, safe_parser
from shared.errors import Rejected

_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_LETTERS = len("XFD")
_TEXTS = {"v", "t"}
_FIGURES = re.compile(r"[\s\d.,/()\N{POUND SIGN}-]+")


class _Cells:
    """Takes the elements of a sheet and gathers its rows."""

    def __init__(self, strings: SharedStrings, styles: Styles, epoch: datetime) -> None:
        self.rows: list[tuple[int, list[Cell]]] = []
        self._strings, self._styles, self._epoch = strings, styles, epoch
        self._names: dict[str, str] = {}
        self._columns: dict[str, int] = {}
        self._row: list[Cell] = []
        self._number = 0
        self._type = self._style = ""
        self._column = 0
        self._text = ""
        self._taking = self._phonetic = False
        self._value = self._maybe_struck if styles.struck else self._plain_value

    def start(self, name: str, said: Mapping[str, str]) -> None:
        local = self._names.get(name) or self._names.setdefault(name, local_name(name))
        if local == "c":
            self._start_cell(said)
        elif local in _TEXTS:
            self._taking = not self._phonetic
        elif local == "row":
            self._start_row(said)
        elif local == "rPh":
            self._phonetic = True

    def _start_row(self, said: Mapping[str, str]) -> None:
        number = said.get("r", "")
        self._number = max(self._number + 1, int(number) if number.isdecimal() else 0)
        if self._number > _LAST_ROW:
            raise ValueError(f"row {self._number} is beyond the last that a sheet can have")
        self._row = []

    def _start_cell(self, said: Mapping[str, str]) -> None:
        place = said.get("r")
        self._column = len(self._row) if place is None else self._find_column(place)
        self._type = said.get("t", "n")
        self._style = said.get("s", "")
        self._text = ""

    def _find_column(self, place: str) -> int:
        letters = place.rstrip("0123456789")
        found = self._columns.get(letters)
        if found is None:
            found = self._columns[letters] = _column(letters)
        return found

    def take(self, text: str) -> None:
        if self._taking:
            self._text += text
            if len(self._text) > LONGEST_TEXT:
                raise ValueError(f"a cell has more than {LONGEST_TEXT:,} characters")

    def end(self, name: str) -> None:
        local = self._names[name]
        if local == "c":
            if self._text:
                self._end_cell()
        elif local in _TEXTS:
            self._taking = False
        elif local == "row":
            if self._row:
                self.rows.append((self._number, self._row))
                self._row = []
        elif local == "rPh":
            self._phonetic = False

    def _end_cell(self) -> None:
        row, column = self._row, self._column
        if column < len(row):
            row[column] = self._value()
            return
        if column > len(row):
            row.extend([None] * (column - len(row)))
        row.append(self._value())

    def _maybe_struck(self) -> Cell:
        """The value; a number or a day that is struck through as text, which is neither."""
        value = self._plain_value()
        if self._style not in self._styles.struck or value is None:
            return value
        if isinstance(value, str) and not _FIGURES.fullmatch(value):
            return value
        return f"{value} {STRUCK}"

    def _plain_value(self) -> Cell:
        text = self._text
        match self._type:
            case "n":
                return self._number_of(text)
            case "s":
                return self._strings[int(text)] or None
            case "b":
                return text == "1"
            case "d":
                return read_iso(text)
            case _:
                return unescape(text)

    def _number_of(self, text: str) -> Cell:
        """A number as its style shows it: a day, or text with a sign where it is no pounds."""
        if self._style in self._styles.days:
            return read_serial(text, self._epoch)
        sign = self._styles.signs.get(self._style)
        return read_number(text) if sign is None else f"{sign} {read_number(text)}"


def _column(letters: str) -> int:
    number = 0
    for letter in letters[:_LETTERS]:
        number = number * 26 + ord(letter) - ord("A") + 1
    if not 0 < number <= _LAST_COLUMN or len(letters) > _LETTERS:
        raise ValueError(f"column {letters[:10]} is none that a sheet can have")
    return number - 1


def read_xlsx_rows(
    part: BinaryIO,
    what: str,
    strings: SharedStrings,
    styles: Styles,
    epoch: datetime,
    most_cells: int,
) -> Iterator[SheetRow]:
    """The rows up to the last that says something, those between that say nothing as well."""
    cells = _Cells(strings, styles, epoch)
    parser = safe_parser()
    parser.StartElementHandler, parser.EndElementHandler = cells.start, cells.end
    parser.CharacterDataHandler = cells.take
    last = read = 0
    for _ in feed(parser, part, what):
        for number, row in cells.rows:
            read += len(row)
            if read > most_cells:
                raise Rejected(f"{what} spans more than {most_cells:,} cells")
            for blank in range(last + 1, number):
                yield SheetRow(blank, ())
            yield SheetRow(number, tuple(row))
            last = number
        cells.rows.clear()
