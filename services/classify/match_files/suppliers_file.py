"""Suppliers from a CSV file: each row one, or an error that names row and column."""

import csv
from collections.abc import Iterator, Sequence
from io import TextIOWrapper
from typing import IO

from services.classify.supplier import Supplier
from shared.errors import Rejected

PAYEE = "supplier"
_COLUMNS = (PAYEE, "charity_number", "company_number", "postcode")
_LONGEST_CELL = 131_072
_LONGEST_SAID = 200
_SEPARATORS = {";": "semicolons", "\t": "tabs"}


def read_suppliers(file: IO[bytes]) -> Iterator[Supplier]:
    """Suppliers from a CSV file in UTF-8 with a column `supplier`.

    It may have `charity_number`, `company_number` and `postcode`; other columns are left aside.
    Capitals and spaces around a column's name make no difference. An empty line is a row without a
    payee where the column stands alone, and no row where there are more. Rejected where the column
    is missing or there twice, where a row has more cells than the header, and where a cell is no
    UTF-8, or endless for want of a closing quote.
    """
    csv.field_size_limit(_LONGEST_CELL)  # the module's own, which others may have changed
    # A byte that is no UTF-8 stands in its cell until the row and column can be told.
    source = TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline="")
    rows = _numbered(csv.reader(source, strict=True))
    header = next((row for _, row in rows if row), [])
    places = _places(header)
    for number, row in rows:
        # A sheet of one column is saved so that its empty cells are empty lines.
        if not row and len(header) > 1:
            continue
        if any(row[len(header) :]):
            raise Rejected(
                f"row {number} has {len(row)} cells, the header {len(header)}: a comma in a cell "
                "needs quotes around the cell",
                row=number,
            )
        payee, charity, company, postcode = (_cell(row, places, c, number) for c in _COLUMNS)
        yield Supplier("", payee or "", charity, company, postcode)


def _numbered(reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """Rows with their numbers, empty lines among them."""
    number = 0
    while True:
        try:
            row = next(reader, None)
        except csv.Error as error:
            raise Rejected(f"row {number + 1} is no CSV: {error}", row=number + 1) from error
        if row is None:
            return
        number += 1
        yield number, row


def _places(header: Sequence[str]) -> dict[str, int]:
    if not all(map(_is_text, header)):
        raise Rejected("row 1 is not UTF-8: save the file as CSV in UTF-8", row=1)
    named = [name.strip().casefold() for name in header]
    for column in _COLUMNS:
        if named.count(column) > 1:
            raise Rejected(f"the column `{column}` stands twice in the header", column, 1)
    if PAYEE not in named:
        raise Rejected(f"the column `{PAYEE}` is missing{_found(header)}", PAYEE, 1)
    return {column: named.index(column) for column in _COLUMNS if column in named}


def _found(header: Sequence[str]) -> str:
    if not header:
        return ": the file is empty"
    said = ", ".join(f"`{name}`" for name in header)
    if len(said) > _LONGEST_SAID:
        said = f"{said[:_LONGEST_SAID]}..."
    parted = next((by for mark, by in _SEPARATORS.items() if mark in "".join(header)), None)
    if parted is None:
        return f" among {said}"
    return f" among {said}, which {parted} part: save the file with commas between its cells"


def _cell(row: Sequence[str], places: dict[str, int], column: str, number: int) -> str | None:
    place = places.get(column, len(row))
    if place >= len(row):
        return None
    if not _is_text(row[place]):
        raise Rejected(
            f"row {number}, column `{column}` is not UTF-8: save the file as CSV in UTF-8",
            column,
            number,
        )
    return row[place]


def _is_text(cell: str) -> bool:
    """Whether a cell holds no byte that could not be read."""
    return cell.isascii() or not any("\udc80" <= character <= "\udcff" for character in cell)
