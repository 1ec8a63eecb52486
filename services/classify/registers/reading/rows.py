"""Rows of a published table, read so that a fault names the file, the row and the column."""

import csv
import gzip
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from services.classify.registers.reading.opened import (
    LONGEST_LINE,
    Opened,
    OpenFile,
    open_file,
    open_text,
)
from services.classify.registers.reading.values import fault, none_of
from shared.errors import Rejected

Row = tuple[int, list[str]]
_LARGEST_CELL = 1_000_000


class Table(NamedTuple):
    """How a published table is written: between cells, around them, in bytes, above them."""

    delimiter: str = ","
    quoting: int = csv.QUOTE_MINIMAL
    encoding: str = "utf-8"
    header: Sequence[str] | None = None
    """The columns of a table that is published without a header."""


CSV = Table()


def read_rows(
    path: Path, columns: Sequence[str], opener: OpenFile = open_file, table: Table = CSV
) -> Iterator[Row]:
    """Rows of a table, gzipped, zipped or plain: number (the header is 1) and the cells asked.

    Raises Rejected for a missing column, a row of another length, a file cut short, in another
    encoding, empty or with nothing below its header. Spaces around a column's name are dropped.
    """
    with damage_told(path, table.encoding), open_text(path, opener, table.encoding) as opened:
        yield from read_opened(path, opened, columns, table)


def read_opened(
    path: Path, opened: Opened, columns: Sequence[str], table: Table = CSV
) -> Iterator[Row]:
    """Rows of a table that is already open."""
    csv.field_size_limit(_LARGEST_CELL)
    reader = csv.reader(_lines(opened), delimiter=table.delimiter, quoting=table.quoting)  # type: ignore[arg-type] # quoting is one of csv's own constants
    number = 0
    with damage_told(path, table.encoding, lambda: number):
        header = list(table.header or (name.strip() for name in next(reader, [])))
        if not header:
            raise fault(path, 1, "", "the file is empty")
        number = 0 if table.header else 1
        pick = _picker(path, header, columns)
        cells = next(reader, None)
        if cells is None:
            raise fault(path, 1, "", "there is nothing below the header")
        while cells is not None:
            number += 1
            if len(cells) != len(header):
                cells = _mended(cells, len(header), reader, table)
                if len(cells) != len(header):
                    reason = f"{len(cells)} cells where the header has {len(header)}"
                    raise fault(path, number, "", reason)
            asked = pick(cells)
            if "\x00" in "".join(asked):
                column = next(c for c, cell in zip(columns, asked, strict=True) if "\x00" in cell)
                raise fault(path, number, column, "the cell holds a null byte")
            yield number, asked
            cells = next(reader, None)


def _picker(
    path: Path, header: Sequence[str], columns: Sequence[str]
) -> Callable[[list[str]], list[str]]:
    if missing := [column for column in columns if column not in header]:
        raise fault(path, 1, missing[0], none_of(missing, header))
    wanted = [header.index(column) for column in columns]
    return lambda cells: [cells[index] for index in wanted]


def _mended(cells: list[str], length: int, reader: Iterator[list[str]], table: Table) -> list[str]:
    """A row that a line break or a tab inside a cell parts, put together again.

    Only where no quotes guard cells. The Charity Commission's table of published reports has such
    line breaks (2025); a tab inside a cell stands behind a backslash, as its readers tell.
    """
    while len(cells) > length and (at := _escaped(cells, table)) is not None:
        cells = [*cells[:at], f"{cells[at][:-1]} {cells[at + 1]}", *cells[at + 2 :]]
    while table.quoting == csv.QUOTE_NONE and len(cells) < length:
        rest = next(reader, None)
        if rest is None:
            return cells
        cells = [*cells[:-1], " ".join([cells[-1], *rest[:1]]).strip(), *rest[1:]]
    return cells


def _escaped(cells: list[str], table: Table) -> int | None:
    if table.quoting != csv.QUOTE_NONE:
        return None
    return next((at for at, cell in enumerate(cells[:-1]) if cell.endswith("\\")), None)


def _lines(opened: Opened) -> Iterator[str]:
    while line := opened.text.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE:
            raise csv.Error(f"a line of more than {LONGEST_LINE:,} characters")
        yield line


@contextmanager
def damage_told(path: Path, encoding: str, row: Callable[[], int] = lambda: 1) -> Iterator[None]:
    """What reading a file raises that is damaged, or may not be read, as Rejected."""
    error: Exception
    try:
        yield
    except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile) as error:
        raise fault(
            path, max(row(), 1), "", f"the file is cut short or damaged: {error}"
        ) from error
    except UnicodeError as error:
        reason = f"the file is not {encoding.upper()} from here on"
        raise fault(path, max(row(), 1), "", reason) from error
    except csv.Error as error:
        raise fault(path, max(row(), 1), "", f"not readable as a table: {error}") from error
    except OSError as error:
        raise Rejected(f"{path.name} can't be read: {error.strerror or error}") from error


def open_header(path: Path, opener: OpenFile = open_file, table: Table = CSV) -> list[str]:
    """The columns that a table has; for publishers who have spelled one in two ways."""
    with damage_told(path, table.encoding), open_text(path, opener, table.encoding) as opened:
        reader = csv.reader(_lines(opened), delimiter=table.delimiter)
        return [name.strip() for name in next(reader, [])]
