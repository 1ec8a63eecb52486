"""Rows that head a part of a table, such as INCOME RECEIVED, and what stands under them."""

import re
from typing import NamedTuple

from services.ingest.shapes.cells import Row, as_text
from services.ingest.shapes.receipts import is_income, says_paid
from services.ingest.shapes.vocabulary import plain_header
from shared.errors import Rejected

_LONGEST = 80
_NUMBERED = re.compile(r"^(?:(?:section|part|table|schedule) )?(?:[a-z]|\d{1,2}) ")
_CREDITED = re.compile(
    r"(?:(?:supplier|purchase|all) )*(?:credit (?:notes?|memos?)|credits|refunds)(?: received)?"
)
_UNDONE = re.compile(
    r"(?:cancelled|canceled|void|voided|reversed|stopped)"
    r"(?: (?:payments?|cheques?|invoices?|items?|transactions?|bacs))?"
)


class Section(NamedTuple):
    """A part of a table whose rows are no payments: its heading, and what it says they are.

    `negative`: what is negative in it is a credit as it should be.
    """

    heading: str
    reason: str
    negative: bool = False

    def check(self, pence: int | None) -> None:
        """Rejected: a row of this amount (None: none that can be read) under it is no payment."""
        if self.negative and pence is not None and pence < 0:
            return
        raise Rejected(
            f'the row stands under "{self.heading}", {self.reason}: if it is a payment, send it '
            "again as it is",
            "amount",
        )


class Sections:
    """Which section the rows of a table stand in, as they are read; None: one of payments."""

    def __init__(self) -> None:
        self.current: Section | None = None

    def enter(self, row: Row) -> None:
        """Read a row of words alone: rows below are of the section that it heads, if it heads one.

        A section ends where another heading speaks of payments; a header alone ends none.
        """
        heading = " ".join(filter(None, map(as_text, row)))
        if len(heading) > _LONGEST:
            return
        plain = _NUMBERED.sub("", plain_header(heading))
        if is_income(plain):
            self.current = Section(heading, "which is money that was received and no spend")
        elif _CREDITED.fullmatch(plain):
            self.current = Section(heading, "whose amounts would be negative", negative=True)
        elif _UNDONE.fullmatch(plain):
            self.current = Section(heading, "which were not paid")
        elif says_paid(plain):
            self.current = None
