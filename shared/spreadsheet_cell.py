"""Text in a spreadsheet or CSV file that is shown and never run."""

import re

# What spreadsheets take for a formula (OWASP, CSV injection), and the mark that keeps them off.
_FORMULA = (
    *("=", "+", "-", "@", "\t", "\r", "\n", "'"),
    # As some input methods write them.
    *("\N{FULLWIDTH EQUALS SIGN}", "\N{FULLWIDTH PLUS SIGN}"),
    *("\N{FULLWIDTH HYPHEN-MINUS}", "\N{FULLWIDTH COMMERCIAL AT}"),
)
MARK = "'"
BEGINS_AS_FORMULA = f"^[{re.escape(''.join(_FORMULA))}]"
"""The same as a regular expression, for columns of cells."""


def guarded(cell: str) -> str:
    """The cell with a mark in front where a spreadsheet would take it for a formula."""
    return MARK + cell if cell.startswith(_FORMULA) else cell


def bare(cell: str) -> str:
    """What was guarded, as it was."""
    return cell.removeprefix(MARK)
