"""Payments as items of expenditure: over £500 as councils publish, over £25,000 as the NHS does.

Local Government Transparency Code 2015, Part 2: each individual item of expenditure over £500, by
the Code's own words. HM Treasury, "Guidance for publishing spend over £25,000" (2013): by
transaction, with a line for each type and area. Both print days as DD/MM/YYYY.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from services.api.exports.asked import AskedExport
from services.api.exports.csv_sheet import Cells
from services.api.exports.exported import Exported, Gap
from services.api.exports.publication import REDACTED, redaction

Row = Any
"""A payment as it is read, by the names of its columns."""
_DAY = "%d/%m/%Y"
_NO_NAME = "nobody has said what the buyer is called: its org-id stands for the name"
_NOT_PRINTED = "the ledger prints none"
_WITHHELD = "withheld with the payee's name: it may tell who that is"
_NOT_HELD = "no ledger that is read here states it, so it is not kept"


class SpendForm(NamedTuple):
    """One standard: from how many pence on an item is published, and how."""

    over_pence: int
    columns: tuple[str, ...]
    export: Callable[[Row, AskedExport], Exported[Cells]]


_BODY, _INCURRED = "Body name", "Date the expenditure was incurred"
_DEPARTMENT = "Local authority department which incurred the expenditure"
_BENEFICIARY, _SUMMARY = "Beneficiary", "Summary of the purpose of the expenditure"
_VAT, _MERCHANT = "Value Added Tax that cannot be recovered", "Merchant category"
_NUMBER, _AMOUNT = "Transaction number", "Amount"
_FAMILY, _ENTITY, _SUPPLIER = "Department family", "Entity", "Supplier"
_TYPE, _AREA, _DESCRIPTION = "Expense type", "Expense area", "Description"
_VAT_NUMBER = "Supplier VAT registration number"


def _over_500(row: Row, asked: AskedExport) -> Exported[Cells]:
    item = _Item(row, asked, _BENEFICIARY)
    cells = (
        item.body(_BODY),
        f"{row['payment_date']:{_DAY}}",
        item.said("unit", _DEPARTMENT),
        item.payee,
        item.personal("purpose", _SUMMARY),
        row["amount_pence"],
        item.lacks(_VAT, _NOT_HELD),
        item.said("expense_type", _MERCHANT),
        # Not asked for by the Code, so its absence is no gap.
        item.number,
    )
    return item.exported(cells)


def _over_25000(row: Row, asked: AskedExport) -> Exported[Cells]:
    item = _Item(row, asked, _SUPPLIER)
    cells = (
        asked.publisher.department_family
        or item.lacks(_FAMILY, "LOCALPOUND_API_DEPARTMENT_FAMILY is not set"),
        item.body(_ENTITY),
        f"{row['payment_date']:{_DAY}}",
        item.said("expense_type", _TYPE),
        item.said("unit", _AREA),
        item.payee,
        item.number or item.lacks(_NUMBER, _WITHHELD if item.withheld else _NOT_PRINTED),
        row["amount_pence"],
        # Recommended and where it is available: neither is a gap.
        "" if item.withheld else row["purpose"] or "",
        "",
    )
    return item.exported(cells)


class _Item:
    """A payment on its way to its cells, with what it lacks."""

    def __init__(self, row: Row, asked: AskedExport, payee_field: str) -> None:
        self._row, self._asked = row, asked
        self._gaps: list[Gap] = []
        withheld = redaction(row, payee_field)
        if withheld is not None:
            self._gaps.append(withheld)
        self.withheld = withheld is not None
        self.payee = REDACTED if self.withheld else str(row["payee"])
        # What lines of one invoice share; a reference stands for it, as files print the one column.
        self.number = "" if self.withheld else row["transaction"] or row["reference"] or ""

    def lacks(self, field: str, reason: str) -> str:
        """An empty cell, and the gap that it is."""
        self._gaps.append(Gap(field, reason))
        return ""

    def body(self, field: str) -> str:
        return self._asked.buyer_name or self.lacks(field, _NO_NAME) or self._asked.buyer

    def said(self, name: str, field: str) -> str:
        """One of the buyer's own codes."""
        return self._row[name] or self.lacks(field, _NOT_PRINTED)

    def personal(self, name: str, field: str) -> str:
        """What is written of or by the payee."""
        if self.withheld:
            self.lacks(field, _WITHHELD)
            return REDACTED
        return self.said(name, field)

    def exported(self, cells: Cells) -> Exported[Cells]:
        row = self._row
        return Exported(row["payment_id"], row["amount_pence"], cells, tuple(self._gaps))


OVER_500 = SpendForm(
    500_00,
    (
        *(_BODY, _INCURRED, _DEPARTMENT, _BENEFICIARY, _SUMMARY, _AMOUNT, _VAT, _MERCHANT),
        _NUMBER,
    ),
    _over_500,
)
OVER_25000 = SpendForm(
    25_000_00,
    (
        *(_FAMILY, _ENTITY, "Date", _TYPE, _AREA, _SUPPLIER, _NUMBER, _AMOUNT, _DESCRIPTION),
        _VAT_NUMBER,
    ),
    _over_25000,
)
