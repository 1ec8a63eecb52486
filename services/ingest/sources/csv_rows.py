"""The rows of a CSV file, read strictly: no line is lost in a row that swallowed it."""

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TextIO

_LONGEST_LINE = 1 << 20
_LONGEST_ROW = 1 << 21
_QUOTES = "a quote in it is not closed, or has text after it"
_TOO_LONG = f"it has more than {_LONGEST_LINE:,} characters"

Row = tuple[Any, ...]
Torn = Callable[[Row], bool]
"""Whether a row that spans several lines holds lines that are rows of their own."""


@dataclass(frozen=True)
class Broken:
    """A line that makes no row, why, and its fields as far as they can be told."""

    text: str
    reason: str
    row: Row


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


def read_header(file: TextIO) -> list[str]:
    """The first row; none of an empty file. Raises csv.Error where it can't be read."""
    csv.field_size_limit(_LONGEST_LINE)  # the module's own, which others may have changed
    return next(csv.reader(_Lines(file), strict=True), [])


def read_csv(file: TextIO, torn: Torn) -> Iterator[Row | Broken]:
    """The rows after the header, filled up to its width; one may have more. A blank line is one.

    The lines of a row that can't be read, or that is `torn`, are read again one by one. At most 2
    million characters are held at once, whatever the file.
    """
    csv.field_size_limit(_LONGEST_LINE)
    lines = _Lines(file)
    reader = csv.reader(lines, strict=True)
    width = len(next(reader, []))
    while True:
        lines.next_row()
        try:
            row = _filled(next(reader), width)
        except StopIteration:
            return
        except csv.Error:
            yield from _one_by_one(lines.taken, width)
            continue
        if len(lines.taken) > 1 and torn(row):
            yield from _one_by_one(lines.taken, width)
        else:
            yield row


def _one_by_one(lines: Sequence[str], width: int) -> Iterator[Row | Broken]:
    for line in lines:
        if _is_cut(line):
            yield Broken(line, _TOO_LONG, _filled(split_line(line), width))
            continue
        try:
            yield _filled(next(csv.reader([line], strict=True)), width)
        except csv.Error:
            yield Broken(line, _QUOTES, _filled(split_line(line), width))


def split_line(line: str) -> list[str]:
    """The fields of one line, whatever its quotes."""
    return next(csv.reader([line]), [])


def _filled(row: list[str], width: int) -> Row:
    return tuple(row + [""] * (width - len(row)))
