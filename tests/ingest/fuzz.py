"""`python -m tests.ingest.fuzz --files 100000`: files that nobody meant to send, and what of them.

Each is made or harmed by the number that it has, so that `--first N --files 1` makes it again. Only
Rejected may escape the readers, in bounded time, and rows are numbered without a gap.
"""

import argparse
import random
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from rich.progress import track

from services.ingest.reading.limits import MEGABYTE, Limits
from services.ingest.reading.opened_file import open_file
from services.ingest.reading.sheet import NAMES
from shared.errors import Rejected
from tests.bench.figures import say
from tests.ingest.made_files import MAKERS, repack

LIMITS = Limits(
    file_bytes=20 * MEGABYTE,
    unpacked_bytes=50 * MEGABYTE,
    sheet_cells=2_000_000,
    reader_memory=1_000 * MEGABYTE,
    reader_seconds=10,
)
LONGEST_SECONDS = 30.0
_PACKED = {"xlsx", "xlsb", "ods", "zip"}
_WORDS = (
    "Leeds Mind",
    "Café",
    "£1,234.56",
    "",
    "=1+1",
    '"',
    "a\nb",
    "(12.00)",
    "\x00",
    "🙂",
    ",;\t",
)
_NUMBERS = (b"0", b"-1", b"65536", b"1048577", b"4294967295", b"99999999999999999999", b"XFE1")


def make_file(number: int) -> tuple[str, bytes]:
    """The kind and the bytes of the file of this number."""
    rng = random.Random(number)
    kind = rng.choice(list(MAKERS))
    content = _base(kind, rng.randrange(20))
    if rng.random() < 0.1:
        return kind, content
    if kind in _PACKED and rng.random() < 0.7:
        harmed = rng.random()
        return kind, repack(
            content,
            lambda _, member: _harm(member, rng) if rng.random() < 0.2 + harmed / 2 else member,
        )
    return kind, _harm(content, rng)


@lru_cache
def _base(kind: str, number: int) -> bytes:
    rng = random.Random(number)
    rows: list[list[Any]] = [["date", "amount", "payee", "reference"]]
    for _ in range(rng.randrange(1, 30)):
        day = date(2021, 4, 1) + timedelta(days=rng.randrange(365))
        payee = rng.choice(_WORDS).replace("\x00", "" if kind not in {"csv", "tsv"} else "\x00")
        rows.append([day, rng.randrange(10**7) / 100, payee, f"R{rng.randrange(10**6)}"])
    return MAKERS[kind](rows)


def _harm(content: bytes, rng: random.Random) -> bytes:
    harmed = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 5, 30))):
        size = len(harmed)
        if not size:
            break
        place = rng.randrange(size)
        other = rng.randrange(size)
        match rng.randrange(7):
            case 0:
                harmed[place] = rng.randrange(256)
            case 1:
                del harmed[place:]
            case 2:
                del harmed[place : place + rng.randrange(1, 64)]
            case 3:
                harmed[place:place] = harmed[other : other + rng.randrange(1, 4096)]
            case 4:
                harmed[place : place + 4] = rng.choice(_NUMBERS)
            case 5:
                harmed[place:place] = rng.choice(_WORDS).encode() * rng.choice((1, 1, 1, 5_000))
            case _:
                harmed[place : place + 4] = rng.randbytes(4)
    return bytes(harmed)


def read_file(path: Path, content: bytes) -> tuple[str, int]:
    """What became of a file, and how many rows were read. Any error but Rejected escapes."""
    path.write_bytes(content)
    started = time.monotonic()
    rows = 0
    try:
        with open_file(path, LIMITS) as opened:
            for sheet in opened.sheets:
                before = None
                for number, _ in sheet.rows():
                    first = number in {NAMES, 1} if before is None else number == before + 1
                    assert first, f"row {number} follows row {before}"
                    before = number
                    rows += 1
    except Rejected as error:
        if not error.reason.startswith(path.name):
            raise AssertionError(error.reason) from error
        outcome = "refused"
    else:
        outcome = "read in part" if opened.unread else "read"
    took = time.monotonic() - started
    assert took < LONGEST_SECONDS, f"{took:.0f} seconds"
    return outcome, rows


def main(arguments: Sequence[str] | None = None) -> None:
    """Make, read and count files; exit 1 and name those that a reader did not survive."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=1_000)
    parser.add_argument("--first", type=int, default=0)
    given = parser.parse_args(arguments)
    outcomes: Counter[tuple[str, str]] = Counter()
    rows: Counter[str] = Counter()
    escaped: list[tuple[int, BaseException]] = []
    slowest = (0.0, 0)
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "spend.any"
        for number in track(range(given.first, given.first + given.files)):
            kind, content = make_file(number)
            began = time.monotonic()
            try:
                outcome, read = read_file(path, content)
            except Exception as error:  # noqa: BLE001 - it is what is sought
                outcome, read = "ESCAPED", 0
                escaped.append((number, error))
            slowest = max(slowest, (time.monotonic() - began, number))
            outcomes[kind, outcome] += 1
            rows[kind] += read
    for kind in MAKERS:
        counts = {outcome: count for (of, outcome), count in outcomes.items() if of == kind}
        say(f"{kind:8} {counts} {rows[kind]:,} rows")
    say(
        f"{given.files:,} files in {time.monotonic() - started:,.0f} s; the slowest, number "
        f"{slowest[1]}, took {slowest[0]:.2f} s; {len(escaped)} errors escaped"
    )
    for number, caught in escaped[:20]:
        say(f"number {number}: {type(caught).__name__}: {caught}")
    if escaped:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
