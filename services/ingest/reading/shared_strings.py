"""The texts of an XLSX workbook, which its cells name by number."""

from array import array
from collections.abc import Mapping
from typing import BinaryIO

from services.ingest.reading.xlsx_cells import unescape
from services.ingest.reading.xml_elements import feed, local_name, safe_parser

_MOST_BYTES = 250_000_000


class SharedStrings:
    """Texts end to end in one block: a list of them would take several times that."""

    def __init__(self) -> None:
        self._block = bytearray()
        self._ends = array("Q", [0])

    def append(self, text: str) -> None:
        """Take the next. Raises ValueError where they become too many."""
        self._block += text.encode("utf-8", "surrogatepass")
        self._ends.append(len(self._block))
        if len(self._block) + 8 * len(self._ends) > _MOST_BYTES:
            raise ValueError(f"its texts take more than {_MOST_BYTES:,} bytes")

    def __getitem__(self, number: int) -> str:
        """The text of a number from 0 on. Raises ValueError where there is none."""
        if not 0 <= number < len(self._ends) - 1:
            raise ValueError(f"there is no text of the number {number}")
        start, end = self._ends[number], self._ends[number + 1]
        return self._block[start:end].decode("utf-8", "surrogatepass")


class _Items:
    def __init__(self, strings: SharedStrings) -> None:
        self._strings = strings
        self._text: list[str] = []
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

    def end(self, name: str) -> None:
        match local_name(name):
            case "t":
                self._taking = False
            case "rPh":
                self._phonetic = False
            case "si":
                self._strings.append(unescape("".join(self._text)))
                self._text = []


def read_shared_strings(part: BinaryIO, what: str) -> SharedStrings:
    """All of them, of rich text the text; how it is pronounced is left out."""
    strings = SharedStrings()
    items = _Items(strings)
    parser = safe_parser()
    parser.StartElementHandler, parser.EndElementHandler = items.start, items.end
    parser.CharacterDataHandler = items.take
    for _ in feed(parser, part, what):
        pass
    return strings
