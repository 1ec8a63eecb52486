"""The NHS Organisation Data Service's files: trusts (etr), commissioning groups (eccg), practices.

Quirks, seen in the files of 2020 to 2025:
- They have no header; the 27 columns are named in the Service's own description.
- Names are printed in capitals; days as 20130401. A day of closing may be that of a merger.
- The file of practices (epraccur) holds whoever may prescribe: hospices, drug services and other
  charities among them, by their own names. Only setting 4 is a general practice (8,204 of 14,357);
  with the others, 27 of 603 charities that exact names find were lost to such rows.
- The files do not say to which day they go.
The Office for National Statistics prints the names and codes of integrated care boards; its columns
carry the year in their names (ICB24NM).
"""

from collections.abc import Callable
from pathlib import Path

from services.classify.organisation import GP_PRACTICE, NHS_BODY, Name, Organisation
from services.classify.registers.reading.contents import Contents, LeftOut
from services.classify.registers.reading.opened import OpenFile, open_file
from services.classify.registers.reading.rows import Table, open_header, read_rows
from services.classify.registers.reading.values import day_in_name, fault, joined, read_day_if_given

REGISTER = "organisation-data-service"
TRUSTS, GROUPS, PRACTICES, BOARDS = "nhs-trusts", "nhs-ccgs", "gp-practices", "nhs-icbs"
_LINES = tuple(f"Address Line {n}" for n in range(1, 6))
_SETTING = "Prescribing Setting"
_COLUMNS = ("Code", "Name", "Postcode", "Open Date", "Close Date", _SETTING, *_LINES)
_GENERAL_PRACTICE = "4"
_TABLE = Table(
    header=(
        *("Code", "Name", "National Grouping", "High Level Health Geography", *_LINES),
        *("Postcode", "Open Date", "Close Date", "Status Code", "Organisation Sub-Type Code"),
        *("Parent Organisation Code", "Join Parent Date", "Left Parent Date"),
        *("Contact Telephone Number", *(f"Null {n}" for n in range(1, 4))),
        *("Amended Record Indicator", "Null 4", "Provider Code", "Null 5", _SETTING, "Null 6"),
    )
)
_DAY = "%Y%m%d"


def _read(source: str, legal_form: str, path: Path, opener: OpenFile) -> Contents:
    bodies: dict[str, Organisation] = {}
    left_out: list[LeftOut] = []
    for row, cells in read_rows(path, _COLUMNS, opener, _TABLE):
        code, name, postcode, opened, closed, setting, *lines = (cell.strip() for cell in cells)
        if legal_form == GP_PRACTICE and setting != _GENERAL_PRACTICE:
            left_out.append(LeftOut(row, _SETTING, "one who prescribes, but no general practice"))
            continue
        if not code.isalnum():
            raise fault(path, row, "Code", f"{code!r} is not a code of the NHS")
        if not name:
            raise fault(path, row, "Name", "the body has no name")
        if (key := f"GB-NHS-{code}") in bodies:
            raise fault(path, row, "Code", f"{code} stands there twice")
        bodies[key] = Organisation(
            source,
            key,
            key,
            name,
            REGISTER,
            legal_form,
            registered_on=read_day_if_given(path, row, "Open Date", opened, _DAY, planned=True),
            removed_on=read_day_if_given(path, row, "Close Date", closed, _DAY, planned=True),
            postcode=postcode or None,
            address=joined(*lines),
        )
    names = [Name(key, body.name, "current") for key, body in bodies.items()]
    return Contents(None, list(bodies.values()), names, (), left_out)


def _reader(source: str, legal_form: str) -> Callable[[Path, OpenFile], Contents]:
    def read(path: Path, opener: OpenFile = open_file) -> Contents:
        return _read(source, legal_form, path, opener)

    return read


read_trusts = _reader(TRUSTS, NHS_BODY)
"""NHS trusts, present and former."""

read_groups = _reader(GROUPS, NHS_BODY)
"""Clinical commissioning groups, which integrated care boards replaced on 1 July 2022."""

read_practices = _reader(PRACTICES, GP_PRACTICE)
"""General practices."""


def read_boards(path: Path, opener: OpenFile = open_file) -> Contents:
    """Integrated care boards."""
    header = open_header(path, opener)
    columns = [next((c for c in header if c.endswith(end)), end) for end in ("CDH", "NM")]
    boards: dict[str, Organisation] = {}
    for row, (code, name) in read_rows(path, columns, opener):
        if not code.isalnum():
            raise fault(path, row, columns[0], f"{code!r} is not a code of the NHS")
        if not name.strip():
            raise fault(path, row, columns[1], "the board has no name")
        if (key := f"GB-NHS-{code}") in boards:
            raise fault(path, row, columns[0], f"{code} stands there twice")
        boards[key] = Organisation(BOARDS, key, key, name.strip(), REGISTER, NHS_BODY)
    names = [Name(key, board.name, "current") for key, board in boards.items()]
    return Contents(day_in_name(path), list(boards.values()), names)
