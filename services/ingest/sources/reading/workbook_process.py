"""The process that reads workbooks: what they do to it, they do to no other.

Parsers of binary formats may ask for all memory, never end or die of a hostile file. Here the
memory is limited, and whoever asked waits only so long (`workbook.py`). A request is a MessagePack
map on standard input, an answer a row of frames on standard output.
"""

import contextlib
import resource
import struct
import sys
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, BinaryIO

import msgpack
from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

ROWS, END, REFUSED = 0, 1, 2
"""What a frame holds: the first row's number and rows; nothing; a sentence."""
SIZE = struct.Struct("<I")
DAY, MOMENT = 1, 2
"""Extension types, in ISO 8601."""

_CELLS_AT_ONCE = 20_000


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer requests until there are no more."""
    while size := requests.read(SIZE.size):
        request = msgpack.unpackb(requests.read(SIZE.unpack(size)[0]))
        for kind, content in _answer(request):
            body = msgpack.packb([kind, content], default=_packed, unicode_errors="surrogatepass")
            answers.write(SIZE.pack(len(body)) + body)
        answers.flush()


def _answer(request: dict[str, Any]) -> Iterator[tuple[int, Any]]:
    path, sheet = request["path"], request["sheet"]
    try:
        if sheet is None:
            yield ROWS, [0, list(_list_sheets(path))]
        else:
            yield from _batches(_read_rows(path, sheet))
    except MemoryError:
        raise
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt | SystemExit):
            raise
        yield REFUSED, _sentence(error)
    else:
        yield END, None


def _list_sheets(path: str) -> Iterator[tuple[str, bool]]:
    """Name and whether it is hidden, of every sheet that has cells."""
    with CalamineWorkbook.from_path(path) as workbook:
        for sheet in workbook.sheets_metadata:
            if sheet.typ == SheetTypeEnum.WorkSheet:
                yield sheet.name, sheet.visible != SheetVisibleEnum.Visible


def _read_rows(path: str, sheet: str) -> Iterator[list[Any]]:
    with CalamineWorkbook.from_path(path) as workbook:
        yield from workbook.get_sheet_by_name(sheet).iter_rows()


def _batches(rows: Iterable[list[Any]]) -> Iterator[tuple[int, Any]]:
    """Rows without what is blank at their ends; blank rows only where others follow."""
    batch: list[list[Any]] = []
    first, cells, blank = 1, 0, 0
    for number, row in enumerate(rows, 1):
        while row and (row[-1] is None or row[-1] == ""):
            row.pop()
        if not row:
            blank += 1
            continue
        while blank:
            room = min(blank, _CELLS_AT_ONCE - cells)
            batch.extend([] for _ in range(room))
            blank -= room
            cells += room
            if cells >= _CELLS_AT_ONCE:
                yield ROWS, [first, batch]
                first, batch, cells = first + len(batch), [], 0
        batch.append(row)
        cells += len(row)
        if cells >= _CELLS_AT_ONCE:
            yield ROWS, [first, batch]
            first, batch, cells = number + 1, [], 0
    if batch:
        yield ROWS, [first, batch]


def _packed(value: object) -> Any:
    if isinstance(value, datetime):
        return msgpack.ExtType(MOMENT, value.isoformat().encode())
    if isinstance(value, date):
        return msgpack.ExtType(DAY, value.isoformat().encode())
    if isinstance(value, time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return str(value)


def _sentence(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), "") or type(error).__name__


def main() -> None:
    """Serve within the memory that the argument names, in bytes."""
    most = int(sys.argv[1])
    with contextlib.suppress(ValueError, OSError):  # some systems have no such limit
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    serve(sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":
    main()
