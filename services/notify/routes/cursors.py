"""Cursors: where a page ended, opaque to whoever asks for the next."""

import base64
import binascii

from shared.errors import Rejected

_LARGEST = 2**63 - 1
_MOST_DIGITS = len(str(_LARGEST))


def write_cursor(seq: int) -> str:
    """The cursor after the row with this number."""
    return base64.urlsafe_b64encode(str(seq).encode()).decode().rstrip("=")


def read_cursor(cursor: str | None) -> int | None:
    """The number in a cursor; Rejected for one that is not ours."""
    if cursor is None:
        return None
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        text = ""
    if not text.isdigit() or len(text) > _MOST_DIGITS or int(text) > _LARGEST:
        raise Rejected("the cursor is not one that this list gave", "cursor")
    return int(text)
