"""How a row of a file is shown as cells and made of them again: of payments and of agreements."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import Row

from services.ingest.agreement_files.entry import Entry
from services.ingest.agreement_files.kept_table import kept_table, read_kept_row
from services.ingest.rejects.reject_cells import (
    Cells,
    Record,
    corrected_record,
    corrected_row,
    record_cells,
    row_cells,
)
from services.ingest.rejects.replay_rows import shape_of
from services.ingest.shapes.kept_shape import is_of_agreements
from services.ingest.shapes.row_reader import Skipped
from shared.errors import Rejected


class RowForm(NamedTuple):
    """The columns of a table, None where a row is a JSON document; what is kept of agreements."""

    names: tuple[str, ...] | None
    agreements: Mapping[str, Any] | None = None

    @property
    def is_of_agreements(self) -> bool:
        """Whether the table lists agreements, and not payments."""
        return self.agreements is not None

    def cells(self, content: bytes) -> Cells:
        """The cells of a rejected row."""
        if self.names is None:
            return record_cells(Record(content, []), "")
        return row_cells(content, self.names)

    def row(self, content: bytes, cells: Cells) -> tuple[Any, ...]:
        """The row with these cells."""
        if self.names is None:
            return (corrected_record(Record(content, []), cells).content.decode(),)
        return corrected_row(content, self.names, cells)

    def check_columns(self, changes: Mapping[str, object], known: Cells) -> None:
        """Rejected: a cell of a table is named that it has not."""
        for name in changes:
            if self.names is not None and name not in known:
                raise Rejected(f"the file has no column {name!r}", name)

    def stated_pence(self, row: tuple[Any, ...]) -> int:
        """The pence that a row of agreements states, as far as they can be read."""
        read = () if self.agreements is None else read_kept_row(self.agreements, row)
        if isinstance(read, Skipped):
            return 0
        return sum(each.stated_pence for each in read if isinstance(each, Entry))


def row_form(run: Row[Any], sheet: int) -> RowForm:
    """The form of the rows of one sheet of an import. Rejected: it holds none that are read."""
    if sheet < len(run.shapes) and is_of_agreements(run.shapes[sheet]):
        table = kept_table(run.shapes[sheet])
        return RowForm(None if table is None else table.names, run.shapes[sheet])
    return RowForm(shape_of(run, sheet).header.names)
