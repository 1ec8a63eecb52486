"""What a file is, by what it begins with: a name says what somebody thought that it was."""

from enum import Enum

from services.ingest.reading.text import decode_head, find_encoding
from shared.errors import Rejected

HEAD_BYTES = 1 << 18
_START = 4_096
_CONTROLS = {chr(code) for code in range(32)} - set("\t\n\r\f\v\x1a\x1c\x1d\x1e\x1f")
_OTHERS = (
    (b"%PDF", "a PDF document: ask for the spreadsheet that it was made from"),
    (b"\x1f\x8b", "packed by gzip: unpack it first, or send a zip"),
    (b"7z\xbc\xaf", "a 7z archive: send a zip"),
    (b"Rar!", "a RAR archive: send a zip"),
    (b"BZh", "packed by bzip2: unpack it first, or send a zip"),
    (b"\xfd7zXZ", "packed by xz: unpack it first, or send a zip"),
    (b"\x28\xb5\x2f\xfd", "packed by zstd: unpack it first, or send a zip"),
    (b"{\\rtf", "an RTF document, not a table"),
    (b"SQLite format 3", "an SQLite database: export its table as CSV"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
)
_SPREADSHEET_2003 = "urn:schemas-microsoft-com:office:spreadsheet"
_SAVE = "open it in a spreadsheet program and save it as XLSX or CSV"


class Kind(Enum):
    """How a file is read; a ZIP may be an archive or a workbook."""

    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"
    OLE = "ole"
    ZIP = "zip"
    WEB_PAGE = "web page"
    SPREADSHEET_XML = "xml spreadsheet of 2003"


def find_kind(head: bytes, name: str) -> Kind:
    """The kind by the first bytes. Rejected: empty, or of a kind that is not read."""
    if not head:
        raise Rejected(f"{name} is empty")
    if head.startswith(b"PAR1"):
        return Kind.PARQUET
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return Kind.OLE
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return Kind.ZIP
    for magic, what in _OTHERS:
        if head.startswith(magic):
            raise Rejected(f"{name} is {what}")
    return _kind_of_text(decode_head(head[:_START], find_encoding(head)), name)


def _kind_of_text(start: str, name: str) -> Kind:
    text = start.lstrip("\ufeff \t\r\n").lower()
    if text.startswith("<"):
        return _kind_of_markup(text, name)
    if text.startswith("mime-version:"):
        raise Rejected(f"{name} is a web archive (MHTML): {_SAVE}")
    if any(character in _CONTROLS for character in start):
        raise Rejected(f"{name} is neither text nor a workbook, or it is damaged")
    inside = text[1:].lstrip()
    if text.startswith("{") and inside[:1] in {'"', "}"}:
        return Kind.JSON
    if text.startswith("[") and inside[:1] in {"{", "]"}:
        return Kind.JSON
    return Kind.CSV


def _kind_of_markup(text: str, name: str) -> Kind:
    if _SPREADSHEET_2003 in text and "<html" not in text:
        return Kind.SPREADSHEET_XML
    if "<html" in text or "<!doctype html" in text or "<table" in text:
        return Kind.WEB_PAGE
    raise Rejected(f"{name} is XML or a web page, not a table: {_SAVE}")
