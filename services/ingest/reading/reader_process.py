"""The process that reads what compiled libraries parse: whatever a file does to it stops there.

Such a parser may ask for all memory, never end, or abort on a file that is damaged or hostile (of
150 harmed Parquet files one did). Here memory is limited, and whoever asked waits only so long
(`reader.py`). A request is a MessagePack map on standard input, with its size before it; an answer
is a row of such frames on standard output.
"""

import contextlib
import resource
import struct
import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, BinaryIO

import msgpack

ROWS, END, REFUSED = 0, 1, 2
"""What a frame holds: the first row's number and rows; nothing; a sentence."""
SIZE = struct.Struct("<I")
DAY, MOMENT, EXACT = 1, 2, 3
"""Extension types: ISO 8601, and a decimal number in its own digits."""


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer requests until there are no more."""
    while size := requests.read(SIZE.size):
        request = msgpack.unpackb(requests.read(SIZE.unpack(size)[0]))
        for kind, content in _answer(request):
            body = msgpack.packb([kind, content], default=_packed, unicode_errors="surrogatepass")
            answers.write(SIZE.pack(len(body)) + body)
            answers.flush()


def _answer(request: dict[str, Any]) -> Iterator[tuple[int, Any]]:
    try:
        for first, rows in _find_reader(request["kind"])(request):
            yield ROWS, [first, rows]
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # noqa: BLE001 - a panic of Rust is no Exception
        yield REFUSED, next(iter(str(error).splitlines()), "") or type(error).__name__
    else:
        yield END, None


def _find_reader(kind: str) -> Callable[[dict[str, Any]], Iterator[tuple[int, Any]]]:
    """Loads the library that is needed and no other: polars takes a third of a second."""
    if kind == "parquet":
        from services.ingest.reading import parquet_rows  # noqa: PLC0415

        return parquet_rows.answer
    from services.ingest.reading import workbook_rows  # noqa: PLC0415

    return workbook_rows.answer


def _packed(value: object) -> Any:
    if isinstance(value, datetime):
        return msgpack.ExtType(MOMENT, value.isoformat().encode())
    if isinstance(value, date):
        return msgpack.ExtType(DAY, value.isoformat().encode())
    if isinstance(value, Decimal):
        return msgpack.ExtType(EXACT, str(value).encode())
    return value.isoformat() if isinstance(value, time) else str(value)


def main() -> None:
    """Serve within the memory that the argument names, in bytes."""
    most = int(sys.argv[1])
    with contextlib.suppress(ValueError, OSError):  # some systems have no such limit
        # Not the address space, of which polars reserves a gigabyte and then uses little.
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    serve(sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":
    main()
