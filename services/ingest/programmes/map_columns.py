"""Which column of a finance officer's sheet is which part of a line of the map."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from services.ingest.programmes.programme_map import CODES, SAID
from services.ingest.shapes.cells import as_text
from services.ingest.shapes.vocabulary import plain_header, said_by
from shared.errors import Rejected
from shared.spreadsheet_cell import bare

FIELDS = (*CODES, "since", *SAID)
"""The columns of a map, in the order in which one is written."""
_WORDS: Mapping[str, str] = {
    "programme": "programme;program;programme name;our programme;mapped programme;programme area",
    "ledger_programme": "ledger programme;ledger s programme;ledger program;programme code;"
    "ledger programme code;programme in the ledger;programme as coded",
    "budget_head": "budget head;budget heading;head of budget;budget head name",
    "since": "since;from;valid from;effective from;from date;from day;start date;effective date",
}
_BY_WORDS = {
    phrase: field
    for field, phrases in (
        *_WORDS.items(),
        *((field, field.replace("_", " ")) for field in CODES),
    )
    for phrase in phrases.split(";")
}
_FOUND_IN_LEDGERS = ("unit", "expense_type")
_SURE = 0.85


class MapColumns(NamedTuple):
    """The place of each field that was found, and the headers of the columns that are not read."""

    places: Mapping[str, int]
    unread: Sequence[str]


def find_map_columns(row: Sequence[Any]) -> MapColumns | None:
    """The columns that a row of headers names; None where it names no map.

    Rejected: two columns may be the same field, and neither is called by its own name.
    """
    headers = [bare(as_text(cell) or "") for cell in row]
    found: dict[str, list[int]] = {}
    for place, header in enumerate(headers):
        if field := header and _field_of(header):
            found.setdefault(field, []).append(place)
    if "programme" not in found or not any(field in found for field in CODES):
        return None
    places = {field: _one(field, each, headers) for field, each in found.items()}
    taken = set(places.values())
    unread = [header for place, header in enumerate(headers) if header and place not in taken]
    return MapColumns(places, unread)


def _field_of(header: str) -> str | None:
    plain = plain_header(header)
    if plain in _BY_WORDS:
        return _BY_WORDS[plain]
    said = said_by(header)
    best = max(said, key=lambda field: said[field], default="")
    return best if best in _FOUND_IN_LEDGERS and said[best] >= _SURE else None


def _one(field: str, places: Sequence[int], headers: Sequence[str]) -> int:
    own = [place for place in places if plain_header(headers[place]) == field.replace("_", " ")]
    several = own or places
    if len(several) > 1:
        names = " and ".join(repr(headers[place]) for place in several)
        raise Rejected(f"{names} may each be the {field}: call the right one {field}", field)
    return several[0]
