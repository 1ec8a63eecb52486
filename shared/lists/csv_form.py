"""Items as CSV: for spreadsheets, which know UTF-8 by its mark and run what looks like a formula.

Empty is null. Days and instants are written as in JSON, true and false too.
"""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson

from shared.lists.columns import Column, Item, Kind
from shared.spreadsheet_cell import guarded


class CsvForm:
    """Writes a header, then rows."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._columns = columns

    def begin(self) -> bytes:
        """The mark of UTF-8 and the header."""
        return _write([[column.name for column in self._columns]]).encode("utf-8-sig")

    def write(self, items: Sequence[Item]) -> bytes:
        """Rows."""
        cells = [self._cells(column, items) for column in self._columns]
        return _write(zip(*cells, strict=True)).encode()

    def end(self) -> bytes:
        """Nothing."""
        return b""

    def _cells(self, column: Column, items: Sequence[Item]) -> Sequence[Any]:
        values = column.cells(items)
        shown = _SHOWN.get(column.kind)
        return values if shown is None else ["" if v is None else shown(v) for v in values]


def _write(rows: Any) -> str:
    file = io.StringIO(newline="")
    csv.writer(file).writerows(rows)
    return file.getvalue()


def _instant(value: Any) -> str:
    return value if isinstance(value, str) else value.isoformat()


_SHOWN: Mapping[Kind, Callable[[Any], str]] = {
    Kind.TEXT: guarded,
    Kind.INSTANT: _instant,
    Kind.TRUTH: lambda value: "true" if value else "false",
    Kind.TEXTS: lambda value: guarded("; ".join(value)),
    Kind.PARTS: lambda value: orjson.dumps(value).decode(),
}
