"""GOV.UK registers of government organisations and of English local authorities.

Quirks, seen in the registers of 2020, when they were closed:
- A register is a log of entries: the one with the highest number says what holds of a key.
- A day may be a year or a month alone (2016-05): it ends with its last day, begins with its first.
- Police, fire and combined authorities, courts and museums stand among the organisations.
"""

import calendar
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import NamedTuple

from services.classify.organisation import GOVERNMENT, LOCAL_AUTHORITY, Name, Organisation
from services.classify.registers.reading.contents import Contents
from services.classify.registers.reading.opened import OpenFile, open_file
from services.classify.registers.reading.rows import read_rows
from services.classify.registers.reading.values import fault, read_day

ORGANISATIONS, AUTHORITIES = "government-organisations", "local-authorities-england"
_COLUMNS = ("entry-number", "entry-timestamp", "key", "start-date", "end-date")
_DAY = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")


class _Kind(NamedTuple):
    """A register of GOV.UK: its source here, org-id list, legal form, and where its name stands."""

    source: str
    org_ids: str
    legal_form: str
    name: str


def _read(kind: _Kind, path: Path, opener: OpenFile) -> Contents:
    latest: dict[str, tuple[int, Organisation]] = {}
    as_at: date | None = None
    for row, (entry, stamp, key, start, end, name) in read_rows(
        path, (*_COLUMNS, kind.name), opener
    ):
        if not entry.isdecimal():
            raise fault(path, row, "entry-number", f"{entry!r} is not a number")
        if not key.strip() or not name.strip():
            column = "key" if not key.strip() else kind.name
            raise fault(path, row, column, "the cell is empty")
        written = read_day(path, row, "entry-timestamp", stamp, "%Y-%m-%d")
        as_at = max(as_at or written, written)
        org_id = f"{kind.org_ids}-{key.strip()}"
        body = Organisation(
            kind.source,
            org_id,
            org_id,
            name.strip(),
            kind.source,
            kind.legal_form,
            registered_on=_day(path, row, "start-date", start, last=False),
            removed_on=_day(path, row, "end-date", end, last=True),
        )
        if org_id not in latest or latest[org_id][0] < int(entry):
            latest[org_id] = int(entry), body
    bodies = [body for _, body in latest.values()]
    return Contents(as_at, bodies, [Name(body.key, body.name, "current") for body in bodies])


def _day(path: Path, row: int, column: str, text: str, *, last: bool) -> date | None:
    if not text.strip():
        return None
    found = _DAY.fullmatch(text.strip())
    if found is None:
        raise fault(path, row, column, f"{text!r} is not a day")
    year, month = int(found[1]), int(found[2] or (12 if last else 1))
    try:
        end = calendar.monthrange(year, month)[1] if last else 1
        return date(year, month, int(found[3] or end))
    except ValueError as error:
        raise fault(path, row, column, f"{text!r} is not a day") from error


def _reader(kind: _Kind) -> Callable[[Path, OpenFile], Contents]:
    def read(path: Path, opener: OpenFile = open_file) -> Contents:
        return _read(kind, path, opener)

    return read


read_organisations = _reader(_Kind(ORGANISATIONS, "GB-GOR", GOVERNMENT, "name"))
"""Government organisations, present and former."""

read_authorities = _reader(_Kind(AUTHORITIES, "GB-LAE", LOCAL_AUTHORITY, "official-name"))
"""Local authorities of England, present and former."""
