"""Codes of a ledger, told apart as people tell them apart and not as programs spell them.

Upper and lower case, compatibility forms and runs of space are one spelling. A spreadsheet's
12345.0 is 12345; leading zeros are part of a code.
"""

import re
import unicodedata
from functools import lru_cache

_SPACES = re.compile(r"\s+")
_NUMBER = re.compile(r"(\d+)\.0+", re.ASCII)


@lru_cache(maxsize=100_000)
def fold_code(code: str) -> str:
    """What two spellings of one code have in common; "" where nothing is left."""
    text = _SPACES.sub(" ", unicodedata.normalize("NFKC", code)).strip().casefold()
    number = _NUMBER.fullmatch(text)
    return number[1] if number else text
