"""Tables of web pages, which reporting systems save under the name .xls: a row at a time."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TextIO

from lxml import etree

from services.ingest.reading.limits import Limits
from services.ingest.reading.numbers import as_shown
from services.ingest.reading.sheet import Cell, Merged, SheetRow
from services.ingest.reading.text import storable
from shared.errors import Rejected

_CHUNK = 1 << 16
_LONGEST_TEXT = 1 << 20
_LONGEST_SILENCE = 1 << 22
"""Characters without an element, text or comment between: the parser holds them all."""
_MOST_MERGED = 10_000
_MOST_SPANNED = 65_534
"""Rows and columns that a cell may span (WHATWG HTML, 4.9.11; columns are limited by `Limits`)."""
_DEEPEST = 50
_TITLES = {"h1", "h2", "h3", "h4", "h5", "h6", "caption", "title"}
_UNSAID = {"script", "style", "noscript", "template"}
_APART = {"br", "p", "div", "li"}
_RAISED = {"sup", "sub"}
_NOT_DISPLAYED = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_SPACE = re.compile(r"\s+")
_SHOWN_NUMBER = re.compile(r"[(-]?[\N{POUND SIGN}\s]*-?\d[\d,]*(?:\.\d+)?[)-]?", re.ASCII)


class _Table:
    """A table that is open: its row and cell, and the cells of rows above that reach into it."""

    def __init__(self, *, hidden: bool) -> None:
        self.hidden = self.row_hidden = hidden
        self.row: dict[int, Cell] | None = None
        self.column = 0
        self.text: list[str] | None = None
        self.number: str | None = None
        self.span = (1, 1)
        self.reach: dict[int, int] = {}
        """By column, how many further rows a cell above spans."""
        self.merged: list[tuple[int, int, int]] = []
        """Of the open row: column, columns and rows."""


class _Rows:
    """Takes the elements of a page; tables within cells of others are read where they stand."""

    def __init__(self, limits: Limits) -> None:
        self.rows: list[tuple[Cell, ...]] = []
        self.merged: list[Merged] = []
        self.count = self.widest = 0
        self.heard = self._raised = False
        self._limits = limits
        self._tables: list[_Table] = []
        self._title: list[str] | None = None
        self._unsaid = self._size = self._cells = 0

    def start(self, name: str, said: Mapping[str, str]) -> None:
        self.heard = True
        if name in _UNSAID:
            self._unsaid += 1
        elif name == "table":
            self._start_table(said)
        elif not self._tables:
            if name in _TITLES:
                self._title, self._size = [], 0
        elif name in {"td", "th"}:
            self._start_cell(self._tables[-1], said)
        elif name == "tr":
            self._end_row(self._tables[-1])
            self._tables[-1].row = {}
            self._tables[-1].row_hidden = self._tables[-1].hidden or _is_hidden(said)
        elif name == "caption":
            self._title, self._size = [], 0
        elif name in _APART:
            self.data(" ")
        elif name in _RAISED:
            self._raised = True

    def _start_table(self, said: Mapping[str, str]) -> None:
        """Open a table; what stands above it in a cell around it is a row before its own."""
        if len(self._tables) >= _DEEPEST:
            raise ValueError(f"tables stand in each other {_DEEPEST} deep")
        if self._tables and self._tables[-1].text is not None:
            around = self._tables[-1]
            self._end_row(around)
            around.row, around.text, around.number, around.span = {}, [], None, (1, 1)
        within = bool(self._tables) and self._tables[-1].row_hidden
        self._tables.append(_Table(hidden=within or _is_hidden(said)))

    def _start_cell(self, table: _Table, said: Mapping[str, str]) -> None:
        self._end_cell(table)
        if table.row is None:
            table.row = {}
        while table.reach.get(table.column, 0) > 0:
            table.column += 1
        across, down = _span(said, "colspan"), _span(said, "rowspan")
        if table.column + across > self._limits.columns:
            raise ValueError(f"a row has more than {self._limits.columns:,} columns")
        table.text, table.number, table.span = [], said.get("x:num"), (across, down)
        self._size = 0

    def data(self, text: str) -> None:
        self.heard = True
        taking = self._tables[-1].text if self._tables else None
        taking = self._title if self._title is not None else taking
        if taking is None or self._unsaid:
            return
        if self._raised and text[:1].isdigit():
            taking.append(" ")  # the mark of a footnote is no digit of the number before it
        self._raised = False
        taking.append(text)
        self._size += len(text)
        if self._size > _LONGEST_TEXT:
            raise ValueError(f"a cell has more than {_LONGEST_TEXT:,} characters")

    def end(self, name: str) -> None:
        self.heard = True
        if name in _UNSAID:
            self._unsaid = max(0, self._unsaid - 1)
        elif name in _TITLES:
            if self._title is not None:
                if title := _plain("".join(self._title)):
                    self._add((title,))
                self._title = None
        elif self._tables and name in {"td", "th"}:
            self._end_cell(self._tables[-1])
        elif self._tables and name == "tr":
            self._end_row(self._tables[-1])
        elif self._tables and name == "table":
            table = self._tables.pop()
            self._end_row(table)
            self.merged = [
                each._replace(last_row=min(each.last_row, self.count)) for each in self.merged
            ]

    def _end_cell(self, table: _Table) -> None:
        if table.text is None or table.row is None:
            return
        value = _value("".join(table.text), table.number)
        if value is not None:
            table.row[table.column] = value
        across, down = table.span
        if down > 1:
            table.merged.append((table.column, across, down))
        table.column += across
        table.text = None

    def _end_row(self, table: _Table) -> None:
        self._end_cell(table)
        if table.row is None:
            return
        row = {} if table.row_hidden else table.row
        self._add(tuple(row.get(place) for place in range(max(row, default=-1) + 1)))
        table.reach = {place: left - 1 for place, left in table.reach.items() if left > 1}
        for column, across, down in table.merged:
            table.reach |= dict.fromkeys(range(column, column + across), down - 1)
            if len(self.merged) < _MOST_MERGED:
                last = self.count + down - 1
                self.merged.append(Merged(self.count, column + 1, last, column + across))
        table.row, table.column, table.merged = None, 0, []

    def _add(self, row: tuple[Cell, ...]) -> None:
        self.count += 1
        self._cells += len(row)
        self.widest = max(self.widest, sum(value is not None for value in row))
        if self._cells > self._limits.sheet_cells:
            raise ValueError(f"it spans more than {self._limits.sheet_cells:,} cells")
        self.rows.append(row)

    def comment(self, _: str) -> None:
        """What a browser does not show says nothing."""
        self.heard = True

    def close(self) -> None:
        while self._tables:
            self._end_row(self._tables.pop())


def _is_hidden(said: Mapping[str, str]) -> bool:
    return "hidden" in said or _NOT_DISPLAYED.search(said.get("style", "")) is not None


def _check_silence(silent: int) -> None:
    if silent > _LONGEST_SILENCE:
        raise ValueError(f"a tag or comment has over {_LONGEST_SILENCE:,} characters")


def _span(said: Mapping[str, str], name: str) -> int:
    text = said.get(name, "").strip()
    number = int(text) if text.isdecimal() and len(text) < 6 else 1  # noqa: PLR2004 - no more digits
    return min(max(number, 1), _MOST_SPANNED)


def _plain(text: str) -> str:
    return _SPACE.sub(" ", text).strip()


def _value(text: str, number: str | None) -> Cell:
    """The text of a cell; the number that Excel keeps beside one that it shows rounded."""
    shown = _plain(text)
    if number and _SHOWN_NUMBER.fullmatch(shown):
        try:
            kept = as_shown(number)
        except ValueError:
            return shown
        return kept if isinstance(kept, int | Decimal) else shown
    return shown or None


class HtmlTables:
    """The rows of all tables of a page, one after the other; headings and captions are rows too."""

    def __init__(self, limits: Limits) -> None:
        self._rows = _Rows(limits)

    @property
    def merged(self) -> tuple[Merged, ...]:
        """The cells that span several rows so far."""
        return tuple(self._rows.merged)

    @property
    def widest(self) -> int:
        """The most cells with something in them that a row had so far."""
        return self._rows.widest

    def read(self, page: TextIO, what: str) -> Iterator[SheetRow]:
        """Every row. Rejected: damaged beyond what a browser mends, or more than the limits."""
        parser = etree.HTMLParser(target=self._rows)  # type: ignore[arg-type]  # str is fed
        number = silent = 0
        try:
            while chunk := page.read(_CHUNK):
                parser.feed(storable(chunk))
                silent = 0 if self._rows.heard else silent + len(chunk)
                self._rows.heard = False
                _check_silence(silent)
                for row in self._rows.rows:
                    number += 1
                    yield SheetRow(number, row)
                self._rows.rows.clear()
            parser.close()
        except (etree.LxmlError, ValueError) as error:
            raise Rejected(f"{what} is a web page that can't be read: {error}") from error
        for row in self._rows.rows:
            number += 1
            yield SheetRow(number, row)
