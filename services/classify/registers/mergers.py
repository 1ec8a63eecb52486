"""The Charity Commission's register of mergers: who transferred to whom, and on which day.

Quirks, seen in the register of 2026:
- 417 rows lack the transferring charity's number and 78 both numbers (bodies that were never
  registered): they link nothing.
- A transferring number with a part above 0 is one fund of that charity: the charity itself goes on.
- The day of the transfer is missing in a few rows; the day of registering the merger stands in.
"""

from datetime import date
from pathlib import Path

from services.classify.organisation import Link
from services.classify.registers.reading.contents import Contents, LeftOut
from services.classify.registers.reading.opened import OpenFile, open_file
from services.classify.registers.reading.rows import read_rows
from services.classify.registers.reading.values import fault, read_day

_COLUMNS = (
    *("org_id_a", "org_id_b", "transferor_subno", "date_property_transferred"),
    *("date_vesting_declaration", "valid_from"),
)
_DAY = "%Y-%m-%d"


def read(path: Path, opener: OpenFile = open_file) -> Contents:
    """A succession for each merger of a whole charity into another."""
    links: list[Link] = []
    left_out: list[LeftOut] = []
    as_at: date | None = None
    for row, (a, b, part, transferred, vested, registered) in read_rows(path, _COLUMNS, opener):
        recorded = read_day(path, row, "valid_from", registered, _DAY)
        as_at = max(as_at or recorded, recorded)
        if not a or not b:
            left_out.append(LeftOut(row, "org_id_b" if a else "org_id_a", "a body without number"))
            continue
        if a == b or part.strip("0"):
            continue
        for column, org_id in (("org_id_a", a), ("org_id_b", b)):
            if not org_id.startswith("GB-CHC-"):
                raise fault(path, row, column, f"{org_id!r} is not the org-id of a charity")
        column = "date_property_transferred" if transferred else "date_vesting_declaration"
        day = transferred or vested
        since = read_day(path, row, column, day, _DAY, planned=True) if day else recorded
        links.append(Link(a, b, "succession", since))
    return Contents(as_at, links=links, left_out=left_out)
