"""What eleven NHS bodies published of a year, as openpyxl, xlrd and csv read it and as we do.

`spend/nhs_over_25k_raw`: 113 files, of which 26 XLSX and one XLS.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import xlrd

from services.ingest.reading.limits import Limits
from services.ingest.reading.opened_file import open_file
from services.ingest.reading.sheet import Broken

_NUMBER = re.compile(r"-?[\d,]+(\.\d+)?")


def test_every_real_file_says_what_other_libraries_read_in_it(data: Path) -> None:
    paths = sorted(path for path in (data / "spend" / "nhs_over_25k_raw").rglob("*.*"))
    assert len(paths) == 113
    rows = amounts = 0
    for path in paths:
        others = [list(said(sheet)) for sheet in independent_rows(path)]
        with open_file(path, Limits()) as opened:
            assert not opened.unread
            ours = [list(said(row for _, row in sheet.rows())) for sheet in opened.sheets]
        assert [len(sheet) for sheet in ours] == [len(sheet) for sheet in others], path.name
        assert ours == others, path.name
        rows += sum(len(sheet) for sheet in ours)
        amounts += sum(number != 0 for sheet in ours for _, number in sheet)
    assert rows > 17_000
    assert amounts > 17_000


def independent_rows(path: Path) -> Iterator[Iterable[Iterable[Any]]]:
    match path.suffix:
        case ".xlsx":
            for sheet in openpyxl.load_workbook(path, data_only=True).worksheets:
                yield sheet.iter_rows(values_only=True)
        case ".xls":
            book = xlrd.open_workbook(str(path))
            for old in book.sheets():
                yield [[_xls_cell(cell, book.datemode) for cell in row] for row in old.get_rows()]
        case _:
            content = path.read_bytes()
            try:
                text = content.decode("utf-8-sig")
            except UnicodeDecodeError:
                text = content.decode("cp1252")
            yield list(csv.reader(io.StringIO(text, newline="")))


def _xls_cell(cell: Any, datemode: Any) -> Any:
    if cell.ctype == xlrd.XL_CELL_DATE:
        return xlrd.xldate_as_datetime(cell.value, datemode)
    return cell.value


def said(rows: Iterable[Any]) -> Iterator[tuple[list[str], Decimal]]:
    """The cells of every row that says something, as text, and the sum of its numbers."""
    for row in rows:
        assert not isinstance(row, Broken)
        cells = [_as_text(value) for value in row]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            numbers = [Decimal(cell.replace(",", "")) for cell in cells if _is_number(cell)]
            yield cells, sum(numbers, Decimal())


def _is_number(cell: str) -> bool:
    return _NUMBER.fullmatch(cell) is not None and any(map(str.isdigit, cell))


def _as_text(value: Any) -> str:
    match value:
        case None:
            return ""
        case datetime() | date():
            return value.isoformat().removesuffix("T00:00:00")
        case float() | int() | Decimal():
            number = Decimal(format(value, ".15g") if isinstance(value, float) else value)
            return format(number.normalize(), "f")
        case _:
            return str(value).replace("\r\n", "\n").strip()
