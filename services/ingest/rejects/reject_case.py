"""A reject that is being corrected: what changes of it, and what it says with that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from services.ingest.queries.reject_corrections import REJECTED_AGAIN
from services.ingest.rejects.reject_cells import (
    Cells,
    Record,
    corrected_row,
    kept_headers,
    record_cells,
    row_cells,
)
from services.ingest.rejects.reject_origin import RowOrigin, row_origin
from services.ingest.rejects.replay_rows import CorrectedRow, ReadRow, read_row, shape_of
from services.ingest.shapes.row_reader import RowReader
from shared.errors import Rejected

ACCEPTED, ALREADY_KNOWN = "accepted", "already_known"
"""The outcomes that settle a reject."""


@dataclass
class Case:
    """A reject that is being corrected: how it stood, what changes, and what comes of it."""

    reject: Row[Any]
    number: int
    cells: Cells = field(default_factory=dict)
    changes: dict[str, tuple[str, str]] = field(default_factory=dict)
    pence_before: int | None = None
    read: ReadRow | None = None
    outcome: str = REJECTED_AGAIN
    error: Rejected | None = None
    payment_id: str | None = None

    @property
    def origin(self) -> RowOrigin | None:
        """Of a row of a file; None of a record."""
        return row_origin(self.reject.origin)

    def settle(self, *, accepted: bool, payment_id: str | None) -> None:
        """What it says is used: new to the ledger or the register, or known there."""
        self.outcome = ACCEPTED if accepted else ALREADY_KNOWN
        self.payment_id = payment_id


def cells_now(reject: Row[Any], history: Sequence[Row[Any]], run: Row[Any] | None) -> Cells:
    """The cells of a reject with all that was corrected of it so far.

    `reason` and `field` may be those of its last correction. Rejected: it has none to correct.
    """
    origin = row_origin(reject.origin)
    if origin is None:
        record = Record(reject.content, kept_headers(reject.headers))
        cells = record_cells(record, reject.field)
    elif run is None:
        raise Rejected("the import of its file never came to its end: send the file again")
    else:
        cells = row_cells(reject.content, shape_of(run, origin.sheet).header.names)
    for each in history:
        cells |= {name: after for name, (_, after) in each.changes.items()}
    return cells


def take_correction(
    case: Case,
    history: Sequence[Row[Any]],
    cells: Mapping[str, str],
    runs: Mapping[str, Row[Any]],
    now: datetime,
) -> None:
    """What the correction changes, and of a row what it says with that."""
    origin = case.origin
    run = None if origin is None else runs.get(origin.file_id)
    try:
        known = cells_now(case.reject, history, run)
        case.changes = {
            name: (known.get(name, ""), text)
            for name, text in cells.items()
            if known.get(name, "") != text
        }
        case.cells = known | {name: after for name, (_, after) in case.changes.items()}
        if origin is None or run is None:
            return
        _check_columns(case.changes, known)
        shape = shape_of(run, origin.sheet)
        names = shape.header.names
        first = corrected_row(case.reject.content, names, row_cells(case.reject.content, names))
        reader = RowReader(shape, now.date())
        case.pence_before = reader.pence_of(first)
        row = corrected_row(case.reject.content, names, case.cells)
        corrected = CorrectedRow(case.reject.reject_id, origin, row)
        case.read = read_row(shape, corrected, run.buyer, now.date())
    except Rejected as error:
        case.error = error


def _check_columns(changes: Mapping[str, object], known: Cells) -> None:
    for name in changes:
        if name not in known:
            raise Rejected(f"the file has no column {name!r}", name)
