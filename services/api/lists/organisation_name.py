"""The words by which organisations are found: in any order, each from its beginning on.

Apostrophes join what they stand in, other signs part it; small and capital letters are one.
"""

from shared.errors import Rejected

PARTS = ".,-/&()_;!?+*#@|<>:"
"""Signs that part words; `tables.SEARCHED` folds the names that are searched alike."""
JOINS = "'\u2019\""
_FOLD = str.maketrans(dict.fromkeys(PARTS + "\\", " ") | dict.fromkeys(JOINS, ""))


def search_words(name: str) -> str:
    """The words as `to_tsquery` takes them; Rejected where there is none."""
    words = name.translate(_FOLD).split()
    if not words:
        raise Rejected(f"there is no word in {name[:80]!r}", "name")
    return " & ".join(f"'{word}':*" for word in words)
