"""The one month that a file, its sheet or the title above its table is of."""

import re
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from services.ingest.shapes.dates import MONTH_WORDS
from services.ingest.shapes.months import financial_years, month_end

_TITLE = "the title"
_WHERE = ("the name of the sheet", _TITLE, "the name of the file")
_GAP = r"[ ._,'-]*"
_YEAR = r"(?:(?:19|20)\d{2}|\d{2})"
_FULL_DAY = re.compile(
    rf"(?<!\d)\d{{1,2}}(?:st|nd|rd|th)?{_GAP}(?:of )?{MONTH_WORDS}{_GAP}{_YEAR}(?!\d)"
    rf"|{MONTH_WORDS}{_GAP}\d{{1,2}}(?:st|nd|rd|th)?,? 20\d{{2}}(?!\d)"
    r"|(?<!\d)\d{1,2}[-._/]\d{1,2}[-._/](?:20)?\d{2}(?!\d)"
    r"|(?<!\d)20\d{2}([-._/]?)(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])(?!\d)",
    re.IGNORECASE,
)
_MONTH_OF_YEAR = re.compile(
    rf"(?<![a-z]){MONTH_WORDS}{_GAP}{_YEAR}(?![\dk])|(?<!\d)20\d{{2}}{_GAP}{MONTH_WORDS}(?![a-z])"
    r"|(?<!\d)20\d{2}[-_. ]?(?:0[1-9]|1[0-2])(?!\d)|(?<!\d)(?:0?[1-9]|1[0-2])[-.]20\d{2}(?!\d)",
    re.IGNORECASE,
)
_MONTH_ALONE = re.compile(rf"(?<![a-z]){MONTH_WORDS}(?![a-z])", re.IGNORECASE)
_PERIOD = re.compile(r"(?<![a-z])(?:period|month|p|m)[ _-]?(0?[1-9]|1[0-2])(?!\d)", re.IGNORECASE)
_DOUBTFUL = re.compile(
    rf"(?<![a-z])(?:to(?= *(?:\d|date|the|end|{MONTH_WORDS}))|from|until|till|since|after|before|"
    r"between|through|quarter(?:ly|s)?|q[1-4]|qtr|annual(?:ly)?|year(?:ly|s)?|ytd|cumulative|"
    r"published|publication|publish|updated|update|created|printed|extract(?:ed)?|run|revised|"
    r"uploaded|as at|as of)(?![a-z])",
    re.IGNORECASE,
)
_FISCAL = re.compile(r"(?:financial|fiscal) year", re.IGNORECASE)
_SPACES = re.compile(r"[ ._,']+")
_LONGEST_NAME = 200
_APRIL = 4
_UNTOLD = date.max
"""The month of what names one and can't be told."""
_SUFFIX = re.compile(r"\.[a-z]{3,5}$", re.IGNORECASE)


class MonthNamed(NamedTuple):
    """Its last day and where it is named; `doubt` says why it may not be that of the payments."""

    end: date
    where: str
    doubt: str = ""


def month_of(named: Sequence[str]) -> MonthNamed | None:
    """The month that the sheet's name, the title and the file's name agree on.

    None where none of them names one, or two. A financial year beside a month gives it its year.
    """
    years = {first for text in named for first in financial_years(text).values()}
    found: dict[date, str] = {}
    doubt = ""
    for text, where in zip(named, _WHERE, strict=True):
        short = _SUFFIX.sub("", text)[:_LONGEST_NAME].replace("_", " ")
        for said in financial_years(short):
            short = short.replace(said, " ")
        ends = _months_in(short, years)
        for end in ends:
            found.setdefault(end, where)
        if ends and (match := _DOUBTFUL.search(_FISCAL.sub(" ", short))) is not None:
            doubt = f'{where} says "{match[0]}" beside its month'
    if len(found) != 1 or _UNTOLD in found:
        return None
    [(end, where)] = found.items()
    if years and end.year - (end.month < _APRIL) not in years:
        doubt = f"{where} names {end:%B %Y}, which is of no financial year named beside it"
    return MonthNamed(end, where, doubt)


def month_of_file(name: str) -> date | None:
    """The last day of the one month that a file's name says without a doubt that it is of."""
    found = month_of(("", "", name))
    return None if found is None or found.doubt else found.end


def _months_in(text: str, years: set[int]) -> set[date]:
    """The ends of the months that a text names; `years` are the first of financial years."""
    if _FULL_DAY.search(text):
        return {_UNTOLD}
    said = [_SPACES.sub(" ", match[0]) for match in _MONTH_OF_YEAR.finditer(text)]
    ends = {month_end(each) for each in said}
    rest = _MONTH_OF_YEAR.sub(" ", text)
    alone = [match[0] for match in _MONTH_ALONE.finditer(rest) if match[0] != "may"]
    alone += [f"period {match[1]}" for match in _PERIOD.finditer(rest)]
    [first] = years if len(years) == 1 else [None]
    ends |= {None if first is None else _of_financial_year(each, first) for each in alone}
    return {_UNTOLD if end is None else end for end in ends}


def _of_financial_year(name: str, first: int) -> date | None:
    if name.startswith("period"):
        return month_end(f"{name} {first}-{first + 1}")
    end = month_end(f"{name} {first}")
    return end if end is None or end.month >= _APRIL else month_end(f"{name} {first + 1}")
