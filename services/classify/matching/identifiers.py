"""Charity and company numbers as ledgers print them, read as org-ids; each in its own column.

A company number is not a charity number: 00212481 is a company, 212481 a charity, and only the
form that each register prints is taken for its own.
"""

import re

_LABEL = re.compile(
    r"^(?:REGISTERED\s+)?(?:CHARITY|COMPANY|REG(?:ISTRATION)?)?\s*(?:NO|NUMBER)?[.:#\s]*"
)
_ORG_ID = re.compile(r"GB-(CHC|SC|NIC|COH|MPR|CASC)-([A-Z0-9]{3,20})(?:-\d+)?", re.IGNORECASE)
# Numbers of the Charity Commission have six or seven digits (2026) and no zero in front; a
# subsidiary's number is the main one with a suffix.
_ENGLAND_WALES = re.compile(r"([1-9]\d{5,6})(?:\s*[-/]\s*\d{1,3})?")
_SCOTLAND = re.compile(r"SC\s?0?(\d{5})")
_NORTHERN_IRELAND = re.compile(r"NIC?\s?(1\d{5})")
_COMPANY_DIGITS = re.compile(r"\d{6,8}")
_COMPANY_PREFIXED = re.compile(r"([A-Z]{2})\s?(\d{5,6}|\d{5}[A-Z])")
_DECIMALS = re.compile(r"(?<=\d)\.0+$")  # of a spreadsheet that holds the number as a number
_NOTHING = {"", "N/A", "NA", "NONE", "NIL", "TBC", "UNKNOWN", "-", "-1"}


def read_charity_number(text: str) -> str | None:
    """The org-id that a ledger's charity number means, None where it has the form of none.

    Leading zeros are never dropped: eight digits with a zero in front are a company's.
    """
    number = _bare(text)
    if found := _ORG_ID.fullmatch(number):
        scheme = found[1].upper()
        return f"GB-{scheme}-{found[2]}" if scheme in {"CHC", "SC", "NIC", "CASC"} else None
    if found := _ENGLAND_WALES.fullmatch(number):
        return f"GB-CHC-{found[1]}"
    if found := _SCOTLAND.fullmatch(number):
        return f"GB-SC-SC0{found[1]}"
    if found := _NORTHERN_IRELAND.fullmatch(number):
        return f"GB-NIC-{found[1]}"
    return None


def read_company_number(text: str) -> str | None:
    """The org-id that a ledger's company number means, None where it has the form of none.

    Spreadsheets drop the zeros in front of a company number: they are put back.
    """
    number = _bare(text)
    if found := _ORG_ID.fullmatch(number):
        scheme = found[1].upper()
        return f"GB-{scheme}-{found[2]}" if scheme in {"COH", "MPR"} else None
    if _COMPANY_DIGITS.fullmatch(number) and number.strip("0"):
        return f"GB-COH-{number.zfill(8)}"
    if found := _COMPANY_PREFIXED.fullmatch(number):
        digits = found[2] if found[2][-1].isalpha() else found[2].zfill(6)
        return f"GB-COH-{found[1]}{digits}"
    return None


def is_given(text: str | None) -> bool:
    """Whether anything is meant by what stands in a number's column."""
    return text is not None and bool(_bare(text).strip("0")) and _bare(text) not in _NOTHING


def _bare(text: str) -> str:
    return _DECIMALS.sub("", _LABEL.sub("", text.strip().upper()).strip())
