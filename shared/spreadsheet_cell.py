"""Text in a spreadsheet or CSV file that is shown and never run."""

import re
from collections.abc import Sequence

# What spreadsheets take for a formula (OWASP, CSV injection), and the mark that keeps them off.
_FORMULA = (
    *("=", "+", "-", "@", "\t", "\r", "\n", "'"),
    # As some input methods write them.
    *("\N{FULLWIDTH EQUALS SIGN}", "\N{FULLWIDTH PLUS SIGN}"),
    *("\N{FULLWIDTH HYPHEN-MINUS}", "\N{FULLWIDTH COMMERCIAL AT}"),
)
_MARK = "'"
_APART = "\x1f"
_BEGINS_SO = re.compile(f"{_APART}[{re.escape(''.join(_FORMULA))}]")


def guarded(cell: str) -> str:
    """The cell with a mark in front where a spreadsheet would take it for a formula."""
    return _MARK + cell if cell.startswith(_FORMULA) else cell


def guarded_all(cells: Sequence[str | None]) -> Sequence[str | None]:
    """Cells of a column, guarded; None is an empty one. Most columns have none to guard: one look
    at all of it says so.
    """
    if not _BEGINS_SO.search(_APART + _APART.join(filter(None, cells))):
        return cells
    return [cell and guarded(cell) for cell in cells]


def bare(cell: str) -> str:
    """What was guarded, as it was."""
    return cell.removeprefix(_MARK)
