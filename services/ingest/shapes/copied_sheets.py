"""Sheets whose payments stand in a larger sheet of the file too: none is counted twice or lost."""

from array import array
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from services.ingest.reading.spill import Piece, Spill
from services.ingest.shapes.question import Answer, Question
from services.ingest.shapes.row_reader import PaymentRow, RowReader
from services.ingest.shapes.table import Answers, State, Table
from shared.errors import Rejected

COPIES = "copies"
"""What an answer calls the sheets that stand in larger ones but for some payments."""
_COUNTED, _SKIPPED = "counted", "skipped"
_TELLING = ("reference", "unit")
_LEAST_ASKED = 0.1
_MOST_COMPARED = 2_000_000


def without_copies(tables: Sequence[Table], today: date, answers: Answers) -> list[Table]:
    """The same tables; one whose payments all stand in a larger sheet is skipped as a part of it.

    Equal are payments of one day, payee and amount, and of one reference and unit where both sheets
    have them; each counts as often as it stands there. Where a tenth or more are equal and not all,
    either some would be lost or others counted twice: it is asked. Rejected: the answer is none
    that can be given.
    """
    tables = list(tables)
    places = [place for place, each in enumerate(tables) if each.shape.state is State.PAYMENTS]
    if len(places) < 2:  # noqa: PLR2004 - a sheet alone is no copy
        return tables
    spill = Spill()
    said = {place: _Said(tables[place], today, spill) for place in places}
    kept: list[int] = []
    for place in sorted(places, key=lambda each: (-said[each].size, each)):
        own = said[place]
        shared = {larger: own.shared_with(said[larger]) for larger in kept if own.size}
        whole = max(shared, key=lambda each: shared[each], default=None)
        if whole is None or shared[whole] < _LEAST_ASKED * own.size:
            kept.append(place)
            continue
        tables[place] = _decided(tables[place], shared[whole], own.size, tables[whole], answers)
        if tables[place].shape.state is State.PAYMENTS:
            kept.append(place)
    return tables


def _decided(table: Table, shared: int, size: int, larger: Table, answers: Answers) -> Table:
    """A sheet as a part of a larger one: skipped, asked about, or counted as a person said."""
    shape = table.shape
    if shared == size:
        reason = f"its payments stand in the sheet {larger.name} too"
        return table._replace(shape=replace(shape, state=State.SKIPPED, reason=reason))
    said = f"{shared:,} of its {size:,} payments stand in the sheet {larger.name} too"
    match answers(shape.asked_names).get(COPIES, "").strip().lower():
        case "":
            question = Question(
                COPIES,
                f"{said}, and {size - shared:,} do not: mend the file, or say what is meant",
                (_SKIPPED, _COUNTED),
                (
                    Answer(COPIES, _SKIPPED, "to leave out all of the sheet"),
                    Answer(COPIES, _COUNTED, "to count all of it"),
                ),
            )
            asking = replace(shape, state=State.NEEDS_MAPPING, questions=(question,))
            return table._replace(shape=asking)
        case answer if answer == _SKIPPED:
            reason = f"{said}: left out, as was answered"
            return table._replace(shape=replace(shape, state=State.SKIPPED, reason=reason))
        case answer if answer == _COUNTED:
            return table
        case answer:
            raise Rejected(f"{COPIES} is {_SKIPPED} or {_COUNTED}, not {answer}", "map")


class _Said:
    """The digests of a sheet's payments, sorted: a dictionary would take twenty times that.

    They lie in a temporary file, one of all sheets: a workbook may have any number of them.
    """

    def __init__(self, table: Table, today: date, spill: Spill) -> None:
        self._table, self._today, self._spill = table, today, spill
        fields = RowReader(table.shape, today).fields
        self.telling = tuple(field for field in _TELLING if field in fields)
        self._digests: dict[tuple[str, ...], Piece] = {}
        self.size = self.by(self.telling).size
        """How many payments it holds, up to the most that are compared."""

    def shared_with(self, other: "_Said") -> int:
        """How many of its payments stand in another sheet, each as often as there."""
        both = tuple(field for field in self.telling if field in other.telling)
        values, counts = np.unique(self.by(both), return_counts=True)
        there = other.by(both)
        stands = np.searchsorted(there, values, "right") - np.searchsorted(there, values, "left")
        return int(np.minimum(counts, stands).sum())

    def by(self, telling: tuple[str, ...]) -> np.ndarray:
        """The digests by day, payee, amount and these fields."""
        kept = self._digests.get(telling)
        if kept is not None:
            return np.frombuffer(self._spill.read(kept), dtype=np.int64)
        digests = self._read(telling)
        self._digests[telling] = self._spill.put(digests.tobytes())
        return digests

    def _read(self, telling: tuple[str, ...]) -> np.ndarray:
        reader = RowReader(self._table.shape, self._today)
        places = [reader.fields.index(field) for field in telling]
        said = array("q")
        for number, row in self._table.sheet.rows():
            if number <= self._table.shape.header_end:
                continue
            try:
                read = reader.read(number, row)
            except Rejected:
                continue
            if isinstance(read, PaymentRow):
                told = tuple(read.said[place] for place in places)
                said.append(hash((read.day, read.payee, read.pence, told)))
            if len(said) > _MOST_COMPARED:
                break
        reader.let_go()
        return np.sort(np.frombuffer(said, dtype=np.int64))
