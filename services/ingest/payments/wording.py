"""What stays of a payment's words when they are written otherwise: the same line says the same.

Editions of one file differ in capitals, spaces, `Ltd` against `LIMITED`, and in what a spreadsheet
program does to numbers (`00123` to `123`, `123` to `123.0`). What names another body or invoice
stays: `LLP` is no `LIMITED`.
"""

import re
from functools import lru_cache

from shared.identity import normalise_payee

_FORMS = {"LTD": "LIMITED", "&": "AND"}
_PUBLIC = re.compile(r"\bPUBLIC LIMITED COMPANY\b")
_MARKS = re.compile(r"[.,'\u2018\u2019`]")
_NUMBER = re.compile(r"0*(\d+)(?:\.0+)?", re.ASCII)


@lru_cache(maxsize=100_000)
def fold_payee(payee: str) -> str:
    """A payee with its case, spaces, points and apostrophes folded and its legal form in full."""
    name = normalise_payee(payee)
    words = _MARKS.sub("", name.replace("&", " & ")).split()
    return _PUBLIC.sub("PLC", " ".join(_FORMS.get(word, word) for word in words)) or name


@lru_cache(maxsize=10_000)
def fold_unit(unit: str) -> str:
    """A unit with its case and spaces folded."""
    return normalise_payee(unit)


def fold_reference(reference: str) -> str:
    """A reference or transaction number as it was before a spreadsheet program took it for one."""
    if not reference:
        return ""
    if reference.isdigit() and reference.isascii():
        return reference.lstrip("0") or "0"
    folded = normalise_payee(reference) if not reference.isdigit() else reference
    number = _NUMBER.fullmatch(folded)
    return number[1] if number else folded
