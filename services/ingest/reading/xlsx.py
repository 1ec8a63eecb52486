"""XLSX workbooks: which sheets they have and where their parts are (ECMA-376, both dialects)."""

import posixpath
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO, NamedTuple

from services.ingest.reading.limits import Limits
from services.ingest.reading.shared_strings import SharedStrings, read_shared_strings
from services.ingest.reading.sheet import Sheet, SheetRow, Torn
from services.ingest.reading.xlsx_cells import EPOCH, EPOCH_1904
from services.ingest.reading.xlsx_rows import read_xlsx_rows
from services.ingest.reading.xlsx_scan import SheetScan, scan_parts
from services.ingest.reading.xlsx_styles import Styles, find_styles
from services.ingest.reading.xml_elements import read_elements
from services.ingest.reading.zip_file import Zip, open_zip
from shared.errors import Rejected

MACROS = "it has macros: they were not run, only its cells were read"


@dataclass(frozen=True)
class _Package:
    """Paths of the parts within the zip; None where the workbook has none."""

    sheets: tuple[tuple[str, str, bool], ...]
    strings: str | None
    styles: str | None
    epoch: datetime


def find_workbook(package: Zip, what: str) -> str:
    """The path of the workbook's own part. Rejected where it is another kind of document."""
    for kind, target in _relations(package, "", what).values():
        if kind == "officeDocument":
            return target
    raise Rejected(f"{what} is an Office document without a workbook")


class _Shared(NamedTuple):
    """What the sheets of a workbook have in common: their texts, and which styles show days."""

    strings: SharedStrings
    styles: Styles


class LastShared:
    """What the sheets of the workbook that was read last have in common, parsed once for them all.

    One for all workbooks of a zip: texts are as large as the limit allows once, not for each.
    """

    def __init__(self) -> None:
        self._path: Path | None = None
        self._shared = _Shared(SharedStrings(), Styles())

    def of(self, path: Path, package: Zip, found: _Package, what: str) -> _Shared:
        """The same for a workbook, kept till another is asked for. Rejected: it is damaged."""
        if path != self._path:
            self._path, self._shared = None, _Shared(SharedStrings(), Styles())
            self._shared = _read_shared(package, found, what)
            self._path = path
        return self._shared


def open_xlsx(
    path: Path, what: str, limits: Limits, last: LastShared, member: str = ""
) -> Iterator[Sheet]:
    """The sheets that have cells. Rejected: damaged, locked, or more than the limits allow."""
    with open_zip(path, what, limits) as package:
        found = _read_package(package, what)
        scans = scan_parts(package, {part for _, part, _ in found.sheets})
        macros = has_macros(package)
    for name, part, hidden in found.sheets:
        read = partial(_read_sheet, path, what, limits, last, found, name, part)
        scan = scans.get(part, SheetScan())
        if scan.far_cells > limits.sheet_cells:
            raise Rejected(f"{what}, sheet {name}, spans more than {limits.sheet_cells:,} cells")
        notes = [MACROS] if macros else []
        if scan.without_value:
            notes.append(f"{scan.without_value:,} of its formulas hold no value: they are blank")
        yield Sheet(read, member, name, hidden, scan.rows, tuple(scan.merged), tuple(notes))


def has_macros(package: Zip) -> bool:
    """Whether there is code in it."""
    names = [name.lower() for name in package.members]
    return any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in names)


def _read_sheet(
    path: Path,
    what: str,
    limits: Limits,
    last: LastShared,
    found: _Package,
    name: str,
    part: str,
    _: Torn,
) -> Iterator[SheetRow]:
    with open_zip(path, what, limits) as package:
        strings, styles = last.of(path, package, found, what)
        sheet = f"{what}, sheet {name},"
        with package.open(part) as source:
            yield from read_xlsx_rows(
                source, sheet, strings, styles, found.epoch, limits.sheet_cells
            )


def _read_shared(package: Zip, found: _Package, what: str) -> _Shared:
    strings = SharedStrings()
    if found.strings is not None:
        with package.open(found.strings) as source:
            strings = read_shared_strings(source, what)
    styles = Styles()
    if found.styles is not None:
        with package.open(found.styles) as source:
            styles = find_styles(source, what)
    return _Shared(strings, styles)


def _read_package(package: Zip, what: str) -> _Package:
    workbook = find_workbook(package, what)
    relations = _relations(package, workbook, what)
    epoch, sheets = EPOCH, []
    with _part(package, workbook, what) as source:
        for name, said in read_elements(source, what):
            if name == "workbookPr" and said.get("date1904") in {"1", "true"}:
                epoch = EPOCH_1904
            elif name == "sheet":
                kind, part = relations.get(said.get("id", ""), ("", ""))
                if kind == "worksheet" and part in package.members:
                    hidden = said.get("state", "visible") != "visible"
                    sheets.append((said.get("name", ""), part, hidden))
    parts = {kind: part for kind, part in relations.values() if part in package.members}
    return _Package(tuple(sheets), parts.get("sharedStrings"), parts.get("styles"), epoch)


def _relations(package: Zip, part: str, what: str) -> dict[str, tuple[str, str]]:
    """By their ids, the kind and the path of what a part relates to."""
    folder, name = posixpath.split(part)
    relations = posixpath.join(folder, "_rels", f"{name}.rels")
    found: dict[str, tuple[str, str]] = {}
    with _part(package, relations, what) as source:
        for element, said in read_elements(source, what):
            if element == "Relationship" and said.get("TargetMode") != "External":
                target = said.get("Target", "").replace("\\", "/")
                target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
                found[said.get("Id", "")] = (posixpath.basename(said.get("Type", "")), target)
    return found


@contextmanager
def _part(package: Zip, name: str, what: str) -> Iterator[BinaryIO]:
    if name not in package.members:
        raise Rejected(f"{what} is damaged: it lacks its part {name}")
    with package.open(name) as source:
        yield source
