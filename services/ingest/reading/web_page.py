"""A web page that was saved as a spreadsheet: its tables as one sheet."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from services.ingest.reading.html_rows import HtmlTables
from services.ingest.reading.limits import Limits
from services.ingest.reading.sheet import Sheet, SheetRow, Torn
from services.ingest.reading.text import open_text
from shared.errors import Rejected

_LEAST_CELLS = 3
"""A payment has a day, a payee and an amount."""
_NOTE = "it is a web page, whatever its name says: the rows of its tables were read"


def open_web_page(path: Path, what: str, limits: Limits, encoding: str, member: str) -> Sheet:
    """The rows of its tables, after one look through them. Rejected: there is no table in it."""
    tables = HtmlTables(limits)
    count = 0
    with open_text(path, encoding) as page:
        for _ in tables.read(page, what):
            count += 1
    if tables.widest < _LEAST_CELLS:
        raise Rejected(
            f"{what} is a web page without a table, whatever its name says: open it in a "
            "spreadsheet program and save it as XLSX or CSV"
        )
    read = partial(_read, path, what, limits, encoding)
    return Sheet(read, member, rows_about=count, merged=tables.merged, notes=(_NOTE,))


def _read(path: Path, what: str, limits: Limits, encoding: str, _: Torn) -> Iterator[SheetRow]:
    with open_text(path, encoding) as page:
        yield from HtmlTables(limits).read(page, what)
