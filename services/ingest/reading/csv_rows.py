"""The rows of a text file, read strictly: no line is lost in a row that swallowed it."""

import csv
from collections.abc import Iterator, Sequence
from typing import TextIO

from services.ingest.reading.sheet import Broken, Row, SheetRow, Torn
from services.ingest.reading.width import says_beyond, too_wide

_LONGEST_LINE = 1 << 20
_LONGEST_ROW = 1 << 21
_QUOTES = "a quote in it is not closed, or has text after it"
_TOO_LONG = f"it has more than {_LONGEST_LINE:,} characters"


class _TooLong(csv.Error):
    pass


class _Lines:
    """The lines of a file; `taken` are those of the row that is being read, cut at the longest."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._size = 0
        self.taken: list[str] = []

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._file.readline(_LONGEST_LINE)
        if not line:
            raise StopIteration
        self.taken.append(line)
        self._size += len(line)
        if _is_cut(line):
            while (rest := self._file.readline(_LONGEST_LINE)) and _is_cut(rest):
                pass
            raise _TooLong
        if self._size > _LONGEST_ROW:
            raise _TooLong
        return line

    def next_row(self) -> None:
        self.taken = []
        self._size = 0


def _is_cut(line: str) -> bool:
    return len(line) >= _LONGEST_LINE and line[-1] not in "\r\n"


def read_csv(file: TextIO, delimiter: str, torn: Torn, columns: int) -> Iterator[SheetRow]:
    """Every row of the file, up to so many columns wide; a blank line is a row of no fields.

    The lines of a row that can't be read, or that is `torn`, are read again one by one. At most 2
    million characters are held at once, whatever the file.
    """
    csv.field_size_limit(_LONGEST_LINE)  # the module's own, which others may have changed
    lines = _Lines(file)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    number = 0
    while True:
        lines.next_row()
        try:
            row = tuple(next(reader))
        except StopIteration:
            return
        except csv.Error:
            again = True
        else:
            again = says_beyond(row, columns) or (len(lines.taken) > 1 and torn(row))
        if not again:
            number += 1
            yield SheetRow(number, row)
            continue
        for each in _one_by_one(lines.taken, delimiter, columns):
            number += 1
            yield SheetRow(number, each)


def _one_by_one(lines: Sequence[str], delimiter: str, columns: int) -> Iterator[Row | Broken]:
    for line in lines:
        if _is_cut(line):
            yield Broken(line, _TOO_LONG, tuple(split_line(line, delimiter)[:columns]))
            continue
        try:
            row = tuple(next(csv.reader([line], delimiter=delimiter, strict=True)))
        except csv.Error:
            yield Broken(line, _QUOTES, tuple(split_line(line, delimiter)[:columns]))
            continue
        yield too_wide(line, row, columns) if says_beyond(row, columns) else row


def split_line(line: str, delimiter: str = ",") -> list[str]:
    """The fields of one line, whatever its quotes."""
    return next(csv.reader([line], delimiter=delimiter), [])
