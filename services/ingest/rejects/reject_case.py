"""A reject that is being corrected: what changes of it, and what it says with that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row

from services.ingest.queries.reject_corrections import REJECTED_AGAIN
from services.ingest.rejects.reject_cells import Cells, Record, kept_headers, record_cells
from services.ingest.rejects.reject_origin import RowOrigin, row_origin
from services.ingest.rejects.replay_rows import CorrectedRow, ReadRow, read_row, shape_of
from services.ingest.rejects.row_form import RowForm, row_form
from services.ingest.shapes.row_reader import RowReader
from shared.errors import Rejected

ACCEPTED, ALREADY_KNOWN = "accepted", "already_known"
"""The outcomes of a correction that settles a reject."""
NO_IMPORT = "the import of its file never came to its end: send the file again"


@dataclass
class Case:
    """A reject that is being acted on: how it stood, what changes, and what comes of it.

    `read` is what a corrected row says as a payment; `row` are its cells as one of agreements.
    `why` is the officer's reason where it is dismissed or reopened. It is `left` where the cells
    that were given are those that it came with.
    """

    reject: Row[Any]
    history: Sequence[Row[Any]]
    cells: Cells = field(default_factory=dict)
    changes: dict[str, tuple[str, str]] = field(default_factory=dict)
    left: bool = False
    pence_before: int | None = None
    pence: int | None = None
    read: ReadRow | None = None
    row: tuple[Any, ...] | None = None
    outcome: str = REJECTED_AGAIN
    why: str = ""
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
    else:
        cells = _form_of(origin, run).cells(reject.content)
    for each in history:
        cells |= {name: after for name, (_, after) in each.changes.items()}
    return cells


def _form_of(origin: RowOrigin, run: Row[Any] | None) -> RowForm:
    if run is None:
        raise Rejected(NO_IMPORT)
    return row_form(run, origin.sheet)


def take_correction(
    case: Case, cells: Mapping[str, str], runs: Mapping[str, Row[Any]], now: datetime
) -> None:
    """What the correction changes, and of a row what it says with that."""
    origin = case.origin
    run = None if origin is None else runs.get(origin.file_id)
    try:
        known = cells_now(case.reject, case.history, run)
        case.changes = {
            name: (known.get(name, ""), text)
            for name, text in cells.items()
            if known.get(name, "") != text
        }
        case.left = not case.changes and not any(each.changes for each in case.history)
        case.cells = known | {name: after for name, (_, after) in case.changes.items()}
        if origin is None or run is None:
            return
        form = row_form(run, origin.sheet)
        form.check_columns(case.changes, known)
        case.pence_before = read_before(case, runs, now)
        row = form.row(case.reject.content, case.cells)
        if form.is_of_agreements:
            case.row = row
            return
        corrected = CorrectedRow(case.reject.reject_id, origin, row)
        case.read = read_row(shape_of(run, origin.sheet), corrected, run.buyer, now.date())
        case.pence = case.read.pence
    except Rejected as error:
        case.error = error.bare()


def read_before(case: Case, runs: Mapping[str, Row[Any]], now: datetime) -> int | None:
    """The pence that could be read in a row of a file as it came; None of a record.

    Rejected: its import never came to its end, or was taken back.
    """
    origin = case.origin
    if origin is None:
        return None
    run = runs.get(origin.file_id)
    form = _form_of(origin, run)
    row = form.row(case.reject.content, form.cells(case.reject.content))
    if form.is_of_agreements:
        return form.stated_pence(row)
    return _pence_of(run, origin, row, now.date())


def _pence_of(
    run: Row[Any] | None, origin: RowOrigin, row: tuple[Any, ...], today: date
) -> int | None:
    assert run is not None  # noqa: S101 - its form is known
    return RowReader(shape_of(run, origin.sheet), today).pence_of(row)
