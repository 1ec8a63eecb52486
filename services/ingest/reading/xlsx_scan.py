"""One look through the sheets of an XLSX workbook, which checks all of it before it is read."""

import re
from dataclasses import dataclass, field

from services.ingest.reading.sheet import Merged
from services.ingest.reading.zip_file import Zip

_OVERLAP = 256
_ROW = re.compile(rb"<(?:\w+:)?row\b")
_NO_VALUE = re.compile(
    rb"(?:</(?:\w+:)?f>|<(?:\w+:)?f(?:\s[^<>]*)?/>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s+ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_FAR_CELL = re.compile(rb'\br="([A-Z]{3})(\d{1,7})"[^<>]*(?<!/)>')
_MOST_MERGED = 10_000


@dataclass
class SheetScan:
    """Rows that have an element, formulas that hold no value, merged ranges (the first 10,000).

    `far_cells` are those up to the last of each row that reaches column AAA: so few bytes can span
    so many.
    """

    rows: int = 0
    far_cells: int = 0
    far_row: bytes = b""
    far_column: int = 0
    without_value: int = 0
    merged: list[Merged] = field(default_factory=list)


def scan_parts(package: Zip, sheets: set[str]) -> dict[str, SheetScan]:
    """Unpack every part once, so that none is damaged or too large; what the sheets hold.

    Rejected: damaged, or more than the limits allow.
    """
    return {name: _scan(package, name, name in sheets) for name in package.members}


def _scan(package: Zip, name: str, is_sheet: bool) -> SheetScan:
    scan, tail = SheetScan(), b""
    for chunk in package.unpack(name):
        if is_sheet:
            text = tail + chunk
            _look(scan, text, len(tail))
            tail = text[-_OVERLAP:]
    return scan


def _look(scan: SheetScan, text: bytes, seen: int) -> None:
    """Count what ends after the bytes that were seen before."""
    scan.rows += sum(match.end() > seen for match in _ROW.finditer(text))
    scan.without_value += sum(match.end() > seen for match in _NO_VALUE.finditer(text))
    for match in _FAR_CELL.finditer(text):
        if match.end() > seen:
            column, row = _column(match[1]), match[2]
            before = scan.far_column if row == scan.far_row else 0
            scan.far_cells += max(0, column - before)
            scan.far_row, scan.far_column = row, max(column, before)
    for match in _MERGED.finditer(text):
        if match.end() > seen and len(scan.merged) < _MOST_MERGED:
            left, top, right, bottom = match.groups()
            scan.merged.append(Merged(int(top), _column(left), int(bottom), _column(right)))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number
