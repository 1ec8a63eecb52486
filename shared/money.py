"""Money is integer pence inside and a decimal string of pounds outside."""

import re

from shared.errors import Rejected

MAX_PENCE = 9_999_999_999_999
"""Thirteen digits of pence: more than any UK public body's yearly budget."""

POUNDS_PATTERN = r"^-?\d+\.\d\d$"
"""Pounds as answers write them."""

_POUNDS = re.compile(r"([+-]?)\s?£?\s?(\d+|\d{1,3}(?:,\d{3})+)(?:\.(\d{1,2}))?", re.ASCII)


def parse_pounds(text: str, field: str = "amount") -> int:
    """Pence from pounds written as `1234.5`, `1,234.50`, `-£1,234.50`.

    Raises Rejected for anything else, a third decimal and more than thirteen digits included:
    a figure that must be guessed at is not money. The reason holds no value: where a column has
    shifted that may be a person's name, and reasons are logged, counted and sent on.
    """
    match = _POUNDS.fullmatch(text.strip())
    if match is None:
        raise Rejected(f"{field} is not an amount of pounds such as 1234.56", field)
    sign, pounds, pence = match.groups()
    amount = int(pounds.replace(",", "")) * 100 + int((pence or "").ljust(2, "0"))
    return check_pence(-amount if sign == "-" else amount, field)


def check_pence(pence: int, field: str = "amount_pence") -> int:
    """The same pence, or Rejected when it has more than thirteen digits."""
    if abs(pence) > MAX_PENCE:
        raise Rejected("the amount has more than 13 digits of pence", field)
    return pence


def format_pounds(pence: int) -> str:
    """A decimal string with two places: -5 is `-0.05`."""
    if not pence:
        return "0.00"  # most parts of most figures
    sign = "-" if pence < 0 else ""
    return sign + "%d.%02d" % divmod(abs(pence), 100)  # noqa: UP031 - half the time of an f-string
