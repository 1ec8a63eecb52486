"""Files of the older Office format: which of them hold a workbook that can be read."""

from pathlib import Path

from services.ingest.reading.xlsx import MACROS
from shared.errors import Rejected

_CHUNK = 1 << 20
# Streams are named in UTF-16 in a directory that may stand anywhere.
_LONGEST = 64
_NAMES = {
    name: name.encode("utf-16-le")
    for name in ("EncryptedPackage", "_VBA_PROJECT", "WordDocument", "PowerPoint Document")
}


def check_ole(path: Path, what: str) -> tuple[str, ...]:
    """Notes for whoever sent it. Rejected: locked by a password, or no workbook."""
    found = _find_streams(path)
    if "EncryptedPackage" in found:
        raise Rejected(f"{what} is locked by a password: send it without one")
    if "WordDocument" in found:
        raise Rejected(f"{what} is a Word document, not a table")
    if "PowerPoint Document" in found:
        raise Rejected(f"{what} is a presentation, not a table")
    return (MACROS,) if "_VBA_PROJECT" in found else ()


def _find_streams(path: Path) -> set[str]:
    found: set[str] = set()
    tail = b""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            text = tail + chunk
            found |= {name for name, said in _NAMES.items() if said in text}
            tail = text[-_LONGEST:]
    return found
