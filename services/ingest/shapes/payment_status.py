"""Columns that say of a payment that it was not made, or was undone: cancelled, void, reversed."""

import re
from collections.abc import Callable, Collection, Sequence
from typing import Any

from services.ingest.shapes.cells import Row, as_text, cell
from services.ingest.shapes.credit_marks import KIND, mark_of, pence_of
from services.ingest.shapes.sample import Sample
from services.ingest.shapes.vocabulary import plain_header
from shared.errors import Rejected

_STATUS = re.compile(r"\bstatus\b")
_OF_OTHERS = re.compile(
    r"\b(?:vat|tax|sme|vcse|ir35|contract|supplier|vendor|order|po|charity|company|employment)\b"
)
_FLAG = re.compile(
    r"(?:is |date |payment |cheque |invoice )?(?:cancelled|canceled|void|voided|reversed|stopped)"
    r"(?: (?:flag|date|on|indicator|y n|yes no|payment|cheque))?"
    r"|(?:cancellation|void) (?:date|flag)"
)
_NO = {"", "n", "no", "false", "0", "none", "na", "n a", "not cancelled", "active", "paid", "live"}
_UNDONE = re.compile(
    r"(?:(?:payment|invoice|cheque|bacs|item|transaction|line) )?(?:was |has been |is )?"
    r"(?:cancel|cancelled|canceled|void|voided|reversed|reversal|stopped|returned|rejected|recalled"
    r"|deleted|bounced|failed|not paid|unpaid|on hold|held|draft|pending)(?: .{1,60})?"
)
_VOID_KIND = re.compile(
    r"(?:cancelled|canceled|void|voided)(?: (?:payment|cheque|invoice|transaction|item)s?)?"
)
"""Among kinds of documents, where `returned goods` is what was bought."""


class PaymentStatus:
    """The column that says which payments were not made, by its header and place."""

    def __init__(self, header: str, place: int) -> None:
        self._header, self._place = header, place
        self._is_void = _void_by(header)

    def check(self, row: Row) -> None:
        """Rejected: the row says that nothing was paid."""
        said = cell(row, self._place)
        if self._is_void is not None and self._is_void(said):
            raise Rejected(
                f'{self._header} is "{as_text(said)}", so nothing was paid: if it was, mend that '
                "cell and send the row again",
                "amount",
            )


def _void_by(header: str) -> Callable[[Any], bool] | None:
    plain = plain_header(header)
    if _FLAG.fullmatch(plain):
        return lambda value: mark_of(value) not in _NO
    if _STATUS.search(plain) and not _OF_OTHERS.search(plain):
        return lambda value: _UNDONE.fullmatch(mark_of(value)) is not None
    if KIND.fullmatch(plain):
        return lambda value: _VOID_KIND.fullmatch(mark_of(value)) is not None
    return None


def find_status(
    headers: Sequence[str], sample: Sample, amount: int, taken: Collection[int]
) -> int | None:
    """The place of the column that says which payments were not made, or undone.

    None too where all such rows are negative: those are what undoes an earlier payment, and count.
    The whole table is looked through. `taken` are the places of what is no status.
    """
    for place, header in enumerate(headers):
        is_void = None if place in taken or place == amount else _void_by(header)
        if is_void is not None and any(
            is_void(cell(row, place)) and pence_of(cell(row, amount)) > 0 for row in sample.whole()
        ):
            return place
    return None
