"""Text in the encoding that it has: UTF-8, UTF-16, Windows-1252, or the first and last mixed."""

import codecs
import re
from pathlib import Path
from typing import TextIO

_MIXED, _ESCAPED = "localpound-windows-1252", "localpound-escape"
_UTF_8, _UTF_16 = "utf-8-sig", "utf-16"
_HALF = 0.4
_NO_CHARACTER = re.compile("[\0\ud800-\udfff]")


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    """What is no UTF-8 is Windows-1252, whose five bytes without a character stand escaped."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    return "".join(_WINDOWS_1252[byte] for byte in wrong), error.end


def _escaped(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    return "".join(chr(0xDC00 + byte) for byte in wrong), error.end


_WINDOWS_1252 = [bytes([byte]).decode("cp1252", "surrogateescape") for byte in range(256)]
codecs.register_error(_MIXED, _as_windows_1252)
codecs.register_error(_ESCAPED, _escaped)


def find_encoding(head: bytes) -> str:
    """The encoding by its mark, or by the zeros that UTF-16 has in every other place."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _UTF_16
    if len(head) > 1 and head[1::2].count(0) > _HALF * len(head[1::2]) and not head[::2].count(0):
        return "utf-16-le"
    if len(head) > 1 and head[::2].count(0) > _HALF * len(head[::2]) and not head[1::2].count(0):
        return "utf-16-be"
    return _UTF_8


def storable(text: str) -> str:
    """The text with a replacement for what no database keeps: zeros and halves of characters."""
    return _NO_CHARACTER.sub("\N{REPLACEMENT CHARACTER}", text)


def open_text(path: Path, encoding: str) -> TextIO:
    """The file as text, its line ends as they are. A byte that is no character is a surrogate."""
    errors = _MIXED if encoding == _UTF_8 else _ESCAPED
    return path.open(encoding=encoding, errors=errors, newline="")


def decode_head(head: bytes, encoding: str) -> str:
    """The text of the first bytes, which may end within a character."""
    errors = _MIXED if encoding == _UTF_8 else _ESCAPED
    return codecs.getincrementaldecoder(encoding)(errors).decode(head)
