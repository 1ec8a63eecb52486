"""The sheets of a file that hold agreements, of whatever shape, and their rows."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from services.ingest.agreement_files.entry import Entry
from services.ingest.agreement_files.ocds import OCDS, read_release_or_record
from services.ingest.agreement_files.row_entries import EntryRow, read_table
from services.ingest.agreement_files.table_shape import (
    GIVING,
    GRANTS,
    REGISTER,
    AgreementTable,
    Answers,
    find_agreement_table,
)
from services.ingest.agreement_files.three_sixty_giving import read_grant
from services.ingest.reading.sheet import NAMES, Broken, Row, Sheet
from services.ingest.shapes.merged import fill_merged
from services.ingest.shapes.row_reader import Skipped
from services.ingest.shapes.sheets import sheet_name
from shared.errors import Rejected

NOT_READ = "sheet"
"""The kind under which the rows of a sheet beside those of agreements are counted."""
_NAMED = "taken for a list of grants by the file's name: nothing in it says what it is a list of"
_GRANTS = re.compile(r"(?<!mi)grant(?!ham|chester|ley|own)")
_OTHERS = re.compile(r"contract|agreement|paid|payment|spen[dt]|expend|invoice|transaction")


@dataclass(frozen=True)
class AgreementSheet:
    """A sheet and what it was taken for; `table` is None for documents, and for other sheets.

    `shape` is `contract-register`, `contracts-finder`, `council-grants`, `360giving`, `ocds`, or
    "" where the sheet holds no agreements.
    """

    sheet: Sheet
    name: str
    shape: str
    table: AgreementTable | None = None

    @property
    def waits(self) -> bool:
        """Whether a question about it must be answered first."""
        return self.table is not None and bool(self.table.questions)

    def rows(self) -> Iterator[EntryRow]:
        """Every row, in order. Rejected: the file is corrupt inside."""
        if self.table is not None:
            yield from read_table(self.sheet, self.table)
        else:
            for number, row in self.sheet.rows():
                if number != NAMES:
                    yield EntryRow(number, row, read_document(self.shape, row))


def read_document(shape: str, row: Row | Broken) -> tuple[Entry | Rejected, ...] | Skipped:
    """The entries of a row that is one JSON document, of the standard that its sheet has."""
    if not shape:
        return Skipped(NOT_READ)
    if isinstance(row, Broken):
        return (Rejected(f"the record can't be read: {row.reason}"),)
    if not row or row[0] is None:
        return Skipped("blank")
    document = orjson.loads(str(row[0]))
    return read_release_or_record(document) if shape == OCDS else read_grant(document)


def find_agreement_sheets(
    sheets: Sequence[Sheet], answers: Answers, file_name: str = ""
) -> list[AgreementSheet] | None:
    """Every sheet of a file with its shape; None where none holds agreements.

    `file_name` is its sender's; what a zip holds has names of its own.

    Rejected: an answer names a header that no sheet of agreements has.
    """
    found = [
        _find(fill_merged(sheet), answers, sheet.member.rpartition("/")[2] or file_name)
        for sheet in sheets
    ]
    return found if any(each.shape for each in found) else None


def _find(sheet: Sheet, answers: Answers, file_name: str) -> AgreementSheet:
    name = sheet_name(sheet)
    if sheet.documents:
        return AgreementSheet(sheet, name, _standard_of(sheet))
    table = find_agreement_table(sheet, answers)
    if _is_named_grants(file_name) and (table is None or table.shape == REGISTER):
        by_name = find_agreement_table(sheet, answers, file_name)
        if by_name is not None and by_name.shape == GRANTS:
            sheet, table = replace(sheet, notes=(*sheet.notes, _NAMED)), by_name
    return AgreementSheet(sheet, name, table.shape if table else "", table)


def _is_named_grants(file_name: str) -> bool:
    plain = file_name.casefold()
    return _GRANTS.search(plain) is not None and _OTHERS.search(plain) is None


def _standard_of(sheet: Sheet) -> str:
    for number, row in sheet.rows():
        if number != NAMES and not isinstance(row, Broken) and row and row[0]:
            return OCDS if "ocid" in orjson.loads(str(row[0])) else GIVING
    return ""


def describe_sheet(sheet: AgreementSheet) -> dict[str, Any]:
    """The decision about a sheet, as it is shown and kept: the keys of one of payments."""
    table = sheet.table
    choices = table.choices if table else ()
    state = "needs_mapping" if sheet.waits else "agreements" if sheet.shape else "skipped"
    return {
        "sheet": sheet.name,
        "state": state,
        "shape": sheet.shape,
        "reason": "" if sheet.shape else "no agreements, beside a sheet of them",
        "header_row": table.header_end if table else 0,
        "certainty": min((each.certainty for each in choices), default=1.0 if sheet.shape else 0.0),
        "columns": {
            each.field: {
                "header": each.header,
                "column": each.place + 1,
                "certainty": each.certainty,
                "samples": list(each.samples),
            }
            for each in choices
        },
        "not_taken": [
            name
            for place, name in enumerate(table.names if table and not sheet.waits else ())
            if name and place not in {each.place for each in choices}
        ],
        "days": table.day_form.order.value if table else "day first",
        "notes": list(sheet.sheet.notes),
        "decimal_mark": "," if table and table.amount_form.comma else ".",
        "rounded_to_pence": bool(table and table.amount_form.unrounded),
        "questions": [each.kept() for each in (table.questions if table else ())],
    }
