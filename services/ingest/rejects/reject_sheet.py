"""Rejects as a spreadsheet that an officer corrects, and the spreadsheet read back.

A row for each reject: what it is, why it was rejected, then its own columns. A cell that a
spreadsheet program would take for a formula has a mark in front, and a control character is shown
by its picture (U+2400 on, a null byte as ␀); both are undone when the sheet comes back.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from services.ingest.reading.limits import Limits
from services.ingest.reading.opened_file import open_file
from services.ingest.reading.sheet import NAMES, Broken
from services.ingest.rejects.reject_cells import LINE, as_cell
from shared.errors import Rejected
from shared.spreadsheet_cell import bare, guarded

REJECT_ID = "reject id"
DISMISS = "dismiss because"
"""The column that is filled in for what is no payment or agreement."""
ABOUT = (REJECT_ID, "reason", "field", "buyer", "file", "sheet", "row", "came by", DISMISS, LINE)
"""The columns that say what a reject is; those of its own follow."""
CSV, XLSX = "csv", "xlsx"
_LONGEST_CELL = 32_767
_MOST_ROWS = 1_048_575
_LOOKED_AT = 20
_SENTENCES = (ABOUT.index("reason"), ABOUT.index(DISMISS))
"""Columns of ABOUT that are read, and written, as sentences."""
_PICTURES = {code: 0x2400 + code for code in range(32) if chr(code) not in "\t\n\r"}
# A file that holds these characters is no text to whoever reads it, Excel and `open_file` too.
_CONTROLS = {picture: code for code, picture in _PICTURES.items()}


class RejectRow(NamedTuple):
    """A reject: the values of `ABOUT`, and the cells of its own columns."""

    about: Sequence[str]
    cells: Mapping[str, str]


def write_sheet(path: Path, form: str, columns: Sequence[str], rows: Iterable[RejectRow]) -> int:
    """Write rejects whose own columns are among `columns`; how many there were.

    Rejected: more rows, or a longer cell, than XLSX can hold.
    """
    lines = (_line(columns, row) for row in rows)
    header = [*ABOUT, *map(_own, columns)]
    return _write_csv(path, header, lines) if form == CSV else _write_xlsx(path, header, lines)


def _own(column: str) -> str:
    """A column of its own that is called like one of `ABOUT` is told apart from it."""
    return guarded(f"{column} (own)" if column in ABOUT else column).translate(_PICTURES)


def _line(columns: Sequence[str], row: RejectRow) -> list[str]:
    cells = (row.cells.get(name, "") for name in columns)
    return [guarded(text).translate(_PICTURES) for text in (*row.about, *cells)]


def _write_csv(path: Path, header: Sequence[str], lines: Iterator[list[str]]) -> int:
    written = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:  # the mark: Excel reads UTF-8
        writer = csv.writer(file)
        writer.writerow(header)
        for line in lines:
            writer.writerow(line)
            written += 1
    return written


def _write_xlsx(path: Path, header: Sequence[str], lines: Iterator[list[str]]) -> int:
    import xlsxwriter  # noqa: PLC0415 - a tenth of the start of every other command

    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    number = 0
    with closing(xlsxwriter.Workbook(str(path), options)) as book:
        text = book.add_format({"num_format": "@", "valign": "top"})
        wrapped = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        bold = book.add_format({"bold": True, "num_format": "@"})
        sheet = book.add_worksheet("rejects")
        sheet.set_column(0, len(header) - 1, 18, text)
        sheet.set_column(0, 0, 10, text)
        for column in _SENTENCES:
            sheet.set_column(column, column, 50, wrapped)
        sheet.freeze_panes(1, _SENTENCES[0] + 1)
        for column, name in enumerate(header):
            sheet.write_string(0, column, name, bold)
        for number, line in enumerate(lines, 1):
            if number > _MOST_ROWS:
                raise Rejected("XLSX holds 1,048,575 rows: ask for fewer, or for CSV")
            for column, value in enumerate(line):
                if len(value) > _LONGEST_CELL:
                    raise Rejected("a cell is longer than XLSX holds: ask for CSV")
                if value:
                    form = wrapped if column in _SENTENCES else text
                    sheet.write_string(number, column, value, form)
        sheet.autofilter(0, 0, number, len(header) - 1)
    return number


class Returned(NamedTuple):
    """A reject as it is sent back: why it is dismissed, "" if not; the cells of its own columns."""

    reject_id: str
    dismissed: str
    cells: Mapping[str, str]


def read_sheet(path: Path, name: str, limits: Limits) -> Iterator[Returned]:
    """The rejects of a corrected spreadsheet.

    Rejected: no sheet has a column of reject ids, or a row below it can't be read.
    """
    found = False
    with open_file(path, limits, name) as opened:
        for sheet in opened.sheets:
            columns: dict[int, str] = {}
            id_place = why_place = -1
            for number, row in sheet.rows():
                cells = row.row if isinstance(row, Broken) else row
                if id_place < 0:
                    said = [_text(cell) for cell in cells]
                    if REJECT_ID in said:
                        found = True
                        id_place = said.index(REJECT_ID)
                        why_place = said.index(DISMISS) if DISMISS in said else len(said)
                        columns = {
                            place: bare(title.translate(_CONTROLS)).removesuffix(" (own)")
                            for place, title in enumerate(said)
                            if title and title not in ABOUT
                        }
                    elif number != NAMES and number > _LOOKED_AT:
                        break
                    continue
                if isinstance(row, Broken):  # its cells are guessed: no reject is corrected by them
                    raise Rejected(f"row {number:,} of {name} can't be read: {row.reason}")
                about = _cells(cells, {id_place: REJECT_ID, why_place: DISMISS})
                if reject_id := about[REJECT_ID]:
                    yield Returned(reject_id, about[DISMISS].strip(), _cells(cells, columns))
    if not found:
        raise Rejected(f"{name} has no column {REJECT_ID!r}: correct the sheet that was exported")


def _cells(cells: Sequence[Any], columns: Mapping[int, str]) -> dict[str, str]:
    return {
        title: bare(_text(cells[place]).translate(_CONTROLS)) if place < len(cells) else ""
        for place, title in columns.items()
    }


def _text(value: Any) -> str:
    """A cell as an officer left it; a day that the spreadsheet program made of it in ISO form."""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode(errors="backslashreplace")
    return as_cell(value)
