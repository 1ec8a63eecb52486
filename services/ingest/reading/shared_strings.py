"""The texts of an XLSX workbook, which its cells name by number."""

from array import array
from collections.abc import Mapping
from typing import BinaryIO

from services.ingest.reading.spill import Piece, Spill
from services.ingest.reading.xlsx_cells import unescape
from services.ingest.reading.xml_elements import feed, local_name, safe_parser

LONGEST_TEXT = 1 << 17
"""Characters of a cell; Excel allows 32,767."""
_TOGETHER = 64
_BETWEEN = b"\xff"
"""No byte of UTF-8."""
_MOST_KEPT_BYTES = 16_000_000
_BYTES_OF_OBJECT = 40


class SharedStrings:
    """Texts in a temporary file: there may be more of them than a workbook has payments.

    Cells name them in the order in which they stand, or the same few time and again: they are read
    some at a time, and a bounded part of what was read is kept. Retryable where there is no room.
    """

    def __init__(self) -> None:
        self._spill = Spill()
        self._starts, self._sizes = array("Q"), array("Q")
        self._count = 0
        self._last: list[bytes] = []
        self._kept: dict[int, list[bytes]] = {}
        self._kept_bytes = 0

    def append(self, text: str) -> None:
        """Take the next."""
        self._last.append(text.encode("utf-8", "surrogatepass"))
        self._count += 1
        if len(self._last) == _TOGETHER:
            self.end()

    def end(self) -> None:
        """Write the last that were taken: none can be read before."""
        piece = self._spill.put(_BETWEEN.join(self._last))
        self._starts.append(piece.start)
        self._sizes.append(piece.size)
        self._last = []

    def __getitem__(self, number: int) -> str:
        """The text of a number from 0 on. Raises ValueError where there is none."""
        if not 0 <= number < self._count:
            raise ValueError(f"there is no text of the number {number}")
        block, place = divmod(number, _TOGETHER)
        texts = self._kept.get(block) or self._read(block)
        return texts[place].decode("utf-8", "surrogatepass")

    def _read(self, block: int) -> list[bytes]:
        piece = Piece(self._starts[block], self._sizes[block])
        texts = self._spill.read(piece).split(_BETWEEN)
        added = piece.size + _BYTES_OF_OBJECT * len(texts)
        if self._kept_bytes + added > _MOST_KEPT_BYTES:
            self._kept, self._kept_bytes = {}, 0
        self._kept[block] = texts
        self._kept_bytes += added
        return texts


class _Items:
    def __init__(self, strings: SharedStrings) -> None:
        self._strings = strings
        self._text: list[str] = []
        self._size = 0
        self._taking = self._phonetic = False

    def start(self, name: str, _: Mapping[str, str]) -> None:
        match local_name(name):
            case "t":
                self._taking = not self._phonetic
            case "rPh":
                self._phonetic = True

    def take(self, text: str) -> None:
        if self._taking:
            self._text.append(text)
            self._size += len(text)
            if self._size > LONGEST_TEXT:
                raise ValueError(f"a text has more than {LONGEST_TEXT:,} characters")

    def end(self, name: str) -> None:
        match local_name(name):
            case "t":
                self._taking = False
            case "rPh":
                self._phonetic = False
            case "si":
                self._strings.append(unescape("".join(self._text)))
                self._text, self._size = [], 0


def read_shared_strings(part: BinaryIO, what: str) -> SharedStrings:
    """All of them, of rich text the text; how it is pronounced is left out."""
    strings = SharedStrings()
    items = _Items(strings)
    parser = safe_parser()
    parser.StartElementHandler, parser.EndElementHandler = items.start, items.end
    parser.CharacterDataHandler = items.take
    for _ in feed(parser, part, what):
        pass
    strings.end()
    return strings
