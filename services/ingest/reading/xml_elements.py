"""The elements of XML parts, read safely: none may declare a document type, hence no entity."""

from collections.abc import Iterator, Mapping
from typing import BinaryIO
from xml.parsers import expat

from shared.errors import Rejected

_CHUNK = 1 << 14
_LONGEST_TOKEN = 1 << 22


class DocumentType(Exception):
    """The part declares a document type, which no office program writes."""


def safe_parser() -> "expat.XMLParserType":
    """A parser that stops at a document type, where entities would be declared."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _stop
    return parser


def _stop(*_: object) -> None:
    raise DocumentType


def feed(parser: "expat.XMLParserType", part: BinaryIO, what: str) -> Iterator[None]:
    """Parse a part, pausing after each piece. Rejected where it is no XML, or unsafe."""
    fed = 0
    try:
        while chunk := part.read(_CHUNK):
            fed += len(chunk)
            parser.Parse(chunk, False)
            _check_token(fed - parser.CurrentByteIndex)
            yield
        parser.Parse(b"", True)
        yield
    except DocumentType as error:
        raise Rejected(
            f"{what} declares a document type, as no spreadsheet program does: it is not read"
        ) from error
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise Rejected(f"{what} is damaged inside: {error}") from error


def _check_token(size: int) -> None:
    """A tag that never ends would be looked through from its start again with every piece."""
    if size > _LONGEST_TOKEN:
        raise ValueError(f"a tag in it has more than {_LONGEST_TOKEN:,} bytes")


def local_name(name: str) -> str:
    """The name of an element or attribute without its prefix."""
    return name.rpartition(":")[2]


def read_elements(part: BinaryIO, what: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Every element's local name and attributes by their local names, in order."""
    found: list[tuple[str, Mapping[str, str]]] = []
    parser = safe_parser()
    parser.StartElementHandler = lambda name, attributes: found.append(
        (local_name(name), {local_name(key): value for key, value in attributes.items()})
    )
    for _ in feed(parser, part, what):
        yield from found
        found.clear()
