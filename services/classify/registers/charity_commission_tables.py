"""Tables of the Charity Commission's public extract that tell more of a charity, by its number.

They lie beside the table of charities, in the same form; each is optional. What several charities
share (areas, classes, reasons) is held once, so that 390,000 charities need some 300 MB.
"""

import csv
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from services.classify.organisation import NameKind
from services.classify.registers.reading.objects import read_objects
from services.classify.registers.reading.opened import OpenFile, open_text
from services.classify.registers.reading.rows import Row, Table, damage_told, read_opened
from services.classify.registers.reading.values import fault, read_day

DAY = "%Y-%m-%d"
NUMBER = "registered_charity_number"
LINKED = "linked_charity_number"
_TSV = Table(delimiter="\t", quoting=csv.QUOTE_NONE)
_KINDS: dict[str, NameKind] = {"Working name": "working", "Previous name": "previous"}
TOLD_BY = (
    *("charity_other_names", "charity_area_of_operation", "charity_classification"),
    "charity_event_history",
)


class Transfer(NamedTuple):
    """The day on which a charity gave its assets away, and the org-id of the charity it gave to."""

    day: date
    receiver: str


class Told(NamedTuple):
    """What the other tables tell, by charity number; `removals` are the reasons of removal."""

    names: Mapping[int, Sequence[tuple[str, NameKind]]]
    areas: Mapping[int, tuple[str, ...]]
    codes: Mapping[int, tuple[str, ...]]
    removals: Mapping[int, str]
    transfers: Mapping[int, Sequence[Transfer]]
    missing: Sequence[str]


def read_table(path: Path, columns: Sequence[str], opener: OpenFile) -> Iterator[Row]:
    """Rows of a table of the extract in either published form, tab-separated or JSON."""
    with damage_told(path, _TSV.encoding), open_text(path, opener) as opened:
        if opened.name.lower().endswith(".json"):
            yield from read_objects(path, opened, columns)
        else:
            yield from read_opened(path, opened, columns, _TSV)


def read_told(charities: Path, opener: OpenFile) -> Told:
    """What the tables beside that of the charities tell."""
    beside = {table: charities.with_name(f"publicextract.{table}.zip") for table in TOLD_BY}
    missing = [path.name for path in beside.values() if not path.is_file()]
    names, areas, classes, events = (path if path.is_file() else None for path in beside.values())
    removals, transfers = _events(events, opener) if events else ({}, {})
    return Told(
        _names(names, opener) if names else {},
        _lists(areas, ("geographic_area_description",), opener) if areas else {},
        _lists(classes, ("classification_code", "classification_description"), opener)
        if classes
        else {},
        removals,
        transfers,
        missing,
    )


def _names(path: Path, opener: OpenFile) -> Mapping[int, Sequence[tuple[str, NameKind]]]:
    found: dict[int, list[tuple[str, NameKind]]] = defaultdict(list)
    columns = (NUMBER, LINKED, "charity_name_type", "charity_name")
    for row, (number, linked, kind, name) in read_table(path, columns, opener):
        if linked == "0" and name.strip():
            known = _KINDS.get(kind, "previous")
            found[_number(path, row, number)].append((name.strip(), known))
    return found


def _lists(path: Path, told: Sequence[str], opener: OpenFile) -> Mapping[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    for row, (number, linked, *cells) in read_table(path, (NUMBER, LINKED, *told), opener):
        if linked == "0":
            key = _number(path, row, number)
            text = sys.intern(" ".join(cell.strip() for cell in cells))
            if text and text not in found.get(key, ()):
                found[key] = (*found.get(key, ()), text)
    return found


def _events(
    path: Path, opener: OpenFile
) -> tuple[Mapping[int, str], Mapping[int, Sequence[Transfer]]]:
    """The reason of the latest removal, and to whom assets went out; a fund's events are not its
    charity's.
    """
    columns = (
        *(NUMBER, LINKED, "event_type", "date_of_event", "reason"),
        "assoc_registered_charity_number",
    )
    removals: dict[int, tuple[date, str]] = {}
    transfers: dict[int, list[Transfer]] = defaultdict(list)
    for row, (number, linked, kind, at, reason, other) in read_table(path, columns, opener):
        if linked != "0" or kind not in {"Removed", "Asset transfer out"}:
            continue
        key = _number(path, row, number)
        day = read_day(path, row, "date_of_event", at, DAY)
        if kind == "Removed":
            if key not in removals or removals[key][0] <= day:
                removals[key] = day, sys.intern(reason.strip())
        elif other.strip() and other != number:
            receiver = f"GB-CHC-{_number(path, row, other, columns[-1])}"
            transfers[key].append(Transfer(day, receiver))
    return {key: reason for key, (_, reason) in removals.items()}, transfers


def _number(path: Path, row: int, text: str, column: str = NUMBER) -> int:
    if not text.isdecimal():
        raise fault(path, row, column, f"{text!r} is not a charity number")
    return int(text)
