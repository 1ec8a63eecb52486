"""Amounts as files print them, to the penny; what the decimal mark is, a file says as a whole."""

import math
import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from shared.errors import Rejected
from shared.money import MAX_PENCE, check_pence

_NOISE_PENCE = 1e-3
"""A float within this of a whole penny means that penny: sums and products leave such traces."""
_EXACT = 2**53

_SPACES = "\\s\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}"
_AROUND = re.compile(rf"[{_SPACES}'\"]+")
_CURRENCY = re.compile(
    r"(?:\N{LATIN CAPITAL LETTER A WITH CIRCUMFLEX}?\N{POUND SIGN}|GBP|\N{REPLACEMENT CHARACTER})",
    re.IGNORECASE,
)
_MINUS = str.maketrans({"\N{MINUS SIGN}": "-", "\N{EN DASH}": "-", "\N{EM DASH}": "-"})
_CREDIT = re.compile(r"(.*?)(CR|DR)\.?", re.IGNORECASE)
_POINT = re.compile(r"(?:\d+|\d{1,3}(?:[, ']\d{3})+)?(?:\.(\d*))?", re.ASCII)
_COMMA = re.compile(r"(?:\d+|\d{1,3}(?:[. ']\d{3})+)?(?:,(\d*))?", re.ASCII)
_PENCE_SIGN = re.compile(r"(\.\d\d)p\b", re.ASCII | re.IGNORECASE)
"""Of `10.50p` the letter adds nothing; `50p` is no pounds, and not taken for them."""
_USUAL = re.compile(r"(-?(?:\d{1,9}|\d{1,3}(?:,\d{3}){1,2}))\.(\d\d)", re.ASCII)
"""What most amounts in text are like, read without the rest."""
_PENCE = 100
_SCIENTIFIC = re.compile(r"\d+(?:\.\d+)?e[+-]?\d{1,2}", re.ASCII | re.IGNORECASE)
_MUST_BE_POINT = re.compile(
    r"\d[\d, ]*\.(?:\d{1,2}|\d{4,})|\d{1,3}(?:,\d{3}){2,}(?:\.\d*)?", re.ASCII
)
_MUST_BE_COMMA = re.compile(
    r"\d[\d. ]*,(?:\d{1,2}|\d{4,})|\d{1,3}(?:\.\d{3}){2,}(?:,\d*)?", re.ASCII
)


MONEY = {"pounds": 100, "pence": 1, "thousands": 100_000, "millions": 100_000_000}
"""Pence in one of each unit in which tables print money."""


class AmountForm(NamedTuple):
    """How a table prints amounts: its decimal mark, and whether text has fractions of a penny.

    `pence_each` is what one is: 100 where amounts are pounds.
    """

    comma: bool = False
    unrounded: bool = False
    pence_each: int = _PENCE


class Parsed(NamedTuple):
    """An amount in pence, rounded half away from zero where it had fractions of a penny."""

    pence: int
    rounded: bool


def read_amount(value: Any, form: AmountForm, field: str = "amount") -> int:
    """The pence of a cell. Rejected: blank, no amount, or a fraction of a penny (`read_parsed`)."""
    return read_parsed(value, form, field).pence


def read_parsed(value: Any, form: AmountForm, field: str = "amount") -> Parsed:
    """The pence of a cell, and whether they were rounded. Rejected as `read_amount` does.

    Fractions of a penny are rounded half away from zero in a cell that holds a number: a formula
    left them, and the sheet shows two decimals. Text is taken so only where the table has them
    throughout: alone, a third decimal is a slip of the pen, and no one can tell of which digit.
    """
    parsed = parse_amount(value, form)
    if parsed is None:
        if value is None or (isinstance(value, str) and not _AROUND.sub("", value)):
            raise Rejected(f"{field} is blank", field)
        raise Rejected(f"{field} is not pounds and pence such as 1234.56", field)
    if parsed.rounded and isinstance(value, str) and not form.unrounded:
        raise Rejected(f"{field} is not pounds and pence such as 1234.56", field)
    check_pence(parsed.pence, field)
    return parsed


def parse_amount(value: Any, form: AmountForm) -> Parsed | None:
    """The pence of a number or of text such as `£1,234.56`, `(5.00)`, `12.00-`, `1.234,56`, `7CR`.

    A lone dash is nothing, as accounting formats print it. None where it is no amount.
    """
    kind = type(value)
    if kind is float:
        return _from_float(value, form.pence_each)
    if kind is int:
        pence = value * form.pence_each
        return Parsed(pence, rounded=False) if abs(value) <= MAX_PENCE else None
    if isinstance(value, Decimal):
        return _from_decimal(value, form.pence_each)
    if not isinstance(value, str):
        return None
    if form.pence_each == _PENCE and not form.comma and (usual := _USUAL.fullmatch(value)):
        return Parsed(int(usual[1].replace(",", "") + usual[2]), rounded=False)
    return _from_text(value, form)


def _from_float(value: float, pence_each: int) -> Parsed | None:
    if not math.isfinite(value) or abs(value) > MAX_PENCE:
        return None
    scaled = value * pence_each
    pence = round(scaled)
    if abs(scaled - pence) <= _NOISE_PENCE and abs(pence) < _EXACT:
        return Parsed(pence, rounded=False)
    return _from_decimal(Decimal(repr(value)), pence_each)


def _from_decimal(value: Decimal, pence_each: int) -> Parsed | None:
    if not value.is_finite() or abs(value) > MAX_PENCE:
        return None
    scaled = value * pence_each
    away = int(abs(scaled) + Decimal("0.5"))
    pence = -away if scaled < 0 else away
    return Parsed(pence, rounded=abs(scaled - pence) > Decimal(str(_NOISE_PENCE)))


def _from_text(value: str, form: AmountForm) -> Parsed | None:
    stripped = _unsigned(value)
    if stripped is None:
        return None
    negative, digits = stripped
    if not digits:
        return Parsed(0, rounded=False)
    if _SCIENTIFIC.fullmatch(digits):
        number = digits
    elif (_COMMA if form.comma else _POINT).fullmatch(digits):
        mark = "," if form.comma else "."
        whole, _, fraction = digits.partition(mark)
        number = re.sub(r"\D", "", whole) + "." + fraction
    else:
        return None
    try:
        parsed = _from_decimal(Decimal(number), form.pence_each)
    except InvalidOperation:
        return None
    if parsed is not None and negative:
        return parsed._replace(pence=-parsed.pence)
    return parsed


def _unsigned(value: str) -> tuple[bool, str] | None:
    """Whether the text is negative, and its digits with their marks; no digits for a dash."""
    text = " ".join(_AROUND.sub(" ", value.translate(_MINUS)).split())
    text = _CURRENCY.sub("", text).strip()
    negative = False
    if (match := _CREDIT.fullmatch(text)) is not None:
        text, negative = match[1].strip(), match[2].upper() == "CR"
    text = _PENCE_SIGN.sub(r"\1", text)
    if text.startswith(("(", "-(")) and text.endswith(")"):
        text, negative = text.removeprefix("-")[1:-1].strip(), True
    if text.startswith("-") or text.endswith("-"):
        if text.strip("- ") == "":
            return (False, "") if text == "-" else None
        text, negative = text.strip("- "), True
    text = text.removeprefix("+").strip()
    return (negative, text) if any(map(str.isdigit, text)) else None


class FormSeen(NamedTuple):
    """How many texts can only have a decimal point, how many only a decimal comma; of how many."""

    point: int
    comma: int
    texts: int


def see_form(texts: Iterable[str]) -> FormSeen:
    """What texts of amounts tell of the decimal mark."""
    point = comma = seen = 0
    for text in texts:
        if (stripped := _unsigned(text)) is None:
            continue
        seen += 1
        point += _MUST_BE_POINT.fullmatch(stripped[1]) is not None
        comma += _MUST_BE_COMMA.fullmatch(stripped[1]) is not None
    return FormSeen(point, comma, seen)
