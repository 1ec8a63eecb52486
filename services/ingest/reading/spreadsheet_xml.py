"""XML spreadsheets of 2003, which reporting systems name .xls: read a piece at a time."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from services.ingest.reading.limits import Limits
from services.ingest.reading.sheet import Cell, Merged, Sheet, SheetRow, Torn
from services.ingest.reading.xlsx_cells import read_iso, read_number
from services.ingest.reading.xml_elements import feed, local_name, safe_parser
from shared.errors import Rejected

_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_LONGEST_TEXT = 1 << 20
_MOST_MERGED = 10_000
_MOST_SHEETS = 1_000
_MOST_LEFT_OUT = 5 * _LAST_ROW
"""Rows of all worksheets together that an index passes over: each is a blank row to who reads."""
_DEEPEST = 100
_BEFORE = b" \t\r\n"


@dataclass
class _Found:
    """A worksheet as a look through the whole file finds it."""

    name: str
    start: int
    """The place in what is parsed, in bytes, where its element starts."""
    hidden: bool = False
    rows: int = 0
    merged: list[Merged] = field(default_factory=list)


class _Cells:
    """Takes the elements of the file; gathers the rows of one worksheet, or of each in turn."""

    def __init__(self) -> None:
        self.parser = safe_parser()
        self.parser.StartElementHandler, self.parser.EndElementHandler = self.start, self.end
        self.parser.CharacterDataHandler = self.take
        self.sheets: list[_Found] = []
        self.rows: list[tuple[int, int, list[Cell]]] = []
        """The number of the worksheet from 0, that of the row from 1, and its cells."""
        self._names: dict[str, str] = {}
        self._row: list[Cell] = []
        self._number = self._column = self._across = 0
        self._type = ""
        self._text: list[str] = []
        self._size = self._depth = self._left_out = 0
        self._in_cell = self._taking = self._hides = False

    def start(self, name: str, raw: Mapping[str, str]) -> None:
        self._depth = _within(self._depth + 1, _DEEPEST, "level of elements")
        local = self._names.get(name) or self._names.setdefault(name, local_name(name))
        match local:
            case "Data" if self._in_cell:
                self._taking = True
                self._type = _said(raw).get("Type", "String")
            case "Cell" if self.sheets:
                self._start_cell(_said(raw))
            case "Row" if self.sheets:
                index = _said(raw).get("Index", "")
                number = max(self._number + 1, int(index) if index.isdecimal() else 0)
                self._left_out += _within(number, _LAST_ROW, "row") - self._number - 1
                _within(self._left_out, _MOST_LEFT_OUT, "blank row")
                self._number = number
                self._row, self._column = [], 0
            case "Comment":
                self._in_cell = False  # its text is a Data too
            case "Worksheet":
                found = _Found(_said(raw).get("Name", ""), self.parser.CurrentByteIndex)
                self.sheets.append(found)
                self._number = 0
                _within(len(self.sheets), _MOST_SHEETS, "worksheet")
            case "Visible":
                self._hides = True

    def _start_cell(self, said: Mapping[str, str]) -> None:
        index = said.get("Index", "")
        place = max(self._column, int(index) - 1 if index.isdecimal() else 0)
        self._column = _within(place, _LAST_COLUMN - 1, "column")
        across, down = _count(said, "MergeAcross"), _count(said, "MergeDown")
        found = self.sheets[-1]
        if down and len(found.merged) < _MOST_MERGED:
            last = min(self._number + down, _LAST_ROW)
            first = self._column + 1
            found.merged.append(Merged(self._number, first, last, first + across))
        self._across = across
        self._text, self._size, self._type = [], 0, ""
        self._in_cell = True

    def take(self, text: str) -> None:
        if self._taking:
            self._text.append(text)
            self._size += len(text)
            _within(self._size, _LONGEST_TEXT, "character of a cell")
        elif self._hides and self.sheets:
            self.sheets[-1].hidden = "Hidden" in text

    def end(self, name: str) -> None:
        self._depth -= 1
        match self._names[name]:
            case "Data":
                self._taking = False
            case "Cell":
                self._in_cell = False
                self._end_cell()
            case "Row" if self.sheets:
                self.sheets[-1].rows += 1
                if self._row:
                    self.rows.append((len(self.sheets) - 1, self._number, self._row))
                    self._row = []
            case "Visible":
                self._hides = False

    def _end_cell(self) -> None:
        if text := "".join(self._text):
            self._row += [None] * (self._column - len(self._row))
            self._row.append(_value(self._type, text))
            self._text = []
        self._column += 1 + self._across


def _said(raw: Mapping[str, str]) -> Mapping[str, str]:
    return {local_name(name): value for name, value in raw.items()}


def _count(said: Mapping[str, str], name: str) -> int:
    text = said.get(name, "")
    return min(int(text), _LAST_ROW) if text.isdecimal() else 0


def _within(number: int, last: int, what: str) -> int:
    if number > last:
        raise ValueError(f"{what} {number:,} is beyond the last that there can be")
    return number


def _value(kind: str, text: str) -> Cell:
    match kind:
        case "Number":
            return read_number(text)
        case "DateTime":
            return read_iso(text.removesuffix(".000").removesuffix("T00:00:00"))
        case "Boolean":
            return text == "1"
        case _:
            return text


def open_spreadsheet_xml(path: Path, what: str, limits: Limits, member: str) -> Iterator[Sheet]:
    """The worksheets, after one look through all of them.

    Rejected: damaged, or with more cells than the limit.
    """
    cells = _Cells()
    with _opened(path) as file:
        for _ in _parse(cells, file, what, limits):
            cells.rows.clear()
    for found in cells.sheets:
        read = partial(_read, path, what, limits, cells.sheets[0].start, found.start)
        yield Sheet(read, member, found.name, found.hidden, found.rows, tuple(found.merged))


def _read(
    path: Path, what: str, limits: Limits, head: int, start: int, _: Torn
) -> Iterator[SheetRow]:
    """The rows of the worksheet at `start`; up to `head` the file says what all of them need."""
    cells = _Cells()
    last = 0
    with _opened(path, head, start) as file:
        for _piece in _parse(cells, file, what, limits):
            for sheet, number, row in cells.rows:
                if sheet:
                    break
                for blank in range(last + 1, number):
                    yield SheetRow(blank, ())
                yield SheetRow(number, tuple(row))
                last = number
            cells.rows.clear()
            if len(cells.sheets) > 1:
                return


def _parse(cells: _Cells, file: BinaryIO, what: str, limits: Limits) -> Iterator[None]:
    read = 0
    for _ in feed(cells.parser, file, what):
        read += sum(len(row) for _, _, row in cells.rows)
        if read > limits.sheet_cells:
            raise Rejected(f"{what} spans more than {limits.sheet_cells:,} cells")
        yield


class _Spliced(BytesIO):
    """A file without what lies between its head and a later place, for a parser that reads on."""

    def __init__(self, file: BinaryIO, head: bytes) -> None:
        super().__init__(head)
        self._file = file

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(size) or self._file.read(-1 if size is None else size)


@contextmanager
def _opened(path: Path, head: int = 0, start: int = 0) -> Iterator[BinaryIO]:
    """The file from its first character on; of a later `start`, its first `head` bytes before that.

    Blank lines before it, as some reports have, are no XML, and not counted.
    """
    with path.open("rb") as file:
        before = file.read(1 << 12)
        first = len(before) - len(before.lstrip(_BEFORE))
        file.seek(first)
        said = file.read(head)
        file.seek(first + start)
        yield _Spliced(file, said)
