"""The Scottish Charity Regulator's list of former charities.

Quirks, seen in the list of July 2020, beside those of scotland.py:
- 18,061 charities are registered on 1 January 1992: the day stands for "before we counted", and is
  taken as not known.
- 20,054 ceased on 2 June 2012 between 18:58 and 20:50: the evening on which older removals were
  carried over, and so the last day on which they can have been removed.
- The reason of removal is free text, empty for nine in ten.
- The newest day of removal dates the list.
"""

from datetime import date
from pathlib import Path

from services.classify.organisation import Name, Organisation
from services.classify.registers.reading.contents import Contents
from services.classify.registers.reading.opened import OpenFile, open_file
from services.classify.registers.reading.rows import read_rows
from services.classify.registers.reading.values import fault, read_day
from services.classify.registers.scotland import COLUMNS, DAY, read_charity

SOURCE = "scotland-removed"
_COLUMNS = (*COLUMNS, "Ceased Date", "Reason For Removal")
_CARRIED_OVER = date(2012, 6, 2)


def read(path: Path, opener: OpenFile = open_file) -> Contents:
    """Former charities of Scotland, with the days between which they were registered."""
    organisations: dict[str, Organisation] = {}
    names: list[Name] = []
    as_at: date | None = None
    for row, (*cells, ceased, why) in read_rows(path, _COLUMNS, opener):
        charity, own = read_charity(path, row, cells, SOURCE)
        if charity.key in organisations:
            raise fault(path, row, COLUMNS[0], f"{cells[0]} stands there twice")
        until = read_day(path, row, "Ceased Date", ceased, DAY)
        as_at = max(as_at or until, until)
        organisations[charity.key] = charity._replace(
            removed_on=None if until == _CARRIED_OVER else until,
            removed_by=until if until == _CARRIED_OVER else None,
            removed_why=why.strip() or None,
        )
        names += own
    return Contents(as_at, list(organisations.values()), names)
