"""The sheets of a file of any kind; a zip may hold zips, but those no others."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from services.ingest.reading.archive import check_members, unpack
from services.ingest.reading.csv_rows import read_csv
from services.ingest.reading.delimiter import find_delimiter
from services.ingest.reading.json_rows import open_json
from services.ingest.reading.kinds import HEAD_BYTES, Kind, find_kind
from services.ingest.reading.limits import Limits
from services.ingest.reading.ole import check_ole
from services.ingest.reading.open_document import check_nesting
from services.ingest.reading.packages import PackageKind, find_package_kind
from services.ingest.reading.parquet import open_parquet
from services.ingest.reading.sheet import Sheet, SheetRow, Torn
from services.ingest.reading.spreadsheet_xml import open_spreadsheet_xml
from services.ingest.reading.text import decode_head, find_encoding, open_text
from services.ingest.reading.web_page import open_web_page
from services.ingest.reading.width import within_columns
from services.ingest.reading.workbook import open_workbook
from services.ingest.reading.xlsx import MACROS, LastShared, has_macros, open_xlsx
from services.ingest.reading.xlsx_scan import scan_parts
from services.ingest.reading.zip_file import Zip, open_zip
from shared.errors import Rejected

_NESTED = 1


@dataclass(frozen=True)
class Unread:
    """A member of a zip that holds no table, and why."""

    member: str
    reason: str


@dataclass(frozen=True)
class _Source:
    """A file, what sentences call it, and where it lies in the zip that was sent.

    `last` is what all workbooks of that zip share a place in.
    """

    path: Path
    what: str
    member: str
    depth: int
    last: LastShared


def find_sheets(
    path: Path, name: str, limits: Limits, unpacked: ExitStack
) -> Iterator[Sheet | Unread]:
    """Every sheet, and every member without one. What a zip holds lies unpacked until the end.

    `name` is what sentences call the file. Rejected: of a kind that is not read, damaged, locked,
    or more than the limits allow.
    """
    for found in _find(_Source(path, name, "", 0, LastShared()), limits, unpacked):
        yield within_columns(found, limits.columns) if isinstance(found, Sheet) else found


def _find(source: _Source, limits: Limits, unpacked: ExitStack) -> Iterator[Sheet | Unread]:
    path, what, member = source.path, source.what, source.member
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    match find_kind(head, what):
        case Kind.PARQUET:
            yield open_parquet(path, what, limits, member)
        case Kind.CSV:
            yield _open_text(source, head, limits)
        case Kind.JSON:
            yield open_json(path, what, limits, find_encoding(head), member)
        case Kind.OLE:
            yield from open_workbook(path, what, limits, member, check_ole(path, what))
        case Kind.WEB_PAGE:
            yield open_web_page(path, what, limits, find_encoding(head), member)
        case Kind.SPREADSHEET_XML:
            yield from open_spreadsheet_xml(path, what, limits, member)
        case Kind.ZIP:
            yield from _find_in_zip(source, limits, unpacked)


def _find_in_zip(source: _Source, limits: Limits, unpacked: ExitStack) -> Iterator[Sheet | Unread]:
    path, what, member = source.path, source.what, source.member
    with open_zip(path, what, limits) as package:
        kind = find_package_kind(package, what)
        notes: tuple[str, ...] = ()
        if kind is PackageKind.BINARY:
            scan_parts(package, set())
            check_nesting(package, what)
            notes = (MACROS,) if has_macros(package) else ()
        elif kind is PackageKind.FILES:
            yield from _find_in_members(source, package, limits, unpacked)
    if kind is PackageKind.XLSX:
        yield from open_xlsx(path, what, limits, source.last, member)
    elif kind is PackageKind.BINARY:
        yield from open_workbook(path, what, limits, member, notes)


def _find_in_members(
    source: _Source, package: Zip, limits: Limits, unpacked: ExitStack
) -> Iterator[Sheet | Unread]:
    if source.depth > _NESTED:
        raise Rejected(f"{source.what} is a zip within a zip within a zip: unpack it first")
    folder = Path(unpacked.enter_context(TemporaryDirectory(prefix="localpound-")))
    for name, path in unpack(package, check_members(package, source.what), folder):
        member = f"{source.member}/{name}" if source.member else name
        what = f"{source.what}: {name}"
        inside = _Source(path, what, member, source.depth + 1, source.last)
        try:
            yield from list(_find(inside, limits, unpacked))
        except Rejected as error:
            yield Unread(member, error.reason)


def _open_text(source: _Source, head: bytes, limits: Limits) -> Sheet:
    encoding = find_encoding(head)
    delimiter = find_delimiter(decode_head(head, encoding))
    read = partial(_read_text, source.path, encoding, delimiter, limits)
    return Sheet(read, source.member, rows_about=_count_lines(source.path), delimiter=delimiter)


def _count_lines(path: Path) -> int:
    with path.open("rb") as file:
        return sum(chunk.count(b"\n") for chunk in iter(partial(file.read, 1 << 20), b""))


def _read_text(
    path: Path, encoding: str, delimiter: str, limits: Limits, torn: Torn
) -> Iterator[SheetRow]:
    with open_text(path, encoding) as file:
        yield from read_csv(file, delimiter, torn, limits.columns)
