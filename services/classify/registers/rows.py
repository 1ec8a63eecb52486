"""Rows of a published file, read so that a fault names the file, the row and the column."""

import csv
import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO, NamedTuple

from services.classify.organisation import Link, Name, Organisation
from shared.errors import Rejected

OpenFile = Callable[[Path], BinaryIO]
Row = tuple[int, list[str]]
_LARGEST_CELL = 1_000_000


class LeftOut(NamedTuple):
    """A row that its publisher is known to print without what it takes to be used."""

    row: int
    column: str
    reason: str


class Contents(NamedTuple):
    """What one register holds; `as_at` is None where the file does not say to which day it goes.

    `left` are the keys of organisations that left the register on a day that it does not print: at
    the latest on the day to which it goes.
    """

    as_at: date | None
    organisations: Sequence[Organisation] = ()
    names: Sequence[Name] = ()
    links: Sequence[Link] = ()
    left_out: Sequence[LeftOut] = ()
    left: frozenset[str] = frozenset()


def open_file(path: Path) -> BinaryIO:
    """The file as bytes; a caller may give another opener that watches how far the reading is."""
    return path.open("rb")


def fault(path: Path, row: int, column: str, reason: str) -> Rejected:
    """The error that says where a register can't be read."""
    place = f"row {row}" + (f", column `{column}`" if column else "")
    return Rejected(f"{path.name}, {place}: {reason}", column, row)


def read_rows(path: Path, columns: Sequence[str], opener: OpenFile = open_file) -> Iterator[Row]:
    """Rows of a CSV file, gzipped or not: the row's number (the header is 1) and the cells asked.

    Raises Rejected for a missing column, a row of another length, a file cut short or not UTF-8.
    """
    with opener(path) as file:
        source = gzip.GzipFile(fileobj=file) if path.suffix == ".gz" else file
        text = io.TextIOWrapper(source, encoding="utf-8-sig", newline="")
        yield from _guarded(path, csv.reader(text), columns)


def read_zipped_rows(
    path: Path, columns: Sequence[str], opener: OpenFile = open_file
) -> Iterator[Row]:
    """Rows of the one tab-separated table in a zip file; a quotation mark is a plain character."""
    with opener(path) as file:
        try:
            archive = zipfile.ZipFile(file)
            [member] = archive.namelist()
            table = archive.open(member)
        except (zipfile.BadZipFile, ValueError) as error:
            raise fault(path, 1, "", f"not a zip file of one table: {error}") from error
        text = io.TextIOWrapper(table, encoding="utf-8-sig", newline="")
        reader = csv.reader(text, delimiter="\t", quoting=csv.QUOTE_NONE)
        yield from _guarded(path, reader, columns)


def _guarded(path: Path, reader: Iterator[list[str]], columns: Sequence[str]) -> Iterator[Row]:
    csv.field_size_limit(_LARGEST_CELL)
    number = 1
    try:
        header = next(reader, [])
        for column in columns:
            if column not in header:
                raise fault(path, 1, column, f"the column is missing among {', '.join(header)}")
        wanted = [header.index(column) for column in columns]
        for number, cells in enumerate(reader, 2):
            if len(cells) != len(header):
                raise fault(
                    path, number, "", f"{len(cells)} cells where the header has {len(header)}"
                )
            asked = [cells[index] for index in wanted]
            for column, cell in zip(columns, asked, strict=True):
                if "\x00" in cell:
                    raise fault(path, number, column, "the cell holds a null byte")
            yield number, asked
    except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile) as error:
        raise fault(path, number, "", f"the file is cut short or damaged: {error}") from error
    except UnicodeDecodeError as error:
        raise fault(path, number, "", "the file is not UTF-8 from here on") from error
    except csv.Error as error:
        raise fault(path, number, "", f"not readable as CSV: {error}") from error


def read_day(path: Path, row: int, column: str, text: str, form: str) -> date:
    """The day that a cell prints in the strptime form; what follows the day is a time of day."""
    day = text.strip().partition(" ")[0]
    try:
        return datetime.strptime(day, form).date()  # noqa: DTZ007 - a day has no zone
    except ValueError as error:
        raise fault(path, row, column, f"{text!r} is not a day") from error
