"""Money that came in: what headers and titles of receipts say, where payments are looked for."""

import re
from collections.abc import Sequence

from services.ingest.shapes.question import Answer, Question
from services.ingest.shapes.vocabulary import plain_header

RECEIVED = re.compile(r"\b(?:customers?|clients?|debtors?|payers?|received|receipts?|income)\b")
"""In a header of bodies (`plain_header`): whoever paid the buyer."""
_TITLE = re.compile(
    r"\b(?:income|money|monies|cash|sums|rents?) (?:was |were )?received\b"
    r"|\breceipts? (?:of|from)\b"
    r"|\b(?:list|schedule|register|report) of (?:all )?(?:income|receipts)\b"
)
_INCOME = re.compile(
    r"(?:(?:list|schedule|register|report|details|analysis) of )?"
    r"(?:(?:all|other|sundry|grant|rental|cash|sales|total) )*"
    r"(?:income|receipts?|revenue|monies|money received|debtors?|accounts receivable|sales ledger)"
    r"(?: (?:received|receipts?|due|invoices)| (?:from|over|for|in) .{1,40})*"
)
"""A heading that is nothing else."""
_PAID = re.compile(r"\b(?:pa(?:id|yments?)|spend(?:ing)?|spent|expenditure|suppliers?)\b")


def is_income(heading: str) -> bool:
    """Whether a heading (`plain_header`) is one of money that was received."""
    return _INCOME.fullmatch(heading) is not None and not says_paid(heading)


def says_paid(heading: str) -> bool:
    """Whether a heading (`plain_header`) speaks of what was paid."""
    return _PAID.search(heading) is not None


def ask_receipts(header: str, titles: Sequence[str], *, answered: bool) -> Question | None:
    """What is asked where the payees, or what is said above the table, may be of money received.

    `header` is that of the payees, `titles` are what names file, sheet and table;
    `answered`: a person has said that the payees were paid.
    """
    said = [plain_header(title) for title in titles]
    is_titled = any(
        is_income(each) or (_TITLE.search(each) and not says_paid(each)) for each in said
    )
    if answered or not (is_titled or RECEIVED.search(plain_header(header))):
        return None
    why = "the title speaks of receipts" if is_titled else f"{header} may be whoever paid the buyer"
    return Question(
        "payee",
        f"{why}; money received is no spend",
        (header,),
        (Answer("payee", header, "if the buyer paid them"),),
    )
