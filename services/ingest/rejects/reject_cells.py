"""A reject as cells that an officer can read and correct, and the reject again with those cells.

A row of a file has the cells of its own columns; a record the members of its JSON (`data.payee` of
the data of an event) and the CloudEvents attributes among its headers.
"""

import base64
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from services.ingest.imports.column_names import SURPLUS, column_names
from shared.errors import Rejected
from shared.inbox import KeptHeader

CONTENT = "content"
"""The only column of what is no JSON object: the text itself."""
LINE = "line as it came"
"""Of a row of a file that could not be taken apart; it is shown beside its empty cells."""
_ATTRIBUTE = ("ce_", "ce-")
_WITHHELD = {"withheld", "sha256"}

Cells = dict[str, str]
Headers = list[tuple[str, bytes | None]]


def as_cell(value: Any) -> str:
    """A value of JSON, or of a cell of a spreadsheet, as text; "" for none."""
    match value:
        case None:
            return ""
        case str():
            return value
        case float() if value.is_integer():
            return str(int(value))
        case list() | dict() | bool():
            return orjson.dumps(value).decode()
    return str(value)


def row_cells(content: bytes, headers: Sequence[str]) -> Cells:
    """The cells of a row of a file whose table has these headers."""
    said = _json_object(content)
    names = column_names(tuple(headers))
    if said is None:
        return dict.fromkeys(names, "") | {LINE: content.decode(errors="backslashreplace")}
    cells = {name: as_cell(said.get(name)) for name in names}
    surplus = said.get(SURPLUS) or []
    return cells | {f"{SURPLUS} {n}": as_cell(value) for n, value in enumerate(surplus, 1)}


def corrected_row(content: bytes, headers: Sequence[str], cells: Cells) -> tuple[Any, ...]:
    """The row with these cells; one that was not changed keeps the value that the file gave it."""
    said = _json_object(content) or {}
    before = row_cells(content, headers)

    def value(name: str) -> Any:
        return said.get(name) if cells.get(name, "") == before[name] else cells[name] or None

    surplus = [cells[name] for name in before if name.startswith(f"{SURPLUS} ")]
    while surplus and not surplus[-1]:
        surplus.pop()
    return (*(value(name) for name in column_names(tuple(headers))), *surplus)


class Record(NamedTuple):
    """What was sent by Kafka or HTTP: its bytes and its headers."""

    content: bytes
    headers: Headers


def kept_headers(headers: Sequence[KeptHeader]) -> Headers:
    """The headers of a reject as they came."""
    return [(each["name"], _bytes_of(each)) for each in headers]


def _bytes_of(header: KeptHeader) -> bytes | None:
    value = header["value"]
    if value is None:
        return None
    return base64.b64decode(value) if header["encoding"] == "base64" else value.encode()


def record_cells(record: Record, field: str) -> Cells:
    """The cells of a record, with one for the field at fault where it has none.

    Rejected: persons' contacts, of which nothing is kept that could be corrected.
    """
    said = _json_object(record.content)
    cells = {
        name: value.decode(errors="backslashreplace")
        for name, value in record.headers
        if name.startswith(_ATTRIBUTE) and value is not None
    }
    if said is None:
        return cells | {CONTENT: record.content.decode(errors="backslashreplace")}
    if said.keys() >= _WITHHELD:
        raise Rejected(
            "contacts are persons, and what can't be used of them is not kept: send them again"
        )
    cells |= {path: as_cell(value) for path, value in _members(said)}
    inside = f"data.{field}" if isinstance(said.get("data"), dict) else field
    if field and field not in cells and inside not in cells and f"ce_{field}" not in cells:
        cells[inside] = ""
    return cells


def corrected_record(record: Record, cells: Cells) -> Record:
    """The record with these cells; what they do not say stays."""
    before = record_cells(record, "")
    changed = {name: text for name, text in cells.items() if before.get(name, "") != text}
    attributes = {name for name in changed if name.startswith(_ATTRIBUTE)}
    headers: Headers = [
        (name, changed[name].encode() if name in attributes else value)
        for name, value in record.headers
    ]
    new = attributes - {name for name, _ in record.headers}
    headers += [(name, changed[name].encode()) for name in sorted(new)]
    if CONTENT in before:
        return Record(changed.get(CONTENT, "").encode() or record.content, headers)
    said = _json_object(record.content) or {}
    for name, text in changed.items():
        if name not in attributes:
            _set(said, name.split("."), text)
    return Record(orjson.dumps(said), headers)


def _members(said: Mapping[str, Any], above: str = "") -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name, value in said.items():
        path = above + name
        if isinstance(value, dict) and value:
            found += _members(value, f"{path}.")
        else:
            found.append((path, value))
    return found


def _set(said: dict[str, Any], path: list[str], text: str) -> None:
    name, *rest = path
    whole = ".".join(path)
    if whole in said or not rest:
        _put(said, whole, text)
        return
    inner = said.setdefault(name, {})
    if not isinstance(inner, dict):
        raise Rejected(f"{name} is a value, and has no {'.'.join(rest)}", name)
    _set(inner, rest, text)


def _put(said: dict[str, Any], name: str, text: str) -> None:
    """A blank cell takes the member away; what was no text is read as JSON again."""
    before = said.get(name)
    if not text:
        said.pop(name, None)
    elif before is None or isinstance(before, str):
        said[name] = text
    else:
        try:
            said[name] = orjson.loads(text)
        except orjson.JSONDecodeError:
            said[name] = text


def _json_object(content: bytes) -> dict[str, Any] | None:
    try:
        said = orjson.loads(content)
    except orjson.JSONDecodeError:
        return None
    return said if isinstance(said, dict) else None
