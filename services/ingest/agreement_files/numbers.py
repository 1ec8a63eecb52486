"""The numbers that a published row gives of the one who delivers."""

import re
from typing import NamedTuple

from services.ingest.shapes.cells import as_text

_ORG_ID = re.compile(r"(GB-(?:CHC|SC|NIC|COH|MPR|CASC))-(.+)", re.IGNORECASE)
_COMPANY = re.compile(r"(?:[A-Z]{2}|R)?\d{5,8}[A-Z]?")
_CHARITY = re.compile(r"(?:\d{6,7}(?:-\d{1,3})?|SC0?\d{5}|NIC\d{6})")
_SAID_CHARITY = re.compile(r"charit\D{0,40}((?:SC|NIC)?\d{5,7})", re.IGNORECASE)
_SAID_COMPANY = re.compile(
    r"(?:company|co\.? (?:no|reg))\D{0,40}((?:[A-Z]{2})?\d{6,8})", re.IGNORECASE
)
_CHARITY_SCHEMES = ("GB-CHC", "GB-SC", "GB-NIC", "GB-CASC")
_DIGITS_OF_A_COMPANY = 8


class Numbers(NamedTuple):
    """The company's and the charity's number, as org-ids where the file gives these."""

    company: str | None = None
    charity: str | None = None


def read_numbers(company: object, charity: object, others: object = None) -> Numbers:
    """The numbers of cells for each, and of org-ids or words such as `Charity No. 1036460`.

    What has not the form of a number (`N/A`, two of them in one cell, a sole trader) is left out.
    """
    said = [as_text(each) or "" for each in (company, charity)]
    found = {"company": _company(said[0]), "charity": _charity(said[1])}
    texts = [*said, *(others if isinstance(others, list | tuple) else [as_text(others) or ""])]
    for text in texts:
        if match := _ORG_ID.fullmatch(text.strip()):
            kind = "charity" if match[1].upper() in _CHARITY_SCHEMES else "company"
            found[kind] = found[kind] or text.strip().upper()
        if match := _SAID_CHARITY.search(text):
            found["charity"] = found["charity"] or _charity(match[1])
        if match := _SAID_COMPANY.search(text):
            found["company"] = found["company"] or _company(match[1])
    return Numbers(found["company"], found["charity"])


def _company(text: str) -> str | None:
    """A number of Companies House; a spreadsheet has dropped the zeros that lead it."""
    plain = text.replace(" ", "").upper()
    if not _COMPANY.fullmatch(plain):
        return None
    return plain.zfill(_DIGITS_OF_A_COMPANY) if plain.isdigit() else plain


def _charity(text: str) -> str | None:
    plain = text.replace(" ", "").upper()
    return plain if _CHARITY.fullmatch(plain) else None
