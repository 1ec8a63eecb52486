"""Objects of a JSON array that is too large to be held in memory, one after another."""

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from services.classify.registers.reading.opened import Opened
from services.classify.registers.reading.rows import Row, damage_told
from services.classify.registers.reading.values import fault, none_of

_CHUNK = 1 << 18
_LONGEST_OBJECT = 4_000_000
_BETWEEN = re.compile(r"[\s,]*")


def read_objects(path: Path, opened: Opened, columns: Sequence[str]) -> Iterator[Row]:
    """The fields asked of each object, as a table would print them; the first object is row 1.

    Null is an empty cell. Raises Rejected for what is no array of objects, a missing field, an
    array that does not end.
    """
    row = 0
    with damage_told(path, "UTF-8", lambda: row):
        for row, found in enumerate(_objects(path, opened), 1):
            if not isinstance(found, dict):
                raise fault(path, row, "", "not an object with fields")
            missing = [column for column in columns if column not in found]
            if missing:
                raise fault(path, row, missing[0], none_of(missing, list(found)))
            yield row, [_cell(found[column]) for column in columns]
        if row == 0:
            raise fault(path, 1, "", "the array is empty")


def _objects(path: Path, opened: Opened) -> Iterator[Any]:
    decoder = json.JSONDecoder()
    text = opened.text.read(_CHUNK).lstrip()
    if not text.startswith("["):
        raise fault(path, 1, "", "the file is empty" if not text else "not an array of objects")
    at, row = 1, 0
    while True:
        at = _after(text, at)
        if text[at : at + 1] == "]":
            return
        try:
            found, at = decoder.raw_decode(text, at)
        except ValueError as error:
            more = opened.text.read(_CHUNK)
            if not more:
                raise fault(path, row + 1, "", "the array does not end: cut short?") from error
            text, at = text[at:] + more, 0
            if len(text) > _LONGEST_OBJECT:
                raise fault(path, row + 1, "", f"not an object: {error}") from error
            continue
        row += 1
        yield found


def _after(text: str, at: int) -> int:
    found = _BETWEEN.match(text, at)
    return found.end() if found else at


def _cell(value: Any) -> str:
    return "" if value is None else str(value).strip()
