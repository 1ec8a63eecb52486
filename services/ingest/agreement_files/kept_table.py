"""How the sheets of a file of agreements are read, as it is kept with their import."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter

from services.ingest.agreement_files.find_agreements import AgreementSheet
from services.ingest.agreement_files.table_shape import AgreementTable
from services.ingest.reading.sheet import Sheet
from services.ingest.shapes.kept_shape import AGREEMENTS
from services.ingest.shapes.merged import fill_merged
from services.ingest.shapes.sheets import sheet_name

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
