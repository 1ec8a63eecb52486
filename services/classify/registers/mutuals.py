"""The Financial Conduct Authority's Mutuals Public Register as it is downloaded (SocietyList).

Quirks, as told by those who read it (2021 to July 2026):
- The number with its suffix stands under "Full Registation Number"; should the Authority mend the
  spelling, that is read too.
- A society may stand there twice, once for each of its acts; the first row says what it is now.
- Some rows have a number and no name.
- Societies are also of kinds that are no societies under the act of 2014: credit unions, building
  and friendly societies, working men's clubs.
- Companies House lists most of them under a number of its own, which only the list of links tells.
- Societies that were registered before 2014 are "Registered Society": of which kind is not told.
- The file does not say to which day it goes.
"""

import re
from pathlib import Path

from services.classify.organisation import (
    COMMUNITY_BENEFIT_SOCIETY,
    COOPERATIVE_SOCIETY,
    CREDIT_UNION,
    OTHER_MUTUAL,
    REGISTERED_SOCIETY,
    Name,
    Organisation,
)
from services.classify.registers.links import REGISTER
from services.classify.registers.reading.contents import Contents, LeftOut
from services.classify.registers.reading.opened import OpenFile, open_file
from services.classify.registers.reading.rows import open_header, read_rows
from services.classify.registers.reading.values import fault, joined, read_day_if_given

SOURCE = "mutuals-register"
_AS_PRINTED, _AS_MEANT = "Full Registation Number", "Full Registration Number"
_COLUMNS = (
    *("Society Name", "Registered As", "Society Address", "Registration Date"),
    *("Deregistration Date", "Society Status"),
)
_DAY = "%d/%m/%Y"
_NUMBER = re.compile(r"[A-Z0-9/-]{1,20}")
_POSTCODE = re.compile(r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\s*$")
_FORMS = (
    ("community benefit", COMMUNITY_BENEFIT_SOCIETY),
    ("benefit of the community", COMMUNITY_BENEFIT_SOCIETY),
    ("co-operative", COOPERATIVE_SOCIETY),
    ("credit union", CREDIT_UNION),
    ("registered society", REGISTERED_SOCIETY),
    ("industrial and provident", REGISTERED_SOCIETY),
)


def read(path: Path, opener: OpenFile = open_file) -> Contents:
    """Mutual societies, present and former."""
    header = open_header(path, opener)
    number_column = _AS_MEANT if _AS_MEANT in header else _AS_PRINTED
    societies: dict[str, Organisation] = {}
    left_out: list[LeftOut] = []
    for row, (printed, *cells) in read_rows(path, (number_column, *_COLUMNS), opener):
        number = printed.replace(" ", "").upper()
        if not _NUMBER.fullmatch(number):
            raise fault(path, row, number_column, f"{printed!r} is not a number of a society")
        if not cells[0].strip():
            left_out.append(LeftOut(row, "Society Name", "a society without a name"))
            continue
        society = _society(path, row, number, cells)
        if societies.setdefault(society.key, society) is not society:
            left_out.append(LeftOut(row, number_column, f"{number} stands there again"))
    names = [Name(key, society.name, "current") for key, society in societies.items()]
    return Contents(None, list(societies.values()), names, (), left_out, _left(societies))


def _society(path: Path, row: int, number: str, cells: list[str]) -> Organisation:
    name, kind, address, registered, deregistered, status = (cell.strip() for cell in cells)
    postcode = _POSTCODE.search(address.upper())
    key = f"GB-MPR-{number}"
    return Organisation(
        SOURCE,
        key,
        key,
        name,
        REGISTER,
        next((form for words, form in _FORMS if words in kind.lower()), OTHER_MUTUAL),
        registered_on=read_day_if_given(path, row, "Registration Date", registered, _DAY),
        removed_on=read_day_if_given(path, row, "Deregistration Date", deregistered, _DAY),
        postcode=postcode[0].strip() if postcode else None,
        removed_why=status if status.lower() == _DEREGISTERED else None,
        address=joined(address),
        codes=(kind,) if kind else (),
    )


_DEREGISTERED = "deregistered"


def _left(societies: dict[str, Organisation]) -> frozenset[str]:
    return frozenset(
        key for key, each in societies.items() if each.removed_why and each.removed_on is None
    )
