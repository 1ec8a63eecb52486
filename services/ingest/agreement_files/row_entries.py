"""The rows of a sheet of agreements as entries, each row with what became of it."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from services.ingest.agreement_files.entry import BuyerNamed, Entry
from services.ingest.agreement_files.made_terms import Cells
from services.ingest.agreement_files.raw_terms import make_entry
from services.ingest.agreement_files.table_shape import NOTICES, AgreementTable
from services.ingest.keyed_ids import keyed_id
from services.ingest.reading.sheet import NAMES, Broken, Row, Sheet
from services.ingest.shapes.cells import as_text, is_blank, is_blank_row
from services.ingest.shapes.row_kinds import BLANK, HEADER, NOTE, TOTAL, is_bare_total
from services.ingest.shapes.row_reader import Skipped
from shared.errors import Rejected
from shared.money import format_pounds

NOT_AWARDED, WITHDRAWN = "not awarded", "withdrawn"
"""The kinds under which notices are counted that are no agreement."""
_SUPPLIER = re.compile(r"\[([^\[\]]*)\]")
_FEWEST_PARTS = 6
_NOTE_CELLS = 2


class EntryRow(NamedTuple):
    """A row: its number as a spreadsheet shows it, and its entries, each read or rejected."""

    number: int
    row: Row | Broken
    read: tuple[Entry | Rejected, ...] | Skipped


def read_table(sheet: Sheet, table: AgreementTable) -> Iterator[EntryRow]:
    """Every row of a sheet, in order. Rejected: the file is corrupt inside."""
    for number, row in sheet.rows():
        if number == NAMES:
            continue
        if number <= table.header_end:
            kind = NOTE if number < table.header_first else HEADER
            yield EntryRow(number, row, Skipped(kind))
        elif isinstance(row, Broken):
            error = Rejected(f"the line can't be read as a row: {row.reason}")
            yield EntryRow(number, row, (error,))
        else:
            yield EntryRow(number, row, read_row(row, table))


def read_row(row: Row, table: AgreementTable) -> tuple[Entry | Rejected, ...] | Skipped:
    """The entries of a row below the header, each read or rejected."""
    if is_blank_row(row):
        return Skipped(BLANK)
    said = [as_text(value) or "" for value in row]
    if [" ".join(text.split()) for text in said if text] == [name for name in table.names if name]:
        return Skipped(HEADER)
    cells = table.cells(row)
    if _is_total(cells):
        return Skipped(TOTAL)
    if sum(map(bool, said)) <= _NOTE_CELLS and all(
        is_blank(cells.get(name))
        for name in ("start", "end", "award_date", "suppliers", "provider")
    ):
        return Skipped(NOTE)
    if table.shape == NOTICES and (kind := _no_agreement(cells)) is not None:
        return Skipped(kind)
    buyer = BuyerNamed(
        as_text(cells.get("buyer")) or "", tuple(filter(None, [as_text(cells.get("buyer_id"))]))
    )
    return tuple(_read_entry(each, table, buyer) for each in _by_supplier(cells))


def _read_entry(
    cells: Cells | Rejected, table: AgreementTable, buyer: BuyerNamed
) -> Entry | Rejected:
    if isinstance(cells, Rejected):
        return cells
    try:
        return make_entry(cells, table.kind, buyer, table.day_form, table.amount_form)
    except Rejected as error:
        return error.bare()


def _is_total(cells: Mapping[str, Any]) -> bool:
    texts = (as_text(cells.get(name)) for name in ("provider", "title", "reference", "department"))
    dated = any(not is_blank(cells.get(name)) for name in ("start", "end", "award_date"))
    return not dated and any(text is not None and is_bare_total(text) for text in texts)


def _no_agreement(cells: Mapping[str, Any]) -> str | None:
    """Why a notice is no agreement: nothing was awarded yet, or all was taken back."""
    status = (as_text(cells.get("status")) or "").casefold()
    if status in {"withdrawn", "cancelled", "canceled"}:
        return WITHDRAWN
    supplied = not is_blank(cells.get("suppliers")) or not is_blank(cells.get("provider"))
    return None if supplied else NOT_AWARDED


def _by_supplier(cells: Cells) -> Iterator[Cells | Rejected]:
    """The cells for each of the suppliers of an award, `[name|address|kind|number|SME|VCSE]`."""
    text = as_text(cells.get("suppliers"))
    if text is None:
        yield cells
        return
    found = [match[1].split("|") for match in _SUPPLIER.finditer(text)]
    if not found or any(len(parts) < _FEWEST_PARTS for parts in found):
        yield Rejected(
            "the suppliers are not of the form [Name|Address|Ref type|Ref Number|Is SME|Is VCSE]",
            "provider",
        )
        return
    for parts in found:
        name, kind, number = parts[0], parts[-4], parts[-3]
        yield {
            **for_supplier(cells, name, len(found)),
            "company_number": number if kind == "COMPANIES_HOUSE" else None,
            "charity_number": number if kind == "CHARITY_COMMISSION" else None,
        }


def for_supplier(cells: Cells, name: str, count: int) -> dict[str, Any]:
    """The cells of an award for one of its suppliers: each has an agreement of its own.

    No one says what share of the award each of several has, so none is given a value.
    """
    if count == 1:
        return {**cells, "provider": name}
    reference = as_text(cells.get("reference")) or ""
    own = keyed_id("award-supplier", " ".join(name.casefold().split()))[:8]
    value = cells.get("total_value")
    shared = f"£{format_pounds(value)}" if isinstance(value, int) else as_text(value)
    return {
        **cells,
        "provider": name,
        "reference": f"{reference[:180]}/{own}" if reference else None,
        "total_value": None,
        "annual_value": None,
        "shared_value": f"{shared or 'no value'} for {count} suppliers together",
    }
