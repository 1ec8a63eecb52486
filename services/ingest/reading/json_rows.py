"""The records of a JSON file as rows: one a line, or an array, alone or in an object."""

import json
import re
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from decimal import Decimal
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

import ijson

from services.ingest.reading.documents import RECORD, is_document
from services.ingest.reading.limits import Limits
from services.ingest.reading.sheet import NAMES, Broken, Cell, Sheet, SheetRow, Torn
from services.ingest.reading.text import open_text, storable
from shared.errors import Rejected

_LONGEST_RECORD = 1 << 22
_DEEPEST = 20
_LARGEST_EXPONENT = 300
"""Of ten: what floats hold; written out, 1e999999999 would take a gigabyte."""
_ESCAPED_ZERO = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")
_NESTED = 2 * _DEEPEST
"""A record that is too deep is refused alone; past this the file is, before its nesting is built.

The place of each value is the names of all that it lies in: of n levels they take n squared bytes.
"""
_MARK = b"\xef\xbb\xbf"
_NO_JSON = (ijson.JSONError, ValueError, ArithmeticError, RecursionError)
Record = Mapping[str, Any] | Broken
Records = Callable[[], Iterator[Record]]
Keep = Callable[[dict[str, Any]], Record]
"""What is made of a record that was read."""


def open_json(path: Path, what: str, limits: Limits, encoding: str, member: str) -> Sheet:
    """The records as a sheet, whose first row is every name that any of them has.

    A name within another is joined to it by a slash, as in `recipient/0/name`; records of published
    standards stay whole instead (`documents`). Rejected: no JSON, no records, or more names than
    the limit.
    """
    if _is_lines(path, encoding):
        read: Callable[[Keep], Generator[Record, None, None]] = partial(_read_lines, path, encoding)
    elif encoding == "utf-8-sig":
        read = partial(_read_array, path, what, _find_array(path, what))
    else:
        raise Rejected(f"{what} is JSON, but not in UTF-8")
    documents = _are_documents(read)
    records: Records = partial(read, _whole if documents else _flat)
    names: dict[str, None] = {}
    rows = 0
    for record in records():
        rows += 1
        if not isinstance(record, Broken):
            names.update(dict.fromkeys(record))
        if len(names) > limits.columns:
            raise Rejected(f"{what} has more than {limits.columns:,} names in its records")
    if not names:
        raise Rejected(f"{what} holds no records")
    sheet = partial(_read, records, tuple(names))
    return Sheet(sheet, member, rows_about=rows, documents=documents)


def _are_documents(read: Callable[[Keep], Generator[Record, None, None]]) -> bool:
    with closing(read(_as_it_is)) as records:
        first = next((each for each in records if each and not isinstance(each, Broken)), {})
    return is_document(first)


def _as_it_is(record: dict[str, Any]) -> Record:
    return record


def _flat(record: dict[str, Any]) -> Record:
    return {storable(name): _plain(value) for name, value in _flatten(record)}


def _plain(value: Cell) -> Cell:
    if isinstance(value, str):
        return storable(value)
    return _within_reason(value) if isinstance(value, Decimal) else value


def _whole(record: dict[str, Any]) -> Record:
    if not record:
        return {}
    text = storable(json.dumps(record, ensure_ascii=False, default=_as_float))
    if r"\u0000" in text:
        text = _ESCAPED_ZERO.sub("\\1\N{REPLACEMENT CHARACTER}", text)
    return {RECORD: text}


def _as_float(value: Decimal) -> float:
    return float(_within_reason(value))


def _within_reason(value: Decimal) -> Decimal:
    if abs(value.adjusted()) > _LARGEST_EXPONENT:
        raise ValueError(f"a number is beyond 10 to the power of {_LARGEST_EXPONENT}")
    return value


def _read(records: Records, names: tuple[str, ...], _: Torn) -> Iterator[SheetRow]:
    yield SheetRow(NAMES, names)
    for number, record in enumerate(records(), 1):
        if isinstance(record, Broken):
            yield SheetRow(number, record)
        else:
            yield SheetRow(number, tuple(record.get(name) for name in names))


def _is_lines(path: Path, encoding: str) -> bool:
    """Whether the first lines are records, and the first holds not all the others in an array."""
    with open_text(path, encoding) as file:
        lines = (line for line in iter(partial(file.readline, _LONGEST_RECORD), "") if line.strip())
        records = [_record(line) for line in islice(lines, 2)]
    first, *more = records
    if first is None:
        return any(record is not None for record in more)
    return bool(more) or not any(_is_array_of_records(value) for value in first.values())


def _record(line: str) -> dict[str, Any] | None:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None


def _is_array_of_records(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(each, dict) for each in value)


def _read_lines(path: Path, encoding: str, keep: Keep) -> Generator[Record, None, None]:
    with open_text(path, encoding) as file:
        while line := file.readline(_LONGEST_RECORD):
            if len(line) >= _LONGEST_RECORD and line[-1] != "\n":
                while (rest := file.readline(_LONGEST_RECORD)) and rest[-1] != "\n":
                    pass
                yield Broken(line, f"it has more than {_LONGEST_RECORD:,} characters", ())
            elif line.strip():
                yield _read_line(line, keep)
            else:
                yield {}


def _read_line(line: str, keep: Keep) -> Record:
    try:
        record = json.loads(line, parse_float=Decimal, parse_constant=_refuse_constant)
        if isinstance(record, dict):
            return keep(record)
    except (ValueError, ArithmeticError, RecursionError) as error:
        return Broken(line, f"it is no JSON ({error})", ())
    return Broken(line, "it is no JSON object", ())


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _flatten(value: Any, name: str = "", depth: int = 0) -> Iterator[tuple[str, Cell]]:
    if depth > _DEEPEST:
        raise ValueError(f"it is more than {_DEEPEST} levels deep")
    if isinstance(value, dict | list):
        parts = value.items() if isinstance(value, dict) else enumerate(value)
        for key, part in parts:
            yield from _flatten(part, f"{name}/{key}" if name else str(key), depth + 1)
    else:
        yield name, value


_ESCAPED = re.compile(rb"\\.", re.DOTALL)
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_LONGEST_NUMBER = 1_000
"""Digits: ijson's parser in C crashes where Python refuses to read an integer of over 4,300."""
_LONG_NUMBER = re.compile(rb"[-+.\dEe]{%d}" % (_LONGEST_NUMBER + 1))


class _Meter:
    """How deep JSON is nested at the end of the bytes so far, and how long its last number is."""

    def __init__(self) -> None:
        self._depth = 0
        self._in_string = False
        self._escape = b""
        self._last = b""

    def follow(self, chunk: bytes) -> None:
        """Look at what stands outside strings. ValueError: nested too deep, too long a number."""
        plain = self._escape + chunk
        self._escape = b""
        if b"\\" in plain:
            plain = _ESCAPED.sub(b"", plain)
            if plain.endswith(b"\\"):
                plain, self._escape = plain[:-1], b"\\"
        parts = plain.split(b'"')
        outside = b"".join(parts[self._in_string :: 2])
        self._in_string ^= len(parts) % 2 == 0
        if _LONG_NUMBER.search(self._last + outside):
            raise ValueError(f"a number has more than {_LONGEST_NUMBER:,} digits")
        self._last = (self._last + outside)[-_LONGEST_NUMBER:]
        for bracket in outside.translate(None, _NO_BRACKETS):
            self._depth += 1 if bracket in b"[{" else -1
            if self._depth > _NESTED:
                raise ValueError(f"it is more than {_NESTED} levels deep")


class _Metered:
    """A file of bytes that stops where one record takes too many, or is not safe to parse."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._meter = _Meter()
        self.taken = 0
        if file.read(len(_MARK)) != _MARK:
            file.seek(0)

    def read(self, size: int = -1) -> bytes:
        self.taken += max(size, 0)
        if self.taken > _LONGEST_RECORD:
            raise ValueError(f"a record has more than {_LONGEST_RECORD:,} bytes")
        chunk = self._file.read(size)
        self._meter.follow(chunk)
        return chunk


def _find_array(path: Path, what: str) -> str:
    """The place of the first array of records, as ijson names it; "" for a release of its own."""
    try:
        with path.open("rb") as file:
            for prefix, event, value in ijson.parse(_Metered(file)):
                if (prefix, event, value) == ("", "map_key", "ocid"):
                    return ""  # a release alone: its arrays are parts of it
                if event == "start_map" and prefix.endswith("item"):
                    return str(prefix)
    except _NO_JSON as error:
        raise _no_json(what, error) from error
    raise Rejected(f"{what} holds no records")


def _read_array(path: Path, what: str, prefix: str, keep: Keep) -> Generator[Record, None, None]:
    try:
        with path.open("rb") as file:
            metered = _Metered(file)
            for item in ijson.items(metered, prefix):
                metered.taken = 0
                yield _read_item(item, keep)
    except _NO_JSON as error:
        raise _no_json(what, error) from error


def _read_item(item: Any, keep: Keep) -> Record:
    if not isinstance(item, dict):
        return Broken(storable(str(item)[:_LONGEST_RECORD]), "it is no JSON object", ())
    try:
        return keep(item)
    except (ValueError, RecursionError) as error:
        return Broken(str(item)[:_LONGEST_RECORD], str(error), ())


def _no_json(what: str, error: Exception) -> Rejected:
    said = next(iter(str(error).splitlines()), "")
    return Rejected(f"{what} is no JSON, or is cut short: {said[:200]}")
