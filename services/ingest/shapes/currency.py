"""Money that is no pounds: what headers and columns of currencies say of the amounts beside."""

import re
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any

from services.ingest.shapes.amount_form import UNIT
from services.ingest.shapes.cells import as_text
from services.ingest.shapes.question import Answer, Question
from services.ingest.shapes.scores import main_field
from services.ingest.shapes.vocabulary import plain_header, said_by
from shared.errors import Rejected

_OTHER = re.compile(
    r"aed|aud|brl|cad|chf|cny|czk|dkk|eur|hkd|huf|inr|jpy|nok|nzd|pln|sek|sgd|usd|zar"
    r"|dollars?|euros?|francs?|krona|krone|kroner|rupees?|yen|zloty"
)
"""Of ISO 4217 those that are no words or abbreviations of English, and what they are called."""
_POUNDS = {"gbp", "sterling", "pounds", "pound", "stg", "ukp", "ukl"}
_ANY_CODE = re.compile(r"[a-z]{3}", re.ASCII | re.IGNORECASE)
_COLUMN = re.compile(
    r"(?:(?:amount|payment|invoice|paid|billing) )?(?:currency|ccy)(?: (?:code|name|iso))?"
)
_ELSEWHERE = re.compile(r"\b(?:original|foreign)\b.*\b(?:amount|value|gross|net|cost)\b")
"""Beside such an amount the currency is that one's, as statements of purchase cards print it."""


def other_currency(text: str) -> str | None:
    """The currency that a header or cell names; None where it names none, or pounds too."""
    if _says_pounds(text):
        return None
    found = [word for word in plain_header(text).split() if _OTHER.fullmatch(word)]
    return found[0].upper() if found else None


def ask_currency(headers: Sequence[str], unit: str | None) -> Question | None:
    """What is asked where a header of amounts says that they are no pounds.

    `unit` is a person's answer of what they are, which settles it.
    """
    for header in headers:
        if unit is None and (currency := other_currency(header)) is not None:
            return Question(
                "amount",
                f"{header} is in {currency}, and the ledger is in pounds",
                answers=(
                    Answer("amount", None, "of a column in pounds"),
                    Answer(UNIT, "pounds", "if these are pounds all the same"),
                ),
            )
    return None


def find_currency(headers: Sequence[str], amount: int | None, taken: Collection[int]) -> int | None:
    """The place of the column that says in what currency each amount is; None without one.

    None too where it speaks of another column: an original amount, or one beside that in pounds.
    """
    plain = [plain_header(header) for header in headers]
    if amount is None or any(_ELSEWHERE.search(header) for header in plain):
        return None
    if _says_pounds(headers[amount]) and any(
        main_field(said_by(header)) == "amount" and not _says_pounds(header) for header in headers
    ):
        return None
    places = (place for place, header in enumerate(plain) if _COLUMN.fullmatch(header))
    return next((place for place in places if place not in taken), None)


@lru_cache(maxsize=1_000)
def check_pounds(value: Any) -> None:
    """Rejected: a row's currency is another than pounds; where it says none it is pounds."""
    text = as_text(value)
    if text is None or _says_pounds(text):
        return
    other = text.upper() if _ANY_CODE.fullmatch(text) else other_currency(text)
    if other is not None:
        raise Rejected(f"the amount is in {other}, not in pounds", "amount")


def _says_pounds(text: str) -> bool:
    return "\N{POUND SIGN}" in text or not _POUNDS.isdisjoint(plain_header(text).split())
