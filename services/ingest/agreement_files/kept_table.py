"""How the sheets of a file of agreements are read, as it is kept with their import."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter

from services.ingest.agreement_files.entry import Entry
from services.ingest.agreement_files.find_agreements import AgreementSheet, read_document
from services.ingest.agreement_files.row_entries import read_row
from services.ingest.agreement_files.table_shape import AgreementTable
from services.ingest.reading.sheet import Row, Sheet
from services.ingest.shapes.kept_shape import AGREEMENTS
from services.ingest.shapes.merged import fill_merged
from services.ingest.shapes.row_reader import Skipped
from services.ingest.shapes.sheets import sheet_name
from shared.errors import Rejected

_TABLE: TypeAdapter[AgreementTable | None] = TypeAdapter(AgreementTable | None)


def keep_sheet(sheet: AgreementSheet) -> dict[str, Any]:
    """What a sheet was taken for, as JSON keeps it."""
    table = _TABLE.dump_python(sheet.table, mode="json")
    return {AGREEMENTS: {"shape": sheet.shape, "table": table}}


def kept_table(kept: Mapping[str, Any]) -> AgreementTable | None:
    """The table of a sheet again; None of documents, and of a sheet that was not read."""
    return _TABLE.validate_python(kept[AGREEMENTS]["table"])


def kept_sheets(
    sheets: Sequence[Sheet], shapes: Sequence[Mapping[str, Any]]
) -> list[AgreementSheet]:
    """The sheets of a kept file, taken for what its import took them for."""
    return [
        AgreementSheet(
            fill_merged(sheet), sheet_name(sheet), kept[AGREEMENTS]["shape"], kept_table(kept)
        )
        for sheet, kept in zip(sheets, shapes, strict=True)
    ]


def read_kept_row(kept: Mapping[str, Any], row: Row) -> tuple[Entry | Rejected, ...] | Skipped:
    """The entries of a row of a sheet that was kept so."""
    table = kept_table(kept)
    return read_document(kept[AGREEMENTS]["shape"], row) if table is None else read_row(row, table)
